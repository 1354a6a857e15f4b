import type { BattleStore } from '@agon/store'
import { OpenAPIHono } from '@hono/zod-openapi'
import { cors } from 'hono/cors'
import { problem } from '../_shared/problem.ts'
import { battleRoutes } from './battle-routes.ts'
import { boardRoutes } from './board-routes.ts'
import type { Env } from './caller.ts'

export const apiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Agon API',
    version: '0.1.0',
    description: 'Battles, verdicts and ratings. Errors are RFC 9457 problems; GET /errors lists the codes.',
  },
}

/** The public HTTP API. Paths begin with the function's name, as the platform hands them over. */
export function createApi(store: BattleStore): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>().basePath('/api')
  app.use(
    '*',
    cors({ origin: '*', allowHeaders: ['authorization', 'apikey', 'content-type', 'idempotency-key', 'x-client-info'], maxAge: 86_400 }),
  )
  app.route('/', battleRoutes(store))
  app.route('/', boardRoutes(store))
  app.openAPIRegistry.registerComponent('securitySchemes', 'user', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'publishable_key', { type: 'apiKey', in: 'header', name: 'apikey' })
  app.doc31('/openapi.json', apiInfo)
  app.notFound((c) => problem('not_found', `No route ${c.req.method} ${c.req.path}; GET /functions/v1/api/openapi.json lists them.`))
  app.onError((error) => {
    console.error(JSON.stringify({ level: 'error', event: 'request_failed', message: error.message, stack: error.stack }))
    return problem('internal')
  })
  return app
}
