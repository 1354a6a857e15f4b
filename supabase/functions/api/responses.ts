import { handicapSchema } from '@agon/runner-core/handicap'
import { z } from 'zod'
import { judgeInFull, judgeInShort, judgeShapes, winnerOverride } from './battles/judge-responses.ts'
import { voteShapes } from './battles/vote-responses.ts'
import { boardShapes } from './boards/board-responses.ts'
import { battleBudget, funding, fundingShapes } from './funding/funding-responses.ts'
import { localShapes } from './local/local-responses.ts'
import { operatorShapes } from './operating/operator-responses.ts'
import { battleStatus } from './requests.ts'
import { webhookShapes } from './webhooks/webhook-responses.ts'
import { lensShapes } from './workflows/lens-responses.ts'
import { runShapes } from './workflows/run-responses.ts'
import { templateShapes } from './workflows/template-responses.ts'
import { triggerShapes } from './workflows/trigger-responses.ts'
import { workflowShapes } from './workflows/workflow-responses.ts'

/**
 * What callers get. The database builds these documents and nothing parses them again on the way out: the shapes are for the
 * OpenAPI document and the client's types, and no function loads them.
 */

const timestamp = z.string().meta({ format: 'date-time' })
const contenderStatus = z.enum(['pending', 'submitted', 'failed', 'timed_out', 'withdrawn', 'cancelled'])
const stepError = z.object({ code: z.string(), message: z.string() })
const job = z
  .object({
    job_id: z.number().int(),
    status: z.enum(['queued', 'claimed', 'running', 'held', 'completed', 'failed', 'cancelled']),
    attempts: z.number().int(),
    reclaims: z.number().int(),
    max_attempts: z.number().int(),
    error: stepError.nullable(),
  })
  .meta({ id: 'Job' })

const summary = {
  battle_id: z.uuid(),
  status: battleStatus,
  battle_type: z.string(),
  category: z.string().nullable(),
  title: z.string(),
  scoring_mode: z.enum(['ai_judge', 'community', 'hybrid', 'checks']),
  blind: z.boolean().meta({ description: 'You do not see who the contenders are until the battle is closed' }),
  results_published: z.boolean().meta({ description: 'Whether others than the owner see how it ended' }),
  outcome: z.enum(['winner', 'draw', 'walkover', 'no_verdict']).nullable(),
  judge_outcome: z.enum(['winner', 'tie', 'both_bad', 'inconsistent', 'abstain']).nullable(),
  winner_slot: z.string().nullable(),
  judge: z
    .object({ model: z.string(), simulated: z.boolean() })
    .nullable()
    .meta({ description: 'The first of the judges; null where votes alone decide' }),
  override: winnerOverride,
  promote_at: timestamp.nullable(),
  pending_promotion: z.boolean().meta({ description: 'A draft that publishes itself at promote_at' }),
  submissions_end_at: timestamp.nullable(),
  voting_window_ms: z.number().int(),
  voting_ends_at: timestamp.nullable(),
  created_at: timestamp,
  published_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
}
const contender = {
  slot: z.string(),
  contender_type: z
    .enum(['ai_model', 'ai_agent', 'human', 'command', 'workflow'])
    .nullable()
    .meta({ description: 'null while the battle is blind' }),
  model: z.string().nullable().meta({ description: 'null for a person, and while the battle is blind' }),
  identity: z.string(),
  simulated: z
    .boolean()
    .meta({ description: 'Answered by a stand-in, not by the model it names; while the battle is blind, whether any contender is' }),
  in_browser: z.boolean().meta({
    description:
      'Answered by a page of the owner, whose word it is and which is not rated; while the battle is blind, whether any contender is',
  }),
  status: contenderStatus,
}

const work = z
  .object({
    duration_ms: z.number(),
    exit_code: z.number().int().nullable(),
    tokens_per_second: z.number().nullable(),
    commit: z.string(),
    files: z.number().int().meta({ description: 'How many files differ' }),
    diff_cut: z.boolean(),
    output_cut: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string(),
        weight: z.number(),
        passed: z.boolean(),
        exit_code: z.number().int().nullable(),
        duration_ms: z.number(),
        output: z.string().meta({ description: 'The end of what it said' }),
      }),
    ),
  })
  .meta({ id: 'Work' })

const event = z.object({ event_id: z.number().int(), type: z.string(), data: z.unknown(), created_at: timestamp }).meta({ id: 'Event' })

