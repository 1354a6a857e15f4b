import { z } from 'zod'
import type { ModelKind } from '../../models/models.ts'
import { closed, type KeyAliases } from '../closed-object.ts'
import { type ContractField, contractField, label } from '../contract-schema.ts'
import { type LensDocument, mergeStrategies, workflowLimits } from '../document.ts'

/** What a node needs to run decides its job kind, and with it the function that drains it. */
export const jobKinds = ['workflow_node', 'lens_run', 'workflow_media', 'workflow_tool', 'workflow_program', 'team_run'] as const
export type JobKind = (typeof jobKinds)[number]

export const retryReasons = ['timeout', 'provider_error', 'rate_limit', 'contract_violated'] as const

export type NodeConfig = Record<string, unknown>

/** A type of node: what its config may say, what goes in and out, and what it takes to run one. */
export interface NodeType {
  type: string
  family: string
  /** One line for the docs and for whoever chooses. */
  summary: string
  /** The whole config: the type's own keys and those of every node. */
  config: z.ZodObject<Record<string, z.ZodType>>
  /** The keys of its own, for the docs. */
  ownKeys: readonly string[]
  aliases: KeyAliases
  /** What it reads by name. It takes other labels too: its templates may name them. */
  parameters: Readonly<Record<string, ContractField>>
  /** The same, with those that its config names. */
  parametersOf: (config: NodeConfig) => Readonly<Record<string, ContractField>>
  /** Besides `error`, which every node has. */
  ports: (config: NodeConfig, lens: LensDocument | undefined) => string[]
  /** For the docs: the ports as text. */
  portsTold: string
  jobKind: (lens: LensDocument | undefined) => JobKind
  join: (config: NodeConfig) => 'all' | 'all_settled'
  /** Something outside Agon may change: a dry run does not do it. */
  sideEffects: boolean
  /** What a driver must be able to do that edge functions cannot. */
  capabilities: readonly string[]
  /** Whose connection `credential_id` names; undefined: it takes none. */
  credentialProvider?: (config: NodeConfig) => string
  /** What its model makes; undefined: it asks no model. */
  modelKind: (lens: LensDocument | undefined) => ModelKind | undefined
  /** It asks a model, so what goes in and comes out can be moderated. */
  asksModel: (lens: LensDocument | undefined) => boolean
  /** It does nothing without its credential. */
  credentialRequired: boolean
  /** What it does with an image that comes in, where it starts from one: only models that can are asked. */
  startsFrom?: 'edit' | 'upscale'
  /** Whether it holds a lens. */
  lens: 'required' | 'optional' | 'none'
  /** Keys of config whose strings are Liquid templates, also within lists and objects. */
  templates: readonly string[]
  /** Keys of config that are Liquid expressions, as `{% if … %}` takes them. */
  expressions: readonly string[]
  /** The template that makes the node's prompt. */
  promptKey?: string
  /** Other faults of a config that its schema cannot say. */
  faults: (config: NodeConfig, lens: LensDocument | undefined) => ConfigFault[]
}

export interface ConfigFault {
  code: 'routing_insufficient_routes' | 'duplicate_route' | 'validation_missing_criteria' | 'orchestration_missing_caps' | 'invalid_config'
  /** In config. */
  path: string
  message: string
  remedy: string
}

/** What the config of every node may say. */
export const commonKeys = (timeoutMs: number) => ({
  retry: closed({
    attempts: z.int().min(1).max(10).default(1),
    backoff_ms: z.int().min(0).max(600_000).default(500),
    max_backoff_ms: z.int().min(0).max(600_000).default(8000),
    retry_on: z
      .array(z.enum(retryReasons, `expected one of ${retryReasons.join(', ')}`))
      .default(['timeout', 'provider_error', 'rate_limit']),
  })
    .prefault({})
    .describe('How often it is tried, and after what. The wait doubles from backoff_ms to max_backoff_ms, with half of it by chance'),
  timeout_ms: z.int().min(1).max(workflowLimits.timeoutMs).default(timeoutMs).describe('How long it may act; waits do not count'),
  on_parent_failure: z
    .enum(['skip', 'propagate', 'substitute_default'], 'expected skip, propagate or substitute_default')
    .default('skip')
    .describe('What becomes of it when a parent fails: skipped, failed too, or run with empty text for what is missing'),
  merge: z
    .enum(mergeStrategies, `expected one of ${mergeStrategies.join(', ')}`)
    .default('last_write_wins')
    .describe('What several edges to one label come to, where the edges do not say'),
  moderation: z
    .enum(['off', 'input', 'output', 'both'], 'expected off, input, output or both')
    .default('off')
    .describe('What is looked at before it goes to the model or on: of nodes that ask one'),
  param_overrides: z
    .record(label, z.unknown())
    .default({})
    .describe('Inputs by label: a literal, or [[node_id.path]] of a parent, or [[inputs.name]]'),
})
export const commonKeyNames = Object.keys(commonKeys(1))

