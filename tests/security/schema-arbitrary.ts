import fc from 'fast-check'

/** As much of JSON Schema as an OpenAPI document of zod's uses. */
export interface JsonSchema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  format?: string
  pattern?: string
  example?: unknown
  $ref?: string
}

/** What a border meets that no schema describes: NUL and lone surrogates, numbers at their ends, names that objects inherit, deep nesting. */
const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    '\u0000',
    '\ud800',
    '\u202e',
    '',
    ' ',
    '{{ x }}',
    "'; drop table battles.battles; --",
    '../../etc/passwd',
    '%00',
    'null',
    'NaN',
  ),
  fc.constantFrom<unknown>(-1, 0, 1e308, -1e308, 1e-320, 2 ** 53, 2 ** 63, -0, 0.1),
  fc.constantFrom<unknown>(null, true, [], {}, [[[[[[]]]]]], { __proto__: 1 }, { constructor: {} }, { toString: 1 }),
  fc.constant('x'.repeat(40_000)),
)

interface Root {
  components?: { schemas?: Record<string, JsonSchema> }
}

/**
 * Values that fit a schema, or nearly: now and then (strange, a share) any part of one is something else altogether. samples: values that mean
 * something, by the name of a field.
 */
export function nearly(schema: JsonSchema, root: Root, samples: Record<string, unknown[]> = {}, strange = 0.02): fc.Arbitrary<unknown> {
  const fitting = fits(schema)
  return fc.oneof(
    { weight: Math.round(1000 * (1 - strange)), arbitrary: fitting },
    { weight: Math.round(1000 * strange), arbitrary: hostile },
  )

  function fits(part: JsonSchema): fc.Arbitrary<unknown> {
    if (part.$ref) return nearly(root.components?.schemas?.[part.$ref.split('/').at(-1)!] ?? {}, root, samples, strange)
    if (part.const !== undefined) return fc.constant(part.const)
    if (part.enum) return fc.constantFrom(...part.enum)
    const choices = part.anyOf ?? part.oneOf
    if (choices) return fc.oneof(...choices.map((choice) => nearly(choice, root, samples, strange)))
    const type = Array.isArray(part.type) ? part.type[0] : part.type
    if (type === 'object' || part.properties) return object(part)
    if (type === 'array') {
      const { minItems = 0, maxItems = 4, items = {} } = part
      return fc.array(nearly(items, root, samples, strange), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, minItems + 3)),
      })
    }
    if (type === 'integer' || type === 'number') {
      const min = part.minimum ?? part.exclusiveMinimum ?? -1000
      const max = Math.min(part.maximum ?? 1000, Number.MAX_SAFE_INTEGER)
      return type === 'integer'
        ? fc.integer({ min: Math.ceil(Math.max(min, -(2 ** 31))), max: Math.floor(Math.min(max, 2 ** 31 - 1)) })
        : fc.double({ min, max, noNaN: true })
    }
    if (type === 'boolean') return fc.boolean()
    if (type === 'string') return text(part)
    return fc.jsonValue({ maxDepth: 2 })
  }

  function text({ format, example, pattern, minLength = 0, maxLength = 200 }: JsonSchema): fc.Arbitrary<unknown> {
    if (format === 'uuid') return fc.uuid()
    if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    if (format === 'uri') return fc.webUrl()
    if (pattern !== undefined && !pattern.includes('(?')) return fc.stringMatching(new RegExp(pattern))
    const any = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 200)), unit: 'grapheme' })
    return example === undefined ? any : fc.oneof({ weight: 3, arbitrary: fc.constant(example) }, { weight: 1, arbitrary: any })
  }

  function object({ properties = {}, required = [], additionalProperties }: JsonSchema): fc.Arbitrary<unknown> {
    const field = (name: string, part: JsonSchema) => {
      const value = nearly(part, root, samples, strange)
      const sample = samples[name]
      return sample ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...sample) }, { weight: 1, arbitrary: value }) : value
    }
    // A field that may be left out mostly is: with all of them there, one would be wrong nearly always.
    const known = fc.record(
      Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [
          name,
          required.includes(name) || samples[name]
            ? field(name, part)
            : fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: field(name, part) }),
        ]),
      ),
    )
    const more =
      typeof additionalProperties === 'object'
        ? fc.dictionary(fc.string({ maxLength: 20 }), nearly(additionalProperties, root, samples, strange), { maxKeys: 3 })
        : fc.constant({})
    const wrong = fc.oneof(
      { weight: 15, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), hostile, { maxKeys: 1 }) },
    )
    return fc.tuple(known, more, wrong).map((parts) => Object.assign({}, ...parts))
  }
}

export { hostile }
