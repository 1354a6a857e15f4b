import { type StepError, stepError } from '../errors.ts'
import { chosenModel } from '../models/chosen-model.ts'
import { estimateCostUsd, microDollars } from '../models/cost-estimate.ts'
import { platformFunding } from '../models/models.ts'
import { transcriber } from '../models/transcription.ts'
import { fail, ok, type Result } from '../result.ts'
import { canonicalJson } from './canonical-json.ts'
import type { ContractField } from './contract-schema.ts'
import type { EdgeCondition, LensDocument, MergeStrategy, WorkflowDocument, WorkflowNode } from './document.ts'
import { layersOf } from './graph.ts'
import type { KnownWorld } from './known-world.ts'
import { wholeLens } from './lens-contract.ts'
import { nestedBodies } from './nested-bodies.ts'
import { type JobKind, type NodeConfig, type NodeType, nodeTypes } from './node-types/index.ts'
import type { WorkflowProblem } from './problems.ts'
import { validateWorkflow } from './validate.ts'
import { modelFor, modelKeyOf } from './validate-node.ts'

/** A node as the database keeps it: everything a driver needs, and nothing that can change. */
export interface CompiledNode {
  node_id: string
  ordinal: number
  node_type: string
  label: string
  config: NodeConfig
  lens: LensDocument | null
  lens_version_id: string | null
  job_kind: JobKind
  join_policy: 'all' | 'all_settled'
  on_parent_failure: 'skip' | 'propagate' | 'substitute_default'
  /** The longest path from a root. */
  wave: number
  /** Edges that bring it something. */
  edges_in: number
  /** Nodes that share one clock: the contenders of one battle_execute. */
  deadline_group: string | null
  deadline_ms: number | null
  max_attempts: number
  timeout_ms: number
  side_effects: boolean
  model_key: string | null
  provider: string | null
  concurrency_key: string | null
  concurrency_limit: number | null
  limit_key: string | null
  funding_source: 'platform_credit' | 'local' | 'simulated' | null
  /** The most one attempt is expected to cost; null: nobody knows. */
  cost_estimate_usd: number | null
  simulated: boolean
  credential_id: string | null
  credential_provider: string | null
  /** What it begins runs of, by the name its runner knows it by: `body` of a loop, the lenses of an orchestration. */
  bodies: Record<string, CompiledWorkflow>
}

export interface CompiledEdge {
  ordinal: number
  source: string
  /** `@settled`: it brings nothing, and only says what comes first. */
  source_port: string
  source_output_key: string
  target: string
  target_param_label: string
  merge_strategy: MergeStrategy | null
  condition: EdgeCondition | null
}

/** A workflow as the database keeps it. */
export interface CompiledWorkflow {
  /** SHA-256, hex, of all that decides what a run does: the same content is the same version. */
  content_hash: string
  document: WorkflowDocument
  scheduling: 'waves' | 'eager'
  max_in_flight: number
  timeout_ms: number | null
  budget_usd: number | null
  inputs: Record<string, ContractField>
  output_node_id: string | null
  capabilities: string[]
  nodes: CompiledNode[]
  edges: CompiledEdge[]
}

export const SETTLED_PORT = '@settled'

/** The answer of a text model that nobody has bounded. */
export const DEFAULT_MAX_TOKENS = 4096

export interface CompileOptions {
  known?: KnownWorld
  /** SHA-256 of a text in UTF-8, as hex. */
  sha256: (text: string) => Promise<string>
}

/**
 * A document as rows: layers, job kinds, models with their lanes and prices. Errors: every problem there is, warnings too.
 *
 * @example (await compileWorkflow(document, { sha256 })).ok
 */
export async function compileWorkflow(
  value: unknown,
  { known = {}, sha256 }: CompileOptions,
): Promise<Result<{ workflow: CompiledWorkflow; warnings: WorkflowProblem[] }, WorkflowProblem[]>> {
  const { document, problems } = validateWorkflow(value, known)
  if (!document) return fail(problems)
  return ok({ workflow: await compiled(document, known, sha256, 0), warnings: problems })
}

/** What a border answers. */
export function workflowInvalid(problems: readonly WorkflowProblem[]): StepError {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const told = errors.slice(0, 5).map(({ node_id, message }) => (node_id === undefined ? message : `${node_id}: ${message}`))
  const more = errors.length > told.length ? `; and ${errors.length - told.length} more` : ''
  return stepError('workflow_invalid', `${told.join('; ')}${more}`)
}

