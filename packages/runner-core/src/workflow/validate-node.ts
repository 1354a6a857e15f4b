import { findImageModel, findModel, type Model, type ModelKind } from '../models/models.ts'
import { didYouMean } from '../nearest.ts'
import { expressionVariables, templateVariables } from '../template.ts'
import type { ContractField, InputContract, JsonSchema } from './contract-schema.ts'
import { fieldFaults } from './contracts.ts'
import type { LensDocument } from './document.ts'
import { schemaFault } from './json-schema.ts'
import type { KnownWorld } from './known-world.ts'
import type { NodeConfig, NodeType } from './node-types/index.ts'
import { type Place, problem, type WorkflowProblem } from './problems.ts'
import type { ReadNode } from './read-document.ts'

/** What starts from an image, where a node names no model. */
const imageModels = { edit: 'fal:nano-banana-2', upscale: 'fal:clarity-upscaler' } as const

/** The model a key names, for a node of a type. */
export const modelFor = (key: string, type: Pick<NodeType, 'startsFrom'> | undefined) =>
  type?.startsFrom ? findImageModel(key, type.startsFrom) : findModel(key)

/** The model a node asks: its own, that of its lens, or the default of the kind it needs. */
export function modelKeyOf(
  { type, config, lens }: Pick<ReadNode, 'type' | 'config' | 'lens'>,
  kind: ModelKind | undefined,
  { defaultModels }: KnownWorld,
): string | undefined {
  const own = config?.model_key ?? lens?.model_key
  if (typeof own === 'string') return own
  // The default of a kind makes it of a prompt alone.
  if (type?.startsFrom) return imageModels[type.startsFrom]
  return kind === undefined ? undefined : defaultModels?.[kind]
}

function modelProblems(
  key: string,
  place: Place,
  wanted: { kind?: ModelKind; vision?: true; type?: NodeType },
  known: KnownWorld,
): WorkflowProblem[] {
  const found = modelFor(key, wanted.type)
  if (!found.ok) return [problem(found.error.code === 'adapter_missing' ? 'adapter_missing' : 'model_unknown', place, found.error.message)]
  const model: Model = found.value
  const problems: WorkflowProblem[] = []
  if (wanted.kind !== undefined && model.kind !== wanted.kind)
    problems.push(problem('model_kind', place, `${model.key} makes ${model.kind}; this asks for ${wanted.kind}`))
  else if (wanted.vision && !model.vision) problems.push(problem('model_kind', place, `${model.key} does not look at images`))
  if (model.retiredOn !== undefined && !(known.today !== undefined && known.today < model.retiredOn))
    problems.push(problem('model_retired', place, `${model.key} is shut down by its maker on ${model.retiredOn}`))
  return problems
}

/** What is wrong with a node by itself. `path`: of the node in the document. */
export function nodeProblems(one: ReadNode, known: KnownWorld, path: string): WorkflowProblem[] {
  const { node, type, config, lens } = one
  if (!type) return []
  const place = (rest: string): Place => ({ node_id: node.id, path: `${path}${rest}` })
  const problems = [...lensPresence(one, known, place), ...(lens && node.lens ? lensProblems(lens, place, '/lens') : [])]
  if (!config) return problems
  for (const { code, path: key, message, remedy } of type.faults(config, lens))
    problems.push(problem(code, place(`/config${key === '' ? '' : `/${key}`}`), message, remedy))
  problems.push(...askedModels(one, config, type, known, place), ...credentials(config, type, known, place))
  if (config.moderation !== 'off' && !type.asksModel(lens) && (lens || type.lens === 'none'))
    problems.push(
      problem(
        'moderation_without_model',
        place('/config/moderation'),
        `a ${lens ? `${lens.kind} lens` : node.type} node asks no model: there is nothing to moderate`,
      ),
    )
  if (known.capabilities)
    for (const capability of type.capabilities)
      if (!known.capabilities.has(capability))
        problems.push(
          problem('capability_missing', place('/type'), `nothing that runs here can do ${capability}, which ${node.type} needs`),
        )
  if (config.schema !== undefined) problems.push(...schemaProblems(config.schema as JsonSchema, place('/config/schema')))
  if (node.type === 'sub_workflow' && known.workflows && !known.workflows.has(String(config.workflow_id)))
    problems.push(problem('unknown_workflow', place('/config/workflow_id'), `there is no workflow ${String(config.workflow_id)}`))
  return problems
}

function lensPresence({ node, type }: ReadNode, known: KnownWorld, place: (rest: string) => Place): WorkflowProblem[] {
  const given = [node.lens, node.lens_version_id].filter((each) => each !== undefined).length
  if (type!.lens === 'none') return given === 0 ? [] : [problem('lens_unexpected', place('/lens'), `a ${node.type} node has no lens`)]
  if (given === 2) return [problem('lens_unexpected', place('/lens_version_id'), 'lens and lens_version_id are both given')]
  if (given === 0) return type!.lens === 'required' ? [problem('lens_missing', place(''), `the ${node.type} node has no lens`)] : []
  if (node.lens_version_id !== undefined && known.lenses && !known.lenses.has(node.lens_version_id))
    return [problem('unknown_lens_version', place('/lens_version_id'), `there is no lens version ${node.lens_version_id}`)]
  return []
}

const schemaProblems = (schema: JsonSchema, place: Place): WorkflowProblem[] => {
  const fault = schemaFault(schema)
  return fault
    ? [problem('invalid_schema', { ...place, path: `${place.path}${fault.path}` }, `the schema cannot be used: ${fault.message}`)]
    : []
}

