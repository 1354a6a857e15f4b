import type { OperatorStore } from '@agon/store/operator-store'
import type { MiddlewareHandler } from 'hono'
import { environment } from '../_shared/environment.ts'
import { problem } from '../_shared/problem.ts'
import type { Env } from './caller.ts'

const windowMs = 60_000

/**
 * Counts a user's writes, a window of a minute that begins with the first; the database holds the count, as isolates come and go.
 * Reads are not counted: they would all wait for one row. Headers as draft-ietf-httpapi-ratelimit-headers-10 has them.
 */
function writeLimit({ countRequest }: Pick<OperatorStore, 'countRequest'>, what: string, most: number): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (most === 0) return next()
    const counted = await countRequest(`${what}:${c.get('userId')}`, most, windowMs)
    if (!counted.ok) return problem(counted.error.code, counted.error.message)
    const { allowed, remaining, reset_ms } = counted.value
    const seconds = Math.ceil(reset_ms / 1000)
    if (allowed) await next()
    else {
      c.res = problem('rate_limited', `${most} writes a minute are yours; the next window begins in ${seconds} s.`)
      c.res.headers.set('retry-after', String(Math.max(1, seconds)))
    }
    c.res.headers.set('ratelimit-policy', `"${what}";q=${most};w=${windowMs / 1000}`)
    c.res.headers.set('ratelimit', `"${what}";r=${remaining};t=${seconds}`)
  }
}

/** By what a route writes. A page that answers battles shows each answer once a second: that is no more than a driver does, and takes nothing from what its user makes. */
export const writeLimits = (operator: Pick<OperatorStore, 'countRequest'>) => ({
  writes: writeLimit(operator, 'writes', environment.AGON_WRITES_PER_MINUTE),
  leased: writeLimit(operator, 'leased', 10 * environment.AGON_WRITES_PER_MINUTE),
})

export type WriteLimits = ReturnType<typeof writeLimits>
