import { afterFailure } from '../engine/backoff.ts'
import { persist } from '../engine/persist.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import { calledModel, type Model } from '../models/models.ts'
import type { CallingJob, CallOptions, CancelJob, FailureRecord, OpenTask, ProviderTask } from '../ports/index.ts'
import type { Result } from '../result.ts'
import { providerFor } from './provider-for.ts'
import { rateLimitsOf } from './rate-limits.ts'

type Stored<T> = Promise<Result<T, StepError>>

/** An open task as its provider is asked for it. */
export const providerTask = (task: OpenTask, { wireModel, kind }: Model): ProviderTask & { wireModel: string; kind: Model['kind'] } => ({
  taskId: task.providerTaskId,
  details: task.details,
  wireModel,
  kind,
})

/** How an errand's end is written down. */
interface ErrandRecord {
  settled: () => Stored<boolean>
  failed: (error: StepError, backoffMs: number | null) => Stored<FailureRecord>
}

/** The errands of contenders. */
export const recordOfErrand = ({ jobId, leaseToken }: CancelJob, { store }: Pick<StepWorld, 'store'>): ErrandRecord => ({
  settled: () => store.completeTaskCancel(jobId, leaseToken),
  failed: (error, backoffMs) =>
    backoffMs === null ? store.deadLetterBattleJob(jobId, leaseToken, error) : store.requeueBattleJob(jobId, leaseToken, backoffMs, error),
})

/** Tells a provider that nobody waits for a task any more, as far as it can be told, and records that or how it failed. */
export async function cancelTask(
  job: CallingJob & { modelKey: string; task: OpenTask },
  world: StepWorld,
  bounds: ActBounds,
  record: ErrandRecord,
): Promise<StepReport> {
  return runErrand(job, world, bounds, record, async (call) => {
    const model = calledModel(job.modelKey)
    if (!model.ok) return model
    const provider = await providerFor(job, model.value.provider, world)
    if (!provider.ok) return provider
    if (!provider.value.cancelTask) return { ok: true, value: undefined }
    return provider.value.cancelTask(providerTask(job.task, model.value), call)
  })
}

/** Tells whoever has a task, by `tell`, and records that or how it failed. */
export async function runErrand(
  job: CallingJob,
  world: StepWorld,
  { timeoutMs, signal }: ActBounds,
  record: ErrandRecord,
  tell: (call: CallOptions) => Promise<Result<void, StepError>>,
): Promise<StepReport> {
  const { clock, random, log } = world
  const limits = rateLimitsOf(job, world)
  const told = await tell({
    signal,
    timeoutMs: Math.min(timeoutMs, 15_000),
    idempotencyKey: `agon-cancel-${job.jobId}`,
    onRateLimit: limits.onRateLimit,
  })
  await limits.reported()
  if (told.ok) {
    const recorded = await persist(clock, record.settled)
    log({ level: recorded.ok ? 'info' : 'error', event: recorded.ok ? 'task_cancelled' : 'task_cancel_not_recorded', job_id: job.jobId })
    return {}
  }
  if (told.error.code === 'lease_lost') return {}
  const decision = afterFailure(job, told.error, random)
  const backoffMs = decision.kind === 'retry' ? decision.backoffMs : null
  const recorded = await persist(clock, () => record.failed(told.error, backoffMs))
  log({ level: 'warn', event: 'task_cancel_failed', job_id: job.jobId, code: told.error.code, message: told.error.message })
  return backoffMs !== null && recorded.ok && recorded.value === 'requeued' ? { dueInMs: backoffMs } : {}
}
