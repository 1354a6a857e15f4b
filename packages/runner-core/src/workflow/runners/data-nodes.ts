import { stepError } from '../../errors.ts'
import { renderedValue } from '../deep-values.ts'
import { valueAt } from '../edge-values.ts'
import { envelopeOf } from '../envelope.ts'
import { schemaViolations } from '../json-schema.ts'
import type { NodeContext, NodeRunner } from '../node-runner.ts'
import { done, expressionScope, failing, givenTo, passedOn } from './logic-nodes.ts'
import { jsonIn } from './said-json.ts'

/** What came over each edge, in the workflow's order, under its label: where that is the default one, under its source's. */
function came({ job }: NodeContext): { name: string; value: unknown }[] {
  return [...job.edges]
    .sort((a, b) => a.ordinal - b.ordinal)
    .flatMap(({ outcome, source, sourcePort, sourceOutputKey, targetParamLabel }) => {
      const parent = job.parents[source]
      if (outcome !== 'taken' || sourcePort.startsWith('@') || !parent) return []
      const error = parent.error ? { error: parent.error } : undefined
      const envelope = parent.envelope ?? (error && envelopeOf(error))
      // JSON that was made as data is taken as data: a list of what came is no list of texts.
      const key =
        sourceOutputKey === 'output' && envelope?.artifact_kind === 'json' && envelope.data !== undefined ? 'data' : sourceOutputKey
      const value = envelope && valueAt(envelope, key)
      if (value === undefined) return []
      return [{ name: targetParamLabel === 'input' ? parent.label || source : targetParamLabel, source, value }]
    })
    .map(({ name, source, value }, nth, all) => ({
      name: all.some((other, at) => at !== nth && other.name === name) ? source : name,
      value,
    }))
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

export const mergeNode: NodeRunner = async (context) => {
  const parts = came(context)
  switch (context.config.mode ?? 'object') {
    case 'first':
      return done(parts[0] ? envelopeOf(parts[0].value) : envelopeOf(''))
    case 'concat':
      return done(envelopeOf(parts.map(({ value }) => asText(value)).join('\n\n')))
    case 'array':
      return done(envelopeOf(parts.map(({ value }) => value)))
    default:
      return done(envelopeOf(Object.fromEntries(parts.map(({ name, value }) => [name, value]))))
  }
}

export const aggregateNode: NodeRunner = async (context) => {
  const { config } = context
  const all = came(context)
  const keys = Array.isArray(config.keys) ? config.keys.map(String) : undefined
  const missing = config.allow_partial === true ? undefined : keys?.find((key) => !all.some(({ name }) => name === key))
  if (missing !== undefined) return failing(stepError('input_contract_violation', `Nothing came under ${missing}, which keys asks for.`))
  const parts = keys ? keys.flatMap((key) => all.filter(({ name }) => name === key)) : all
  if (config.mode === 'object') return done(envelopeOf(Object.fromEntries(parts.map(({ name, value }) => [name, value]))))
  return done(envelopeOf(parts.map(({ value }) => value)))
}

export const promptTemplate: NodeRunner = async ({ prompt, config }) =>
  done(envelopeOf(config.trim_output === false ? prompt : prompt.trim()))

/** Reads JSON out of a text, and holds it to a schema. */
export const outputParser: NodeRunner = async (context) => {
  const { config } = context
  const given = givenTo(context)
  const text = asText(given)
  const found = typeof given !== 'string' ? { value: given } : config.strict === true ? plainJson(text) : jsonIn(text)
  if (!found)
    return failing(
      stepError('output_contract_violation', `The text is ${config.strict === true ? 'not JSON alone' : 'no JSON, and holds none'}.`),
    )
  const schema = config.schema as Parameters<typeof schemaViolations>[0] | undefined
  const violations = schema === undefined ? [] : schemaViolations(schema, found.value)
  if (violations.length > 0) {
    const said = violations.slice(0, 5).map(({ path, message }) => `${path || '/'}: ${message}`)
    return failing(stepError('output_contract_violation', said.join('; ')))
  }
  return done(envelopeOf(found.value))
}

function plainJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Sets variables of the run. They are written with its end, so two nodes at once leave those of the one that ended last. */
export const setVariables: NodeRunner = async (context) => {
  const { job, config } = context
  const set: Record<string, unknown> = {}
  for (const { name, value, overwrite } of (config.variables as { name: string; value?: unknown; overwrite?: boolean }[] | undefined) ??
    []) {
    if (overwrite === false && Object.hasOwn(job.variables, name)) continue
    const rendered = await renderedValue(value ?? null, { ...expressionScope(context), variables: { ...job.variables, ...set } })
    if (!rendered.ok) return failing(rendered.error)
    set[name] = rendered.value
  }
  return { kind: 'completed', result: { envelope: passedOn(context), ports: ['output'], variables: set } }
}
