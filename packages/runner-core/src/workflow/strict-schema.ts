type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What every provider's strict mode takes. Bounds are left out of what is sent, and hold afterwards. */
const kept = ['type', 'description', 'enum', 'const', 'title'] as const
const bounds = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'default', 'examples', '$schema', '$id', '$comment'],
  ...['deprecated', 'readOnly', 'writeOnly'],
])

/**
 * A JSON Schema as OpenAI's, Anthropic's and Gemini's strict modes take it: objects closed, every key required, a key that was optional
 * with null as another of its types, bounds left out. What fits it fits the original too, once `withoutNulls` has dropped the keys that
 * were optional, and the bounds are held against it by the contract. Undefined where the schema says what strict modes have no words
 * for: then the schema is only told in the prompt.
 */
export function strictSchema(schema: unknown): Json | undefined {
  if (!isObject(schema) || schema.type !== 'object') return undefined
  try {
    return strict(schema, 0)
  } catch {
    return undefined
  }
}

class Unsupported extends Error {}

function strict(schema: unknown, depth: number): Json {
  if (!isObject(schema) || depth > 8) throw new Unsupported()
  const out: Json = {}
  for (const [key, value] of Object.entries(schema)) {
    if ((kept as readonly string[]).includes(key)) out[key] = value
    else if (key === 'anyOf' && Array.isArray(value) && depth > 0) out.anyOf = value.map((each) => strict(each, depth + 1))
    else if (key === 'items' && isObject(value)) out.items = strict(value, depth + 1)
    else if (key === 'properties' || key === 'required') continue
    else if (key === 'additionalProperties' && value === false) continue
    // Open, but not made of a schema: closing it is narrower, and fits.
    else if (key === 'additionalProperties' && value === true) continue
    else if (!bounds.has(key)) throw new Unsupported()
  }
  if (schema.type === 'array' && out.items === undefined) throw new Unsupported()
  if (schema.type === 'object') {
    const properties = isObject(schema.properties) ? schema.properties : {}
    // An object of which nothing is known cannot be closed.
    if (Object.keys(properties).length === 0) throw new Unsupported()
    const required = new Set(Array.isArray(schema.required) ? schema.required : [])
    out.properties = Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [
        name,
        required.has(name) ? strict(part, depth + 1) : { anyOf: [strict(part, depth + 1), { type: 'null' }] },
      ]),
    )
    out.required = Object.keys(properties)
    out.additionalProperties = false
  }
  return out
}

/** The answer without the nulls that stand for keys the original schema lets out. */
export function withoutNulls(value: unknown, schema: unknown): unknown {
  if (!isObject(schema)) return value
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema.items))
  if (!isObject(value) || !isObject(schema.properties)) return value
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const properties = schema.properties
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) =>
      part === null && !required.has(key) ? [] : [[key, withoutNulls(part, Object.hasOwn(properties, key) ? properties[key] : undefined)]],
    ),
  )
}
