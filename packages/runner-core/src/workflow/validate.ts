import { didYouMean } from '../nearest.ts'
import type { ContractField, InputContract } from './contract-schema.ts'
import type { LensDocument, WorkflowDocument } from './document.ts'
import { overrideReference } from './edge-values.ts'
import { layersOf } from './graph.ts'
import type { KnownWorld } from './known-world.ts'
import { lensContract } from './lens-contract.ts'
import { nestedBodies } from './nested-bodies.ts'
import type { NodeConfig } from './node-types/index.ts'
import { type Place, problem, type WorkflowProblem } from './problems.ts'
import { type ReadDocument, type ReadEdge, type ReadNode, readDocument } from './read-document.ts'
import { nodeProblems, parameterProblems, templatesOf, variablesIn } from './validate-node.ts'
import { slotProblems } from './validate-slots.ts'

export interface Validated {
  /** Undefined: it has errors. */
  document?: WorkflowDocument
  read: ReadDocument
  /** All of them, warnings too, in the document's order as far as it has one. */
  problems: WorkflowProblem[]
}

/** Where a document stands in another. */
export interface Nesting {
  depth: number
  base: string
  /** The node that holds it. */
  holder?: string
  /** Whoever runs it gives it whatever it asks for. */
  openInputs?: boolean
}

const outermost: Nesting = { depth: 0, base: '' }

/**
 * Everything that is wrong with a workflow, each with its node or edge, its place and what to do: an author corrects all at once. Errors
 * keep it from being saved, warnings do not.
 *
 * @example validateWorkflow({ format: 'agon.workflow/v1', title: 'Empty', nodes: [] }).problems // invalid_document at /nodes
 */
export function validateWorkflow(value: unknown, known: KnownWorld = {}, nesting: Nesting = outermost): Validated {
  const { base, depth, holder } = nesting
  const read = readDocument(value, known.lenses, base)
  const problems = [...read.problems]
  for (const [label, field] of Object.entries(read.head?.inputs ?? {}))
    problems.push(...parameterProblems(label, field, (rest) => ({ path: `${base}${rest}` }), `/inputs/${label}`))
  problems.push(...duplicateIds(read, base), ...edgeProblems(read, base), ...cycleProblems(read, base), ...outputProblems(read, base))
  const world = new GraphView(read, nesting)
  for (const one of read.nodes) {
    const path = `${base}/nodes/${one.at}`
    problems.push(
      ...nodeProblems(one, known, path),
      ...routeProblems(one, world, path),
      ...slotProblems(one, world.nodes, path),
      ...bindingProblems(one, world, path),
    )
    for (const body of nestedBodies(one, world.labelsInto(one.node.id), world.inputs, depth)) {
      if (body.tooDeep)
        problems.push(problem('depth_exceeded', { node_id: one.node.id, path: path + body.path }, 'bodies are nested too deeply'))
      else {
        const { document, path: rest, nodePath, lensPath = `${nodePath}/lens`, openInputs } = body
        const at = path + rest
        const inner = validateWorkflow(document, known, { depth: depth + 1, base: at, holder: one.node.id, openInputs })
        problems.push(
          ...inner.problems.map((each) => ({
            ...each,
            ...(each.path && { path: each.path.replace(`${at}/nodes/0/lens`, at + lensPath).replace(`${at}/nodes/0`, at + nodePath) }),
          })),
        )
      }
    }
  }
  const told = holder === undefined ? problems : problems.map((each) => ({ ...each, node_id: holder }))
  const isValid = read.head !== undefined && !told.some(({ severity }) => severity === 'error')
  if (!isValid) return { read, problems: told }
  const nodes = read.nodes.map(({ node, config }) => ({ ...node, config: config! }))
  return { document: { ...read.head!, nodes, edges: read.edges.map(({ edge }) => edge) }, read, problems: told }
}

