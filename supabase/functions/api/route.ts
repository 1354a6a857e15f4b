import type { Hono, MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import { anyCaller, type Env, userOnly } from './caller.ts'
import { invalidRequest, jsonBody, smallBody } from './request-rules.ts'
import type * as shapes from './responses.ts'

/** A route as data: enough to serve it here and to describe it in the OpenAPI document. */
export interface Route {
  method: 'get' | 'post'
  /** Below /api, with parameters in braces. */
  path: string
  summary: string
  /** A signed-in user; or any caller that says who it is, an application by its key. Without it the route is open. */
  caller?: 'user' | 'any'
  query?: z.ZodObject
  params?: z.ZodObject
  headers?: z.ZodObject
  body?: z.ZodType
  /** By status: what it means, and its shape among the responses. A route that asks for a caller can also answer with a problem. */
  responses: Readonly<Record<number, readonly [description: string, shape: keyof typeof shapes]>>
}

const parts = ['query', 'params', 'headers', 'body'] as const

/** A request that may be served: who asks, and every part the route names as its schema made it. */
export type Parsed<R extends Route> = { user: R extends { caller: 'user' } ? string : string | null } & {
  [P in keyof R & (typeof parts)[number]]: z.output<R[P] & z.ZodType>
}

export type Handler<R extends Route> = (request: Parsed<R>) => Response | Promise<Response>

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
    const parsed: Record<string, unknown> = { user: c.get('userId') ?? null }
    for (const part of parts) {
      const result = route[part]?.safeParse(given[part])
      if (result?.error) return invalidRequest(result.error)
      parsed[part] = result?.data
    }
    return handler(parsed as Parsed<Route>)
  })
}
