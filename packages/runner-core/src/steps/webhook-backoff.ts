import type { FailureDecision } from '../engine/backoff.ts'
import type { StepError } from '../errors.ts'
import { isRetryable } from '../errors.ts'
import type { Random } from '../ports/index.ts'

const seconds = 1000
const minutes = 60 * seconds
const hours = 60 * minutes

/**
 * The wait after each failed delivery: 8 attempts over 27 hours and 35 minutes, longer than a provider's retries because a receiver is deployed,
 * mended and paid for by people. Source: the example schedule of Standard Webhooks 1.0.0 ("Deliverability and reliability"), up to its
 * sixth wait; the last is repeated, as Svix does.
 */
export const webhookScheduleMs: readonly number[] = Object.freeze([
  5 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  10 * hours,
])

/** A receiver may ask for a longer wait, but not beyond a day: it would outlive what an owner remembers. */
const retryAfterCapMs = 24 * hours

/**
 * How long to wait before the next attempt, in whole milliseconds: the schedule's wait and up to a fifth more, drawn, so that what failed
 * together does not return together; never sooner than the receiver asked for (capped at a day).
 *
 * @example webhookBackoffMs(0, () => 0.5) // 5500
 */
export function webhookBackoffMs(failures: number, random: Random, retryAfterMs = 0): number {
  const wait = webhookScheduleMs[Math.min(Math.max(0, failures), webhookScheduleMs.length - 1)]!
  const asked = retryAfterMs > 0 ? Math.ceil(Math.min(retryAfterMs, retryAfterCapMs)) : 0
  return Math.max(wait + Math.floor((wait / 5) * random()), asked)
}

/** What becomes of a delivery whose attempt failed. `attempts` counts the failures before this one. */
export function afterWebhookFailure(job: { attempts: number; maxAttempts: number }, error: StepError, random: Random): FailureDecision {
  // A master key this driver lacks is another's, or is set before the schedule ends.
  const mendable = isRetryable(error) || error.code === 'sealing_key_missing'
  if (!mendable || job.attempts + 1 >= job.maxAttempts) return { kind: 'dead_letter' }
  return { kind: 'retry', backoffMs: webhookBackoffMs(job.attempts, random, error.retryAfterMs) }
}
