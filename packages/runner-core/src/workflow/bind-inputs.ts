import type { StepError } from '../errors.ts'
import type { IncomingEdge, NodeJob } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import type { ContractField, InputContract } from './contract-schema.ts'
import { contractError, hasType, inputViolations } from './contracts.ts'
import type { MergeStrategy } from './document.ts'
import { overrideReference, valueAt, valueAtPath } from './edge-values.ts'
import { nodeTypes } from './node-types/index.ts'

export type BindingJob = Pick<NodeJob, 'nodeType' | 'config' | 'lens' | 'runInputs' | 'edges' | 'parents'>

/** An edge to a label, with what it brought. */
export interface Contribution {
  edge: Pick<IncomingEdge, 'ordinal' | 'source' | 'sourceOutputKey'>
  /** Of the source. */
  label: string
  /** Undefined: it brought nothing, as a branch that was not taken. It still has its key, so that the keys do not depend on what came. */
  value: unknown
  /** It stands for what a failed parent did not make. */
  substitute?: boolean
}

/**
 * What the values for one label come to, in the workflow's order, whatever the order in which they were made.
 * - `last_write_wins`: the last of them.
 * - `concat`: their texts, with an empty line between.
 * - `array`: a list.
 * - `json_object`: an object by the label of the source; by its id where two sources have that label; and where one source brings two
 *   values, by its id and the key they were read at.
 */
export function mergeValues(strategy: MergeStrategy, contributions: readonly Contribution[]): unknown {
  const drawn = [...contributions].sort((a, b) => a.edge.ordinal - b.edge.ordinal)
  const ordered = drawn.filter(({ value }) => value !== undefined)
  const came = ordered.some(({ substitute }) => !substitute) ? ordered.filter(({ substitute }) => !substitute) : ordered
  switch (strategy) {
    case 'last_write_wins':
      return came.at(-1)?.value
    case 'concat':
      return came.map(({ value }) => asText(value)).join('\n\n')
    case 'array':
      return ordered.map(({ value }) => value)
    case 'json_object':
      return Object.fromEntries(keysOf(drawn).flatMap((key, at) => (drawn[at]!.value === undefined ? [] : [[key, drawn[at]!.value]])))
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))

function keysOf(contributions: readonly Contribution[]): string[] {
  const forms = contributions.map(({ label, edge }) => [
    ...(label === '' ? [] : [label]),
    edge.source,
    `${edge.source}.${edge.sourceOutputKey}`,
    `${edge.source}#${edge.ordinal}`,
  ])
  const count = new Map<string, number>()
  for (const form of forms.flatMap((each) => [...new Set(each)])) count.set(form, (count.get(form) ?? 0) + 1)
  return forms.map((each) => each.find((form) => count.get(form) === 1) ?? each.at(-1)!)
}

/** What a node's contract says of its parameters: of its lens, or of its type. */
export const contractOf = ({ nodeType, lens, config }: Pick<NodeJob, 'nodeType' | 'lens' | 'config'>): InputContract =>
  (lens?.input_contract as InputContract | undefined) ?? { parameters: { ...nodeTypes.get(nodeType)?.parametersOf(config) }, strict: false }

/**
 * A node's inputs by label: run inputs of the labels that are its parameters, over them what edges bring, over them param_overrides, and
 * defaults where nothing came. 0, false and '' are values. The same whatever the order in which its parents ended. Errors:
 * `input_contract_violation`, for what its type needs; the contract of a lens is checked by `inputViolations`.
 */
export function bindInputs(job: BindingJob): Result<Record<string, unknown>, StepError> {
  const contract = contractOf(job)
  const bound = new Map<string, unknown>()
  for (const label of Object.keys(contract.parameters)) {
    // Null: it was left out.
    if (Object.hasOwn(job.runInputs, label) && job.runInputs[label] !== null) bound.set(label, job.runInputs[label])
  }
  for (const [label, value] of fromEdges(job)) bound.set(label, value)
  for (const [label, given] of Object.entries((job.config.param_overrides as Record<string, unknown> | undefined) ?? {})) {
    const value = referenced(given, job)
    if (value !== undefined) bound.set(label, value)
  }
  for (const [label, field] of Object.entries(contract.parameters)) {
    if (bound.has(label) && bound.get(label) !== undefined) bound.set(label, fitted(field, bound.get(label)))
    else if (field.default !== undefined) bound.set(label, field.default)
  }
  const inputs = Object.fromEntries([...bound].filter(([, value]) => value !== undefined))
  if (job.lens) return ok(inputs)
  // What config says by the name of a parameter is that parameter.
  const violations = inputViolations(contract, { ...pickConfig(job, contract), ...inputs })
  return violations.length > 0 ? fail(contractError('input', violations)) : ok(inputs)
}