export const SECOND_MS = 1000
export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

/** Text with `[[x]]` in it. */
export const template = (most: number = workflowLimits.templateChars) => z.string().min(1).max(most)
export const modelKey = z.string().min(1).max(200).describe('provider:model; without it the default of its kind')
/** An id, or a template that gives one. */
export const idOrTemplate = z
  .string()
  .regex(
    /^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|.*(\[\[|\{\{).*)$/s,
    'expected a UUID, or a template like [[battle.battle_id]]',
  )
export const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, `expected one of ${values.join(', ')}`)

/** A parameter that need not be given. */
export const optional = (type: ContractField['type'], description: string): ContractField =>
  contractField.parse({ type, required: false, description })
export const needed = (type: ContractField['type'], description: string): ContractField => contractField.parse({ type, description })

type Shape = Record<string, z.ZodType>

interface NodeTypeSpec
  extends Partial<Omit<NodeType, 'config' | 'ports' | 'jobKind' | 'modelKind' | 'join' | 'ownKeys' | 'credentialProvider' | 'asksModel'>> {
  type: string
  family: string
  summary: string
  keys?: Shape
  ports?: string[] | NodeType['ports']
  jobKind?: JobKind | NodeType['jobKind']
  modelKind?: ModelKind | NodeType['modelKind']
  join?: 'all' | 'all_settled' | NodeType['join']
  credential?: string | ((config: NodeConfig) => string)
  timeoutMs?: number
  /** For one whose model the registry does not know. */
  asksModel?: true
}

const constant =
  <T>(value: T) =>
  () =>
    value

export function nodeType(spec: NodeTypeSpec): NodeType {
  const { keys = {}, ports = ['output'], jobKind = 'workflow_node', modelKind, join = 'all', credential, timeoutMs = MINUTE_MS } = spec
  const modelKindOf = typeof modelKind === 'function' ? modelKind : constant(modelKind)
  const own: Shape = {
    ...keys,
    ...(credential !== undefined && { credential_id: z.uuid().optional().describe('A connection: GET /api/keys lists yours') }),
  }
  return {
    type: spec.type,
    family: spec.family,
    summary: spec.summary,
    config: closed<Shape>({ ...commonKeys(timeoutMs), ...own }),
    ownKeys: Object.keys(own),
    aliases: spec.aliases ?? {},
    parameters: spec.parameters ?? {},
    parametersOf: spec.parametersOf ?? constant(spec.parameters ?? {}),
    ports: typeof ports === 'function' ? ports : constant(ports),
    portsTold: spec.portsTold ?? (typeof ports === 'function' ? 'output' : ports.join(', ')),
    jobKind: typeof jobKind === 'function' ? jobKind : constant(jobKind),
    join: typeof join === 'function' ? join : constant(join),
    sideEffects: spec.sideEffects ?? false,
    capabilities: spec.capabilities ?? [],
    ...(credential !== undefined && { credentialProvider: typeof credential === 'function' ? credential : constant(credential) }),
    modelKind: modelKindOf,
    asksModel: (lens) => spec.asksModel === true || modelKindOf(lens) !== undefined,
    credentialRequired: spec.credentialRequired ?? false,
    ...(spec.startsFrom !== undefined && { startsFrom: spec.startsFrom }),
    lens: spec.lens ?? 'none',
    templates: spec.templates ?? [],
    expressions: spec.expressions ?? [],
    ...(spec.promptKey !== undefined && { promptKey: spec.promptKey }),
    faults: spec.faults ?? constant([]),
  }
}