function listAt(lists: Map<string, ReadEdge[]>, key: string): ReadEdge[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

/** What the edges and inputs of a document bring to each node. */
class GraphView {
  readonly nodes: Map<string, ReadNode>
  readonly into = new Map<string, ReadEdge[]>()
  readonly outOf = new Map<string, ReadEdge[]>()
  readonly inputs: Record<string, ContractField>
  readonly openInputs: boolean
  readonly variables: Set<string>

  constructor(read: ReadDocument, { openInputs = false }: Nesting) {
    this.nodes = new Map(read.nodes.map((one) => [one.node.id, one]))
    for (const each of read.edges) {
      const { source, target } = each.edge
      if (!this.nodes.has(source) || source === target) continue
      listAt(this.into, target).push(each)
      listAt(this.outOf, source).push(each)
    }
    this.inputs = read.head?.inputs ?? {}
    // What the document's head would say is not known when it has faults: nothing is said of what depends on it.
    this.openInputs = openInputs || read.head === undefined
    this.variables = new Set(
      read.nodes.flatMap(({ node, config }) =>
        node.type === 'set_variables' ? ((config?.variables ?? []) as { name: string }[]).map(({ name }) => name) : [],
      ),
    )
  }

  labelsInto(id: string): Set<string> {
    const overrides = this.nodes.get(id)?.config?.param_overrides ?? {}
    return new Set([...(this.into.get(id) ?? []).map(({ edge }) => edge.target_param_label), ...Object.keys(overrides)])
  }
}

function duplicateIds({ nodes }: ReadDocument, base: string): WorkflowProblem[] {
  const first = new Map<string, number>()
  return nodes.flatMap(({ at, node: { id } }) => {
    const twin = first.get(id)
    if (twin === undefined) first.set(id, at)
    return twin === undefined
      ? []
      : [problem('duplicate_node_id', { node_id: id, path: `${base}/nodes/${at}/id` }, `nodes/${twin} has the id ${id} already`)]
  })
}

/** Its ports; undefined: that cannot be said, since its config or its lens is not known. */
const portsOf = ({ type, config, lens }: ReadNode): string[] | undefined =>
  type && config && (lens || type.lens !== 'required') ? [...type.ports(config, lens), 'error'] : undefined

function edgeProblems({ nodes, edges }: ReadDocument, base: string): WorkflowProblem[] {
  const byId = new Map(nodes.map((one) => [one.node.id, one]))
  const problems: WorkflowProblem[] = []
  const strategies = new Map<string, string>()
  for (const { at, edge } of edges) {
    const place = (key: string): Place => ({ edge: at, path: `${base}/edges/${at}${key}` })
    const source = byId.get(edge.source)
    if (!source)
      problems.push(problem('orphan_source', place('/source'), `there is no node ${edge.source}.${didYouMean(edge.source, byId.keys())}`))
    if (!byId.has(edge.target))
      problems.push(problem('orphan_target', place('/target'), `there is no node ${edge.target}.${didYouMean(edge.target, byId.keys())}`))
    if (edge.source === edge.target)
      problems.push(problem('self_edge', { ...place(''), node_id: edge.source }, `${edge.source} leads to itself`))
    const ports = source && portsOf(source)
    if (ports && !ports.includes(edge.source_port))
      problems.push(
        problem(
          'unknown_port',
          { ...place('/source_port'), node_id: edge.source },
          `${edge.source} has no port ${edge.source_port}; it has ${ports.join(', ')}`,
        ),
      )
    problems.push(...conditionProblems({ at, edge }, place))
    if (edge.merge_strategy !== undefined) {
      const key = JSON.stringify([edge.target, edge.target_param_label])
      const told = strategies.get(key)
      if (told === undefined) strategies.set(key, edge.merge_strategy)
      else if (told !== edge.merge_strategy)
        problems.push(
          problem(
            'merge_conflict',
            { ...place('/merge_strategy'), node_id: edge.target },
            `edges to ${edge.target_param_label} of ${edge.target} are merged as ${told} and as ${edge.merge_strategy}`,
          ),
        )
    }
  }
  return [...problems, ...ineffectiveErrorEdges(byId, edges, base)]
}

function conditionProblems({ edge }: ReadEdge, place: (key: string) => Place): WorkflowProblem[] {
  const { condition } = edge
  if (!condition) return []
  if (edge.source_port === 'error')
    return [problem('condition_on_error_port', place('/condition'), 'what failed has no output that a condition could look at')]
  const needsValue = condition.operator === 'equals' || condition.operator === 'contains'
  if (needsValue === (condition.value !== undefined)) return []
  return [problem('condition_invalid', place('/condition/value'), `${condition.operator} ${needsValue ? 'needs' : 'takes no'} value`)]
}

/** A node that waits for both the error and the output of another runs in neither case: of the two, one has failed it. */
function ineffectiveErrorEdges(byId: ReadonlyMap<string, ReadNode>, edges: readonly ReadEdge[], base: string): WorkflowProblem[] {
  const needed = new Set(
    edges.filter(({ edge }) => edge.source_port !== 'error').map(({ edge }) => JSON.stringify([edge.source, edge.target])),
  )
  return edges.flatMap(({ at, edge }) => {
    const target = byId.get(edge.target)
    if (edge.source_port !== 'error' || !target?.type || !target.config || !needed.has(JSON.stringify([edge.source, edge.target])))
      return []
    const runsAnyway = target.type.join(target.config) === 'all_settled' || target.config.on_parent_failure === 'substitute_default'
    const message = `${edge.target} does not run when ${edge.source} fails, because another edge from ${edge.source} fails it`
    return runsAnyway ? [] : [problem('error_edge_ineffective', { edge: at, node_id: edge.target, path: `${base}/edges/${at}` }, message)]
  })
}

function cycleProblems({ nodes, edges }: ReadDocument, base: string): WorkflowProblem[] {
  const ids = [...new Set(nodes.map(({ node }) => node.id))]
  const { cycles } = layersOf(
    ids,
    edges.map(({ edge }) => edge),
  )
  return cycles.map((cycle) => {
    const told = cycle.length > 12 ? [...cycle.slice(0, 12), `… ${cycle.length - 12} more`] : cycle
    return problem('cycle_detected', { node_id: cycle[0]!, path: `${base}/edges` }, `a cycle: ${[...told, cycle[0]].join(' → ')}`)
  })
}

function outputProblems({ head, nodes }: ReadDocument, base: string): WorkflowProblem[] {
  const output = head?.output
  if (output === undefined || nodes.some(({ node }) => node.id === output)) return []
  const ids = nodes.map(({ node }) => node.id)
  return [problem('unknown_output', { path: `${base}/output` }, `there is no node ${output}.${didYouMean(output, ids)}`)]
}

function routeProblems({ node, lens, config }: ReadNode, world: GraphView, path: string): WorkflowProblem[] {
  if (lens?.kind !== 'routing' || !config) return []
  const routes = (config.routes ?? []) as { name: string }[]
  const drawn = new Set((world.outOf.get(node.id) ?? []).map(({ edge }) => edge.source_port))
  const problems = routes.flatMap(({ name }, nth) =>
    drawn.has(name)
      ? []
      : [problem('route_without_edge', { node_id: node.id, path: `${path}/config/routes/${nth}` }, `no edge leaves by the route ${name}`)],
  )
  const fallback = config.fallback_route
  if (fallback !== undefined && !routes.some(({ name }) => name === fallback))
    problems.push(
      problem(
        'invalid_config',
        { node_id: node.id, path: `${path}/config/fallback_route` },
        `${String(fallback)} is not one of the routes`,
      ),
    )
  return problems
}

/** The contract that binding works by: of the lens, or of the type. */
function contractOfNode({ type, lens, config }: ReadNode): InputContract | undefined {
  if (lens) return lensContract(lens)
  return type && type.lens !== 'required' ? { parameters: { ...type.parametersOf(config ?? {}) }, strict: false } : undefined
}

function bindingProblems(one: ReadNode, world: GraphView, path: string): WorkflowProblem[] {
  const { node, type, config, lens } = one
  const contract = contractOfNode(one)
  if (!type || !config || !contract) return []
  const place = (rest: string): Place => ({ node_id: node.id, path: path + rest })
  const fed = world.labelsInto(node.id)
  const isFed = (label: string) =>
    fed.has(label) || world.openInputs || Object.hasOwn(world.inputs, label) || (!lens && config[label] !== undefined)
  const problems: WorkflowProblem[] = []
  for (const [label, field] of Object.entries(contract.parameters)) {
    if (field.required && field.default === undefined && !isFed(label))
      problems.push(problem('missing_binding', place(''), `nothing feeds ${label}, which ${node.id} needs.${brought(fed)}`))
  }
  for (const group of contract.require_any_of ?? []) {
    if (!group.some(isFed))
      problems.push(problem('missing_binding', place(''), `nothing feeds any of ${group.join(', ')}, of which ${node.id} needs one`))
  }
  if (contract.strict) {
    const labels = Object.keys(contract.parameters)
    for (const label of fed)
      if (!labels.includes(label))
        problems.push(
          problem(
            'unknown_parameter',
            place(''),
            `${label} is no parameter of ${node.id}, whose contract is strict.${didYouMean(label, labels)}`,
          ),
        )
  }
  return [...problems, ...overrideProblems(one, config, world, place), ...templateProblems(one, config, contract, fed, world, place)]
}

const brought = (fed: ReadonlySet<string>): string => (fed.size === 0 ? '' : ` Its edges bring ${[...fed].join(', ')}.`)

function overrideProblems({ node }: ReadNode, config: NodeConfig, world: GraphView, place: (rest: string) => Place): WorkflowProblem[] {
  const parents = new Set((world.into.get(node.id) ?? []).map(({ edge }) => edge.source))
  return Object.entries(config.param_overrides as Record<string, unknown>).flatMap(([label, value]) => {
    const reference = overrideReference(value)
    if (!reference) return []
    const at = place(`/config/param_overrides/${label}`)
    if (reference.node === 'inputs') {
      const name = reference.path.split('.', 1)[0]!
      return world.openInputs || Object.hasOwn(world.inputs, name)
        ? []
        : [problem('unknown_reference', at, `the workflow has no input ${name}.${didYouMean(name, Object.keys(world.inputs))}`)]
    }
    if (parents.has(reference.node)) return []
    const why = world.nodes.has(reference.node)
      ? `no edge leads from ${reference.node} to ${node.id}`
      : `there is no node ${reference.node}`
    return [problem('unknown_reference', at, `${why}.${didYouMean(reference.node, parents)}`)]
  })
}

function templateProblems(
  { type, lens, node }: ReadNode,
  config: NodeConfig,
  contract: InputContract,
  fed: ReadonlySet<string>,
  world: GraphView,
  place: (rest: string) => Place,
): WorkflowProblem[] {
  const templates = templatesOf(type!, config)
  // Whether a lens's own template can be parsed has been said.
  if (lens && node.lens && !type!.promptKey) templates.unshift({ path: '/lens/template', text: lens.template, isExpression: false })
  const ownNames = node.type === 'prompt_template' ? Object.keys((config.variables as object | undefined) ?? {}) : []
  const names = new Set([...Object.keys(contract.parameters), ...fed, ...ownNames])
  return templates.flatMap((each) => {
    const read = variablesIn(each)
    if (!read.ok)
      return each.path === '/lens/template'
        ? []
        : [problem(each.isExpression ? 'expression_invalid' : 'template_invalid', place(each.path), read.error.message)]
    const told = new Set<string>()
    return read.value.flatMap(([root, second]): WorkflowProblem[] => {
      const name = root === 'inputs' || root === 'variables' ? `${root}.${second ?? ''}` : (root ?? '')
      if (told.has(name)) return []
      told.add(name)
      if (root === undefined || names.has(root)) return []
      if (root === 'inputs')
        return second === undefined || world.openInputs || Object.hasOwn(world.inputs, second)
          ? []
          : [
              problem(
                'template_unknown_input',
                place(each.path),
                `the workflow has no input ${second}.${didYouMean(second, Object.keys(world.inputs))}`,
              ),
            ]
      if (root === 'variables')
        return second === undefined || world.variables.has(second) || world.openInputs
          ? []
          : [problem('unknown_variable', place(each.path), `no node sets the variable ${second}.${didYouMean(second, world.variables)}`)]
      const isInput = Object.hasOwn(world.inputs, root) ? ` Write inputs.${root} for the input of the run.` : didYouMean(root, names)
      return [
        problem('template_unknown_input', place(each.path), `the template names ${root}, which nothing brings to ${node.id}.${isInput}`),
      ]
    })
  })
}

/** A workflow of one lens: what running a lens alone is. Its inputs are the lens's parameters, its output is the lens's. */
export function lensWorkflow(
  lens: LensDocument,
  { title = lens.title ?? 'Lens', lens_version_id, config = {} }: { title?: string; lens_version_id?: string; config?: NodeConfig } = {},
): Record<string, unknown> {
  return {
    format: 'agon.workflow/v1',
    title,
    inputs: lensContract(lens).parameters,
    nodes: [{ id: 'lens', type: 'lens', ...(lens_version_id === undefined ? { lens } : { lens_version_id }), config }],
    edges: [],
    output: 'lens',
  }
}

/** A team as a workflow of one node, whose task is its input. */
export const teamWorkflow = (config: NodeConfig, title: string) => ({
  format: 'agon.workflow/v1',
  title,
  inputs: { task: { type: 'string' } },
  nodes: [{ id: 'team', type: 'team_run', config: { ...config, task: '{{ task }}' } }],
  edges: [],
  output: 'team',
})