const battleSummary = z
  .object({ ...summary, judges: z.array(judgeInShort), contenders: z.array(z.object(contender)) })
  .meta({ id: 'BattleSummary' })

const battle = z
  .object({
    ...summary,
    judges: z.array(judgeInFull(job)),
    judge_mode: z.enum(['listwise', 'pairwise', 'rubric']),
    allow_own_family: z.boolean(),
    auto_analyse: z.boolean(),
    task_prompt: z.string(),
    repository: z
      .object({ source: z.string(), ref: z.string(), commit: z.string().optional() })
      .nullable()
      .meta({ description: 'Of a coding battle; commit: where every contender began' }),
    checks: z.array(z.string()),
    inputs: z.record(z.string(), z.unknown()).nullable(),
    max_tokens: z.number().int(),
    temperature: z.number().nullable(),
    handicap: handicapSchema,
    budget: battleBudget,
    judge_funding: funding.nullable(),
    rubric: z.array(z.object({ title: z.string(), description: z.string().optional(), weight: z.number().optional() })).nullable(),
    reference_answer: z.string().nullable(),
    priority: z.number().int(),
    submission_window_ms: z.number().int().nullable(),
    voter_eligibility: z.enum(['anyone', 'confirmed_email', 'account_age', 'invited']).meta({ description: 'Who may vote' }),
    min_account_age_ms: z.number().int().nullable(),
    vote_weighting: z.enum(['equal', 'reliability']).meta({ description: 'What a vote weighs: one, or by its voter’s record' }),
    invited_voters: z.array(z.uuid()).nullable().meta({ description: 'For the owner alone' }),
    held: z.boolean().meta({ description: 'Stopped by an operator; no deadline passes until it is released' }),
    hold_reason: z.string().nullable(),
    your_slot: z.string().nullable(),
    your_vote: z.string().nullable(),
    votes: z
      .object({
        given: z.number().int(),
        held: z.number().int(),
        rejected: z.number().int(),
        tie: z.number().int(),
        both_bad: z.number().int(),
        weight: z.number().meta({ description: 'Of all votes that count' }),
      })
      .nullable()
      .meta({ description: 'null until the battle is closed' }),
    contenders: z.array(
      z
        .object({
          ...contender,
          contender_id: z.uuid(),
          yours: z.boolean(),
          open_seat: z.boolean().meta({ description: 'Whoever joins takes it' }),
          system_prompt: z.string().nullable(),
          error: stepError.nullable(),
          funding: funding.nullable(),
          workflow: z
            .object({
              version_id: z
                .uuid()
                .nullable()
                .meta({ description: 'The version that answers; null where the slot is left to the run that made the battle' }),
              inputs: z.record(z.string(), z.unknown()).nullable(),
              byok_keys: z.record(z.string(), z.uuid()).meta({ description: 'Keys of the owner that pay for the run, by provider' }),
              run_id: z.uuid().nullable().meta({ description: 'The run that answers, once it has begun' }),
              node_id: z.string().nullable().meta({ description: 'The node the slot is left to' }),
              cost_usd: z
                .number()
                .nullable()
                .meta({ description: 'What the run and all it began have cost so far, also where it failed; null of a slot' }),
            })
            .nullable()
            .meta({ description: 'Of a workflow, for the battle’s owner, while it is not blind' }),
          job: job.nullable(),
          submission: z
            .object({
              content_text: z.string().nullable(),
              content_url: z.string().nullable().meta({ description: 'Where an image, a recording or a film can be seen or heard' }),
              mime_type: z.string().nullable(),
              output_modality: z.enum(['text', 'image', 'audio', 'video']),
              keyframes: z
                .array(z.object({ url: z.string(), at_ms: z.number().int() }))
                .nullable()
                .meta({ description: 'Pictures out of a film, as its judges see it' }),
              artifact_id: z.string().nullable().meta({ description: 'The provider’s task, while it works on it' }),
              is_final: z.boolean(),
              wire_model: z.string().nullable(),
              finish_reason: z.string().nullable(),
              input_tokens: z.number().int().nullable(),
              output_tokens: z.number().int().nullable(),
              cost_usd: z.number().nullable(),
              latency_ms: z.number().int().nullable(),
              diff: z.string().nullable().meta({ description: 'What a command changed in its worktree' }),
              work: work.nullable().meta({ description: 'How a command went about it; null for any other' }),
            })
            .nullable(),
          judge_mean: z.number().nullable().meta({ description: 'Mean judge score, 0 to 10' }),
          votes: z.number().int().nullable().meta({ description: 'null until the battle is closed' }),
          vote_weight: z.number().nullable().meta({ description: 'What they weigh: as many, unless vote_weighting is reliability' }),
          vote_share: z.number().nullable().meta({ description: 'Of the weight of all votes that count, those for tie and both_bad too' }),
          checks_share: z.number().nullable().meta({ description: 'Of a command: the weighted share of the checks that passed' }),
          score: z
            .number()
            .nullable()
            .meta({ description: 'What decides, 0 to 1, as scoring_mode makes it; with a judge alone its verdicts decide' }),
          rating: z.object({ before: z.number(), after: z.number() }).nullable(),
        })
        .meta({ id: 'Contender' }),
    ),
    judging: job.nullable().meta({ description: 'The job of the first judge' }),
    verdicts: z.array(
      z
        .object({
          judge_seat: z.number().int(),
          judge_model: z.string(),
          part: z.string().meta({ description: 'all answers, a pair such as A-B, or criterion:1' }),
          weight: z.number().meta({ description: 'Of its criterion beside the others; else 1' }),
          presentation: z.number().int(),
          slot_order: z.string().meta({ description: 'Contender slots in the order the judge saw them' }),
          outcome: z.enum(['winner', 'tie', 'both_bad', 'abstain']),
          winner_slot: z.string().nullable(),
          reasoning: z.string(),
          scores: z.record(z.string(), z.number()).nullable(),
          system_prompt: z.string(),
          prompt: z.string().nullable().meta({ description: 'Shown to the owner alone' }),
          raw_text: z.string(),
          input_tokens: z.number().int().nullable(),
          output_tokens: z.number().int().nullable(),
          cost_usd: z.number().nullable(),
          latency_ms: z.number().int().nullable(),
        })
        .meta({ id: 'Verdict' }),
    ),
    rubric_call: z
      .object({
        judge_seat: z.number().int(),
        judge_model: z.string(),
        system_prompt: z.string(),
        prompt: z.string().nullable().meta({ description: 'Shown to the owner alone' }),
        raw_text: z.string(),
        input_tokens: z.number().int().nullable(),
        output_tokens: z.number().int().nullable(),
        cost_usd: z.number().nullable(),
        latency_ms: z.number().int().nullable(),
      })
      .nullable()
      .meta({ id: 'RubricCall', description: 'The call in which a judge wrote the rubric; null where none did' }),
    events: z.array(event),
  })
  .meta({ id: 'Battle' })

