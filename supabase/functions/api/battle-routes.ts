import type { BattleStore } from '@agon/store'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { problem } from '../_shared/problem.ts'
import type { Env } from './caller.ts'
import { anyCaller, userOnly } from './caller.ts'
import { newBattle } from './new-battle.ts'
import { invalidRequest, jsonBody, smallBody } from './request-rules.ts'
import { battle, battleId, battlePage, createBattle, listQuery, problemBody } from './schemas.ts'

export const refusals = {
  default: { description: 'A problem, as RFC 9457 says', content: { 'application/problem+json': { schema: problemBody } } },
}
const asUser: Record<string, string[]>[] = [{ user: [] }]
export const asAnyone: Record<string, string[]>[] = [{ user: [] }, { publishable_key: [] }]
const oneBattle = { 'application/json': { schema: battle } }

const create = createRoute({
  method: 'post',
  path: '/battles',
  summary: 'Create a battle, and publish it at once when publish is true',
  security: asUser,
  middleware: [userOnly, smallBody, jsonBody] as const,
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(200)
        .optional()
        .openapi({ description: 'The same key and body again return the first battle; another body is refused' }),
    }),
    body: { required: true, content: { 'application/json': { schema: createBattle } } },
  },
  responses: {
    201: { description: 'The battle', content: oneBattle },
    200: { description: 'The battle this idempotency key made before', content: oneBattle },
    ...refusals,
  },
})

const publish = createRoute({
  method: 'post',
  path: '/battles/{battle_id}/publish',
  summary: 'Publish a draft: its contenders start to answer',
  security: asUser,
  middleware: [userOnly] as const,
  request: { params: battleId },
  responses: { 200: { description: 'The battle', content: oneBattle }, ...refusals },
})

const cancel = createRoute({
  method: 'post',
  path: '/battles/{battle_id}/cancel',
  summary: 'Cancel an unfinished battle: calls in flight are aborted, late answers refused',
  security: asUser,
  middleware: [userOnly] as const,
  request: { params: battleId },
  responses: { 200: { description: 'The battle', content: oneBattle }, ...refusals },
})

const get = createRoute({
  method: 'get',
  path: '/battles/{battle_id}',
  summary: 'One battle, whole: answers, verdicts, ratings, events',
  security: asAnyone,
  middleware: [anyCaller] as const,
  request: { params: battleId },
  responses: { 200: { description: 'The battle', content: oneBattle }, ...refusals },
})

const list = createRoute({
  method: 'get',
  path: '/battles',
  summary: 'Battles, newest first',
  security: asAnyone,
  middleware: [anyCaller] as const,
  request: { query: listQuery },
  responses: { 200: { description: 'A page', content: { 'application/json': { schema: battlePage } } }, ...refusals },
})

/** Battles: create, publish, cancel, read. The database decides; these routes say who asks and turn refusals into problems. */
export function battleRoutes(store: BattleStore) {
  const app = new OpenAPIHono<Env>({ defaultHook: invalidRequest })

  async function show(id: string, viewer: string | null, status: 200 | 201 = 200): Promise<Response> {
    const found = await store.get(id, viewer)
    if (!found.ok) return problem(found.error.code, found.error.message)
    if (found.value === null) return problem('not_found', `No battle ${id} is visible to you.`)
    return Response.json(found.value, { status })
  }

  app.openapi(create, async (c) => {
    const owner = c.get('userId')!
    const body = c.req.valid('json')
    const row = await newBattle(body, c.req.valid('header')['idempotency-key'])
    if (!row.ok) return problem(row.error.code, row.error.message, row.error.errors) as never
    const made = await store.create(owner, row.value)
    if (!made.ok) return problem(made.error.code, made.error.message) as never
    if ('refused' in made.value) return problem(made.value.refused) as never
    const { battle_id, created } = made.value
    if (body.publish) {
      const published = await store.publish(battle_id, owner)
      if (!published.ok)
        return problem(published.error.code, `The draft ${battle_id} was created and not published: ${published.error.message}`) as never
    }
    return (await show(battle_id, owner, created ? 201 : 200)) as never
  })

  app.openapi(publish, async (c) => {
    const { battle_id } = c.req.valid('param')
    const owner = c.get('userId')!
    const outcome = await store.publish(battle_id, owner)
    if (!outcome.ok) return problem(outcome.error.code, outcome.error.message) as never
    if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`) as never
    if (outcome.value !== 'published')
      return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}; only a draft can be published.`) as never
    return (await show(battle_id, owner)) as never
  })

  app.openapi(cancel, async (c) => {
    const { battle_id } = c.req.valid('param')
    const owner = c.get('userId')!
    const outcome = await store.cancel(battle_id, owner)
    if (!outcome.ok) return problem(outcome.error.code, outcome.error.message) as never
    if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`) as never
    if (outcome.value !== 'cancelled') return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}.`) as never
    return (await show(battle_id, owner)) as never
  })

  app.openapi(get, async (c) => (await show(c.req.valid('param').battle_id, c.get('userId'))) as never)

  app.openapi(list, async (c) => {
    const { status, mine, limit, cursor } = c.req.valid('query')
    const viewer = c.get('userId')
    if (mine === 'true' && viewer === null)
      return problem('unauthenticated', 'mine=true needs a signed-in user: send Authorization: Bearer.') as never
    const found = await store.list({
      viewer_id: viewer,
      mine: mine === 'true',
      most: limit,
      ...(status ? { status } : {}),
      ...(cursor ? { cursor } : {}),
    })
    return (found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)) as never
  })

  return app
}
