import type { CompiledEdge, CompiledNode, CompiledWorkflow } from './compile.ts'
import { SETTLED_PORT } from './compile.ts'
import { conditionHolds } from './edge-values.ts'
import { envelopeOf, type NodeOutputEnvelope } from './envelope.ts'

/**
 * The scheduler as a function: what a workflow and what became of its nodes so far say about everything else. The database does the same
 * step by step; the test that compares the two has this for its oracle.
 */
export interface SchedulePlan extends Pick<CompiledWorkflow, 'scheduling' | 'max_in_flight'> {
  nodes: Pick<CompiledNode, 'node_id' | 'ordinal' | 'wave' | 'join_policy' | 'on_parent_failure' | 'edges_in'>[]
  edges: Pick<CompiledEdge, 'source' | 'source_port' | 'target' | 'condition'>[]
}

/** How a node ended that had a job, or was pinned. */
export type NodeEnd =
  | { status: 'completed'; ports: readonly string[]; envelope?: NodeOutputEnvelope; stopsRun?: boolean }
  | { status: 'failed' | 'timed_out' | 'cancelled' }

export interface Progress {
  /** Of nodes that ran. */
  ended: ReadonlyMap<string, NodeEnd>
  /** Have a job and have not ended. */
  started?: ReadonlySet<string>
  /** Of those that started, who wait for something and so do not count as in flight. */
  waiting?: ReadonlySet<string>
  /** What nodes come to without running, once they would. */
  pinned?: ReadonlyMap<string, NodeEnd>
  /** The whole run was ended from outside. */
  closed?: 'cancelled' | 'timed_out'
}

export type EdgeOutcome = 'taken' | 'not_taken' | 'failed' | 'settled'

export interface NodeState {
  status: 'awaiting_dependency' | 'queued' | 'waiting' | 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'skipped'
  reason?: 'branch' | 'upstream_failure' | 'cancelled' | 'timed_out' | 'stopped'
}

export interface Schedule {
  nodes: Map<string, NodeState>
  /** By ordinal of the edge; undefined: its source has not ended. */
  edges: (EdgeOutcome | undefined)[]
  /** Who may start now, in the workflow's order. */
  mayStart: string[]
  run: 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out'
}

const isOpen = ({ status }: NodeState): boolean => status === 'awaiting_dependency' || status === 'queued' || status === 'waiting'

/**
 * What an edge came to when its source ended. `taken`: the source completed, the port fired and the condition holds; or the source failed,
 * and the edge is of its error port. `not_taken` is neutral. `failed`: the source failed, was cancelled, or never ran because of a failure.
 */
export function edgeOutcome(edge: SchedulePlan['edges'][number], source: NodeState, end: NodeEnd | undefined): EdgeOutcome | undefined {
  if (isOpen(source)) return undefined
  if (edge.source_port === SETTLED_PORT) return 'settled'
  if (source.status === 'skipped') return source.reason === 'branch' ? 'not_taken' : 'failed'
  if (source.status === 'cancelled') return source.reason === 'stopped' ? 'not_taken' : 'failed'
  if (source.status !== 'completed') return edge.source_port === 'error' ? 'taken' : 'failed'
  const completed = end as Extract<NodeEnd, { status: 'completed' }>
  const holds = edge.condition === null || conditionHolds(edge.condition, completed.envelope ?? envelopeOf(''))
  return completed.ports.includes(edge.source_port) && holds ? 'taken' : 'not_taken'
}

/**
 * Where every node and edge of a run stands, and who may start. A node is decided when all its edges have come to something:
 * - it takes failures as they are (`all_settled`), or none of its edges failed, or it takes '' for what failed: it runs if an edge is
 *   taken or failed, or if it has none; where all were not taken it is skipped, as its branch is;
 * - else it is skipped or fails with its parents.
 * With waves, only nodes of the first layer that has an open node may start; at most `max_in_flight` run at once.
 */
