import type { BattleStore } from '@agon/store/battle-store'
import type { EventStore } from '@agon/store/event-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { newBattle } from './new-battle.ts'
import { newWorkflows } from './new-workflows.ts'
import type { RetiredSince } from './retired.ts'
import { showBattle } from './show-battle.ts'

/** Battles: create, publish, cancel, read. The database decides; these say who asks and turn refusals into problems. */
export function battleHandlers(
  store: BattleStore,
  events: EventStore,
  retiredSince: RetiredSince,
): Handlers<'createBattle' | 'publishBattle' | 'cancelBattle' | 'getBattle' | 'battleEvents' | 'listBattles'> {
  const show = showBattle(store)

  return {
    async createBattle({ user, headers, body }) {
      const workflows = await newWorkflows(body, user, store)
      if (!workflows.ok) return problem(workflows.error.code, workflows.error.message, workflows.error.errors)
      const row = await newBattle(body, headers['idempotency-key'], retiredSince, workflows.value)
      if (!row.ok) return problem(row.error.code, row.error.message, row.error.errors)
      const made = await store.create(user, row.value)
      if (!made.ok) return problem(made.error.code, made.error.message)
      if ('refused' in made.value) {
        const { refused, message } = made.value
        // The database knows one judge as the first of many.
        const path = body.judge ? made.value.path?.replace('/judges/0', '/judge') : made.value.path
        return problem(
          refused === 'battle_type' || refused === 'judge_count' || refused === 'judges_weightless' ? 'invalid_request' : refused,
          message,
          path && message ? [{ path, message }] : undefined,
        )
      }
      const { battle_id, created } = made.value
      if (body.publish) {
        const published = await store.publish(battle_id, user)
        if (!published.ok)
          return problem(published.error.code, `The draft ${battle_id} was created and not published: ${published.error.message}`)
      }
      return show(battle_id, user, created ? 201 : 200)
    },

    async publishBattle({ user, params: { battle_id }, headers }) {
      const outcome = await store.publish(battle_id, user)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      const repeated = outcome.value === 'already_published' && headers['idempotency-key'] !== undefined
      if (outcome.value !== 'published' && !repeated)
        return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}; only a draft can be published.`)
      return show(battle_id, user)
    },

    async cancelBattle({ user, params: { battle_id }, headers }) {
      const outcome = await store.cancel(battle_id, user)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      const repeated = outcome.value === 'already_cancelled' && headers['idempotency-key'] !== undefined
      if (outcome.value !== 'cancelled' && !repeated) return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}.`)
      return show(battle_id, user)
    },

    getBattle: ({ user, params }) => show(params.battle_id, user),

    async battleEvents({ user, params: { battle_id }, query: { after, limit } }) {
      const found = await events.eventsAfter(battle_id, user, after, limit)
      if (!found.ok) return problem(found.error.code, found.error.message)
      return found.value === null ? problem('not_found', `No battle ${battle_id} is visible to you.`) : Response.json(found.value)
    },

    async listBattles({ user, query: { mine, limit, ...filter } }) {
      if (mine === 'true' && user === null)
        return problem('unauthenticated', 'mine=true needs a signed-in user: send Authorization: Bearer.')
      const found = await store.list({
        viewer_id: user,
        mine: mine === 'true',
        most: limit,
        ...given(filter),
      })
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },
  }
}
