import type { StepError } from '../errors.ts'
import { afterFailure } from './backoff.ts'
import { persist } from './persist.ts'
import type { StepReport, StepWorld } from './step.ts'

/** Records a failed attempt: again after a backoff, or, where the error or the caller rules that out, the dead letters. A lost lease is nobody's failure and records nothing. */
export async function settleFailure(
  job: { jobId: number; leaseToken: number; attempts: number; maxAttempts: number },
  error: StepError,
  world: StepWorld,
  { final = false }: { final?: boolean } = {},
): Promise<StepReport> {
  const { store, clock, random, log } = world
  if (error.code === 'lease_lost') {
    log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
    return {}
  }
  const decision = final ? ({ kind: 'dead_letter' } as const) : afterFailure(job, error, random)
  const recorded = await persist(clock, () =>
    decision.kind === 'retry'
      ? store.requeueBattleJob(job.jobId, job.leaseToken, decision.backoffMs, error)
      : store.deadLetterBattleJob(job.jobId, job.leaseToken, error),
  )
  log({
    level: 'warn',
    event: recorded.ok ? `attempt_${recorded.value}` : 'attempt_not_recorded',
    job_id: job.jobId,
    code: error.code,
    message: error.message,
    ...(recorded.ok ? {} : { store_error: recorded.error.message }),
  })
  return decision.kind === 'retry' && recorded.ok && recorded.value === 'requeued' ? { dueInMs: decision.backoffMs } : {}
}
