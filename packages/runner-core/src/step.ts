import type { StepError } from './errors.ts'
import type { Clock, Outbound, Providers, Random, SealedKey, SignWebhook, Store } from './ports.ts'
import type { Result } from './result.ts'

/**
 * How an act ends. A long task that a provider keeps (`pending`) and a chunk that stops at its budget (`partial`) are the two
 * other endings of the design; no act of today produces them, so they have no arm here yet.
 */
export type StepOutcome<T> = { kind: 'completed'; value: T } | { kind: 'failed'; error: StepError }

export const completed = <T>(value: T): StepOutcome<T> => ({ kind: 'completed', value })
export const failed = (error: StepError): StepOutcome<never> => ({ kind: 'failed', error })

/** One line of the structured log. Never carries a prompt, an answer or a key. */
export interface LogEntry {
  level: 'info' | 'warn' | 'error'
  event: string
  [detail: string]: unknown
}

/** What every step works with. */
export interface StepWorld {
  store: Store
  providers: Providers
  /** Opens a user's key for one call. Undefined: this driver was given no master key. */
  openKey?: (key: SealedKey) => Promise<Result<string, StepError>>
  /** Of drivers that deliver webhooks. */
  outbound?: Outbound
  signWebhook?: SignWebhook
  clock: Clock
  random: Random
  log: (entry: LogEntry) => void
}

/** What a driver has to know of a step that ended. */
export interface StepReport {
  /** The job goes on after this many milliseconds: a driver with time left stays for it. */
  dueInMs?: number
}

/** What bounds one act. */
export interface ActBounds {
  /** The longest a provider call may take, in milliseconds. */
  timeoutMs: number
  /** Aborted when the lease is lost, the battle cancelled or the driver told to stop now. */
  signal: AbortSignal
}
