import { isRetryable, type StepError } from '../errors.ts'
import type { Random } from '../ports/index.ts'

export interface RetryPolicy {
  /** The wait after the first failure, doubled with each further one. */
  baseMs: number
  /** The longest wait of its own accord. */
  capMs: number
  /** The longest wait a provider can ask for: a Retry-After of a day would park the battle. */
  retryAfterCapMs: number
}

/** Source: "Exponential Backoff And Jitter", AWS Architecture Blog (2015), equal jitter: half is certain, half is drawn. */
export const retryPolicy: Readonly<RetryPolicy> = Object.freeze({ baseMs: 500, capMs: 30_000, retryAfterCapMs: 3_600_000 })

/**
 * How long to wait before the next attempt, in whole milliseconds: min(30 s, 500 ms · 2ⁿ) times a factor in [½, 1), where n is the
 * number of failures before this one, and never sooner than the provider asked for (capped at 1 h).
 *
 * @example backoffMs(0, () => 0.5) // 375
 */
export function backoffMs(
  failures: number,
  random: Random,
  retryAfterMs = 0,
  { baseMs, capMs }: Pick<RetryPolicy, 'baseMs' | 'capMs'> = retryPolicy,
): number {
  const half = Math.min(capMs, baseMs * 2 ** Math.max(0, failures)) / 2
  const drawn = half + Math.floor(half * random())
  const asked = retryAfterMs > 0 ? Math.ceil(Math.min(retryAfterMs, retryPolicy.retryAfterCapMs)) : 0
  return Math.max(drawn, asked)
}

export type FailureDecision = { kind: 'retry'; backoffMs: number } | { kind: 'dead_letter' }

/** What becomes of a job whose attempt failed. `attempts` counts the failures before this one. */
export function afterFailure(job: { attempts: number; maxAttempts: number }, error: StepError, random: Random): FailureDecision {
  if (!isRetryable(error) || job.attempts + 1 >= job.maxAttempts) return { kind: 'dead_letter' }
  return { kind: 'retry', backoffMs: backoffMs(job.attempts, random, error.retryAfterMs) }
}
