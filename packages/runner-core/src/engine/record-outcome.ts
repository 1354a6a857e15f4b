import type { BattleJob, SubmissionOutput, TaskJob } from '../ports/index.ts'
import { persist } from './persist.ts'
import { settleFailure } from './settle-failure.ts'
import type { StepOutcome, StepReport, StepWorld } from './step.ts'

const events = { completed: 'submission_recorded', partial: 'answer_paused', pending: 'task_pending' } as const

/** Records how a contender's act ended. `modality`: of what a provider was given to make. */
export async function recordOutcome(
  job: BattleJob | TaskJob,
  outcome: StepOutcome<SubmissionOutput>,
  modality: SubmissionOutput['outputModality'],
  world: StepWorld,
): Promise<StepReport> {
  const { store, clock, log } = world
  if (outcome.kind === 'failed') return settleFailure(job, outcome.error, world)
  const { jobId, leaseToken } = job
  const recorded = await persist(clock, () => {
    if (outcome.kind === 'completed') return store.completeBattleJob(jobId, leaseToken, outcome.value)
    if (outcome.kind === 'partial') return store.checkpointBattleJob(jobId, leaseToken, outcome.progress)
    const { task, pollAfterMs, progress } = outcome
    return task
      ? store.parkBattleJob(jobId, leaseToken, { ...task, pollAfterMs }, modality)
      : store.reparkBattleJob(jobId, leaseToken, pollAfterMs, progress)
  })
  if (!recorded.ok) {
    log({ level: 'error', event: 'submission_not_recorded', outcome: outcome.kind, job_id: jobId, message: recorded.error.message })
    return {}
  }
  log({ level: 'info', event: recorded.value ? events[outcome.kind] : 'lease_lost', job_id: jobId, slot: job.slot })
  if (!recorded.value || outcome.kind === 'completed') return {}
  return { dueInMs: outcome.kind === 'pending' ? outcome.pollAfterMs : 0 }
}
