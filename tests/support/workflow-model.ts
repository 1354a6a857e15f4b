import { compiledGraph, type TestEdge, type TestGraph, type TestNode } from './workflow-graphs.ts'

/*
 * What a run has to do, without a database: a node's end decides edges, edges decide nodes, and what may run gets a place. The statuses of a
 * graph are a function of what its executed nodes came to, so they cannot depend on the order in which that happened.
 */

export interface NodeEnd {
  status: 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'skipped'
  reason?: string
  ports?: string[]
  /** The output that conditions look at. */
  output?: string
}
type EdgeOutcome = 'taken' | 'not_taken' | 'failed' | 'settled'
/** `run`: it may, or must, be executed. `awaiting`: nothing is decided yet. */
type Fate = NodeEnd | 'run' | 'awaiting'

export interface ModelNode extends Required<Pick<TestNode, 'id' | 'join_policy' | 'on_parent_failure'>> {
  wave: number
  ordinal: number
  max_attempts: number
}
export interface ModelGraph {
  nodes: ModelNode[]
  edges: (Required<Pick<TestEdge, 'source' | 'target' | 'source_port'>> & { condition?: { operator: string; value?: string } })[]
  scheduling: 'waves' | 'eager'
  max_in_flight: number
}

export function modelGraph(graph: TestGraph): ModelGraph {
  const rows = compiledGraph(graph) as { nodes: Record<string, unknown>[]; edges: Record<string, unknown>[]; [setting: string]: unknown }
  return {
    nodes: rows.nodes.map((row) => ({
      id: row.node_id as string,
      ordinal: row.ordinal as number,
      wave: row.wave as number,
      join_policy: (row.join_policy as ModelNode['join_policy']) ?? 'all',
      on_parent_failure: (row.on_parent_failure as ModelNode['on_parent_failure']) ?? 'skip',
      max_attempts: (row.max_attempts as number) ?? 1,
    })),
    edges: rows.edges.map((row) => ({
      source: row.source_node_id as string,
      target: row.target_node_id as string,
      source_port: (row.source_port as string) ?? 'output',
      ...(row.condition ? { condition: row.condition as { operator: string; value?: string } } : {}),
    })),
    scheduling: (rows.scheduling as ModelGraph['scheduling']) ?? 'waves',
    max_in_flight: (rows.max_in_flight as number) ?? 10,
  }
}

function edgeOutcome({ source_port, condition }: ModelGraph['edges'][number], source: NodeEnd): EdgeOutcome {
  if (source_port === '@settled') return 'settled'
  if (source.status === 'skipped' && source.reason === 'branch') return 'not_taken'
  if (source.status === 'cancelled' && source.reason === 'stopped') return 'not_taken'
  if (source.status === 'completed') {
    const holds = !condition || (condition.operator === 'equals' ? source.output === condition.value : source.output !== '')
    return source.ports?.includes(source_port) && holds ? 'taken' : 'not_taken'
  }
  if (source_port === 'error' && ['failed', 'timed_out'].includes(source.status)) return 'taken'
  return 'failed'
}

/** Every node's fate, given what was executed, taken over, or cut off. */
export function fates(graph: ModelGraph, ended: ReadonlyMap<string, NodeEnd>): Map<string, Fate> {
  const known = new Map<string, Fate>()
  for (const node of graph.nodes.toSorted((a, b) => a.wave - b.wave)) {
    const incoming = graph.edges.filter(({ target }) => target === node.id)
    const sources = incoming.map(({ source }) => known.get(source)!)
    const here = ended.get(node.id)
    if (here) {
      known.set(node.id, here)
      continue
    }
    if (sources.some((source) => typeof source === 'string')) {
      known.set(node.id, 'awaiting')
      continue
    }
    const outcomes = incoming.map((edge, nth) => edgeOutcome(edge, sources[nth] as NodeEnd)).filter((outcome) => outcome !== 'settled')
    const failed = outcomes.includes('failed')
    if (failed && node.join_policy === 'all' && node.on_parent_failure === 'skip')
      known.set(node.id, { status: 'skipped', reason: 'upstream_failure' })
    else if (failed && node.join_policy === 'all' && node.on_parent_failure === 'propagate') known.set(node.id, { status: 'failed' })
    else if (outcomes.length > 0 && !failed && !outcomes.includes('taken')) known.set(node.id, { status: 'skipped', reason: 'branch' })
    else known.set(node.id, 'run')
  }
  return known
}

