import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorTable, stepError } from '../errors.ts'
import { afterFailure, backoffMs, retryPolicy } from './backoff.ts'

const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const failures = fc.integer({ min: 0, max: 2000 })

describe('the backoff', () => {
  it('is 500 ms doubled with each failure up to 30 s, times a factor from a half to one', () => {
    fc.assert(
      fc.property(failures, dice, (n, drawn) => {
        const full = Math.min(30_000, 500 * 2 ** n)
        const wait = backoffMs(n, () => drawn)
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThan(full)
        expect(Number.isInteger(wait)).toBe(true)
      }),
    )
  })

  it('is never sooner than the provider asked for, and never later than an hour for its sake', () => {
    fc.assert(
      fc.property(failures, dice, fc.double({ min: 0, max: 1e9, noNaN: true }), (n, drawn, retryAfterMs) => {
        const wait = backoffMs(n, () => drawn, retryAfterMs)
        expect(wait).toBeGreaterThanOrEqual(Math.min(retryAfterMs, 3_600_000))
        expect(wait).toBeLessThanOrEqual(3_600_000)
      }),
    )
  })

  it('takes a Retry-After that is no time for none', () => {
    for (const odd of [0, -5, Number.NaN]) expect(backoffMs(0, () => 0, odd)).toBe(250)
    expect(backoffMs(0, () => 0, Number.POSITIVE_INFINITY)).toBe(3_600_000)
  })

  it('has a policy nobody can change', () => {
    expect(Object.isFrozen(retryPolicy)).toBe(true)
  })
})

describe('after a failure', () => {
  const codes = Object.keys(errorTable) as ErrorCode[]

  it('a job is retried while its error is retryable and attempts are left, else dead-lettered', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codes), fc.nat(10), fc.integer({ min: 1, max: 10 }), dice, (code, attempts, maxAttempts, drawn) => {
        const decision = afterFailure({ attempts, maxAttempts }, stepError(code, 'x'), () => drawn)
        expect(decision.kind).toBe(errorTable[code].retryable && attempts + 1 < maxAttempts ? 'retry' : 'dead_letter')
      }),
    )
  })

  it('a job with three attempts is tried three times', () => {
    const tries = [0, 1, 2].map((attempts) => afterFailure({ attempts, maxAttempts: 3 }, stepError('provider_timeout', 'x'), () => 0))
    expect(tries).toEqual([{ kind: 'retry', backoffMs: 250 }, { kind: 'retry', backoffMs: 500 }, { kind: 'dead_letter' }])
  })

  it('a rate limit waits as long as the provider asked', () => {
    const limited = stepError('provider_rate_limited', 'x', 20_000)
    expect(afterFailure({ attempts: 0, maxAttempts: 3 }, limited, () => 0)).toEqual({ kind: 'retry', backoffMs: 20_000 })
  })
})
