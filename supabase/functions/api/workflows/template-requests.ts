import { z } from 'zod'
import { title } from './lens-requests.ts'

/** What callers send about the templates of workflows. */

export const templateSlug = z.object({
  slug: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'expected the slug of a template, as 09-media-router')
    .meta({ description: 'Of GET /workflow-templates: 09-media-router, or 9, or media-router', example: '09-media-router' }),
})

export const forkTemplate = z
  .strictObject({
    title: title.optional(),
    models: z
      .record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'expected a kind, or the id of a node'), z.string().min(1).max(200))
      .default({})
      .meta({
        description:
          'Which models its nodes ask: by kind (text, image, video), or by the id of a node. Without them, the defaults of the project',
        example: { text: 'openai:gpt-5-mini', backup: 'anthropic:claude-haiku-4-5' },
      }),
  })
  .meta({ id: 'ForkTemplate' })
