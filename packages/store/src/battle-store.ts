import type { Handicap } from '@agon/runner-core/handicap'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import { contendingVersions } from './contending-versions.ts'
import type { Json } from './database.types.ts'
import { peopleCalls } from './people-store.ts'

/** A model as the registry resolved it, and how its calls are bounded and paid for. */
export interface ChosenModel {
  model_key: string
  model_kind: string
  provider: string
  concurrency_key: string
  concurrency_limit: number | null
  /** Whose rate limit its calls draw on. */
  limit_key: string
  funding_source: 'platform_credit' | 'user_byok_cloud' | 'user_byok_local' | 'local' | 'simulated'
  /** The owner's key that pays for its calls; null: the platform's. */
  byok_key_id: string | null
  /** The most its calls are expected to cost; null: nobody knows. */
  cost_estimate_usd: number | null
  simulated: boolean
}

export interface NewContender extends ChosenModel {
  identity: string
  system_prompt: string | null
}

/** A person in a contender's place; user_id null: an open seat. */
export interface NewPerson {
  user_id: string | null
  identity: string
}

/** A command of a worker: the database looks up what its worker announced of it. */
export interface NewCommand {
  command: string
  /** As its backend knows it; null: the backend's own choice. */
  model: string | null
  identity: string
}

/** A workflow that answers by a run of its own, as `contendingVersions` says. */
export interface NewWorkflow {
  identity: string
  workflow: {
    version_id: string
    workflow_id: string
    inputs: Record<string, unknown>
    makes: string
    simulated: boolean
    /** Keys of the owner that pay for its run, by provider. */
    byok_keys?: Record<string, string> | undefined
  }
}

export interface NewJudge extends ChosenModel {
  /** 'learned': what its owner has learned of it by then. */
  weight: number | 'learned'
  /** Why it takes its seat and is not asked. */
  recused: { code: string; message: string } | null
}

export interface NewAnalysis extends Omit<ChosenModel, 'model_kind'> {
  kind: 'digest_judge' | 'cross_examination'
}

export interface NewBattle {
  category?: string | null
  title: string
  task_prompt: string
  inputs: Record<string, unknown> | null
  max_tokens: number
  temperature: number | null
  handicap: Handicap
  rubric: unknown[] | null
  reference_answer: string | null
  /** Asked for, and still to be written by the first judge. */
  generate_rubric: boolean
  /** None where votes alone decide. */
  judges: NewJudge[]
  /** Null: by the number of contenders. */
  judge_mode: 'listwise' | 'pairwise' | 'rubric' | null
  allow_own_family: boolean
  auto_analyse: boolean
  contenders: (NewContender | NewPerson | NewCommand | NewWorkflow)[]
  /** Of a coding battle. */
  repository?: { source: string; ref: string } | null
  checks?: string[]
  battle_type: string
  scoring_mode: 'ai_judge' | 'community' | 'hybrid' | 'checks'
  voting_window_ms: number
  voter_eligibility: 'anyone' | 'confirmed_email' | 'account_age' | 'invited'
  vote_weighting?: 'equal' | 'reliability'
  min_account_age_ms: number | null
  invited_voters: string[] | null
  /** How long people have to submit; null where nobody does. */
  submission_window_ms: number | null
  promote_at: string | null
  auto_publish_results: boolean
  priority: number
  budget_usd: number | null
  idempotency_key: string | null
  /** Tells a repeated request from another one under the same idempotency key. */
  request_hash: string | null
}

const created = z.union([
  z.object({ battle_id: z.string(), created: z.boolean() }),
  z.object({
    refused: z.enum([
      'contender_count',
      'battle_type',
      'judge_count',
      'judge_recused',
      'accounts_unknown',
      'capability_missing',
      'judge_weight_unlearned',
      'judges_weightless',
      'idempotency_conflict',
      'byok_key_not_found',
      'byok_key_expired',
      'byok_key_revoked',
      'price_unknown',
    ]),
    battle_id: z.string().optional(),
    /** Where in the request, and why. */
    path: z.string().optional(),
    message: z.string().optional(),
  }),
])
const analysisMade = z.union([
  z.object({ analysis_id: z.string() }),
  z.object({ refused: z.string(), status: z.string().optional(), path: z.string().optional(), message: z.string().optional() }),
])
/** How far an owner has found a judge to be right on pairs whose better side is known. */
export interface LearnedWeight {
  model: string
  weight: number
  accuracy: number
  gold_pairs: number
}

