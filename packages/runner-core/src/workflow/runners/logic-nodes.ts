import { type StepError, stepError } from '../../errors.ts'
import { fail, ok, type Result } from '../../result.ts'
import { sameJson } from '../contracts.ts'
import { renderedValue, structured } from '../deep-values.ts'
import { valueAtPath } from '../edge-values.ts'
import { envelopeOf, type NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { templateScope } from '../run-inputs.ts'

/** A node ends with an envelope by these ports. */
export const done = (envelope: NodeOutputEnvelope, ports: string[] = ['output']): NodeOutcome => ({
  kind: 'completed',
  result: { envelope, ports },
})
export const failing = (error: StepError): NodeOutcome => ({ kind: 'failed', error })

/** What a node was handed under `input`, or all it was handed where nothing is called so. */
export const givenTo = ({ inputs }: Pick<NodeContext, 'inputs'>): unknown => (Object.hasOwn(inputs, 'input') ? inputs.input : inputs)

/** What it was handed, as a node that only looks at it hands it on: the same envelope where it came from one node whole. */
export function passedOn(context: NodeContext, metadata?: Record<string, unknown>): NodeOutputEnvelope {
  const given = givenTo(context)
  const edges = context.job.edges.filter(({ outcome, targetParamLabel }) => outcome === 'taken' && targetParamLabel === 'input')
  const whole = edges.length === 1 ? context.job.parents[edges[0]!.source]?.envelope : undefined
  if (whole && whole.output === given) return { ...whole, ...(metadata && { metadata: { ...whole.metadata, ...metadata } }) }
  return envelopeOf(given, metadata)
}

/** What an expression may name: inputs by label, with JSON that came as text already read. */
export const expressionScope = ({ job, inputs }: NodeContext): Record<string, unknown> =>
  templateScope(job, Object.fromEntries(Object.entries(inputs).map(([label, value]) => [label, structured(value)])))

/** nil and false are false, as in Liquid: 0 and '' are true. */
const isTrue = (value: unknown): boolean => value !== undefined && value !== null && value !== false

async function holds(expression: string, context: NodeContext): Promise<Result<boolean, StepError>> {
  const { evaluate } = await import('../../template.ts')
  const value = evaluate(expression, expressionScope(context))
  return value.ok ? ok(isTrue(value.value)) : value
}

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** Values as edges compare them: '7' is 7. */
const same = (value: unknown, wanted: unknown): boolean =>
  sameJson(value, wanted) || (isScalar(value) && isScalar(wanted) && String(value) === String(wanted))

const isTruthy = (value: unknown): boolean => (typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value))

function ordered(value: unknown, wanted: unknown): number {
  const [left, right] = [Number(value), Number(wanted)]
  const blank = [value, wanted].some((each) => each === null || each === undefined || each === '' || typeof each === 'object')
  if (blank || Number.isNaN(left) || Number.isNaN(right)) return Number.NaN
  return left - right
}

/** Whether a comparison holds. Numbers are compared as numbers also where they came as text; what is no number is neither more nor less. */
export function compares(value: unknown, operator: string, wanted: unknown): boolean {
  switch (operator) {
    case 'equals':
      return same(value ?? null, wanted ?? null)
    case 'not_equals':
      return !same(value ?? null, wanted ?? null)
    case 'contains':
      if (typeof value === 'string') return isScalar(wanted) && value.includes(String(wanted))
      return Array.isArray(value) && value.some((each) => same(each, wanted))
    case 'present':
      return value !== undefined && value !== null
    case 'truthy':
      return isTruthy(value)
    case 'greater_than':
      return ordered(value, wanted) > 0
    case 'at_least':
      return ordered(value, wanted) >= 0
    case 'less_than':
      return ordered(value, wanted) < 0
    case 'at_most':
      return ordered(value, wanted) <= 0
    default:
      return false
  }
}

const lookedAt = (context: NodeContext): unknown => {
  const given = structured(givenTo(context))
  return typeof context.config.path === 'string' ? valueAtPath(given, context.config.path) : given
}

export const ifCondition: NodeRunner = async (context) => {
  const { config } = context
  const met =
    typeof config.expression === 'string'
      ? await holds(config.expression, context)
      : ok(compares(lookedAt(context), String(config.operator ?? 'truthy'), config.value))
  if (!met.ok) return failing(met.error)
  return done(passedOn(context, { condition: met.value }), [String(met.value)])
}

interface Case {
  port: string
  value?: unknown
  operator?: string
  expression?: string
}

export const switchNode: NodeRunner = async (context) => {
  const { config } = context
  const value = lookedAt(context)
  for (const { port, expression, operator = 'equals', value: wanted } of (config.cases as Case[] | undefined) ?? []) {
    const met = expression === undefined ? ok(compares(value, operator, wanted)) : await holds(expression, context)
    if (!met.ok) return failing(met.error)
    if (met.value) return done(passedOn(context, { port }), [port])
  }
  const port = typeof config.default_port === 'string' ? config.default_port : 'default'
  return done(passedOn(context, { port }), [port])
}

/** Makes the error of a node before it a value. Where none failed, it hands its input on. */
export const errorCatch: NodeRunner = async (context) => {
  const { job, config } = context
  const codes = Array.isArray(config.codes) ? config.codes.map(String) : undefined
  const fallen = Object.entries(job.parents).filter(
    ([, { status, error }]) => status === 'failed' || status === 'timed_out' || (status === 'skipped' && error !== null),
  )
  if (fallen.length === 0) return done(passedOn(context))
  const errors = fallen.map(([nodeId, { error, status }]) => ({
    node_id: nodeId,
    code: error?.code ?? status,
    message: error?.message ?? `${nodeId} ended as ${status}.`,
  }))
  const other = codes && errors.find(({ code }) => !codes.includes(code))
  if (other)
    return failing(stepError('upstream_failure', `${other.node_id} failed with ${other.code}, which is not caught here: ${other.message}`))
  return done(envelopeOf({ error: errors[0], errors }), ['caught'])
}

/** The value at a key of config with templates in it; else what the node was handed. */
export async function valueOr(context: NodeContext, key: string, otherwise: unknown): Promise<Result<unknown, StepError>> {
  const given = context.config[key]
  if (given === undefined) return ok(otherwise)
  return renderedValue(given, expressionScope(context))
}

/** Ends the run with a value. */
export const stopReturn: NodeRunner = async (context) => {
  const { config } = context
  const value = await valueOr(context, 'value', givenTo(context))
  if (!value.ok) return failing(value.error)
  const returned = returnedAs(String(config.return_as ?? 'raw'), value.value)
  if (!returned.ok) return failing(returned.error)
  const envelope = config.value === undefined && (config.return_as ?? 'raw') === 'raw' ? passedOn(context) : envelopeOf(returned.value)
  return { kind: 'completed', result: { envelope, ports: ['output'], stopsRun: true } }
}

function returnedAs(form: string, value: unknown): Result<unknown, StepError> {
  if (form === 'text') return ok(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
  if (form !== 'json' || typeof value !== 'string') return ok(value)
  try {
    return ok(JSON.parse(value))
  } catch {
    return fail(stepError('node_config', 'return_as is json, and the value is text that is no JSON.'))
  }
}
