import type {
  AnalysisJob,
  BattleJob,
  CancelJob,
  DelegatedJob,
  JudgingJob,
  OpenTask,
  PaidJob,
  SavedText,
  TaskJob,
  VoteScanJob,
  WebhookDelivery,
} from '@agon/runner-core'
import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { handicapSchema } from '@agon/runner-core/handicap'
import { z } from 'zod'
import { claimOf, id, lease, leaseOf } from './claims.ts'

/** What the drivers' RPCs answer, parsed: a job of each kind as its claim tells it, and what became of a write. */

const inputs = z.record(z.string(), z.unknown()).nullable()

/** Who pays, as every claim of paid jobs says it. */
export const paid = {
  byok: z.object({ key_id: z.string(), owner_id: z.string(), provider: z.string(), sealed: z.string() }).optional(),
  refused: z
    .object({ code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]).catch('internal'), message: z.string() })
    .optional(),
}

export const held = { ...lease, limit_key: z.string().nullable().default(null) }
const leased = { ...held, ...paid, battle_id: z.string() }

export const checkpoint = z
  .object({
    text: z.string(),
    chunks: id,
    elapsed_ms: z.number(),
    cursor: z.record(z.string(), z.unknown()).optional(),
    input_tokens: id.optional(),
    output_tokens: id.optional(),
  })
  .transform(
    (row): SavedText => ({
      text: row.text,
      chunks: row.chunks,
      elapsedMs: row.elapsed_ms,
      ...(row.cursor && { cursor: row.cursor }),
      ...(row.input_tokens !== undefined && { inputTokens: row.input_tokens }),
      ...(row.output_tokens !== undefined && { outputTokens: row.output_tokens }),
    }),
  )

const battleJob = z
  .object({
    ...leased,
    contender_id: z.string(),
    slot: z.string(),
    model_key: z.string(),
    system_prompt: z.string().nullable(),
    task_prompt: z.string(),
    inputs,
    max_tokens: id,
    temperature: z.number().nullable(),
    handicap: handicapSchema,
    deadline_ms: z.number().nullable(),
    checkpoint: checkpoint.nullable(),
  })
  .transform(
    (row): BattleJob => ({
      ...heldJob(row),
      ...paidJob(row),
      battleId: row.battle_id,
      contenderId: row.contender_id,
      slot: row.slot,
      modelKey: row.model_key,
      systemPrompt: row.system_prompt,
      taskPrompt: row.task_prompt,
      inputs: row.inputs,
      maxTokens: row.max_tokens,
      temperature: row.temperature,
      handicap: row.handicap,
      deadlineMs: row.deadline_ms,
      checkpoint: row.checkpoint,
    }),
  )

const criterion = z.object({ title: z.string(), description: z.string().optional(), weight: z.number().optional() })
export const rubric = z.array(criterion).nullable()

const answer = z
  .object({
    contender_id: z.string(),
    slot: z.string(),
    content_text: z.string().nullable(),
    output_modality: z.enum(['text', 'image', 'audio', 'video']),
    content_url: z.string().nullable(),
    mime_type: z.string().nullable(),
    transcript: z.string().nullable(),
    keyframes: z
      .array(z.object({ url: z.string(), at_ms: z.number() }).transform(({ url, at_ms }) => ({ url, atMs: at_ms })))
      .nullable()
      .default(null),
  })
  .transform((row) => ({
    contenderId: row.contender_id,
    slot: row.slot,
    contentText: row.content_text,
    modality: row.output_modality,
    contentUrl: row.content_url,
    mimeType: row.mime_type,
    transcript: row.transcript,
    keyframes: row.keyframes,
  }))
export const openTask = z
  .object({ provider_task_id: z.string(), details: z.record(z.string(), z.string()), polls: id, age_ms: z.number() })
  .transform((row): OpenTask => ({ providerTaskId: row.provider_task_id, details: row.details, polls: row.polls, ageMs: row.age_ms }))

const cancelJob = z
  .object({ ...held, cancels: z.literal(true), model_key: z.string(), task: openTask })
  .transform((row): CancelJob => ({ ...heldJob(row), cancels: true, modelKey: row.model_key, task: row.task }))

const taskRow = {
  ...leased,
  cancels: z.literal(false),
  contender_id: z.string(),
  slot: z.string(),
  model_key: z.string(),
  task_prompt: z.string(),
  inputs,
  max_tokens: id,
  handicap: handicapSchema,
  deadline_ms: z.number().nullable(),
  task: openTask.nullable(),
  ended_tasks: id,
}
const taskJob = (row: z.output<z.ZodObject<typeof taskRow>>): TaskJob => ({
  ...heldJob(row),
  ...paidJob(row),
  cancels: false,
  battleId: row.battle_id,
  contenderId: row.contender_id,
  slot: row.slot,
  modelKey: row.model_key,
  taskPrompt: row.task_prompt,
  inputs: row.inputs,
  maxTokens: row.max_tokens,
  handicap: row.handicap,
  deadlineMs: row.deadline_ms,
  task: row.task,
  endedTasks: row.ended_tasks,
})

