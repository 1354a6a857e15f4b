import type {
  AsyncJob,
  BattleJob,
  JudgingJob,
  OpenTask,
  PaidJob,
  SavedText,
  StepError,
  Store,
  SubmissionOutput,
  TextProgress,
  VerdictRecord,
  VoteScanJob,
  WebhookAttempt,
  WebhookDelivery,
} from '@agon/runner-core'
import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { handicapSchema } from '@agon/runner-core/handicap'
import { ok } from '@agon/runner-core/result'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import type { Json } from './database.types.ts'
import { createTurnstile } from './turnstile.ts'

const id = z.number().int()
const inputs = z.record(z.string(), z.unknown()).nullable()

/** Who pays, as every claim of paid jobs says it. */
const paid = {
  byok: z.object({ key_id: z.string(), owner_id: z.string(), provider: z.string(), sealed: z.string() }).optional(),
  refused: z
    .object({ code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]).catch('internal'), message: z.string() })
    .optional(),
}

const held = {
  lease_token: id,
  job_id: id,
  attempts: id,
  max_attempts: id,
  reclaims: id,
  in_lane: z.boolean(),
  limit_key: z.string().nullable().default(null),
}
const leased = { ...held, ...paid, battle_id: z.string() }

const checkpoint = z
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

const openTask = z
  .object({ provider_task_id: z.string(), details: z.record(z.string(), z.string()), polls: id, age_ms: z.number() })
  .transform((row): OpenTask => ({ providerTaskId: row.provider_task_id, details: row.details, polls: row.polls, ageMs: row.age_ms }))

const asyncJob = z.discriminatedUnion('cancels', [
  z
    .object({ ...held, cancels: z.literal(true), model_key: z.string(), task: openTask })
    .transform((row): AsyncJob => ({ ...heldJob(row), cancels: true, modelKey: row.model_key, task: row.task })),
  z
    .object({
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
    })
    .transform(
      (row): AsyncJob => ({
        ...heldJob(row),
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
      }),
    ),
])

