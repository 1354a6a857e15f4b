import { providers } from '@agon/runner-core/models'
import type { OperatorStore } from '@agon/store/operator-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import type { operatorRoutes } from './operator-routes.ts'

/** What whoever runs the project asks and does. */
export function operatorHandlers(store: OperatorStore): Handlers<keyof typeof operatorRoutes> {
  async function turn(off: boolean, provider: string | undefined, reason: string): Promise<Response> {
    if (provider !== undefined && !(provider in providers))
      return problem('no_such_switch', `There is no provider ${provider}. Known are ${Object.keys(providers).join(', ')}.`)
    const turned = await store.turn(off, provider === undefined ? 'system' : 'provider', provider ?? '', reason)
    if (!turned.ok) return problem(turned.error.code, turned.error.message)
    return turned.value === 'no_such_switch' ? problem('no_such_switch') : Response.json({ outcome: turned.value })
  }

  return {
    async redriveBattle({ user, params: { battle_id } }) {
      const redriven = await store.redriveBattle(battle_id, user)
      if (!redriven.ok) return problem(redriven.error.code, redriven.error.message)
      return redriven.value === null ? problem('not_found', `You own no battle ${battle_id}.`) : Response.json(redriven.value)
    },

    async status() {
      const status = await store.status()
      return status.ok ? Response.json(status.value) : problem(status.error.code, status.error.message)
    },

    async listWorkers() {
      const workers = await store.workers()
      return workers.ok ? Response.json(workers.value) : problem(workers.error.code, workers.error.message)
    },

    async listDeadLetters({ query: { state, limit, cursor, kind, error_code, battle_id, run_id, since } }) {
      const found = await store.deadLetters({
        state,
        most: limit,
        ...(cursor !== undefined && { cursor }),
        ...given({ kind, error_code, battle_id, run_id, since }),
      })
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },

    async redriveDeadLetter({ params: { dead_letter_id } }) {
      const outcome = await store.redrive(dead_letter_id)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found')
        return problem('not_found', `There is no dead letter ${dead_letter_id} of a battle, a run or a webhook.`)
      if (outcome.value === 'battle_held') return problem('battle_state', 'An operator holds the battle: release it first.')
      if (outcome.value === 'webhook_disabled') return problem('webhook_disabled')
      if (outcome.value === 'webhook_gone') return problem('not_found', 'Its webhook was removed, or the delivery forgotten.')
      if (outcome.value.startsWith('battle_'))
        return problem('battle_state', `The battle is ${outcome.value.slice('battle_'.length)}: it has gone on without this job.`)
      if (outcome.value === 'run_is_child')
        return problem('run_state', 'Another run began this one, and has gone on. Retry that one, from the node that began it.')
      if (outcome.value === 'run_gone') return problem('run_state', 'The node has been run again since, or its run is forgotten.')
      if (outcome.value.startsWith('run_'))
        return problem('run_state', `The run is ${outcome.value.slice('run_'.length)}: only a failed one goes on from a dead letter.`)
      return Response.json({ outcome: outcome.value })
    },

    async redriveDeadLetters({ body: { limit, after, ...filter } }) {
      const redriven = await store.redriveMany({ ...given(filter), ...(after !== undefined && { after }) }, limit)
      return redriven.ok ? Response.json(redriven.value) : problem(redriven.error.code, redriven.error.message)
    },

    switchOff: ({ body: { provider, reason } }) => turn(true, provider, reason),
    switchOn: ({ body: { provider, reason } }) => turn(false, provider, reason),

    async holdBattle({ params: { battle_id }, body: { reason } }) {
      const outcome = await store.hold(battle_id, reason)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `There is no battle ${battle_id}.`)
      if (outcome.value === 'held' || outcome.value === 'already_held') return Response.json({ outcome: outcome.value })
      return problem('battle_state', `The battle is ${outcome.value.replace('_', ' ')}: nothing of it runs.`)
    },

    async releaseBattle({ params: { battle_id } }) {
      const outcome = await store.release(battle_id)
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'not_found') return problem('not_found', `There is no battle ${battle_id}.`)
      return Response.json({ outcome: outcome.value })
    },
  }
}