/** How a run of which every node has ended ends. */
export function endOf(graph: ModelGraph, ended: ReadonlyMap<string, Fate>): 'completed' | 'failed' {
  const takesAll = new Set(graph.nodes.filter(({ join_policy }) => join_policy === 'all_settled').map(({ id }) => id))
  const unhandled = graph.nodes.some(({ id }) => {
    const end = ended.get(id) as NodeEnd
    const isHandled = graph.edges.some(
      ({ source, target, source_port }) =>
        source === id && (source_port === 'error' || (takesAll.has(target) && source_port !== '@settled')),
    )
    return ['failed', 'timed_out'].includes(end.status) && !isHandled
  })
  return unhandled ? 'failed' : 'completed'
}

export function nodesFrom(graph: ModelGraph, ids: Iterable<string>): Set<string> {
  const reached = new Set(ids)
  for (const id of reached) for (const { source, target } of graph.edges) if (source === id) reached.add(target)
  return reached
}

export interface ModelJob {
  run: RunModel
  node: string
  attempts: number
  reclaims: number
  state: 'ready' | 'leased' | 'parked'
  waits?: 'delay' | 'approval' | 'children'
  answered: boolean
  children: RunModel[]
  most: number
  failFast: boolean
  ended: boolean
}

/** A run as it must stand after everything that was done to it, one thing at a time. */
export class RunModel {
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out' = 'queued'
  readonly ended = new Map<string, NodeEnd>()
  readonly jobs = new Map<string, ModelJob>()
  readonly graph: ModelGraph
  readonly pinned: ReadonlyMap<string, NodeEnd>
  readonly parent: ModelJob | undefined
  readonly depth: number
  runId = ''
  /** More of its nodes end at the same time: what may run is asked when all have. */
  holds = false

  constructor(graph: ModelGraph, { pinned = new Map(), parent }: { pinned?: ReadonlyMap<string, NodeEnd>; parent?: ModelJob } = {}) {
    this.graph = graph
    this.pinned = pinned
    this.parent = parent
    this.depth = parent ? parent.run.depth + 1 : 0
  }

  get over(): boolean {
    return !['queued', 'running'].includes(this.status)
  }
  get inFlight(): number {
    return [...this.jobs.values()].filter(({ waits }) => !waits).length
  }

  begin(): void {
    this.status = 'running'
    this.goOn()
  }

  end(node: string, end: NodeEnd): void {
    const job = this.jobs.get(node)
    this.jobs.delete(node)
    if (job) {
      job.ended = true
      for (const child of job.children) if (!child.over) child.close('cancelled', false)
    }
    this.ended.set(node, end)
    this.goOn()
  }

  /** The node ends the run, with everything of it that is open. */
  stop(node: string, ports: string[]): void {
    const job = this.jobs.get(node)!
    job.ended = true
    for (const child of job.children) if (!child.over) child.close('cancelled', false)
    this.jobs.delete(node)
    // What the node's own end would have decided is cut off with the rest.
    for (const [id, fate] of this.fates())
      if (id !== node) this.ended.set(id, typeof fate === 'string' ? { status: 'cancelled', reason: 'stopped' } : fate)
    this.ended.set(node, { status: 'completed', ports })
    this.close('completed')
  }

  close(status: 'completed' | 'failed' | 'cancelled' | 'timed_out', tell = true): void {
    const began = this.status !== 'queued'
    for (const job of this.jobs.values()) {
      job.ended = true
      for (const child of job.children) if (!child.over) child.close('cancelled', false)
    }
    this.jobs.clear()
    if (began) {
      const reason = status === 'completed' ? 'stopped' : status
      for (const [id, fate] of fates(this.graph, this.ended)) {
        if (typeof fate === 'string') this.ended.set(id, { status: 'cancelled', reason })
        else this.ended.set(id, fate)
      }
    }
    this.status = status
    if (tell && this.parent && !this.parent.ended) this.parent.run.childEnded(this.parent, this)
  }

