import type { MiddlewareHandler } from 'hono'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { Env } from './caller.ts'

const crossOrigin = ['access-control-allow-origin', 'access-control-expose-headers']

const tags = etag({ weak: true, retainedHeaders: [...RETAINED_304_HEADERS, ...crossOrigin] }) as MiddlewareHandler<Env>

/**
 * Answers 304 to a reader that has what it asks for. Weak, because what is told apart is what is said and not how it is compressed. An
 * export has no tag: to make one, all of it would be held in memory.
 */
export const entityTags: MiddlewareHandler<Env> = (c, next) => (/\/export\/\w+$/.test(c.req.path) ? next() : tags(c, next))

/** What a caller reads is for that caller, and asked for anew each time; what is open to all holds for a few minutes. */
export function cacheFor(caller: unknown): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    if (!c.res.ok) return
    if (c.res.headers.has('cache-control')) return // the handler knows better
    c.res.headers.set('cache-control', caller ? 'private, no-cache' : 'public, max-age=300')
    if (caller) c.res.headers.append('vary', 'authorization, apikey')
  }
}
