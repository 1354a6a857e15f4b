import { type StepError, stepError } from '../errors.ts'
import type { ContractField, FieldType, InputContract, JsonSchema, OutputContract } from './contract-schema.ts'
import type { NodeOutputEnvelope } from './envelope.ts'
import { artifactKinds } from './envelope.ts'
import { schemaViolations } from './json-schema.ts'

export const violationReasons = [
  'missing_required',
  'type_mismatch',
  'below_min',
  'above_max',
  'too_short',
  'too_long',
  'pattern_mismatch',
  'enum_mismatch',
  'unknown_field',
  'require_any_of',
  'invalid_envelope',
  'kind',
  'artifact_kind',
  'output_type',
  'schema',
] as const
export type ViolationReason = (typeof violationReasons)[number]

/** One way in which a value breaks a contract. Says nothing of the value itself, which may be secret. */
export interface ContractViolation {
  /** JSON pointer: into the inputs, or into the envelope. */
  path: string
  reason: ViolationReason
  message: string
}

/** `/` and `~` as a JSON pointer spells them. */
const pointer = (...parts: (string | number)[]): string =>
  parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const isAbsent = (value: unknown): boolean => value === undefined || value === null

/**
 * Every way in which inputs break an input contract, in the contract's order. 0, false and '' are values. A default counts as given:
 * `bindInputs` has put it in.
 *
 * @example inputViolations({ parameters: { topic: { type: 'string', required: true } }, strict: false }, {}) // missing_required at /topic
 */
export function inputViolations(contract: InputContract, inputs: Readonly<Record<string, unknown>>): ContractViolation[] {
  const violations: ContractViolation[] = []
  for (const [label, field] of Object.entries(contract.parameters)) {
    const value = Object.hasOwn(inputs, label) ? inputs[label] : undefined
    if (isAbsent(value)) {
      if (field.required && field.default === undefined)
        violations.push({ path: pointer(label), reason: 'missing_required', message: `${label} is required and was not given` })
    } else violations.push(...valueViolations(field, value, pointer(label), label))
  }
  for (const group of contract.require_any_of ?? []) {
    if (group.every((label) => isAbsent(Object.hasOwn(inputs, label) ? inputs[label] : undefined)))
      violations.push({ path: '', reason: 'require_any_of', message: `one of ${group.join(', ')} is required` })
  }
  if (contract.strict) {
    for (const label of Object.keys(inputs)) {
      if (!Object.hasOwn(contract.parameters, label))
        violations.push({ path: pointer(label), reason: 'unknown_field', message: `${label} is not a parameter of a strict contract` })
    }
  }
  return violations
}

function valueViolations(field: ContractField, value: unknown, path: string, name: string): ContractViolation[] {
  if (!hasType(field.type, value)) return [{ path, reason: 'type_mismatch', message: `${name} must be ${article(field.type)}` }]
  const violations: ContractViolation[] = []
  const add = (reason: ViolationReason, message: string) => violations.push({ path, reason, message: `${name} ${message}` })
  if (typeof value === 'number') {
    if (field.min !== undefined && value < field.min) add('below_min', `must be at least ${field.min}`)
    if (field.max !== undefined && value > field.max) add('above_max', `must be at most ${field.max}`)
  }
  if (typeof value === 'string' || Array.isArray(value)) {
    const unit = Array.isArray(value) ? 'items' : 'characters'
    const length = Array.isArray(value) ? value.length : [...value].length
    if (field.min_length !== undefined && length < field.min_length) add('too_short', `must have at least ${field.min_length} ${unit}`)
    if (field.max_length !== undefined && length > field.max_length) add('too_long', `must have at most ${field.max_length} ${unit}`)
  }
  if (typeof value === 'string' && field.pattern !== undefined && !new RegExp(field.pattern, 'u').test(value))
    add('pattern_mismatch', `must match ${field.pattern}`)
  if (field.enum && !field.enum.some((allowed) => sameJson(allowed, value)))
    add('enum_mismatch', `must be one of ${field.enum.map((allowed) => JSON.stringify(allowed)).join(', ')}`.slice(0, 300))
  if (Array.isArray(value) && field.item_type) {
    const type = field.item_type
    for (const [at, item] of value.entries()) {
      if (!hasType(type, item))
        violations.push({ path: path + pointer(at), reason: 'type_mismatch', message: `${name}[${at}] must be ${article(type)}` })
    }
  }
  return violations
}

/** Why a parameter can never be satisfied, or is not by its own default. */
export function fieldFaults(field: ContractField): string[] {
  const faults: string[] = []
  if (field.min !== undefined && field.max !== undefined && field.min > field.max) faults.push('min is above max')
  if (field.min_length !== undefined && field.max_length !== undefined && field.min_length > field.max_length)
    faults.push('min_length is above max_length')
  const { enum: allowed, ...rest } = field
  const misfit = allowed?.find((each) => valueViolations(rest, each, '', '').length > 0)
  if (misfit !== undefined) faults.push(`enum has ${JSON.stringify(misfit)}, which the rest of the contract refuses`)
  if (!isAbsent(field.default)) faults.push(...valueViolations(field, field.default, '', 'default').map(({ message }) => message))
  return faults
}

const article = (type: FieldType): string =>
  ({
    string: 'a string',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
    url: 'an http or https address',
    json: 'JSON: an object, a list, a number, true, false, or text that is JSON',
    array: 'a list',
    any: 'a value',
  })[type]

