import type { BattleStore } from '@agon/store/battle-store'
import type { EventStore } from '@agon/store/event-store'
import type { ExportStore } from '@agon/store/export-store'
import type { FundingStore } from '@agon/store/funding-store'
import type { LensStore } from '@agon/store/lens-store'
import type { LocalStore } from '@agon/store/local-store'
import type { OperatorStore } from '@agon/store/operator-store'
import type { RatingStore } from '@agon/store/rating-store'
import type { RunStore } from '@agon/store/run-store'
import type { TriggersStore } from '@agon/store/triggers-store'
import type { WebhookStore } from '@agon/store/webhook-store'
import type { WorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { cors } from 'hono/cors'
import { Hono } from 'hono/tiny'
import { problem } from '../_shared/problem.ts'
import type { VoteSource } from './address-source.ts'
import { battleHandlers } from './battles/battle-handlers.ts'
import { judgeHandlers } from './battles/judge-handlers.ts'
import { peopleHandlers } from './battles/people-handlers.ts'
import type { RetiredSince } from './battles/retired.ts'
import { voteHandlers } from './battles/vote-handlers.ts'
import { boardHandlers } from './boards/board-handlers.ts'
import { exportHandlers } from './boards/export-handlers.ts'
import { entityTags } from './caching.ts'
import type { Env } from './caller.ts'
import { fundingHandlers } from './funding/funding-handlers.ts'
import { localHandlers } from './local/local-handlers.ts'
import { operatorHandlers } from './operating/operator-handlers.ts'
import type { Handler, Route } from './route.ts'
import { type Handlers, routes } from './routes.ts'
import { otherMethods, serveRoute } from './serve-route.ts'
import { webhookHandlers } from './webhooks/webhook-handlers.ts'
import { lensHandlers } from './workflows/lens-handlers.ts'
import { runHandlers } from './workflows/run-handlers.ts'
import { templateHandlers } from './workflows/template-handlers.ts'
import { triggerHandlers } from './workflows/trigger-handlers.ts'
import { waitHandlers } from './workflows/wait-handlers.ts'
import { workflowHandlers } from './workflows/workflow-handlers.ts'
import { writeLimits } from './write-limit.ts'

export interface Stores {
  battles: BattleStore
  events: EventStore
  exports: ExportStore
  funding: FundingStore
  lenses: LensStore
  local: LocalStore
  operator: OperatorStore
  ratings: RatingStore
  triggers: TriggersStore
  runs: RunStore
  webhooks: WebhookStore
  workflows: WorkflowOwnerStore
}

/** The public HTTP API. Paths begin with the function's name, as the platform hands them over. */
export function createApi(stores: Stores, { sourceOf, retiredSince }: { sourceOf: VoteSource; retiredSince: RetiredSince }): Hono<Env> {
  const { battles, events, exports, funding, lenses, local, operator, ratings, runs, triggers, webhooks, workflows } = stores
  const app = new Hono<Env>().basePath('/api')
  app.use(
    '*',
    cors({
      origin: '*',
      allowHeaders: ['authorization', 'apikey', 'content-type', 'idempotency-key', 'if-none-match', 'x-client-info'],
      exposeHeaders: ['etag', 'agon-next', 'ratelimit', 'ratelimit-policy', 'retry-after'],
      maxAge: 86_400,
    }),
    entityTags,
  )
  const kept = workflowHandlers(workflows, runs)
  const handlers: Handlers = {
    ...battleHandlers(battles, events, retiredSince),
    ...peopleHandlers(battles, sourceOf),
    ...boardHandlers(battles, ratings),
    ...exportHandlers(exports),
    ...judgeHandlers(battles),
    ...fundingHandlers(funding),
    ...lensHandlers(lenses, workflows, runs),
    ...localHandlers(local),
    ...operatorHandlers(operator),
    ...triggerHandlers(triggers, operator),
    ...runHandlers(runs),
    ...voteHandlers(operator),
    ...waitHandlers(runs, operator, sourceOf),
    ...webhookHandlers(webhooks),
    ...kept,
    ...templateHandlers(kept.createWorkflow),
  }
  const counted = writeLimits(operator)
  for (const [name, route] of Object.entries(routes)) serveRoute(app, route, handlers[name as keyof Handlers] as Handler<Route>, counted)
  // `npm run generate` makes it of the same routes; made here, it would cost every cold start the shapes of the responses.
  app.get('/openapi.json', async (c) => c.json((await import('../../../docs/api/openapi.json', { with: { type: 'json' } })).default))
  otherMethods(app, Object.values(routes))
  app.notFound((c) => problem('not_found', `No route ${c.req.method} ${c.req.path}; GET /functions/v1/api/openapi.json lists them.`))
  app.onError((error) => {
    console.error(JSON.stringify({ level: 'error', event: 'request_failed', message: error.message, stack: error.stack }))
    return problem('internal')
  })
  return app
}