  suspend(job: ModelJob, waits: NonNullable<ModelJob['waits']>): void {
    job.waits = waits
    job.state = job.answered ? 'ready' : 'parked'
    job.reclaims = 0
    if (waits === 'children') {
      if (job.children.every(({ over }) => over)) job.state = 'ready'
      this.beginChildren(job)
    }
    this.goOn()
  }

  private beginChildren(job: ModelJob): void {
    for (const child of job.children) {
      const running = job.children.filter(({ status }) => status === 'running').length
      if (running >= job.most) return
      if (child.status === 'queued') child.begin()
    }
  }

  private childEnded(job: ModelJob, child: RunModel): void {
    const open = job.children.filter(({ over }) => !over).length
    if (open === 0 || (job.failFast && child.status !== 'completed')) {
      if (job.state === 'parked') job.state = 'ready'
    } else this.beginChildren(job)
  }

  retry(from: readonly string[]): void {
    const again = nodesFrom(this.graph, from)
    for (const id of again) this.ended.delete(id)
    this.status = 'running'
    this.goOn()
  }

  /** What could not be done as it was: failed, cut off, or skipped for a failure. */
  unfinished(): string[] {
    return [...this.fates()]
      .filter(
        ([, fate]) =>
          typeof fate !== 'string' && (['failed', 'timed_out', 'cancelled'].includes(fate.status) || fate.reason === 'upstream_failure'),
      )
      .map(([id]) => id)
  }

  /** What ended because the run did. */
  leftUndone(): string[] {
    return [...this.fates()]
      .filter(([, fate]) => typeof fate !== 'string' && fate.status === 'cancelled' && fate.reason !== 'stopped')
      .map(([id]) => id)
  }

  fates(): Map<string, Fate> {
    return fates(this.graph, this.ended)
  }

  /** All that ended at the same time has been told. */
  letGo(): void {
    this.holds = false
    this.goOn()
  }

  private goOn(): void {
    if (this.status !== 'running') return
    for (;;) {
      const now = this.fates()
      const given = [...now].filter(([id, fate]) => fate === 'run' && this.pinned.has(id))
      if (given.length === 0) {
        if (!this.holds) this.launch(now)
        return
      }
      for (const [id] of given) this.ended.set(id, this.pinned.get(id)!)
    }
  }

  private launch(now: Map<string, Fate>): void {
    const open = this.graph.nodes.filter(({ id }) => typeof now.get(id) === 'string')
    if (open.length === 0) {
      this.close(endOf(this.graph, now))
      return
    }
    const wave = Math.min(...open.map((node) => node.wave))
    const ripe = open
      .filter((node) => now.get(node.id) === 'run' && !this.jobs.has(node.id) && (this.graph.scheduling === 'eager' || node.wave === wave))
      .toSorted((a, b) => a.ordinal - b.ordinal)
    for (const { id } of ripe.slice(0, Math.max(this.graph.max_in_flight - this.inFlight, 0))) {
      this.jobs.set(id, {
        run: this,
        node: id,
        attempts: 0,
        reclaims: 0,
        state: 'ready',
        answered: false,
        children: [],
        most: 0,
        failFast: false,
        ended: false,
      })
    }
  }

  /** node_id → status as the database says it; `place` is a queued node that has no place yet. */
  seen(): Record<string, string> {
    return Object.fromEntries(
      [...this.fates()].map(([id, fate]) => {
        if (this.status === 'queued') return [id, 'unborn']
        const job = this.jobs.get(id)
        if (fate === 'awaiting') return [id, 'awaiting_dependency']
        if (fate === 'run') return [id, job ? (job.waits ? 'waiting' : 'queued') : 'place']
        return [id, fate.reason ? `${fate.status} (${fate.reason})` : fate.status]
      }),
    )
  }
}