const asyncJob = z.discriminatedUnion('cancels', [cancelJob, z.object(taskRow).transform(taskJob)])
const bridgeJob = z.discriminatedUnion('cancels', [
  cancelJob,
  z.object({ ...taskRow, system_prompt: z.string().nullable(), temperature: z.number().nullable(), by_time_budget: z.boolean() }).transform(
    (row): DelegatedJob => ({
      ...taskJob(row),
      systemPrompt: row.system_prompt,
      temperature: row.temperature,
      byTimeBudget: row.by_time_budget,
    }),
  ),
])

const judgingJob = z
  .object({
    ...leased,
    judge_id: z.string(),
    seat: id,
    judge_model_key: z.string(),
    judge_mode: z.enum(['listwise', 'pairwise', 'rubric']),
    task_prompt: z.string(),
    inputs,
    rubric,
    generate_rubric: z.boolean(),
    reference_answer: z.string().nullable(),
    answers: z.array(answer),
    recorded: z.array(z.object({ part: z.string(), presentation: id })),
    unreadable_verdicts: id,
    auto_analyse: z.boolean(),
  })
  .transform(
    (row): JudgingJob => ({
      ...heldJob(row),
      ...paidJob(row),
      battleId: row.battle_id,
      judgeId: row.judge_id,
      seat: row.seat,
      judgeModelKey: row.judge_model_key,
      mode: row.judge_mode,
      taskPrompt: row.task_prompt,
      inputs: row.inputs,
      rubric: row.rubric,
      generateRubric: row.generate_rubric,
      referenceAnswer: row.reference_answer,
      answers: row.answers,
      recorded: row.recorded,
      unreadableVerdicts: row.unreadable_verdicts,
      autoAnalyse: row.auto_analyse,
    }),
  )

const analysisJob = z
  .object({
    ...leased,
    analysis_id: z.string(),
    kind: z.enum(['digest_judge', 'cross_examination']),
    model_key: z.string(),
    task_prompt: z.string(),
    inputs,
    rubric,
    reference_answer: z.string().nullable(),
    answers: z.array(answer),
    outcome: z.string(),
    winner_slot: z.string().nullable(),
    verdicts: z.array(
      z.object({
        slot_order: z.string(),
        outcome: z.string(),
        winner_slot: z.string().nullable(),
        reasoning: z.string(),
        scores: z.record(z.string(), z.number()).nullable(),
      }),
    ),
    calls: z.record(z.string(), z.string()),
  })
  .transform(
    (row): AnalysisJob => ({
      ...heldJob(row),
      ...paidJob(row),
      battleId: row.battle_id,
      analysisId: row.analysis_id,
      kind: row.kind,
      modelKey: row.model_key,
      taskPrompt: row.task_prompt,
      inputs: row.inputs,
      rubric: row.rubric,
      referenceAnswer: row.reference_answer,
      answers: row.answers,
      outcome: row.outcome,
      winnerSlot: row.winner_slot,
      verdicts: row.verdicts.map(({ slot_order, outcome, winner_slot, reasoning, scores }) => ({
        slotOrder: slot_order,
        outcome,
        winnerSlot: winner_slot,
        reasoning,
        scores: scores ?? {},
      })),
      calls: row.calls,
    }),
  )

const webhookDelivery = z
  .object({
    ...held,
    delivery_id: z.string(),
    subscription_id: z.string(),
    owner_id: z.string(),
    enabled: z.boolean(),
    url: z.string(),
    sealed_secrets: z.array(z.string()),
    body: z.string(),
  })
  .transform(
    (row): WebhookDelivery => ({
      ...heldJob(row),
      deliveryId: row.delivery_id,
      subscriptionId: row.subscription_id,
      ownerId: row.owner_id,
      enabled: row.enabled,
      url: row.url,
      sealedSecrets: row.sealed_secrets,
      body: row.body,
    }),
  )

const voteScanJob = z
  .object({ ...held, battle_id: z.string().nullable() })
  .transform((row): VoteScanJob => ({ ...heldJob(row), battleId: row.battle_id }))

export const scannedVotes = z.array(
  z
    .object({
      battle_id: z.string(),
      open: z.boolean(),
      voter: z.string(),
      choice: z.string(),
      at: z.number(),
      cleared: z.boolean(),
      contenders: z.record(z.string(), z.string()).nullable(),
    })
    .transform(({ battle_id, contenders, ...vote }) => ({ ...vote, battleId: battle_id, contenders: contenders ?? {} })),
)

export const heldJob = (row: z.output<z.ZodObject<typeof held>>) => ({ ...leaseOf(row), limitKey: row.limit_key })

export function paidJob({ byok, refused }: z.output<z.ZodObject<typeof paid>>): PaidJob {
  return {
    ...(byok && { byok: { keyId: byok.key_id, ownerId: byok.owner_id, provider: byok.provider, sealed: byok.sealed } }),
    ...(refused && { refused }),
  }
}

export const battleClaim = claimOf(battleJob)
export const asyncClaim = claimOf(asyncJob)
export const bridgeClaim = claimOf(bridgeJob)
export const judgingClaim = claimOf(judgingJob)
export const analysisClaim = claimOf(analysisJob)
export const webhookClaim = claimOf(webhookDelivery)
export const voteScanClaim = claimOf(voteScanJob)
export const failureRecord = z.enum(['requeued', 'dead_lettered', 'lost'])
export const verdictRecord = z.enum(['recorded', 'already_recorded', 'lost'])
