import { z } from 'zod'

/** What callers get about lenses: see responses.ts. */

const timestamp = z.string().meta({ format: 'date-time' })
const kind = z.enum(['text', 'image', 'video', 'research', 'pdf', 'transform', 'orchestration', 'validation', 'routing'])
const visibility = z.enum(['private', 'public'])

/** Of a lens or a workflow at one of its versions. */
export const keptFields = {
  title: z.string(),
  description: z.string(),
  visibility,
  yours: z.boolean(),
  tags: z.array(z.string()),
  version_id: z.uuid(),
  number: z.number().int().meta({ description: 'Of the version' }),
  note: z.string(),
  published_at: timestamp.nullable().meta({ description: 'Since when others see this version, where the whole is public' }),
  forked_from_version_id: z.uuid().nullable(),
  created_at: timestamp,
  saved_at: timestamp.meta({ description: 'When this version was made' }),
  archived_at: timestamp.nullable(),
}
export const versionFields = {
  version_id: z.uuid(),
  number: z.number().int(),
  note: z.string(),
  created_at: timestamp,
  published_at: timestamp.nullable(),
}

const field = z
  .object({
    type: z.string(),
    required: z.boolean().optional(),
    default: z.unknown().optional(),
    description: z.string().optional(),
  })
  .catchall(z.unknown())
const lensDocument = z
  .object({
    kind,
    template: z.string(),
    system_prompt: z.string().optional(),
    model_key: z.string().optional(),
    max_tokens: z.number().int().optional(),
    temperature: z.number().optional(),
    input_contract: z
      .object({
        parameters: z.record(z.string(), field).optional(),
        require_any_of: z.array(z.array(z.string())).optional(),
        strict: z.boolean().optional(),
      })
      .optional(),
    output_contract: z
      .object({
        kind: z.string().optional(),
        artifact_kind: z.string().optional(),
        output_type: z.string().optional(),
        schema: z.unknown().optional(),
      })
      .optional(),
  })
  .meta({ id: 'LensDocument' })

const summary = z.object({ lens_id: z.uuid(), kind, model: z.string().nullable(), ...keptFields }).meta({ id: 'LensSummary' })
const lens = z.object({ lens_id: z.uuid(), kind, model: z.string().nullable(), ...keptFields, document: lensDocument }).meta({ id: 'Lens' })

const change = z
  .object({
    path: z.string().meta({ description: 'JSON pointer; nodes are told by their ids, edges by what they join' }),
    op: z.enum(['added', 'removed', 'changed']),
    from: z.unknown().optional(),
    to: z.unknown().optional(),
    lines: z
      .array(z.object({ op: z.enum(['same', 'removed', 'added']), text: z.string() }))
      .optional()
      .meta({ description: 'Of a text of several lines' }),
  })
  .meta({ id: 'Change' })

export const lensShapes = {
  lens,
  lensPage: z.object({ lenses: z.array(summary), next_cursor: z.string().nullable() }).meta({ id: 'LensPage' }),
  lensVersions: z
    .object({ versions: z.array(z.object({ ...versionFields, kind, model: z.string().nullable() })) })
    .meta({ id: 'LensVersions' }),
  lensArchived: z.object({ lens_id: z.uuid(), archived: z.literal(true) }).meta({ id: 'LensArchived' }),
  changes: z.object({ from: z.number().int(), to: z.number().int(), changes: z.array(change) }).meta({ id: 'Changes' }),
}