async function compiled(
  document: WorkflowDocument,
  known: KnownWorld,
  sha256: CompileOptions['sha256'],
  depth: number,
): Promise<CompiledWorkflow> {
  const gathered = gatherings(document)
  const deadlines = sharedDeadlines(gathered)
  const edges = [...drawnEdges(document), ...orderingEdges(gathered)].map((edge, ordinal) => ({ ordinal, ...edge }))
  const { waves } = layersOf(
    document.nodes.map(({ id }) => id),
    edges,
  )
  const bringing = new Map<string, CompiledEdge[]>(document.nodes.map(({ id }) => [id, []]))
  for (const edge of edges) if (edge.source_port !== SETTLED_PORT) bringing.get(edge.target)!.push(edge)
  const byId = new Map(document.nodes.map((node) => [node.id, node]))
  const nodes: CompiledNode[] = []
  for (const [ordinal, node] of document.nodes.entries()) {
    const type = nodeTypes.get(node.type)!
    const lens = node.lens ?? (node.lens_version_id === undefined ? undefined : known.lenses?.get(node.lens_version_id))
    const into = bringing.get(node.id)!
    const labels = new Set(into.map(({ target_param_label }) => target_param_label))
    const bodies: [string, CompiledWorkflow][] = []
    for (const body of nestedBodies(
      { node, config: node.config },
      new Set([...labels, ...overridden(node.config)]),
      document.inputs,
      depth,
    )) {
      const inner = validateWorkflow(body.document, known, { depth: depth + 1, base: '', openInputs: body.openInputs })
      bodies.push([body.name, await compiled(inner.document!, known, sha256, depth + 1)])
    }
    nodes.push({
      node_id: node.id,
      ordinal,
      node_type: node.type,
      label: node.label ?? node.id,
      config: withJudges(node, known),
      lens: lens ? wholeLens(lens) : null,
      lens_version_id: node.lens_version_id ?? null,
      job_kind: type.jobKind(lens),
      join_policy: type.join(node.config),
      on_parent_failure: node.config.on_parent_failure as CompiledNode['on_parent_failure'],
      wave: waves.get(node.id)!,
      edges_in: into.length,
      ...(deadlines.get(node.id) ?? { deadline_group: null, deadline_ms: null }),
      max_attempts: (node.config.retry as { attempts: number }).attempts,
      timeout_ms: node.config.timeout_ms as number,
      side_effects: type.sideEffects,
      ...askedModel({ byId, type, config: node.config, lens }, into, known),
      credential_id: (node.config.credential_id as string | undefined) ?? null,
      credential_provider: node.config.credential_id === undefined ? null : (type.credentialProvider?.(node.config) ?? null),
      bodies: Object.fromEntries(bodies),
    })
  }
  const capabilities = new Set(document.nodes.flatMap(({ type }) => nodeTypes.get(type)!.capabilities))
  for (const { bodies } of nodes) for (const body of Object.values(bodies)) for (const each of body.capabilities) capabilities.add(each)
  return {
    content_hash: await sha256(
      canonicalJson({
        document,
        resolved: nodes.map(({ node_id, lens, model_key, bodies, config }, nth) => [
          node_id,
          lens,
          model_key,
          hashes(bodies),
          ...(config === document.nodes[nth]!.config ? [] : [config]),
        ]),
      }),
    ),
    document,
    scheduling: document.scheduling,
    max_in_flight: document.max_in_flight,
    timeout_ms: document.timeout_ms ?? null,
    budget_usd: document.budget_usd ?? null,
    inputs: document.inputs,
    output_node_id: document.output ?? null,
    capabilities: [...capabilities].sort(),
    nodes,
    edges,
  }
}

/** Of a node that makes a battle, its judges by name: the default of a project may be another by the time it runs. */
function withJudges({ type, config }: WorkflowNode, { defaultModels }: KnownWorld): NodeConfig {
  const judges = config.judges as { model?: string }[] | undefined
  if (type !== 'battle_create' || !judges?.some(({ model }) => model === undefined)) return config
  return { ...config, judges: judges.map((judge) => ({ ...judge, model: judge.model ?? defaultModels?.text })) }
}

const hashes = (bodies: Record<string, CompiledWorkflow>): Record<string, string> =>
  Object.fromEntries(Object.entries(bodies).map(([name, { content_hash }]) => [name, content_hash]))

const overridden = (config: NodeConfig): string[] => Object.keys((config.param_overrides as object | undefined) ?? {})

const drawnEdges = ({ edges }: WorkflowDocument): Omit<CompiledEdge, 'ordinal'>[] =>
  edges.map(({ merge_strategy, condition, ...edge }) => ({ ...edge, merge_strategy: merge_strategy ?? null, condition: condition ?? null }))

/** A battle_execute with the contender_run nodes right before it. */
interface Gathering {
  id: string
  config: NodeConfig
  contenders: string[]
}

