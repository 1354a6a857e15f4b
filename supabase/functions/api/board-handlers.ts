import { errorTable } from '@agon/runner-core/errors'
import { listModels, providers } from '@agon/runner-core/models'
import type { BattleStore } from '@agon/store/battle-store'
import { problem } from '../_shared/problem.ts'
import type { Handlers } from './routes.ts'

/** What battles add up to, and the two tables behind every message. */
export function boardHandlers(store: BattleStore): Handlers<'leaderboard' | 'models' | 'errors'> {
  return {
    async leaderboard({ query }) {
      const found = await store.leaderboard({ most: query.limit, ...(query.cursor !== undefined && { cursor: query.cursor }) })
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },

    models: () =>
      Response.json({
        models: listModels()
          .filter(({ callable }) => callable)
          .map(({ key, provider, kind, tier, simulated }) => ({ key, provider, kind, tier, simulated })),
        open_providers: Object.entries(providers).flatMap(([id, provider]) => ('open' in provider ? [id] : [])),
      }),

    errors: () => Response.json(errorTable),
  }
}
