import type { StepError } from '../errors.ts'
import { isRetryable } from '../errors.ts'
import type { Clock } from '../ports/index.ts'
import type { Result } from '../result.ts'

const tries = 5

/**
 * Writes an outcome, and again when the database could not be reached: what a provider was paid for is not dropped over a
 * broken connection. Each write is fenced, so a repeat that did arrive before changes nothing. Waits 200 ms · 2ⁿ between
 * tries, 3 s in all, well within a lease.
 */
export async function persist<T>(clock: Clock, write: () => Promise<Result<T, StepError>>): Promise<Result<T, StepError>> {
  for (let attempt = 1; ; attempt++) {
    const written = await write()
    if (written.ok || attempt === tries || !isRetryable(written.error)) return written
    await clock.sleep(100 * 2 ** attempt)
  }
}
