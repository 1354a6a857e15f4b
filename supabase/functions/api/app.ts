import type { BattleStore } from '@agon/store/battle-store'
import type { ExportStore } from '@agon/store/export-store'
import type { RatingStore } from '@agon/store/rating-store'
import { cors } from 'hono/cors'
import { Hono } from 'hono/tiny'
import { problem } from '../_shared/problem.ts'
import { battleHandlers } from './battle-handlers.ts'
import { boardHandlers } from './board-handlers.ts'
import type { Env } from './caller.ts'
import { exportHandlers } from './export-handlers.ts'
import { peopleHandlers } from './people-handlers.ts'
import type { Handler, Route } from './route.ts'
import { type Handlers, routes } from './routes.ts'
import { serveRoute } from './serve-route.ts'

/** The public HTTP API. Paths begin with the function's name, as the platform hands them over. */
export function createApi(store: BattleStore, ratings: RatingStore, exports: ExportStore): Hono<Env> {
  const app = new Hono<Env>().basePath('/api')
  app.use(
    '*',
    cors({
      origin: '*',
      allowHeaders: ['authorization', 'apikey', 'content-type', 'idempotency-key', 'x-client-info'],
      exposeHeaders: ['agon-next'],
      maxAge: 86_400,
    }),
  )
  const handlers: Handlers = {
    ...battleHandlers(store),
    ...peopleHandlers(store),
    ...boardHandlers(store, ratings),
    ...exportHandlers(exports),
  }
  for (const [name, route] of Object.entries(routes)) serveRoute(app, route, handlers[name as keyof Handlers] as Handler<Route>)
  // `npm run generate` makes it of the same routes; made here, it would cost every cold start the shapes of the responses.
  app.get('/openapi.json', async (c) => c.json((await import('../../../docs/api/openapi.json', { with: { type: 'json' } })).default))
  app.notFound((c) => problem('not_found', `No route ${c.req.method} ${c.req.path}; GET /functions/v1/api/openapi.json lists them.`))
  app.onError((error) => {
    console.error(JSON.stringify({ level: 'error', event: 'request_failed', message: error.message, stack: error.stack }))
    return problem('internal')
  })
  return app
}
