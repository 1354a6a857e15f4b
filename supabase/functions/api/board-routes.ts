import { errorTable, listModels, providers } from '@agon/runner-core'
import type { BattleStore } from '@agon/store'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { problem } from '../_shared/problem.ts'
import { asAnyone, refusals } from './battle-routes.ts'
import type { Env } from './caller.ts'
import { anyCaller } from './caller.ts'
import { invalidRequest } from './request-rules.ts'
import { leaderboard, leaderboardQuery, models } from './schemas.ts'

const board = createRoute({
  method: 'get',
  path: '/leaderboard',
  summary: 'Competitors by Elo rating',
  security: asAnyone,
  middleware: [anyCaller] as const,
  request: { query: leaderboardQuery },
  responses: { 200: { description: 'The leaderboard', content: { 'application/json': { schema: leaderboard } } }, ...refusals },
})

const registry = createRoute({
  method: 'get',
  path: '/models',
  summary: 'The models a contender or a judge can be',
  responses: { 200: { description: 'The registry', content: { 'application/json': { schema: models } } } },
})

const errors = createRoute({
  method: 'get',
  path: '/errors',
  summary: 'Every error code, what it means and what to do',
  responses: { 200: { description: 'The table', content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } } } },
})

/** What battles add up to, and the two tables behind every message. */
export function boardRoutes(store: BattleStore) {
  const app = new OpenAPIHono<Env>({ defaultHook: invalidRequest })
  app.openapi(board, async (c) => {
    const found = await store.leaderboard(c.req.valid('query').limit)
    return (found.ok ? Response.json({ leaderboard: found.value }) : problem(found.error.code, found.error.message)) as never
  })
  app.openapi(registry, (c) =>
    c.json({
      models: listModels().map(({ key, provider, kind, tier, simulated }) => ({ key, provider, kind, tier, simulated })),
      open_providers: Object.entries(providers).flatMap(([id, provider]) => ('open' in provider ? [id] : [])),
    }),
  )
  app.openapi(errors, (c) => c.json(errorTable))
  return app
}
