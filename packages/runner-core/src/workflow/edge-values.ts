import { sameJson } from './contracts.ts'
import type { EdgeCondition } from './document.ts'
import type { NodeOutputEnvelope } from './envelope.ts'

/**
 * What an edge hands on, and when its condition holds. The database decides which edges are taken (lenses.value_at and
 * lenses.condition_holds); this is the same in TypeScript, for binding inputs, for the editor and for the test that compares the two.
 */

/** A step into JSON: a key of an object, or a place in a list, from the end when negative. */
function step(value: unknown, part: string): unknown {
  if (Array.isArray(value)) return /^-?\d{1,9}$/.test(part) ? value.at(Number(part)) : undefined
  return typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined
}

export const valueAtPath = (value: unknown, path: string): unknown => path.split('.').reduce(step, value)

/**
 * The value at a path of an envelope: `output`; `data`, `media` and `metadata`, whole or a path in one of them; else a key of data, else a
 * path in data. Undefined: there is none. null, 0, false and '' are values.
 */
export function valueAt(envelope: NodeOutputEnvelope, path = 'output'): unknown {
  if (path === 'output') return envelope.output
  if (/^(?:data|media|metadata)(?:\.|$)/.test(path)) return valueAtPath(envelope, path)
  const { data } = envelope
  const key = Array.isArray(data) ? undefined : step(data, path)
  return key === undefined ? valueAtPath(data, path) : key
}

/** A number as PostgreSQL writes it: without an exponent. */
function plainNumber(value: number): string {
  const [digits, exponent] = String(value).split('e') as [string, string | undefined]
  if (exponent === undefined) return digits
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(digits)!
  const places = Number(exponent)
  return places > 0 ? `${sign}${whole}${fraction.padEnd(places, '0')}` : `${sign}0.${'0'.repeat(-places - 1)}${whole}${fraction}`
}

type Scalar = string | number | boolean
const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)
const textOf = (value: Scalar): string => (typeof value === 'number' ? plainNumber(value) : String(value))

/**
 * Whether an edge's condition holds.
 * - `equals`: the same JSON, or scalars of the same text: '7' equals 7, 'true' equals true.
 * - `contains`: the text has it as a part, or the list as an element, which is compared as JSON.
 * - `present`: it is there and not null.
 * - `truthy`: it is there, and neither null, false, 0, '' nor an empty list or object.
 */
export function conditionHolds(condition: EdgeCondition, envelope: NodeOutputEnvelope): boolean {
  const value = valueAt(envelope, condition.path)
  const wanted = condition.value
  switch (condition.operator) {
    case 'present':
      return value !== undefined && value !== null
    case 'truthy':
      if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
      return Boolean(value)
    case 'contains':
      if (typeof value === 'string') return isScalar(wanted) && value.includes(textOf(wanted))
      return Array.isArray(value) && wanted !== undefined && value.some((each) => sameJson(each, wanted))
    case 'equals':
      if (value === undefined || wanted === undefined) return false
      return sameJson(value, wanted) || (isScalar(value) && isScalar(wanted) && textOf(value) === textOf(wanted))
  }
}

const reference = /^\[\[\s*([a-z][a-z0-9_-]*)(?:\.([^\]]+?))?\s*\]\]$/

/** What `[[node_id.path]]` and `[[inputs.name]]` mean in an override; anything else is itself. */
export function overrideReference(given: unknown): { node: string; path: string } | undefined {
  const found = typeof given === 'string' ? reference.exec(given) : null
  return found ? { node: found[1]!, path: found[2] ?? 'output' } : undefined
}
