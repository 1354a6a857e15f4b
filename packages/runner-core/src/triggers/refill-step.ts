import type { Line } from '../engine/dispatcher.ts'
import { persist } from '../engine/persist.ts'
import type { StepReport, StepWorld } from '../engine/step.ts'
import { scheduleDues } from './due-times.ts'
import { scheduleConfig } from './trigger-config.ts'
import type { Refilled, RefillJob, TriggerStore } from './trigger-store.ts'

/** Computes a schedule's next due times and writes them down. By the database's clock: the driver's decides nothing. */
export async function refillStep(
  job: RefillJob,
  store: TriggerStore,
  { clock, log }: Pick<StepWorld, 'clock' | 'log'>,
): Promise<StepReport> {
  const refilled = refill(job)
  const written = await persist(clock, () => store.writeDues(job, refilled))
  log({
    level: written.ok ? 'info' : 'error',
    event: written.ok ? (written.value ? 'schedule_refilled' : 'lease_lost') : 'dues_not_written',
    job_id: job.jobId,
    trigger_id: job.triggerId,
    ...('dues' in refilled ? { dues: refilled.dues.length } : { invalid: refilled.invalid }),
    ...(!written.ok && { message: written.error.message }),
  })
  return {}
}

function refill({ revision, config, nowMs, fromMs }: RefillJob): Refilled {
  if (revision === null) return { revision: 0, dues: [], missedUntilMs: null }
  const parsed = scheduleConfig.safeParse(config)
  if (!parsed.success)
    return { revision, invalid: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') }
  const { missed, missed_limit } = parsed.data
  // One is kept under every policy: it may be so fresh that it is not missed, and the dispatcher decides that.
  const found = scheduleDues(parsed.data, { nowMs, fromMs, missed: missed === 'run_all' ? missed_limit : 1 })
  return found.ok ? { revision, ...found.value } : { revision, invalid: found.error.message }
}

/** Apart from the other lines, so that no function's bundle carries the library of time zones but the one that needs it. */
export const scheduleRefills = (store: TriggerStore): Line<RefillJob> => ({
  kind: 'schedule_refill',
  claim: (_, driver, most) => store.claimRefills(driver, most),
  step: (job, world) => refillStep(job, store, world),
})
