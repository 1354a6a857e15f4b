import { z } from 'zod'
import { closed } from './closed-object.ts'
import { artifactKinds, lensKinds } from './envelope.ts'
import { patternFault } from './pattern.ts'

/** What a parameter takes. `url` is a string that is an address, `json` whatever JSON can say. */
export const fieldTypes = ['string', 'number', 'integer', 'boolean', 'url', 'json', 'array', 'any'] as const
export type FieldType = (typeof fieldTypes)[number]

/** A name that a template can say: `[[label]]`. `inputs` and `variables` are the run's. */
export const labelPattern = /^(?!__|inputs$|variables$)[A-Za-z_][A-Za-z0-9_-]{0,62}$/
export const label = z
  .string()
  .regex(labelPattern, 'expected up to 63 letters, digits, _ and -, no digit or __ at the beginning, and neither inputs nor variables')

const json = z.unknown()

const pattern = z
  .string()
  .max(200)
  .superRefine((source, context) => {
    const fault = patternFault(source)
    if (fault) context.addIssue({ code: 'custom', message: fault })
  })

export const contractField = closed({
  type: z.enum(fieldTypes, `expected one of ${fieldTypes.join(', ')}`).default('any'),
  required: z.boolean().default(true),
  default: json.optional(),
  description: z.string().max(1000).optional(),
  min_length: z.int().min(0).optional(),
  max_length: z.int().min(0).optional(),
  pattern: pattern.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  item_type: z.enum(fieldTypes, `expected one of ${fieldTypes.join(', ')}`).optional(),
  enum: z.array(json).min(1).max(500).optional(),
})
export type ContractField = z.output<typeof contractField>

export const inputContract = closed({
  parameters: z.record(label, contractField).default({}),
  /** Of each of these groups at least one must be there. */
  require_any_of: z.array(z.array(label).min(1).max(50)).max(50).optional(),
  /** Refuses labels that are not parameters. */
  strict: z.boolean().default(false),
})
export type InputContract = z.output<typeof inputContract>

export const jsonSchema = z.union([z.boolean(), z.record(z.string(), json)], 'expected a JSON Schema: an object')
export type JsonSchema = z.output<typeof jsonSchema>

export const outputContract = closed({
  kind: z.enum([...lensKinds, 'audio', 'json']).optional(),
  artifact_kind: z.enum(artifactKinds).optional(),
  /** What `data` is, where the artifact kind does not tell: `pdf`. */
  output_type: z.string().max(100).optional(),
  /** JSON Schema (draft 2020-12) of `data`. */
  schema: jsonSchema.optional(),
})
export type OutputContract = z.output<typeof outputContract>
