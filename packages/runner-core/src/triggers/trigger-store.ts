import type { StepError } from '../errors.ts'
import type { Claim, FailureRecord, Lease } from '../ports/index.ts'
import type { Result } from '../result.ts'

interface TriggerLease extends Lease {
  triggerId: string
}

/** A schedule whose next due times are to be computed. */
export interface RefillJob extends TriggerLease {
  /** Null: it is gone, or off. */
  revision: number | null
  config: Record<string, unknown>
  nowMs: number
  fromMs: number
}

/** Something happened that starts a workflow. */
export type FireJob = TriggerLease

/** What a refill came to. */
export type Refilled = { revision: number; dues: number[]; missedUntilMs: number | null } | { revision: number; invalid: string }

export interface Fired {
  outcome: 'started' | 'refused' | 'skipped' | 'gone'
  runId?: string
  refused?: string
}

type Stored<T> = Promise<Result<T, StepError>>

/** What drivers of triggers ask of the database, one method an RPC. */
export interface TriggerStore {
  claimRefills(driver: string, most: number): Stored<Claim<RefillJob>>
  claimFirings(driver: string, most: number): Stored<Claim<FireJob>>
  /** False: the lease was lost, nothing changed. */
  writeDues(job: RefillJob, refilled: Refilled): Stored<boolean>
  /** Null: the lease was lost, nothing changed. */
  fire(job: FireJob): Stored<Fired | null>
  failJob(job: TriggerLease, backoffMs: number | null, error: StepError): Stored<FailureRecord>
  /** Starts what is due. Returns how many runs began. */
  dispatchSchedules(): Stored<number>
}
