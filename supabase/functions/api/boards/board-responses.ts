import { z } from 'zod'
import { kind, source } from './board-requests.ts'

/** What readers of boards get. */

const timestamp = z.string().meta({ format: 'date-time' })

const competitor = {
  competitor: z.string().meta({ description: 'A model, or a model under an identity' }),
  model: z.string(),
  identity: z.string(),
  simulated: z.boolean(),
  rating: z.number(),
}

const eloBoard = z
  .object({
    board: z.literal('elo'),
    leaderboard: z.array(
      z
        .object({
          rank: z.number().int(),
          ...competitor,
          games: z.number().int(),
          wins: z.number().int(),
          losses: z.number().int(),
          draws: z.number().int(),
        })
        .meta({ id: 'Rating' }),
    ),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'Leaderboard' })

const bradleyTerry = z
  .object({
    board: z.literal('bradley_terry'),
    source,
    kind,
    category: z.string().nullable(),
    window_days: z.number().int().nullable().meta({ description: 'null: of all time' }),
    since: z.string().nullable().meta({ format: 'date', description: 'The day, in UTC, a window began at when it was computed' }),
    style: z.boolean(),
    min_games: z.number().int(),
    computed_at: timestamp.nullable().meta({ description: 'null: asked for now, and not computed yet' }),
    stale_since: timestamp.nullable().meta({ description: 'The log has grown since then; null: the board has all of it' }),
    comparisons: z.number().int(),
    clusters: z.number().int().meta({ description: 'Prompts' }),
    cluster_ratio: z
      .number()
      .nullable()
      .meta({ description: 'How many times as wide the intervals are as if comparisons of one prompt were independent' }),
    penalty: z.number().nullable().meta({ description: 'λ on the coefficients of style, on the summed loss' }),
    coefficients: z
      .array(z.object({ feature: z.string(), value: z.number(), half_width: z.number() }))
      .nullable()
      .meta({ description: 'Log odds per standard deviation of a feature of style' }),
    leaderboard: z.array(
      z
        .object({
          rank: z.number().int().nullable().meta({ description: '1 + how many are better beyond doubt; null: provisional' }),
          ...competitor,
          lower: z.number().nullable().meta({ description: '95 %' }),
          upper: z.number().nullable(),
          games: z.number().meta({ description: 'Comparisons, by their weight' }),
          wins: z.number(),
          losses: z.number(),
          ties: z.number(),
          win_rate: z.number(),
          provisional: z.enum(['few_games', 'not_connected']).nullable(),
        })
        .meta({ id: 'BoardRow' }),
    ),
  })
  .meta({ id: 'Board' })

const agreement = z.object({ agree: z.number(), total: z.number(), ratio: z.number().nullable() }).meta({ id: 'Agreement' })

const judges = z
  .object({
    judges: z.array(
      z
        .object({
          judge: z.string(),
          battles: z.number().int(),
          verdicts: z.number().int(),
          abstained: z.number().int().meta({ description: 'Verdicts' }),
          pairs: z.number().int().meta({ description: 'Pairs of contenders it compared, each in both orders' }),
          consistency: z.number().nullable().meta({ description: 'Share of pairs of which both orders said the same' }),
          first_share: z.number().nullable().meta({ description: 'Of all preferences, those for what was shown first: 0.5 is no bias' }),
          tie_share: z.number().nullable().meta({ description: 'Share of pairs called a tie in both orders' }),
          unreadable: z.number().int().meta({ description: 'Orders of a pair without a verdict' }),
          crowd_agreement: agreement.meta({ description: 'With the votes on the same pairs, a tie being a choice' }),
          crowd_agreement_without_ties: agreement,
          cost_usd: z.number().nullable(),
          cost_per_verdict_usd: z.number().nullable(),
        })
        .meta({ id: 'JudgeQuality' }),
    ),
  })
  .meta({ id: 'Judges' })

const pairs = z
  .object({
    source,
    kind,
    category: z.string().nullable(),
    pairs: z.array(
      z
        .object({
          a: z.string(),
          b: z.string(),
          gain: z.number().meta({ description: 'By how much one more comparison shrinks the uncertainty of the board, in nats' }),
          comparisons: z.number().meta({ description: 'Of the two so far, by weight' }),
        })
        .meta({ id: 'PairGain' }),
    ),
  })
  .meta({ id: 'Pairs' })

/** A row of an export, whatever it is of. */
const line = z.record(z.string(), z.unknown())

export const boardShapes = { line, leaderboard: z.union([eloBoard, bradleyTerry]).meta({ id: 'AnyBoard' }), judges, pairs }
