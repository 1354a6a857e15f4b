import type { BattleStore } from '@agon/store/battle-store'
import { problem } from '../_shared/problem.ts'
import { newBattle } from './new-battle.ts'
import type { Handlers } from './routes.ts'
import { showBattle } from './show-battle.ts'

/** Battles: create, publish, cancel, read. The database decides; these say who asks and turn refusals into problems. */
export function battleHandlers(
  store: BattleStore,
): Handlers<'createBattle' | 'publishBattle' | 'cancelBattle' | 'getBattle' | 'listBattles'> {
  const show = showBattle(store)

  return {
    async createBattle({ user, headers, body }) {
      const row = await newBattle(body, headers['idempotency-key'])
      if (!row.ok) return problem(row.error.code, row.error.message, row.error.errors)
      const made = await store.create(user, row.value)
      if (!made.ok) return problem(made.error.code, made.error.message)
      if ('refused' in made.value) return problem(made.value.refused === 'battle_type' ? 'invalid_request' : made.value.refused)
      const { battle_id, created } = made.value
      if (body.publish) {
        const published = await store.publish(battle_id, user)
        if (!published.ok)
          return problem(published.error.code, `The draft ${battle_id} was created and not published: ${published.error.message}`)
      }
      return show(battle_id, user, created ? 201 : 200)
    },

    async publishBattle({ user, params: { battle_id } }) {
      const outcome = await store.publish(battle_id, user)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      if (outcome.value !== 'published')
        return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}; only a draft can be published.`)
      return show(battle_id, user)
    },

    async cancelBattle({ user, params: { battle_id } }) {
      const outcome = await store.cancel(battle_id, user)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `You own no battle ${battle_id}.`)
      if (outcome.value !== 'cancelled') return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}.`)
      return show(battle_id, user)
    },

    getBattle: ({ user, params }) => show(params.battle_id, user),

    async listBattles({ user, query: { status, mine, limit, cursor } }) {
      if (mine === 'true' && user === null)
        return problem('unauthenticated', 'mine=true needs a signed-in user: send Authorization: Bearer.')
      const found = await store.list({
        viewer_id: user,
        mine: mine === 'true',
        most: limit,
        ...(status ? { status } : {}),
        ...(cursor ? { cursor } : {}),
      })
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },
  }
}
