import { afterFailure } from '../engine/backoff.ts'
import type { Line } from '../engine/dispatcher.ts'
import { persist } from '../engine/persist.ts'
import type { StepReport, StepWorld } from '../engine/step.ts'
import type { FireJob, TriggerStore } from './trigger-store.ts'

/** Starts the workflow of an event that was matched. The database decides whether it may; here it is only asked, away from the event's own transaction. */
export async function fireStep(
  job: FireJob,
  store: TriggerStore,
  { clock, random, log }: Pick<StepWorld, 'clock' | 'random' | 'log'>,
): Promise<StepReport> {
  const fired = await persist(clock, () => store.fire(job))
  if (fired.ok) {
    const { outcome, runId, refused } = fired.value ?? { outcome: 'lease_lost' }
    log({
      level: 'info',
      event: `trigger_${outcome}`,
      job_id: job.jobId,
      trigger_id: job.triggerId,
      ...(runId && { run_id: runId }),
      ...(refused && { refused }),
    })
    return {}
  }
  const decision = afterFailure(job, fired.error, random)
  const backoffMs = decision.kind === 'retry' ? decision.backoffMs : null
  const recorded = await persist(clock, () => store.failJob(job, backoffMs, fired.error))
  log({
    level: 'warn',
    event: 'trigger_failed',
    job_id: job.jobId,
    trigger_id: job.triggerId,
    code: fired.error.code,
    message: fired.error.message,
  })
  return backoffMs !== null && recorded.ok && recorded.value === 'requeued' ? { dueInMs: backoffMs } : {}
}

export const workflowTriggers = (store: TriggerStore): Line<FireJob> => ({
  kind: 'workflow_trigger',
  claim: (_, driver, most) => store.claimFirings(driver, most),
  step: (job, world) => fireStep(job, store, world),
})
