import type {
  BattleScore,
  BattleView,
  BegunVersion,
  ChildResult,
  IncomingEdge,
  NodeCancelJob,
  NodeJob,
  NodeWait,
  ParentResult,
} from '@agon/runner-core'
import { z } from 'zod'
import { claimOf, id } from './claims.ts'
import { checkpoint, held, heldJob, openTask, paid, paidJob } from './driver-answers.ts'

/** What the RPCs of workflow nodes answer, parsed. */

const object = z.record(z.string(), z.unknown())
const coded = z.looseObject({ code: z.string(), message: z.string() }).transform(({ code, message }) => ({ code, message }))

const envelope = z.looseObject({
  kind: z.string(),
  artifact_kind: z.enum(['text', 'image', 'audio', 'video', 'json']),
  output: z.string(),
  data: z.unknown().optional(),
  media: z.looseObject({ url: z.string() }).optional(),
  metadata: object.optional(),
})
type Envelope = ParentResult['envelope']

const parent = z
  .object({
    label: z.string(),
    node_type: z.string(),
    status: z.enum(['completed', 'failed', 'timed_out', 'cancelled', 'skipped']),
    envelope: envelope.nullable(),
    error: coded.nullable(),
  })
  .transform(
    (row): ParentResult => ({
      label: row.label,
      nodeType: row.node_type,
      status: row.status,
      envelope: row.envelope as Envelope,
      error: row.error,
    }),
  )

const edge = z
  .object({
    ordinal: id,
    source: z.string(),
    source_port: z.string(),
    source_output_key: z.string(),
    target_param_label: z.string(),
    merge_strategy: z.enum(['last_write_wins', 'concat', 'array', 'json_object']).nullable(),
    outcome: z.enum(['taken', 'not_taken', 'failed']),
  })
  .transform(
    (row): IncomingEdge => ({
      ordinal: row.ordinal,
      source: row.source,
      sourcePort: row.source_port,
      sourceOutputKey: row.source_output_key,
      targetParamLabel: row.target_param_label,
      mergeStrategy: row.merge_strategy,
      outcome: row.outcome,
    }),
  )

const child = z
  .object({
    item_index: id,
    run_id: z.string(),
    // One that waits for an approval to begin has not begun.
    status: z
      .enum(['completed', 'failed', 'timed_out', 'cancelled', 'queued', 'running', 'pending_approval'])
      .transform((status) => (status === 'pending_approval' ? ('queued' as const) : status)),
    output: envelope.nullable(),
    error: coded.nullable(),
    cost_usd: z.number().nullish(),
  })
  .transform(
    (row): ChildResult => ({
      itemIndex: row.item_index,
      runId: row.run_id,
      status: row.status,
      output: row.output as Envelope,
      error: row.error,
      ...(typeof row.cost_usd === 'number' && { costUsd: row.cost_usd }),
    }),
  )

const begunVersion = z
  .object({ parameters: z.array(z.string()), cost_estimate_usd: z.number().nullable(), model_key: z.string().nullable() })
  .transform((row): BegunVersion => ({ parameters: row.parameters, costEstimateUsd: row.cost_estimate_usd, modelKey: row.model_key }))

const wait = z
  .object({
    for: z.enum(['delay', 'approval', 'external', 'children']),
    waited_ms: z.number(),
    expired: z.boolean(),
    answer: z
      .looseObject({
        decision: z.enum(['approved', 'rejected']).nullish(),
        data: z.unknown().optional(),
        by: z.string().nullish(),
      })
      .nullable(),
    state: object,
  })
  .transform(
    (row): NodeWait => ({
      for: row.for,
      waitedMs: row.waited_ms,
      expired: row.expired,
      answer: row.answer && {
        ...(row.answer.decision && { decision: row.answer.decision }),
        ...(row.answer.data !== undefined && { data: row.answer.data }),
        ...(row.answer.by !== undefined && { by: row.answer.by }),
      },
      state: row.state,
    }),
  )

const key = paid.byok.unwrap()

