import { errorTable } from '@agon/runner-core/errors'
import { listModels, providers } from '@agon/runner-core/models'
import { ranked } from '@agon/runner-core/rating/board'
import { informativePairs } from '@agon/runner-core/rating/pair-sampling'
import type { BattleStore } from '@agon/store/battle-store'
import type { RatingStore } from '@agon/store/rating-store'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'

const results = { a: 1, b: 0, tie: 0.5, both_bad: 0.5 } as const
const windows = { all: null, '30d': 30, '7d': 7 } as const
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

/** What battles add up to, and the two tables behind every message. */
export function boardHandlers(
  store: Pick<BattleStore, 'leaderboard'>,
  ratings: RatingStore,
): Handlers<'leaderboard' | 'judges' | 'nextPairs' | 'models' | 'errors'> {
  return {
    async leaderboard({ query }) {
      if (query.board === 'elo') {
        const found = await store.leaderboard({ most: query.limit, ...(query.cursor !== undefined && { cursor: query.cursor }) })
        return found.ok ? Response.json({ board: 'elo', ...found.value }) : problem(found.error.code, found.error.message)
      }
      const { source = 'judge', kind = 'text', category = null, since = 'all', style = 'false', min_games = 1 } = query
      const found = await ratings.board({ source, kind, category, window_days: windows[since], style: style === 'true' })
      if (!found.ok) return problem(found.error.code, found.error.message)
      const { rows, ...board } = found.value
      const leaderboard = ranked(
        rows.map(({ win_rate, ...row }) => ({ ...row, winRate: win_rate })),
        { minGames: min_games },
      )
      return Response.json({
        board: 'bradley_terry',
        ...board,
        min_games,
        leaderboard: leaderboard.slice(0, query.limit).map(({ winRate, ...row }) => ({ ...row, win_rate: winRate })),
      })
    },

    async judges({ query: { kind = null, since } }) {
      const days = windows[since]
      const from = days === null ? null : new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
      const found = await ratings.judges(kind, from)
      if (!found.ok) return problem(found.error.code, found.error.message)
      return Response.json({
        judges: found.value.map((one) => ({
          judge: one.judge,
          battles: one.battles,
          verdicts: one.verdicts,
          abstained: one.abstained,
          pairs: one.pairs,
          consistency: share(one.consistent, one.pairs),
          first_share: share(one.first_preferred, one.decided),
          tie_share: share(one.tied, one.pairs),
          unreadable: one.unreadable,
          crowd_agreement: { agree: one.crowd_agreed, total: one.crowd, ratio: share(one.crowd_agreed, one.crowd) },
          crowd_agreement_without_ties: {
            agree: one.crowd_decided_agreed,
            total: one.crowd_decided,
            ratio: share(one.crowd_decided_agreed, one.crowd_decided),
          },
          cost_usd: one.cost_usd,
          cost_per_verdict_usd: one.cost_usd === null ? null : share(one.cost_usd, one.verdicts),
        })),
      })
    },

    async nextPairs({ query: { source = 'judge', kind = 'text', category = null, models, most } }) {
      const found = await ratings.pairSums({ source, kind, category }, models ?? [])
      if (!found.ok) return problem(found.error.code, found.error.message)
      const sums = found.value
      const met = new Map<string, number>()
      for (const { a, b, weight } of sums) met.set(JSON.stringify([a, b]), (met.get(JSON.stringify([a, b])) ?? 0) + weight)
      const chosen = models && new Set(models)
      const pairs = informativePairs(
        sums.map(({ a, b, outcome, weight }) => ({ a, b, weight, result: results[outcome] })),
        models ?? [],
        { most, ...(chosen && { excluded: (a, b) => !chosen.has(a) || !chosen.has(b) }) },
      )
      const between = (a: string, b: string) => (met.get(JSON.stringify([a, b])) ?? 0) + (met.get(JSON.stringify([b, a])) ?? 0)
      return Response.json({ source, kind, category, pairs: pairs.map((pair) => ({ ...pair, comparisons: between(pair.a, pair.b) })) })
    },

    models: () =>
      Response.json({
        models: listModels()
          .filter(({ callable }) => callable)
          .map(({ key, provider, kind, tier, simulated, vision, retiredOn }) => ({
            ...{ key, provider, kind, tier, simulated, vision },
            ...(retiredOn !== undefined && { retired_on: retiredOn }),
          })),
        open_providers: Object.entries(providers).flatMap(([id, provider]) => ('open' in provider ? [id] : [])),
      }),

    errors: () => Response.json(errorTable),
  }
}
