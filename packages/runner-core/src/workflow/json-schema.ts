import { type Schema, Validator } from '@cfworker/json-schema'
import type { JsonSchema } from './contract-schema.ts'
import { patternFault } from './pattern.ts'

/** Where a value does not fit a schema. `path` is a JSON pointer into the value: empty for the whole. */
export interface SchemaViolation {
  path: string
  keyword: string
  message: string
}

const validatorOf = (schema: JsonSchema) => new Validator(schema as Schema | boolean, '2020-12', false)

/** Said about a whole because of its parts, which have said it themselves. */
const wholes = new Set(['properties', 'items', 'prefixItems', 'patternProperties', 'allOf', 'if', '$ref', '$dynamicRef', 'false'])

/** Said within an alternative of which another would have done. */
const withinAlternative = /\/(?:anyOf|oneOf|not|if)\//

/** Everything in which a value does not fit a JSON Schema of draft 2020-12. No schema is fetched. */
export function schemaViolations(schema: JsonSchema, value: unknown): SchemaViolation[] {
  try {
    // What JSON cannot say has no place in an envelope, and would make the validator throw.
    const plain: unknown = value === undefined ? null : JSON.parse(JSON.stringify(value))
    const { valid, errors } = validatorOf(schema).validate(plain)
    if (valid) return []
    const said = errors.filter(({ keywordLocation }) => !withinAlternative.test(keywordLocation))
    const parts = said.filter(({ keyword }) => !wholes.has(keyword))
    return (parts.length > 0 ? parts : errors).map(({ instanceLocation, keyword, error }) => ({
      path: instanceLocation.replace(/^#/, ''),
      keyword,
      message: error,
    }))
  } catch (error) {
    return [{ path: '', keyword: 'schema', message: `The schema cannot be applied: ${firstLine(error)}` }]
  }
}

/** Why a schema cannot be used, and where in it: a reference that leads nowhere, a pattern that may take forever. Undefined: it can. */
export function schemaFault(schema: JsonSchema): { path: string; message: string } | undefined {
  const found = faultIn(schema, '', 0)
  if (found) return found
  try {
    // Making one follows the schema's parts; references are looked up while a value is checked, and these reach the outermost.
    for (const probe of [{}, [], '']) validatorOf(schema).validate(probe)
    return undefined
  } catch (error) {
    return { path: '', message: firstLine(error) }
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 200)

/** How deep a schema may be nested. */
const SCHEMA_DEPTH = 50
const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']
/** What these hold is data. */
const dataKeywords = new Set(['const', 'default', 'enum', 'examples'])
/** What these hold is named by the author. */
const nameKeywords = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependentRequired'])

function faultIn(schema: unknown, path: string, depth: number, names = false): { path: string; message: string } | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  if (depth > SCHEMA_DEPTH) return { path, message: `is nested more than ${SCHEMA_DEPTH} deep` }
  for (const [key, part] of Object.entries(schema)) {
    const at = `${path}/${key}`
    if (!names && !Array.isArray(schema)) {
      const message = keywordFault(key, part)
      if (message) return { path: at, message }
      if (dataKeywords.has(key)) continue
    }
    const found = faultIn(part, at, depth + 1, !names && nameKeywords.has(key))
    if (found) return found
  }
  return undefined
}

function keywordFault(key: string, part: unknown): string | undefined {
  if (key === 'pattern') return typeof part === 'string' ? patternFault(part) : 'must be a string'
  if (key === '$ref' && !(typeof part === 'string' && part.startsWith('#')))
    return 'refers to another document: only # references are followed'
  if (key === 'type' && ![part].flat().every((name) => types.includes(name as string))) return `must be one of ${types.join(', ')}`
  if (key === 'required' && !(Array.isArray(part) && part.every((name) => typeof name === 'string'))) return 'must be a list of names'
  if (key === 'properties' && (typeof part !== 'object' || part === null || Array.isArray(part))) return 'must be an object'
  if (key === 'patternProperties' && typeof part === 'object' && part !== null) {
    for (const source of Object.keys(part)) {
      const fault = patternFault(source)
      if (fault) return `${source} ${fault}`
    }
  }
  return undefined
}
