import type { MiddlewareHandler } from 'hono'
import type { Hono } from 'hono/tiny'
import { anyCaller, type Env, userOnly } from './caller.ts'
import { invalidRequest, jsonBody, smallBody } from './request-rules.ts'
import type { Handler, Parsed, Route } from './route.ts'

const parts = ['query', 'params', 'headers', 'body'] as const

const callers: Record<'user' | 'any', MiddlewareHandler<Env>> = { user: userOnly, any: anyCaller }

/** Serves a route: the caller is settled first, then the request is parsed, then the handler answers. */
export function serveRoute(app: Hono<Env>, route: Route, handler: Handler<Route>): void {
  const before = [...(route.caller ? [callers[route.caller]] : []), ...(route.body ? [smallBody, jsonBody] : [])]
  app.on(route.method, [route.path.replaceAll(/\{(\w+)\}/g, ':$1')], ...before, async (c) => {
    const given = {
      query: Object.fromEntries(Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
      params: c.req.param(),
      headers: c.req.header(),
      body: route.body && (await c.req.json()),
    }
    const parsed: Record<string, unknown> = { user: c.get('userId') ?? null, operator: c.get('operator') ?? false }
    for (const part of parts) {
      const result = route[part]?.safeParse(given[part])
      if (result?.error) return invalidRequest(result.error)
      parsed[part] = result?.data
    }
    return handler(parsed as Parsed<Route>)
  })
}
