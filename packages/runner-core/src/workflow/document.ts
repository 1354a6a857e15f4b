import { z } from 'zod'
import { closed, snakeKeys } from './closed-object.ts'
import { contractField, inputContract, label, outputContract } from './contract-schema.ts'
import { lensKinds } from './envelope.ts'

/** The largest workflow there is. A document is measured as JSON, in UTF-16 units; a template in characters. */
export const workflowLimits = {
  nodes: 2000,
  edges: 10_000,
  templateChars: 32_000,
  documentChars: 1_000_000,
  /** Of a workflow in a workflow, and of bodies in bodies. */
  depth: 5,
  /** Two weeks: the longest that a node or a run may take, and the longest wait. */
  timeoutMs: 1_209_600_000,
  /** What goes into one node, as JSON. */
  inputChars: 512 * 1024,
} as const

export const nodeIdPattern = /^[a-z][a-z0-9_-]{0,62}$/
const nodeId = z.string().regex(nodeIdPattern, 'expected a small letter, then up to 62 small letters, digits, _ and -')
const port = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_ .-]{0,62}$/, 'expected the name of a port: up to 63 letters, digits, spaces, _ . and -')
const modelKey = z.string().min(1).max(200)
const budget = z.number().min(0).max(1_000_000)
const timeout = z.int().min(1).max(workflowLimits.timeoutMs)

export const mergeStrategies = ['last_write_wins', 'concat', 'array', 'json_object'] as const
export type MergeStrategy = (typeof mergeStrategies)[number]

const labelled = contractField.extend({ label })

export const lensDocument = closed({
  kind: z.enum(lensKinds, `expected one of ${lensKinds.join(', ')}`),
  title: z.string().max(200).optional(),
  template: z.string().min(1).max(workflowLimits.templateChars),
  system_prompt: z.string().max(workflowLimits.templateChars).optional(),
  model_key: modelKey.optional(),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  input_contract: inputContract.optional(),
  output_contract: outputContract.optional(),
})
/** A prompt with its contracts, as a version keeps it. */
export type LensDocument = z.output<typeof lensDocument>

export const edgeCondition = closed({
  path: z.string().min(1).max(500).optional(),
  operator: z.enum(['equals', 'contains', 'present', 'truthy']),
  /** A scalar: what it would mean that a list equals another is for an if_condition to say. */
  value: z.union([z.string().max(2000), z.number(), z.boolean(), z.null()], 'expected text, a number, true, false or null').optional(),
})
export type EdgeCondition = z.output<typeof edgeCondition>

export const workflowNode = closed({
  id: nodeId,
  type: z.string().min(1).max(63),
  label: z.string().min(1).max(200).optional(),
  lens: lensDocument.optional(),
  lens_version_id: z.uuid().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
})
export type WorkflowNode = z.output<typeof workflowNode>

export const workflowEdge = closed({
  source: nodeId,
  source_port: port.default('output'),
  source_output_key: z.string().min(1).max(500).default('output'),
  target: nodeId,
  target_param_label: label.default('input'),
  merge_strategy: z.enum(mergeStrategies, `expected one of ${mergeStrategies.join(', ')}`).optional(),
  condition: edgeCondition.optional(),
})
export type WorkflowEdge = z.output<typeof workflowEdge>

/** The document without its nodes and edges, which are read one by one so that a fault in one hides none in another. */
export const workflowHead = closed({
  format: z.literal('agon.workflow/v1', 'expected agon.workflow/v1'),
  title: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).optional(),
  scheduling: z.enum(['waves', 'eager'], 'expected waves or eager').default('waves'),
  max_in_flight: z.int().min(1).max(100).default(10),
  timeout_ms: timeout.optional(),
  budget_usd: budget.optional(),
  inputs: z.record(label, contractField).default({}),
  nodes: z.array(z.unknown()).min(1).max(workflowLimits.nodes),
  edges: z.array(z.unknown()).max(workflowLimits.edges).default([]),
  output: nodeId.optional(),
})

export const workflowDocument = workflowHead.extend({
  nodes: z.array(workflowNode).min(1).max(workflowLimits.nodes),
  edges: z.array(workflowEdge).max(workflowLimits.edges).default([]),
})
/** A workflow as it is kept: `agon.workflow/v1`. */
export type WorkflowDocument = z.output<typeof workflowDocument>

/**
 * A lens as it is kept: snake_case, and `parameters: ['topic', { label: 'tone', required: false }]`, the short form of its input contract,
 * in the long one.
 */
export function lensSpelling(value: unknown): unknown {
  if (!isObject(value)) return value
  const { parameters, ...rest } = value
  const lens = snakeKeys(lensDocument, rest) as Record<string, unknown>
  if (parameters === undefined) return lens
  const contract = lens.input_contract
  // Given in both forms, it is refused as an unknown key.
  if (!Array.isArray(parameters) || (isObject(contract) && contract.parameters !== undefined)) return { ...lens, parameters }
  const long: Record<string, unknown> = {}
  for (const parameter of parameters) {
    const field: unknown = typeof parameter === 'string' ? { label: parameter } : snakeKeys(labelled, parameter)
    if (!isObject(field) || typeof field.label !== 'string' || Object.hasOwn(long, field.label)) return { ...lens, parameters }
    const { label, ...declared } = field
    long[field.label] = declared
  }
  return { ...lens, input_contract: { ...(isObject(contract) ? contract : {}), parameters: long } }
}

export const nodeSpelling = (value: unknown): unknown => {
  const node = snakeKeys(workflowNode, value)
  return isObject(node) && node.lens !== undefined ? { ...node, lens: lensSpelling(node.lens) } : node
}

export const edgeSpelling = (value: unknown): unknown => snakeKeys(workflowEdge, value)
export const headSpelling = (value: unknown): unknown => snakeKeys(workflowHead, value)

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
