import { z } from 'zod'
import { category, kind, source } from './board-requests.ts'

/** What can be exported. */
export const exportParams = z.object({ what: z.enum(['battles', 'answers', 'votes', 'verdicts', 'comparisons']) })

const onlyComparisons = ['source', 'kind', 'category', 'since'] as const

export const exportQuery = z.strictObject({
  format: z.enum(['jsonl', 'csv']).default('jsonl'),
  page: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'One page alone; the header agon-next says where the next begins, and is missing on the last' }),
  after: z
    .string()
    .regex(/^(\d{1,19}|\S+ ?\S*_[0-9a-f-]{36})$/, 'use the agon-next of the page before')
    .optional(),
  export_id: z
    .uuid()
    .optional()
    .meta({ description: 'The same for every page of one export of votes: voters are told apart by it. Default: a new one' }),
  source: source.optional().meta({ description: 'Of comparisons: judge (the default), crowd or imported' }),
  kind: kind.optional().meta({ description: 'Of comparisons: text by default' }),
  category: category.optional().meta({ description: 'Of comparisons' }),
  since: z.iso.date().optional().meta({ description: 'Of comparisons: of battles closed on that day (UTC) or later' }),
})

/** The first parameter that does not go with what is exported. */
export const misplaced = (what: string, query: z.output<typeof exportQuery>): string | undefined =>
  what === 'comparisons' ? undefined : onlyComparisons.find((name) => query[name] !== undefined)