export function scheduleOf(plan: SchedulePlan, progress: Progress): Schedule {
  const { ended, started = new Set(), waiting = new Set(), pinned = new Map(), closed } = progress
  const nodes = new Map<string, NodeState>()
  const ends = new Map(ended)
  const outcomes: (EdgeOutcome | undefined)[] = plan.edges.map(() => undefined)
  const into = new Map<string, number[]>()
  for (const [at, { target }] of plan.edges.entries()) {
    const list = into.get(target) ?? []
    into.set(target, list)
    list.push(at)
  }
  for (const node of [...plan.nodes].sort((a, b) => a.wave - b.wave || a.ordinal - b.ordinal)) {
    const id = node.node_id
    const mine = into.get(id) ?? []
    for (const at of mine) {
      const edge = plan.edges[at]!
      outcomes[at] = edgeOutcome(edge, nodes.get(edge.source)!, ends.get(edge.source))
    }
    const fate = fateOf(
      node,
      mine.map((at) => outcomes[at]),
    )
    const pin = fate === 'run' ? pinned.get(id) : undefined
    if (pin) ends.set(id, pin)
    const end = ends.get(id)
    nodes.set(id, stateOf(fate, end, started.has(id) && waiting.has(id)))
  }
  const stopped = [...ended.values()].some((end) => end.status === 'completed' && end.stopsRun)
  const why = closed ?? (stopped ? 'stopped' : undefined)
  if (why !== undefined) {
    for (const [id, state] of nodes) if (isOpen(state)) nodes.set(id, { status: 'cancelled', reason: why })
    return { nodes, edges: outcomes, mayStart: [], run: closed ?? 'completed' }
  }
  return { nodes, edges: outcomes, mayStart: whoMayStart(plan, nodes, started, waiting), run: runOf(plan, nodes) }
}

type Fate = 'undecided' | 'run' | 'branch' | 'upstream_failure' | 'failed'

function fateOf(node: SchedulePlan['nodes'][number], outcomes: readonly (EdgeOutcome | undefined)[]): Fate {
  if (outcomes.includes(undefined)) return 'undecided'
  const hasFailed = outcomes.includes('failed')
  if (hasFailed && node.join_policy === 'all') {
    if (node.on_parent_failure === 'skip') return 'upstream_failure'
    if (node.on_parent_failure === 'propagate') return 'failed'
  }
  return node.edges_in > 0 && !hasFailed && !outcomes.includes('taken') ? 'branch' : 'run'
}

function stateOf(fate: Fate, end: NodeEnd | undefined, waits: boolean): NodeState {
  if (fate === 'undecided') return { status: 'awaiting_dependency' }
  if (fate === 'branch' || fate === 'upstream_failure') return { status: 'skipped', reason: fate }
  if (fate === 'failed') return { status: 'failed', reason: 'upstream_failure' }
  if (end) return { status: end.status }
  return { status: waits ? 'waiting' : 'queued' }
}

function whoMayStart(
  plan: SchedulePlan,
  nodes: ReadonlyMap<string, NodeState>,
  started: ReadonlySet<string>,
  waiting: ReadonlySet<string>,
): string[] {
  const open = plan.nodes.filter(({ node_id }) => isOpen(nodes.get(node_id)!))
  const wave = Math.min(...open.map((node) => node.wave))
  const inFlight = open.filter(({ node_id }) => started.has(node_id) && !waiting.has(node_id)).length
  return open
    .filter(
      (node) =>
        nodes.get(node.node_id)!.status === 'queued' && !started.has(node.node_id) && (plan.scheduling === 'eager' || node.wave === wave),
    )
    .sort((a, b) => a.ordinal - b.ordinal)
    .slice(0, Math.max(plan.max_in_flight - inFlight, 0))
    .map(({ node_id }) => node_id)
}

/** A failure is handled where its error port leads somewhere, and by a node that takes its parents however they ended: neither fails the run. */
function runOf(plan: SchedulePlan, nodes: ReadonlyMap<string, NodeState>): Schedule['run'] {
  if ([...nodes.values()].some(isOpen)) return 'running'
  const takesAll = new Set(plan.nodes.filter(({ join_policy }) => join_policy === 'all_settled').map(({ node_id }) => node_id))
  const handles = ({ source_port, target }: (typeof plan.edges)[number]) =>
    source_port === 'error' || (takesAll.has(target) && source_port !== SETTLED_PORT)
  const handled = new Set(plan.edges.filter(handles).map(({ source }) => source))
  const isFailure = ([id, { status }]: [string, NodeState]) => (status === 'failed' || status === 'timed_out') && !handled.has(id)
  return [...nodes].some(isFailure) ? 'failed' : 'completed'
}
