import type { ModelKind } from '@agon/runner-core/models'
import { type LensDocument, nodeTypes } from '@agon/runner-core/workflow'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Models by the kind of what they make, or by the id of the one node that is to ask them. */
export type ChosenModels = Readonly<Record<string, string>>

/** A node of a document, or the node that a loop runs; a lens alone is one of type `lens`. */
interface Asking {
  node: Json
  /** The id of the node of the workflow it belongs to. */
  id: string
}

function kindOf(node: Json): ModelKind | undefined {
  const type = nodeTypes.get(String(node.type))
  const lens = isObject(node.lens) ? (node.lens as unknown as LensDocument) : undefined
  // What model a lens of somewhere else needs is for that one to say.
  return type === undefined || (type.lens === 'required' && !lens) ? undefined : type.modelKind(lens)
}

/** The node with each part that asks a model in the form that `change` gives it. */
function mapped({ node, id }: Asking, change: (asking: Asking, kind: ModelKind) => Json): Json {
  const kind = kindOf(node)
  const own = kind === undefined ? node : change({ node, id }, kind)
  if (!isObject(own.config)) return own
  const config = { ...own.config }
  const within = (lens: unknown): unknown => (isObject(lens) ? mapped({ node: { type: 'lens', lens }, id }, change).lens : lens)
  if (isObject(config.body))
    config.body = {
      ...config.body,
      ...(config.body.lens !== undefined && { lens: within(config.body.lens) }),
      ...(isObject(config.body.node) && { node: mapped({ node: config.body.node, id }, change) }),
    }
  // A team's summary asks the first member's model.
  if (node.type === 'team_run' && Array.isArray(config.members)) config.members = config.members.map(within)
  if (Array.isArray(config.lenses))
    config.lenses = config.lenses.map((each: unknown) =>
      isObject(each) && each.lens !== undefined ? { ...each, lens: within(each.lens) } : each,
    )
  return { ...own, config }
}

const nodesOf = (document: Json): Json[] => (Array.isArray(document.nodes) ? document.nodes.filter(isObject) : [])

const asksJudges = (node: Json): boolean =>
  node.type === 'battle_create' && isObject(node.config) && Array.isArray(node.config.judges) && node.config.judges.some(isUnnamed)
const isUnnamed = (judge: unknown): boolean => isObject(judge) && judge.model === undefined

/** The nodes of a document that make a battle and leave it open who judges: `withModels` chooses by their ids. */
export const battlesWithoutJudge = (document: Json): string[] =>
  nodesOf(document)
    .filter(asksJudges)
    .map(({ id }) => String(id))

const namesModel = ({ lens, config }: Json): boolean =>
  (isObject(lens) && lens.model_key !== undefined) || (isObject(config) && config.model_key !== undefined)

/** The kinds of models that nodes of a document ask and do not name: what a default has to be chosen for. */
export function missingKinds(document: Json): ModelKind[] {
  const kinds = new Set<ModelKind>()
  for (const node of nodesOf(document))
    mapped({ node, id: String(node.id) }, (asking, kind) => {
      if (!namesModel(asking.node)) kinds.add(kind)
      return asking.node
    })
  if (battlesWithoutJudge(document).length > 0) kinds.add('text')
  return [...kinds]
}

/**
 * A document whose nodes name their models: a node that is chosen for by its id asks that one, and one that names none the model of its
 * kind; so do the judges of the battle it makes. What nobody is chosen for stays as it is, and asks the default of the project it is saved in.
 *
 * @example withModels(template.document, { text: 'openai:gpt-5-mini', backup: 'anthropic:claude-haiku-4-5' })
 */
export function withModels(document: Json, models: ChosenModels): Json {
  const of = (name: string) => (Object.hasOwn(models, name) ? models[name] : undefined)
  if (!Array.isArray(document.nodes)) return document
  const judged = (node: Json): Json => {
    const model = of(String(node.id)) ?? of('text')
    if (model === undefined || !asksJudges(node)) return node
    const config = node.config as { judges: unknown[] }
    return {
      ...node,
      config: { ...config, judges: config.judges.map((judge) => (isUnnamed(judge) ? { ...(judge as Json), model } : judge)) },
    }
  }
  return {
    ...document,
    nodes: document.nodes.map((each: unknown) =>
      isObject(each)
        ? mapped({ node: judged(each), id: String(each.id) }, ({ node, id }, kind) => {
            const key = of(id) ?? (namesModel(node) ? undefined : of(kind))
            if (key === undefined) return node
            // In the lens where there is one: a fork of it takes its model along.
            if (!isObject(node.lens)) return { ...node, config: { ...(node.config as Json | undefined), model_key: key } }
            const config = isObject(node.config) && node.config.model_key !== undefined ? { ...node.config, model_key: key } : node.config
            return { ...node, lens: { ...node.lens, model_key: key }, ...(config !== undefined && { config }) }
          })
        : each,
    ),
  }
}
