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
export function writeLimit({ countRequest }: Pick<OperatorStore, 'countRequest'>): MiddlewareHandler<Env> {
  const most = environment.AGON_WRITES_PER_MINUTE
  return async (c, next) => {
    if (most === 0) return next()
    const counted = await countRequest(`writes:${c.get('userId')}`, most, windowMs)
    if (!counted.ok) return problem(counted.error.code, counted.error.message)
    const { allowed, remaining, reset_ms } = counted.value
    const seconds = Math.ceil(reset_ms / 1000)
    if (allowed) await next()
    else {
      c.res = problem('rate_limited', `${most} writes a minute are yours; the next window begins in ${seconds} s.`)
      c.res.headers.set('retry-after', String(Math.max(1, seconds)))
    }
    c.res.headers.set('ratelimit-policy', `"writes";q=${most};w=${windowMs / 1000}`)
    c.res.headers.set('ratelimit', `"writes";r=${remaining};t=${seconds}`)
  }
}