const nodeJob = z
  .object({
    ...held,
    ...paid,
    kind: z.string(),
    cancels: z.literal(false),
    run_id: z.string(),
    root_run_id: z.string(),
    workflow_id: z.string().nullable(),
    depth: id,
    dry_run: z.boolean(),
    owner_id: z.string(),
    node_id: z.string(),
    node_type: z.string(),
    label: z.string(),
    config: object,
    lens: object.nullable(),
    model_key: z.string().nullable(),
    run_inputs: object,
    variables: object,
    parents: z.record(z.string(), parent),
    edges: z.array(edge),
    wait: wait.nullable(),
    children: z.array(child),
    begins: z.record(z.string(), begunVersion).optional(),
    deadline_ms: z.number().nullable(),
    checkpoint: checkpoint.nullable(),
    task: openTask.nullable(),
    ended_tasks: id,
    done_before: id,
    credential: key.optional(),
  })
  .transform(
    (row): NodeJob => ({
      ...heldJob(row),
      ...paidJob(row),
      kind: row.kind,
      cancels: false,
      runId: row.run_id,
      rootRunId: row.root_run_id,
      workflowId: row.workflow_id,
      depth: row.depth,
      dryRun: row.dry_run,
      ownerId: row.owner_id,
      nodeId: row.node_id,
      nodeType: row.node_type,
      label: row.label,
      config: row.config,
      lens: row.lens,
      modelKey: row.model_key,
      runInputs: row.run_inputs,
      variables: row.variables,
      parents: row.parents,
      edges: row.edges,
      wait: row.wait,
      children: row.children,
      ...(row.begins && { begins: row.begins }),
      deadlineMs: row.deadline_ms,
      checkpoint: row.checkpoint,
      task: row.task,
      endedTasks: row.ended_tasks,
      doneBefore: row.done_before,
      ...(row.credential && {
        credential: {
          keyId: row.credential.key_id,
          ownerId: row.credential.owner_id,
          provider: row.credential.provider,
          sealed: row.credential.sealed,
        },
      }),
    }),
  )

const cancelJob = z
  .object({ ...held, ...paid, kind: z.string(), cancels: z.literal(true), model_key: z.string(), task: openTask })
  .transform(
    (row): NodeCancelJob => ({
      ...heldJob(row),
      ...paidJob(row),
      kind: row.kind,
      cancels: true,
      modelKey: row.model_key,
      task: row.task,
    }),
  )

export const nodeClaim = claimOf(z.discriminatedUnion('cancels', [cancelJob, nodeJob]))

export const battleView = z
  .object({
    is_owner: z.boolean(),
    battle: z.looseObject({
      battle_id: z.string(),
      status: z.string(),
      outcome: z.string().nullable(),
      winner_slot: z.string().nullable(),
      voting_ends_at: z.string().nullable(),
      task_prompt: z.string(),
    }),
  })
  .transform(
    ({ is_owner, battle }): BattleView => ({
      battleId: battle.battle_id,
      status: battle.status,
      isOwner: is_owner,
      outcome: battle.outcome,
      winnerSlot: battle.winner_slot,
      votingEndsAt: battle.voting_ends_at,
      taskPrompt: battle.task_prompt,
      document: battle,
    }),
  )

export const battleScores = z.array(
  z
    .object({
      slot: z.string(),
      contender_id: z.string(),
      judge_mean: z.number().nullable(),
      verdicts: z.number(),
      votes: z.number(),
      vote_share: z.number().nullable(),
      score: z.number().nullable(),
    })
    .transform(
      (row): BattleScore => ({
        slot: row.slot,
        contenderId: row.contender_id,
        judgeMean: row.judge_mean,
        verdicts: row.verdicts,
        votes: row.votes,
        voteShare: row.vote_share,
        score: row.score,
      }),
    ),
)

export const battleMade = z.union([
  z.object({ refused: z.string(), path: z.string().nullish(), message: z.string().nullish() }),
  z.object({ battle_id: z.string() }),
])

export const slotTaken = z.union([
  z.object({
    refused: z.enum(['lease_lost', 'not_found', 'forbidden', 'slot_unknown', 'slot_taken', 'battle_state']),
    message: z.string(),
  }),
  z.object({ slot: z.string().nullable(), task_prompt: z.string() }),
])