const pickConfig = ({ config }: BindingJob, { parameters }: InputContract): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(parameters)
      // A template, which is text whatever it will give.
      .filter((label) => config[label] !== undefined && parameters[label]!.type === 'string')
      .map((label) => [label, config[label]]),
  )

const brings = ({ sourcePort }: IncomingEdge): boolean => !sourcePort.startsWith('@')

function contribution(edge: IncomingEdge, { parents, config }: BindingJob): Contribution {
  const from = { edge, label: parents[edge.source]?.label ?? '' }
  if (edge.outcome === 'failed' && config.on_parent_failure === 'substitute_default') return { ...from, value: '', substitute: true }
  return { ...from, value: edge.outcome === 'taken' ? edgeValue(edge, parents[edge.source]) : undefined }
}

function fromEdges(job: BindingJob): Map<string, unknown> {
  const byLabel = Map.groupBy(job.edges.filter(brings), ({ targetParamLabel }) => targetParamLabel)
  const values = new Map<string, unknown>()
  for (const [label, unordered] of byLabel) {
    const drawn = unordered.toSorted((a, b) => a.ordinal - b.ordinal)
    const contributions = drawn.map((edge) => contribution(edge, job))
    if (contributions.every(({ value }) => value === undefined)) continue
    const told = drawn.find(({ mergeStrategy }) => mergeStrategy !== null)?.mergeStrategy
    const otherwise = drawn.length > 1 ? (job.config.merge as MergeStrategy | undefined) : undefined
    values.set(label, mergeValues(told ?? otherwise ?? 'last_write_wins', contributions))
  }
  return values
}

/**
 * All that edges bring to a node, whatever their labels, in the workflow's order: what merge and aggregate work on. One that comes to a
 * label of its own is named by it.
 *
 * @example mergeValues('json_object', gatherInputs(job))
 */
export const gatherInputs = (job: BindingJob): Contribution[] =>
  job.edges
    .filter(brings)
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map((edge) => {
      const brought = contribution(edge, job)
      return edge.targetParamLabel === 'input' ? brought : { ...brought, label: edge.targetParamLabel }
    })

function edgeValue(edge: IncomingEdge, parent: NodeJob['parents'][string] | undefined): unknown {
  if (!parent) return undefined
  if (parent.envelope) return valueAt(parent.envelope, edge.sourceOutputKey)
  // The error port of one that failed.
  if (!parent.error) return undefined
  const data = { error: parent.error }
  return valueAt({ kind: 'json', artifact_kind: 'json', output: JSON.stringify(data), data }, edge.sourceOutputKey)
}

function referenced(given: unknown, { parents, runInputs }: BindingJob): unknown {
  const found = overrideReference(given)
  if (!found) return given
  if (found.node === 'inputs') return valueAtPath(runInputs, found.path)
  const envelope = parents[found.node]?.envelope
  return envelope ? valueAt(envelope, found.path) : undefined
}

/**
 * A value as its parameter takes it, where nothing is lost by that: an edge brings a model's answer as text, also where it is a number or
 * a list. What does not fit stays, and breaks the contract.
 */
function fitted(field: ContractField, value: unknown): unknown {
  if (field.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  if (typeof value !== 'string' || !['number', 'integer', 'boolean', 'array', 'json'].includes(field.type)) return value
  try {
    const parsed: unknown = JSON.parse(value)
    if (field.type === 'json') return typeof parsed === 'object' && parsed !== null ? parsed : value
    return hasType(field.type, parsed) ? parsed : value
  } catch {
    return value
  }
}
