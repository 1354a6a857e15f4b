import type { Line } from '../engine/dispatcher.ts'
import { persist } from '../engine/persist.ts'
import type { StepReport, StepWorld } from '../engine/step.ts'
import type { VoteScanJob } from '../ports/index.ts'
import { scanVotes } from './scan.ts'

/** Reads the crowd's votes and holds what should be looked at. Nothing is paid for: a scan that fails is lost with its lease and done again. */
export async function scanStep(job: VoteScanJob, { store, clock, log }: StepWorld): Promise<StepReport> {
  const votes = await persist(clock, () => store.votesToScan())
  if (!votes.ok) {
    log({ level: 'error', event: 'votes_not_read', job_id: job.jobId, message: votes.error.message })
    return {}
  }
  const findings = scanVotes(votes.value)
  const held = await persist(clock, () => store.recordVoteScan(job.jobId, job.leaseToken, findings))
  if (!held.ok) log({ level: 'error', event: 'scan_not_recorded', job_id: job.jobId, message: held.error.message })
  else if (held.value === null) log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
  else {
    log({
      level: 'info',
      event: 'votes_scanned',
      job_id: job.jobId,
      votes: votes.value.length,
      findings: findings.length,
      held: held.value,
    })
    // In a transaction of its own: should it fail, what is held is held and the schedule finalises the battle.
    if (job.battleId !== null) await persist(clock, () => store.finalizeBattle(job.battleId!))
  }
  return {}
}

/** Apart from the other lines, so that no function's bundle carries what only this one needs. */
export const voteScans: Line<VoteScanJob> = {
  kind: 'vote_scan',
  claim: (store, driver, most) => store.claimVoteScans(driver, most),
  step: scanStep,
}
