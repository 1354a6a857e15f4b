import { z } from 'zod'

/** What readers of boards send. */

export const category = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'use up to 40 of a-z, 0-9, _ and -, e.g. creative-writing')
export const source = z.enum(['judge', 'crowd', 'imported'])
export const kind = z.enum(['text', 'image', 'audio', 'video', 'music'])
const since = z.enum(['all', '30d', '7d'])

/** The name of a competitor: a model, or a model under an identity. */
const competitor = z.string().trim().min(1).max(300)

const slice = {
  source: source.optional().meta({ description: 'Whose comparisons: of judges (the default), of the crowd, or imported ones' }),
  kind: kind.optional().meta({ description: 'What the models make; text by default' }),
  category: category.optional().meta({ description: 'Only battles of this category' }),
}

/** The parameters that only one of the two boards understands. */
const onlyBradleyTerry = ['source', 'kind', 'category', 'since', 'style', 'min_games'] as const

export const leaderboardQuery = z
  .strictObject({
    board: z.enum(['elo', 'bradley_terry']).default('elo').meta({ description: 'elo moves with each battle; bradley_terry has intervals' }),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z
      .string()
      .max(400)
      .regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?_/, 'use next_cursor of the previous page')
      .optional()
      .meta({ description: 'Of the elo board: where the next page begins' }),
    ...slice,
    since: since.optional().meta({ description: 'Only battles closed in the last days, from midnight UTC on; all by default' }),
    style: z.enum(['true', 'false']).optional().meta({ description: 'Rate at equal style: length, headers, lists, bold. Text only' }),
    min_games: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: 'With fewer comparisons a row is provisional' }),
  })
  .superRefine((query, context) => {
    if (query.board === 'elo') {
      for (const name of onlyBradleyTerry)
        if (query[name] !== undefined)
          context.addIssue({ code: 'custom', path: [name], message: 'add board=bradley_terry: the elo board is one, of all battles' })
    } else if (query.cursor !== undefined)
      context.addIssue({ code: 'custom', path: ['cursor'], message: 'only the elo board has pages; leave it out' })
    else if (query.style === 'true' && (query.kind ?? 'text') !== 'text')
      context.addIssue({
        code: 'custom',
        path: ['style'],
        message: 'only text has a style that is measured; leave it out, or ask for kind=text',
      })
  })

export const judgesQuery = z.strictObject({
  kind: kind.optional().meta({ description: 'Only battles of this kind' }),
  since: since.default('all'),
})

export const pairsQuery = z.strictObject({
  ...slice,
  models: z
    .string()
    .transform((text) => [...new Set(text.split(',').map((one) => one.trim()))])
    .pipe(z.array(competitor).min(2, 'name at least two, with a comma between').max(50))
    .optional()
    .meta({ description: 'Choose among these alone, comma-separated; new ones may be among them. Default: those who have played' }),
  most: z.coerce.number().int().min(1).max(100).default(10),
})
