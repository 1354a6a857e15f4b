import type { MiddlewareHandler } from 'hono'
import type { Hono } from 'hono/tiny'
import { problem } from '../_shared/problem.ts'
import { cacheFor } from './caching.ts'
import { anyCaller, type Env, operatorOnly, userOnly } from './caller.ts'
import { bodyOf, invalidRequest, jsonBody, jsonOrForm, sentBody, unstorableText } from './request-rules.ts'
import type { Handler, Parsed, Route } from './route.ts'
import type { WriteLimits } from './write-limit.ts'

const parts = ['query', 'params', 'headers', 'body'] as const

const callers: Record<NonNullable<Route['caller']>, MiddlewareHandler<Env>> = { user: userOnly, any: anyCaller, operator: operatorOnly }

/** Serves a route: the caller is settled first and a user's write counted, then the request is parsed, then the handler answers. */
export function serveRoute(app: Hono<Env>, route: Route, handler: Handler<Route>, counted: WriteLimits): void {
  const before = [
    ...(route.caller ? [callers[route.caller]] : []),
    ...(route.method === 'get'
      ? [cacheFor(route.caller)]
      : route.caller === 'user'
        ? [route.leased ? counted.leased : counted.writes]
        : []),
    ...(route.body ? [bodyOf(route.bodyBytes), route.forms ? jsonOrForm : jsonBody] : []),
  ]
  app.on(route.method, [route.path.replaceAll(/\{(\w+)\}/g, ':$1')], ...before, async (c) => {
    const given = {
      query: Object.fromEntries(Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values])),
      params: c.req.param(),
      headers: c.req.header(),
      body: route.body && (await sentBody(c.req)),
    }
    const parsed: Record<string, unknown> = { user: c.get('userId') ?? null, operator: c.get('operator') ?? false, request: c.req.raw }
    for (const part of parts) {
      const result = route[part]?.safeParse(given[part])
      if (result?.error) return invalidRequest(result.error)
      const unstorable = unstorableText(result?.data)
      if (unstorable) return problem('invalid_request', `${unstorable.path}: ${unstorable.message}`, [unstorable])
      parsed[part] = result?.data
    }
    return handler(parsed as Parsed<Route>)
  })
}

/** A path that is there, asked by a method that is not: says which are. Served after all routes. HEAD is GET without its body; OPTIONS is CORS's. */
export function otherMethods(app: Hono<Env>, routes: readonly Route[]): void {
  for (const [path, served] of Map.groupBy(routes, (route) => route.path)) {
    const methods = served.map(({ method }) => method.toUpperCase())
    const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
    app.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), (c) => {
      const refused = problem('method_not_allowed', `${c.req.method} is not served here: ${allowed} are.`)
      refused.headers.set('allow', allowed)
      return refused
    })
  }
}