const battlePage = z.object({ battles: z.array(battleSummary), next_cursor: z.string().nullable() }).meta({ id: 'BattlePage' })

const eventPage = z
  .object({
    events: z.array(event),
    cursor: z.number().int().meta({ description: 'Where the next page begins: after' }),
    more: z.boolean().meta({ description: 'Ask again at once' }),
    status: battleStatus,
    ended: z.boolean().meta({ description: 'The battle is final and nothing follows' }),
  })
  .meta({ id: 'EventPage' })

const models = z
  .object({
    models: z.array(
      z.object({
        key: z.string(),
        provider: z.string(),
        kind: z.string(),
        tier: z.string().optional(),
        simulated: z.boolean(),
        vision: z.boolean().meta({ description: 'Looks at images, so it can judge them, and films' }),
        retired_on: z.string().optional().meta({ description: 'The day its maker announced to shut it down, as YYYY-MM-DD' }),
      }),
    ),
    open_providers: z.array(z.string()).meta({ description: 'Providers that take any model name, as provider:model' }),
  })
  .meta({ id: 'Models' })

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          path: z.string().meta({ description: 'JSON pointer' }),
          message: z.string(),
          code: z.string().optional().meta({ description: 'Of a document or a contract: the rule that is broken' }),
          severity: z.enum(['error', 'warning']).optional(),
          node_id: z.string().optional(),
          edge: z.number().int().optional().meta({ description: 'Its place in edges' }),
          remedy: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })

const errors = z.record(z.string(), z.unknown())

export const shapes = {
  battle,
  battlePage,
  eventPage,
  ...boardShapes,
  ...fundingShapes,
  ...judgeShapes,
  ...lensShapes,
  ...localShapes,
  ...operatorShapes,
  ...triggerShapes,
  ...runShapes,
  ...templateShapes,
  ...voteShapes,
  ...webhookShapes,
  ...workflowShapes,
  models,
  errors,
  problem,
}