export function hasType(type: FieldType, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'integer':
      return Number.isInteger(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'url':
      return typeof value === 'string' && isWebAddress(value)
    case 'json':
      return typeof value === 'string' ? isJsonText(value) : typeof value !== 'function' && typeof value !== 'symbol'
    case 'array':
      return Array.isArray(value)
    case 'any':
      return true
  }
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Equality of what JSON can say: the order of keys does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, at) => sameJson(each, b[at]))
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
}

/**
 * Every way in which an envelope breaks an output contract. `data` is matched against the schema; where there is none, and the text is
 * JSON, what it says is.
 */
export function outputViolations(contract: OutputContract, envelope: unknown): ContractViolation[] {
  const malformed = envelopeFault(envelope)
  if (malformed) return [malformed]
  const { kind, artifact_kind, data, output, metadata } = envelope as NodeOutputEnvelope
  const violations: ContractViolation[] = []
  if (contract.kind !== undefined && kind !== contract.kind)
    violations.push({ path: '/kind', reason: 'kind', message: `kind is ${kind}; the contract says ${contract.kind}` })
  if (contract.artifact_kind !== undefined && artifact_kind !== contract.artifact_kind)
    violations.push({
      path: '/artifact_kind',
      reason: 'artifact_kind',
      message: `artifact_kind is ${artifact_kind}; the contract says ${contract.artifact_kind}`,
    })
  if (contract.output_type !== undefined) {
    const made = metadata?.output_type ?? (isRecord(data) ? data.output_type : undefined)
    if (made !== contract.output_type)
      violations.push({ path: '/data/output_type', reason: 'output_type', message: `output_type is not ${contract.output_type}` })
  }
  if (contract.schema !== undefined) {
    const value = data === undefined && isJsonText(output) ? JSON.parse(output) : data
    if (value === undefined) violations.push({ path: '/data', reason: 'schema', message: 'there is no data, and the text is not JSON' })
    else
      for (const { path, message } of schemaViolations(contract.schema, value))
        violations.push({ path: `/data${path}`, reason: 'schema', message })
  }
  return violations
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function envelopeFault(envelope: unknown): ContractViolation | undefined {
  const invalid = (path: string, message: string): ContractViolation => ({ path, reason: 'invalid_envelope', message })
  if (!isRecord(envelope)) return invalid('', 'the envelope is no object')
  if (typeof envelope.kind !== 'string') return invalid('/kind', 'the envelope has no kind')
  if (!(artifactKinds as readonly unknown[]).includes(envelope.artifact_kind))
    return invalid('/artifact_kind', `artifact_kind must be one of ${artifactKinds.join(', ')}`)
  if (typeof envelope.output !== 'string') return invalid('/output', 'output must be a string: it may be empty')
  if (envelope.media !== undefined && !(isRecord(envelope.media) && typeof envelope.media.url === 'string'))
    return invalid('/media', 'media must have a url')
  return undefined
}

const told = (violations: ContractViolation[]): string => {
  const first = violations.slice(0, 5).map(({ path, message }) => `${path || '/'}: ${message}`)
  return violations.length > first.length ? `${first.join('; ')}; and ${violations.length - first.length} more` : first.join('; ')
}

/** What a node fails with. `retry_on: contract_violated` makes the step try again all the same. */
export const contractError = (side: 'input' | 'output', violations: ContractViolation[]): StepError =>
  stepError(side === 'input' ? 'input_contract_violation' : 'output_contract_violation', told(violations))

/** What `data` has to be, for a provider's own structured output; undefined: nothing is asked, or nothing that must be an object. */
export function jsonSchemaOf(contract: OutputContract | undefined): { name: string; schema: Record<string, unknown> } | undefined {
  const schema = contract?.schema
  return isRecord(schema) ? { name: 'output', schema } : undefined
}

/** An input contract as JSON Schema of draft 2020-12: for forms, for OpenAPI, for a model that is to fill it in. */
export function inputJsonSchema(contract: InputContract): Record<string, unknown> {
  const required = Object.entries(contract.parameters).filter(([, field]) => field.required && field.default === undefined)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(contract.parameters).map(([label, field]) => [label, fieldJsonSchema(field)])),
    ...(required.length > 0 && { required: required.map(([label]) => label) }),
    ...(contract.require_any_of?.length && {
      allOf: contract.require_any_of.map((group) => ({ anyOf: group.map((label) => ({ required: [label] })) })),
    }),
    additionalProperties: !contract.strict,
  }
}

const typeSchema = (type: FieldType): Record<string, unknown> =>
  type === 'any' || type === 'json' ? {} : type === 'url' ? { type: 'string', format: 'uri', pattern: '^https?://' } : { type }

/** One parameter as JSON Schema. `json` is any JSON: what text says is not looked at. */
export function fieldJsonSchema(field: ContractField): JsonSchema & object {
  const isList = field.type === 'array'
  return {
    ...typeSchema(field.type),
    ...(field.description !== undefined && { description: field.description }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.min_length !== undefined && { [isList ? 'minItems' : 'minLength']: field.min_length }),
    ...(field.max_length !== undefined && { [isList ? 'maxItems' : 'maxLength']: field.max_length }),
    ...(field.pattern !== undefined && { pattern: field.pattern }),
    ...(field.min !== undefined && { minimum: field.min }),
    ...(field.max !== undefined && { maximum: field.max }),
    ...(field.item_type !== undefined && { items: typeSchema(field.item_type) }),
    ...(field.enum && { enum: field.enum }),
  }
}