/** What is wrong with a lens by itself. */
export function lensProblems(lens: LensDocument, place: (rest: string) => Place, base: string): WorkflowProblem[] {
  const problems: WorkflowProblem[] = []
  const { input_contract: input, output_contract: output } = lens
  const parsed = templateVariables(lens.template)
  if (!parsed.ok) problems.push(problem('template_invalid', place(`${base}/template`), parsed.error.message))
  if (input) problems.push(...contractProblems(input, place, `${base}/input_contract`))
  if (output?.schema !== undefined) problems.push(...schemaProblems(output.schema, place(`${base}/output_contract/schema`)))
  return problems
}

function contractProblems(contract: InputContract, place: (rest: string) => Place, base: string): WorkflowProblem[] {
  const problems = Object.entries(contract.parameters).flatMap(([label, field]) =>
    parameterProblems(label, field, place, `${base}/parameters/${label}`),
  )
  const labels = Object.keys(contract.parameters)
  for (const [nth, group] of (contract.require_any_of ?? []).entries()) {
    for (const label of group) {
      if (!labels.includes(label))
        problems.push(
          problem('invalid_contract', place(`${base}/require_any_of/${nth}`), `${label} is no parameter.${didYouMean(label, labels)}`),
        )
    }
  }
  return problems
}

/** A parameter that nothing could ever satisfy, or that its own default does not. */
export const parameterProblems = (label: string, field: ContractField, place: (rest: string) => Place, base: string): WorkflowProblem[] =>
  fieldFaults(field).map((fault) => problem('invalid_contract', place(base), `${label}: ${fault}`))

function askedModels(
  one: ReadNode,
  config: NodeConfig,
  type: NodeType,
  known: KnownWorld,
  place: (rest: string) => Place,
): WorkflowProblem[] {
  const { node, lens } = one
  const problems: WorkflowProblem[] = []
  // Of a lens version that is not known, nobody knows what model it needs.
  const isOpen = type.lens === 'required' && !lens
  const kind = isOpen ? undefined : type.modelKind(lens)
  if (kind !== undefined) {
    const key = modelKeyOf(one, kind, known)
    const at = typeof config.model_key === 'string' ? '/config/model_key' : node.lens?.model_key !== undefined ? '/lens/model_key' : ''
    if (key === undefined) problems.push(problem('model_missing', place(''), `no model is chosen, and none is the default for ${kind}`))
    else problems.push(...modelProblems(key, place(at), { kind, type }, known))
  }
  if (node.type === 'judge_battle' && typeof config.model_key === 'string')
    problems.push(...modelProblems(config.model_key, place('/config/model_key'), { kind: 'text' }, known))
  if (typeof config.vision_model_key === 'string')
    problems.push(...modelProblems(config.vision_model_key, place('/config/vision_model_key'), { kind: 'text', vision: true }, known))
  for (const key of ['contenders', 'judges'] as const) {
    for (const [nth, { model }] of ((config[key] ?? []) as { model?: string }[]).entries()) {
      if (key === 'judges' && model === undefined && node.type === 'battle_create' && known.defaultModels?.text === undefined)
        problems.push(problem('model_missing', place(`/config/judges/${nth}`), 'no judge is chosen, and no model is the default for text'))
      if (model !== undefined && node.type === 'battle_create')
        problems.push(...modelProblems(model, place(`/config/${key}/${nth}/model`), key === 'judges' ? { kind: 'text' } : {}, known))
    }
  }
  return problems
}

function credentials(config: NodeConfig, type: NodeType, known: KnownWorld, place: (rest: string) => Place): WorkflowProblem[] {
  if (!type.credentialProvider) return []
  const id = config.credential_id
  const wanted = type.credentialProvider(config)
  const at = place('/config/credential_id')
  if (typeof id !== 'string')
    return type.credentialRequired
      ? [problem('credential_missing', at, `${type.type} does nothing without a connection of kind ${wanted}`)]
      : []
  if (!known.connections) return []
  const provider = known.connections.get(id)
  if (provider === undefined) return [problem('credential_unknown', at, `you have no connection ${id}`)]
  return provider === wanted
    ? []
    : [problem('credential_unknown', at, `the connection ${id} is for ${provider}; ${type.type} needs one for ${wanted}`)]
}

/** A template of a node, or an expression, with where it stands. */
export interface NodeTemplate {
  path: string
  text: string
  isExpression: boolean
}

/** Every template in a node's config: strings of its template keys, also within lists and objects. */
export function templatesOf(type: NodeType, config: NodeConfig): NodeTemplate[] {
  const found: NodeTemplate[] = []
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') found.push({ path, text: value, isExpression: false })
    else if (typeof value === 'object' && value !== null) for (const [key, part] of Object.entries(value)) walk(part, `${path}/${key}`)
  }
  for (const key of type.templates) walk(config[key], `/config/${key}`)
  for (const key of type.expressions) {
    const value = config[key]
    if (typeof value === 'string') found.push({ path: `/config/${key}`, text: value, isExpression: true })
    if (Array.isArray(value))
      for (const [nth, each] of value.entries()) {
        const expression = (each as { expression?: unknown }).expression
        if (typeof expression === 'string') found.push({ path: `/config/${key}/${nth}/expression`, text: expression, isExpression: true })
      }
  }
  return found
}

export const variablesIn = ({ text, isExpression }: NodeTemplate) => (isExpression ? expressionVariables(text) : templateVariables(text))
