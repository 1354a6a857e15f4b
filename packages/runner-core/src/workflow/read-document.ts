import type { z } from 'zod'
import { didYouMean } from '../nearest.ts'
import { snakeKeys } from './closed-object.ts'
import {
  edgeSpelling,
  headSpelling,
  isObject,
  type LensDocument,
  lensSpelling,
  nodeSpelling,
  type WorkflowDocument,
  type WorkflowEdge,
  type WorkflowNode,
  workflowEdge,
  workflowHead,
  workflowLimits,
  workflowNode,
} from './document.ts'
import { type NodeConfig, type NodeType, nodeTypes } from './node-types/index.ts'
import { type Place, type ProblemCode, problem, type WorkflowProblem } from './problems.ts'

/** A node that could be read, with what its type and its config came to. */
export interface ReadNode {
  at: number
  node: WorkflowNode
  /** Undefined: there is no such type. */
  type?: NodeType
  /** With defaults; undefined: it has faults. */
  config?: NodeConfig
  /** The node's own or the version's it names; undefined: it has none that is known. */
  lens?: LensDocument
}

export interface ReadEdge {
  at: number
  edge: WorkflowEdge
}

/** What could be read of a document: faults in one part hide none in another. */
export interface ReadDocument {
  /** Undefined: what holds nodes and edges has faults itself. */
  head?: Omit<WorkflowDocument, 'nodes' | 'edges'>
  nodes: ReadNode[]
  edges: ReadEdge[]
  problems: WorkflowProblem[]
}

/** JSON pointer of a path within a part. */
const at = (base: string, path: readonly PropertyKey[]): string =>
  base + path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function issuesOf(error: z.ZodError, base: string, place: Place, codes: { unknown: ProblemCode; invalid: ProblemCode }): WorkflowProblem[] {
  return error.issues.map((issue) => {
    const path = at(base, issue.path)
    if (issue.code === 'unrecognized_keys') return problem(codes.unknown, { ...place, path }, issue.message)
    const isWhole = issue.path.length === 1 && (issue.path[0] === 'nodes' || issue.path[0] === 'edges')
    if (issue.code === 'too_big' && isWhole)
      return problem('too_large', { ...place, path }, `there are more than ${String(issue.maximum)} ${String(issue.path[0])}`)
    if (issue.code === 'invalid_key')
      return problem(codes.invalid, { ...place, path }, `${String(issue.path.at(-1))}: ${issue.issues[0]?.message ?? issue.message}`)
    return problem(codes.invalid, { ...place, path }, `${String(issue.path.at(-1) ?? 'it')}: ${issue.message}`)
  })
}

const ofDocument = { unknown: 'unknown_key', invalid: 'invalid_document' } as const
const ofConfig = { unknown: 'unknown_config_key', invalid: 'invalid_config' } as const

/** Reads a document, in either spelling, as far as it can be read. `lenses`: the versions that nodes may name. */
export function readDocument(value: unknown, lenses?: ReadonlyMap<string, LensDocument>, base = ''): ReadDocument {
  const read: ReadDocument = { nodes: [], edges: [], problems: [] }
  if (!isObject(value)) {
    read.problems.push(problem('invalid_document', { path: base }, 'a workflow is an object'))
    return read
  }
  const spelt = headSpelling(value) as Record<string, unknown>
  const size = JSON.stringify(value).length
  if (size > workflowLimits.documentChars)
    read.problems.push(
      problem('too_large', { path: base }, `the document has ${size} characters; ${workflowLimits.documentChars} are allowed`),
    )
  const head = workflowHead.safeParse(spelt)
  if (head.success) {
    const { nodes: _nodes, edges: _edges, ...rest } = head.data
    read.head = rest
  } else read.problems.push(...issuesOf(head.error, base, {}, ofDocument))
  const [nodes, edges] = [spelt.nodes, spelt.edges].map((list) => (Array.isArray(list) ? list : [])) as [unknown[], unknown[]]
  for (const [nth, each] of nodes.slice(0, workflowLimits.nodes).entries()) readNode(each, nth, lenses, base, read)
  for (const [nth, each] of edges.slice(0, workflowLimits.edges).entries()) {
    const edge = workflowEdge.safeParse(edgeSpelling(each))
    if (edge.success) read.edges.push({ at: nth, edge: edge.data })
    else read.problems.push(...issuesOf(edge.error, `${base}/edges/${nth}`, { edge: nth }, ofDocument))
  }
  return read
}

function readNode(value: unknown, nth: number, lenses: ReadonlyMap<string, LensDocument> | undefined, base: string, read: ReadDocument) {
  const path = `${base}/nodes/${nth}`
  const parsed = workflowNode.safeParse(nodeSpelling(value))
  const id = isObject(value) && typeof value.id === 'string' ? value.id : undefined
  const place: Place = id === undefined ? {} : { node_id: id }
  if (!parsed.success) {
    read.problems.push(...issuesOf(parsed.error, path, place, ofDocument))
    return
  }
  const node = parsed.data
  const one: ReadNode = { at: nth, node }
  read.nodes.push(one)
  const lens = node.lens ?? (node.lens_version_id === undefined ? undefined : lenses?.get(node.lens_version_id))
  if (lens) one.lens = lens
  const type = nodeTypes.get(node.type)
  if (!type) {
    const message = `there is no node type ${JSON.stringify(node.type)}.${didYouMean(node.type, nodeTypes.keys())}`
    read.problems.push(problem('unknown_node_type', { ...place, path: `${path}/type` }, message))
    return
  }
  one.type = type
  const config = type.config.safeParse(configSpelling(type, node.config))
  if (config.success) one.config = config.data
  else read.problems.push(...issuesOf(config.error, `${path}/config`, place, ofConfig))
}

/** Config as it is kept, also in the lenses that it holds. */
const configSpelling = (type: NodeType, config: NodeConfig): unknown => snakeKeys(type.config, withLenses(config), type.aliases)

function withLenses(config: NodeConfig): NodeConfig {
  const { body, lenses } = config
  const spelt = (holder: unknown): unknown =>
    isObject(holder) && holder.lens !== undefined ? { ...holder, lens: lensSpelling(holder.lens) } : holder
  return {
    ...config,
    ...(isObject(body) && { body: spelt(body) }),
    ...(Array.isArray(lenses) && { lenses: lenses.map(spelt) }),
  }
}