const judgingJob = z
  .object({
    ...leased,
    judge_model_key: z.string(),
    task_prompt: z.string(),
    inputs,
    rubric: z.array(z.object({ title: z.string(), description: z.string().optional(), weight: z.number().optional() })).nullable(),
    reference_answer: z.string().nullable(),
    answers: z.array(z.object({ contender_id: z.string(), slot: z.string(), content_text: z.string() })),
    recorded_presentations: z.array(id),
    unreadable_verdicts: id,
  })
  .transform(
    (row): JudgingJob => ({
      ...heldJob(row),
      ...paidJob(row),
      battleId: row.battle_id,
      judgeModelKey: row.judge_model_key,
      taskPrompt: row.task_prompt,
      inputs: row.inputs,
      rubric: row.rubric,
      referenceAnswer: row.reference_answer,
      answers: row.answers.map((answer) => ({ contenderId: answer.contender_id, slot: answer.slot, contentText: answer.content_text })),
      recordedPresentations: row.recorded_presentations,
      unreadableVerdicts: row.unreadable_verdicts,
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

const scannedVotes = z.array(
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

function heldJob(row: z.output<z.ZodObject<typeof held>>) {
  return {
    leaseToken: row.lease_token,
    jobId: row.job_id,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    reclaims: row.reclaims,
    inLane: row.in_lane,
    limitKey: row.limit_key,
  }
}

function paidJob({ byok, refused }: z.output<z.ZodObject<typeof paid>>): PaidJob {
  return {
    ...(byok && { byok: { keyId: byok.key_id, ownerId: byok.owner_id, provider: byok.provider, sealed: byok.sealed } }),
    ...(refused && { refused }),
  }
}

const claimOf = <T extends z.ZodType>(job: T) =>
  z
    .object({ jobs: z.array(job), lease_ms: id, next_due_ms: z.number().nullable() })
    .transform((row) => ({ jobs: row.jobs, leaseMs: row.lease_ms, nextDueMs: row.next_due_ms }))

const battleClaim = claimOf(battleJob)
const asyncClaim = claimOf(asyncJob)
const judgingClaim = claimOf(judgingJob)
const webhookClaim = claimOf(webhookDelivery)
const voteScanClaim = claimOf(voteScanJob)
const failureRecord = z.enum(['requeued', 'dead_lettered', 'lost'])
const verdictRecord = z.enum(['recorded', 'already_recorded', 'lost'])

/** What is kept of an error: the code, the message, and what the failed call cost where that is known. */
const errorRow = ({ code, message, costUsd }: StepError): Json => ({
  code,
  message,
  ...(costUsd === undefined ? {} : { cost_usd: costUsd }),
})

const submissionRow = (output: SubmissionOutput): Json => ({
  content_text: output.contentText ?? null,
  media_url: output.mediaUrl ?? null,
  mime_type: output.mimeType ?? null,
  output_modality: output.outputModality,
  wire_model: output.wireModel,
  finish_reason: output.finishReason,
  input_tokens: output.inputTokens ?? null,
  output_tokens: output.outputTokens ?? null,
  cost_usd: output.costUsd ?? null,
  latency_ms: output.latencyMs,
})

/** An answer in progress, as both calls that show one take it. */
const progressRow = ({ checkpoint, delta }: TextProgress) => {
  const { chunks, cursor, inputTokens, outputTokens, elapsedMs } = checkpoint
  return {
    output: { output_modality: 'text', input_tokens: inputTokens ?? null, output_tokens: outputTokens ?? null, latency_ms: elapsedMs },
    checkpoint: {
      chunks,
      elapsed_ms: elapsedMs,
      ...(cursor && { cursor: cursor as Json }),
      ...(inputTokens !== undefined && { input_tokens: inputTokens }),
      ...(outputTokens !== undefined && { output_tokens: outputTokens }),
    },
    delta: { offset: delta.offset, text: delta.text },
  }
}

const attemptRow = ({ responseStatus, latencyMs }: WebhookAttempt): Json => ({
  response_status: responseStatus ?? null,
  latency_ms: latencyMs,
})

const verdictRow = (verdict: VerdictRecord): Json => ({
  presentation: verdict.presentation,
  slot_order: verdict.slotOrder,
  outcome: verdict.outcome,
  winner_contender_id: verdict.winnerContenderId ?? null,
  reasoning: verdict.reasoning,
  scores: verdict.scores.map(({ contenderId, score, place }) => ({ contender_id: contenderId, score, place })),
  system_prompt: verdict.systemPrompt,
  prompt: verdict.prompt,
  raw_text: verdict.rawText,
  parameters: verdict.parameters as Json,
  input_tokens: verdict.inputTokens ?? null,
  output_tokens: verdict.outputTokens ?? null,
  cost_usd: verdict.costUsd ?? null,
  latency_ms: verdict.latencyMs,
})

/** Characters of an answer that is recorded in turn: below it, copies cost less than waiting. */
const largeAnswer = 128 * 1024

/** runner-core's Store over the database's RPCs, one method each. */
export function createDriverStore({ battles, execution, webhooks }: Connection): Store {
  // On its way to the database an answer is in memory five times over: 32 of a megabyte at once did not fit an isolate
  // (measured: 259 MB over a bare process; 2 at a time, 160 MB).
  const large = createTurnstile(2)
  return {
    claimBattleJobs: (driver, most) =>
      call('fn_worker_claim_battle_job', battles.rpc('fn_worker_claim_battle_job', { driver, most }), battleClaim),
    claimAsyncExecutions: (driver, most) =>
      call('fn_worker_claim_async_executions', battles.rpc('fn_worker_claim_async_executions', { driver, most }), asyncClaim),
    claimBattleJudgings: (driver, most) =>
      call('fn_worker_claim_battle_judging', battles.rpc('fn_worker_claim_battle_judging', { driver, most }), judgingClaim),
    heartbeat: (lease_token) => call('fn_worker_heartbeat', execution.rpc('fn_worker_heartbeat', { lease_token }), z.array(id)),
    completeBattleJob(job_id, lease_token, output) {
      const record = () =>
        call(
          'fn_worker_complete_battle_job',
          battles.rpc('fn_worker_complete_battle_job', { job_id, lease_token, output: submissionRow(output) }),
          z.boolean(),
        )
      return (output.contentText?.length ?? 0) < largeAnswer ? record() : large(record)
    },
    showProgress: (job_id, lease_token, progress) =>
      call(
        'fn_worker_upsert_battle_submission',
        battles.rpc('fn_worker_upsert_battle_submission', { job_id, lease_token, ...progressRow(progress) }),
        z.boolean(),
      ),
    checkpointBattleJob: (job_id, lease_token, progress) =>
      call(
        'fn_worker_checkpoint_battle_job',
        battles.rpc('fn_worker_checkpoint_battle_job', { job_id, lease_token, ...progressRow(progress) }),
        z.boolean(),
      ),
    parkBattleJob: (job_id, lease_token, { taskId, details = {}, pollAfterMs }, output_modality) =>
      call(
        'fn_worker_park_battle_job',
        battles.rpc('fn_worker_park_battle_job', {
          job_id,
          lease_token,
          task: { provider_task_id: taskId, details, poll_after_ms: Math.round(pollAfterMs) },
          output: { output_modality },
        }),
        z.boolean(),
      ),
    reparkBattleJob: (job_id, lease_token, poll_after_ms, progress) =>
      call(
        'fn_worker_repark_battle_job',
        battles.rpc('fn_worker_repark_battle_job', {
          job_id,
          lease_token,
          poll_after_ms: Math.round(poll_after_ms),
          ...(progress === undefined ? {} : { progress }),
        }),
        z.boolean(),
      ),
    completeTaskCancel: (job_id, lease_token) =>
      call('fn_worker_complete_task_cancel', battles.rpc('fn_worker_complete_task_cancel', { job_id, lease_token }), z.boolean()),
    reportRateLimit: async (limit_key, retry_after_ms) => {
      const reported = await call(
        'fn_worker_report_rate_limit',
        execution.rpc('fn_worker_report_rate_limit', { limit_key, retry_after_ms: Math.round(Math.min(retry_after_ms, 3_600_000)) }),
        z.unknown(),
      )
      return reported.ok ? ok(undefined) : reported
    },
    requeueBattleJob: (job_id, lease_token, backoff_ms, error) =>
      call(
        'fn_requeue_battle_job_with_backoff',
        battles.rpc('fn_requeue_battle_job_with_backoff', {
          job_id,
          lease_token,
          backoff_ms: Math.round(backoff_ms),
          error: errorRow(error),
        }),
        failureRecord,
      ),
    deadLetterBattleJob: (job_id, lease_token, error) =>
      call(
        'fn_move_battle_job_to_dlq',
        battles.rpc('fn_move_battle_job_to_dlq', { job_id, lease_token, error: errorRow(error) }),
        failureRecord,
      ),
    recordVerdict: (job_id, lease_token, verdict) =>
      call(
        'fn_worker_record_verdict',
        battles.rpc('fn_worker_record_verdict', { job_id, lease_token, verdict: verdictRow(verdict) }),
        verdictRecord,
      ),
    completeBattleJudging: (job_id, lease_token) =>
      call('fn_worker_complete_battle_judging', battles.rpc('fn_worker_complete_battle_judging', { job_id, lease_token }), z.boolean()),
    finalizeBattle: (battle_id) => call('fn_battles_finalize', battles.rpc('fn_battles_finalize', { battle_id }), z.string()),
    claimWebhookDeliveries: (driver, most) =>
      call('fn_dispatch_webhook_outbox', webhooks.rpc('fn_dispatch_webhook_outbox', { driver, most }), webhookClaim),
    completeWebhookDelivery: (job_id, lease_token, attempt) =>
      call(
        'fn_worker_complete_webhook_delivery',
        webhooks.rpc('fn_worker_complete_webhook_delivery', { job_id, lease_token, attempt: attemptRow(attempt) }),
        z.boolean(),
      ),
    failWebhookDelivery: (job_id, lease_token, backoff_ms, error, attempt) =>
      call(
        'fn_worker_fail_webhook_delivery',
        webhooks.rpc('fn_worker_fail_webhook_delivery', {
          job_id,
          lease_token,
          backoff_ms: (backoff_ms === null ? null : Math.round(backoff_ms)) as number,
          error: errorRow(error),
          attempt: attemptRow(attempt),
        }),
        failureRecord,
      ),
    wake: (kind) => call('fn_worker_wake', execution.rpc('fn_worker_wake', { kind }), z.boolean()),
    claimVoteScans: (driver, most) =>
      call('fn_worker_claim_vote_scan', battles.rpc('fn_worker_claim_vote_scan', { driver, most }), voteScanClaim),
    votesToScan: () => call('fn_worker_votes_to_scan', battles.rpc('fn_worker_votes_to_scan'), scannedVotes),
    recordVoteScan: (job_id, lease_token, findings) =>
      call(
        'fn_worker_record_vote_scan',
        battles.rpc('fn_worker_record_vote_scan', {
          job_id,
          lease_token,
          findings: findings.map(({ battleId, ...finding }) => ({ ...finding, battle_id: battleId })) as Json,
        }),
        z.number().nullable(),
      ),
    sweep: async () => {
      const swept = await call('sweep', execution.rpc('sweep'), z.unknown())
      if (!swept.ok) return swept
      // The clock of battles: what pg_cron does each minute where it is.
      for (const name of ['fn_battles_promote_due', 'fn_battles_end_submissions', 'fn_auto_finalize_battles', 'fn_scan_votes'] as const) {
        const done = await call(name, battles.rpc(name), z.number())
        if (!done.ok) return done
      }
      return ok(undefined)
    },
  }
}
