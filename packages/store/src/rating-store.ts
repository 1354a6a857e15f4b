import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

export interface SliceQuery {
  source: 'judge' | 'crowd' | 'imported'
  kind: string
  category: string | null
}

const row = z.object({
  competitor: z.string(),
  model: z.string(),
  identity: z.string(),
  simulated: z.boolean(),
  rank: z.number().nullable(),
  rating: z.number(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  games: z.number(),
  wins: z.number(),
  losses: z.number(),
  ties: z.number(),
  win_rate: z.number(),
  provisional: z.enum(['few_games', 'not_connected']).nullable(),
})
const boardDocument = z.looseObject({ rows: z.array(row) })

const judge = z.object({
  judge: z.string(),
  battles: z.number(),
  verdicts: z.number(),
  abstained: z.number(),
  pairs: z.number(),
  consistent: z.number(),
  tied: z.number(),
  decided: z.number(),
  first_preferred: z.number(),
  unreadable: z.number(),
  cost_usd: z.number().nullable(),
  crowd: z.number(),
  crowd_agreed: z.number(),
  crowd_decided: z.number(),
  crowd_decided_agreed: z.number(),
})

const pairSums = z.array(z.object({ a: z.string(), b: z.string(), outcome: z.enum(['a', 'b', 'tie', 'both_bad']), weight: z.number() }))

const relogged = z.object({ battles: z.number(), written: z.number(), next: z.string().nullable() })

/** What readers of boards need, and who rebuilds or imports, one method an RPC. */
export function createRatingStore({ ratings }: Connection) {
  return {
    board: ({ category, window_days, ...query }: SliceQuery & { window_days: number | null; style: boolean }) =>
      call('fn_board', ratings.rpc('fn_board', { ...query, category: category!, window_days: window_days! }), boardDocument),
    judges: (kind: string | null, since: string | null) =>
      call('fn_judges', ratings.rpc('fn_judges', { kind: kind!, since: since! }), z.array(judge)),
    pairSums: ({ category, ...slice }: SliceQuery, named: string[]) =>
      call('fn_pair_sums', ratings.rpc('fn_pair_sums', { ...slice, category: category!, named }), pairSums),
    relog: (after: string, most: number) => call('fn_operator_relog', ratings.rpc('fn_operator_relog', { after, most }), relogged),
    resum: () => call('fn_operator_resum', ratings.rpc('fn_operator_resum'), z.number()),
    importComparisons: (import_id: string, kind: string, comparisons: unknown[]) =>
      call('fn_operator_import', ratings.rpc('fn_operator_import', { import_id, kind, comparisons: comparisons as Json }), z.number()),
  }
}

export type RatingStore = ReturnType<typeof createRatingStore>