const published = z.enum(['published', 'already_published', 'cancelled', 'not_found'])
const cancelled = z.enum(['cancelled', 'already_closed', 'already_void', 'already_cancelled', 'not_found'])
/** Documents are built by the database; the shape that callers rely on is api's response schema. */
const document = z.record(z.string(), z.unknown())
const page = z.object({ battles: z.array(document), next_cursor: z.string().nullable() })
const board = z.object({ leaderboard: z.array(document), next_cursor: z.string().nullable() })

export interface ListQuery {
  viewer_id: string | null
  mine: boolean
  most: number
  status?: string
  battle_type?: string
  /** Finds no battle that is still blind to the viewer. */
  model?: string
  created_after?: string
  created_before?: string
  cursor?: string
}

/** What the api needs of the battles room, one method an RPC. Owners are users the api has authenticated. */
export function createBattleStore(connection: Connection) {
  const { battles, lenses } = connection
  return {
    ...peopleCalls(connection),
    /** The versions that workflows are to contend with, in their order, for who may run them. */
    contendingVersions: (owner_id: string, wanted: readonly { version_id?: string | undefined; workflow_id?: string | undefined }[]) =>
      call(
        'fn_contending_versions',
        lenses.rpc('fn_contending_versions', { owner_id, wanted: wanted as unknown as Json }),
        contendingVersions,
      ),
    create: (owner_id: string, battle: NewBattle) =>
      call('fn_battles_create', battles.rpc('fn_battles_create', { owner_id, battle: battle as unknown as Json }), created),
    publish: (battle_id: string, owner_id: string) =>
      call('fn_battles_publish', battles.rpc('fn_battles_publish', { battle_id, owner_id }), published),
    cancel: (battle_id: string, owner_id: string) =>
      call('fn_battles_cancel', battles.rpc('fn_battles_cancel', { battle_id, owner_id }), cancelled),
    get: (battle_id: string, viewer_id: string | null) =>
      call('fn_battles_get', battles.rpc('fn_battles_get', { battle_id, viewer_id: viewer_id as string }), document.nullable()),
    overrideWinner: (battle_id: string, author_id: string, winner_slot: string | null, note: string) =>
      call(
        'fn_battles_override_winner',
        battles.rpc('fn_battles_override_winner', { battle_id, author_id, winner_slot: winner_slot as string, note }),
        z.string(),
      ),
    analyse: (battle_id: string, owner_id: string, analysis: NewAnalysis) =>
      call(
        'fn_battles_analyse',
        battles.rpc('fn_battles_analyse', { battle_id, owner_id, analysis: analysis as unknown as Json }),
        analysisMade,
      ),
    analyses: (battle_id: string, viewer_id: string | null) =>
      call(
        'fn_battles_analyses',
        battles.rpc('fn_battles_analyses', { battle_id, viewer_id: viewer_id as string }),
        z.array(document).nullable(),
      ),
    judgeWeights: (owner_id: string) =>
      call('fn_judge_weights_list', battles.rpc('fn_judge_weights_list', { owner_id }), z.array(document)),
    setJudgeWeights: (owner_id: string, weights: LearnedWeight[]) =>
      call(
        'fn_judge_weights_set',
        battles.rpc('fn_judge_weights_set', { owner_id, weights: weights as unknown as Json }),
        z.array(document),
      ),
    list: (query: ListQuery) =>
      call('fn_battles_list', battles.rpc('fn_battles_list', { ...query, viewer_id: query.viewer_id as string }), page),
    leaderboard: (query: { most: number; cursor?: string }) => call('fn_leaderboard', battles.rpc('fn_leaderboard', query), board),
  }
}

export type BattleStore = ReturnType<typeof createBattleStore>