/** Contenders come in the order of their layers, then of the document: no edge of the workflow leads back in it, so none can turn it round. */
function gatherings({ nodes, edges }: WorkflowDocument): Gathering[] {
  const executes = nodes.filter(({ type }) => type === 'battle_execute')
  if (executes.length === 0) return []
  const isContender = new Set(nodes.filter(({ type }) => type === 'contender_run').map(({ id }) => id))
  const ids = nodes.map(({ id }) => id)
  const { waves } = layersOf(ids, edges)
  return executes.map(({ id, config }) => {
    const before = new Set(edges.filter(({ source, target }) => target === id && isContender.has(source)).map(({ source }) => source))
    return { id, config, contenders: ids.filter((each) => before.has(each)).sort((a, b) => waves.get(a)! - waves.get(b)!) }
  })
}

/** `parallel: false`: each contender waits until the one before it has ended, however it ended. */
const orderingEdges = (gathered: readonly Gathering[]): Omit<CompiledEdge, 'ordinal'>[] =>
  gathered
    .filter(({ config }) => config.parallel === false)
    .flatMap(({ contenders }) =>
      contenders.slice(1).map((target, at) => ({
        source: contenders[at]!,
        source_port: SETTLED_PORT,
        source_output_key: 'output',
        target,
        target_param_label: 'input',
        merge_strategy: null,
        condition: null,
      })),
    )

type SharedDeadline = Pick<CompiledNode, 'deadline_group' | 'deadline_ms'>

/** By contender, the clock of the battle_execute after it. Where there are several, the one that runs out first. */
function sharedDeadlines(gathered: readonly Gathering[]): Map<string, SharedDeadline> {
  const clocks = new Map<string, SharedDeadline>()
  for (const { id, config, contenders } of gathered) {
    const deadline_ms = config.timeout_ms as number
    for (const contender of contenders) {
      const told = clocks.get(contender)?.deadline_ms
      if (told === undefined || told === null || deadline_ms < told) clocks.set(contender, { deadline_group: id, deadline_ms })
    }
  }
  return clocks
}

type AskedModel = Pick<
  CompiledNode,
  'model_key' | 'provider' | 'concurrency_key' | 'concurrency_limit' | 'limit_key' | 'funding_source' | 'cost_estimate_usd' | 'simulated'
>

const noModel: AskedModel = {
  model_key: null,
  provider: null,
  concurrency_key: null,
  concurrency_limit: null,
  limit_key: null,
  funding_source: null,
  cost_estimate_usd: null,
  simulated: false,
}

interface Asking {
  byId: ReadonlyMap<string, WorkflowNode>
  type: NodeType
  config: NodeConfig
  lens: LensDocument | undefined
}

function askedModel(asking: Asking, into: readonly { source: string }[], known: KnownWorld): AskedModel {
  const { type, config, lens } = asking
  if (type.type === 'speech_to_text') {
    const key = typeof config.model_key === 'string' ? config.model_key : `${transcriber.provider}:${transcriber.wireModel}`
    const provider = key.split(':', 1)[0]!
    return { ...noModel, model_key: key, provider, concurrency_key: key, limit_key: provider, funding_source: 'platform_credit' }
  }
  const kind = type.modelKind(lens)
  if (kind === undefined) return noModel
  const found = modelFor(modelKeyOf({ type, config, ...(lens && { lens }) }, kind, known)!, type)
  // What a version once named may have left the registry since: validation has said so.
  if (!found.ok) return noModel
  const { model_kind: _, ...chosen } = chosenModel(found.value)
  return {
    ...chosen,
    limit_key: found.value.provider,
    funding_source: platformFunding(found.value),
    cost_estimate_usd: estimateOf(asking, into) ?? null,
  }

  function estimateOf({ byId }: Asking, edges: readonly { source: string }[]): number | undefined {
    if (!found.ok) return undefined
    const texts = [lens?.template ?? '', lens?.system_prompt ?? '', ...type.templates.map((key) => JSON.stringify(config[key] ?? ''))]
    const moreTokens = edges.map(({ source }) => tokensFrom(byId.get(source)!)).reduce((sum, tokens) => sum + tokens, INPUT_TOKENS)
    const once = estimateCostUsd(found.value, { texts, moreTokens, maxTokens: maxTokensOf(config, lens) })
    return once === undefined ? undefined : microDollars(once * callsOf(lens))
  }
}

/** What the run's own inputs are taken for. What they exceed it by is settled with the cost, like that of every estimate. */
const INPUT_TOKENS = 2000

/** What an edge may bring: an answer of full length, or what a tool hands on. */
function tokensFrom(source: WorkflowNode): number {
  const type = nodeTypes.get(source.type)!
  return type.modelKind(source.lens) === 'text' ? maxTokensOf(source.config, source.lens) : INPUT_TOKENS
}

export const maxTokensOf = (config: NodeConfig, lens: LensDocument | undefined): number =>
  (config.max_tokens as number | undefined) ?? lens?.max_tokens ?? DEFAULT_MAX_TOKENS

/** Calls that a lens makes of its model: research asks what to look up before it tells what it found. */
const callsOf = (lens: LensDocument | undefined): number => (lens?.kind === 'research' || lens?.kind === 'orchestration' ? 2 : 1)
