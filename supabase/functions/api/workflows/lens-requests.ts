import { z } from 'zod'

/** What callers send about lenses, and what lenses and workflows are asked alike. */

export const title = z.string().trim().min(1).max(200)
export const description = z.string().trim().max(4000)
export const note = z.string().trim().max(500).meta({ description: 'What this version changes' })
export const visibility = z
  .enum(['private', 'public'])
  .meta({ description: 'public: anybody who is signed in sees, runs and forks what is published of it' })
export const tag = z
  .string()
  .max(80)
  .regex(/^[a-z][a-z0-9_-]*(:[a-z0-9][a-z0-9_.-]*)?$/, 'expected small letters, as poetry or lang:en')
export const tags = z
  .array(tag.refine((each) => !each.startsWith('kind:'), 'kind:… is set by the lens itself'))
  .max(20)
  .meta({ description: 'In place of those before', example: ['poetry', 'lang:en'] })

/** Read by what knows every way in which it can be wrong, so that all of them are told at once. */
export const document = z.record(z.string(), z.unknown())
const lensDocument = document.meta({
  description: 'kind, template and what else docs/lenses.md lists',
  example: { kind: 'text', template: 'Write a haiku about [[topic]].', model_key: 'openai:gpt-5-mini' },
})

export const someChange = (changes: object): boolean => Object.values(changes).some((change) => change !== undefined)
export const nothingNamed = 'name at least one field to change'

export const createLens = z
  .strictObject({ title, description: description.optional(), tags: tags.optional(), note: note.optional(), document: lensDocument })
  .meta({ id: 'CreateLens' })

export const saveLens = z
  .strictObject({
    title: title.optional(),
    description: description.optional(),
    visibility: visibility.optional(),
    tags: tags.optional(),
    note: note.optional(),
    document: lensDocument.optional(),
  })
  .refine(someChange, nothingNamed)
  .meta({ id: 'SaveLens' })

export const lensId = z.object({ lens_id: z.uuid() })

const number = z.int().min(1).max(2_147_483_647)
export const versionNumber = number.optional().meta({ description: 'Of the version; without it the latest' })
export const versionInQuery = z.coerce
  .number()
  .pipe(number)
  .optional()
  .meta({ description: 'Its number; without it the latest that you see' })
export const versionQuery = z.strictObject({ version: versionInQuery })
export const publishVersion = z.strictObject({ version: versionNumber })
export const forkVersion = z.strictObject({ version: versionNumber, title: title.optional() })

const between = z.coerce.number().pipe(number)
export const diffQuery = z.strictObject({
  from: between.meta({ description: 'Number of a version' }),
  to: between.meta({ description: 'Number of another' }),
})

const listed = {
  mine: z.enum(['true', 'false']).default('false').meta({ description: 'Only your own' }),
  tag: tag.optional(),
  search: z.string().trim().min(1).max(200).optional().meta({ description: 'Words of the title or the description' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
}
export const listWorkflowsQuery = z.strictObject(listed)
export const listLensesQuery = z.strictObject({
  ...listed,
  kind: z.enum(['text', 'image', 'video', 'research', 'pdf', 'transform', 'orchestration', 'validation', 'routing']).optional(),
})
