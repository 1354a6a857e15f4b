/** An event of a run's log, as the database keeps it. */
export interface RunEvent {
  event_id: number
  type: string
  node_id?: string | null
  data?: Record<string, unknown> | null
}

export type ReplayedStatus = 'awaiting_dependency' | 'queued' | 'waiting' | 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'skipped'

export interface ReplayedNode {
  status: ReplayedStatus
  /** Begun so far: one when it was queued, one more with each retry. */
  attempts: number
  /** What fired when it completed. */
  ports: string[]
  /** Why it was skipped or cancelled. */
  reason?: string
  error?: unknown
}

export interface ReplayedRun {
  status: 'queued' | 'pending_approval' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out'
  nodes: Record<string, ReplayedNode>
  error?: unknown
  lastEventId: number
  /** What no log of a sound run has: an end after an end, an event of a run that has not begun. */
  oddities: string[]
}

const ends = new Set<ReplayedStatus>(['completed', 'failed', 'timed_out', 'cancelled', 'skipped'])
const untouched = (): ReplayedNode => ({ status: 'awaiting_dependency', attempts: 0, ports: [] })

/** A run of which nothing has happened. `nodes`: of its version, so that those are there of which the log does not speak yet. */
export const unbegunRun = (nodes: readonly string[] = []): ReplayedRun => ({
  status: 'queued',
  nodes: Object.fromEntries(nodes.map((id) => [id, untouched()])),
  lastEventId: 0,
  oddities: [],
})

/**
 * The run after one more event. An event that it has seen already changes nothing: a stream that begins again may repeat some. Events that
 * change no status (contract.violated, moderation.flagged, types that came later) only move the place.
 */
export function afterEvent(run: ReplayedRun, event: RunEvent): ReplayedRun {
  if (event.event_id <= run.lastEventId) return run
  const at = { ...run, lastEventId: event.event_id }
  const [subject, verb] = event.type.split('.') as [string, string | undefined]
  if (subject === 'run') return ofRun(at, verb ?? '', event)
  if (subject === 'node' && event.node_id) return ofNode(at, event.node_id, verb ?? '', event.data ?? {})
  return at
}

function ofRun(run: ReplayedRun, verb: string, { data, event_id }: RunEvent): ReplayedRun {
  const listed = Array.isArray(data?.nodes) ? (data.nodes as string[]) : []
  const anew = Object.fromEntries(listed.map((id) => [id, untouched()]))
  const hasEnded = ['completed', 'failed', 'cancelled', 'timed_out'].includes(run.status)
  switch (verb) {
    case 'started':
      return { ...run, status: 'running', nodes: { ...anew, ...run.nodes } }
    case 'pending_approval':
      return { ...run, status: 'pending_approval' }
    case 'resumed': {
      // What it resumes at begins again; the rest is as it ended.
      const { error: _, ...rest } = run
      return { ...rest, status: 'running', nodes: { ...run.nodes, ...anew } }
    }
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'timed_out': {
      const oddities = hasEnded
        ? [...run.oddities, `event ${event_id}: the run ends as ${verb} after it ended as ${run.status}`]
        : run.oddities
      return { ...run, status: verb, oddities, ...(data?.error !== undefined && data.error !== null && { error: data.error }) }
    }
    default:
      return run
  }
}

function ofNode(run: ReplayedRun, id: string, verb: string, data: Record<string, unknown>): ReplayedRun {
  const node = Object.hasOwn(run.nodes, id) ? run.nodes[id]! : untouched()
  const put = (next: ReplayedNode): ReplayedRun => {
    const odd = ends.has(node.status) ? [`event ${run.lastEventId}: ${id} is ${next.status} after it ended as ${node.status}`] : []
    return { ...run, nodes: { ...run.nodes, [id]: next }, oddities: odd.length > 0 ? [...run.oddities, ...odd] : run.oddities }
  }
  const { reason: _reason, error: _error, ...rest } = node
  const told = {
    ...(typeof data.reason === 'string' && { reason: data.reason }),
    ...(data.error !== undefined && data.error !== null && { error: data.error }),
  }
  switch (verb) {
    case 'queued':
      return put({ ...rest, status: 'queued', attempts: Math.max(node.attempts, 1) })
    case 'retried':
      // A node that fails after it waited still waits, until it ends or its next attempt does.
      return put({ ...rest, status: node.status === 'waiting' ? 'waiting' : 'queued', attempts: node.attempts + 1 })
    case 'waiting':
      return put({ ...rest, status: 'waiting' })
    case 'completed':
      return put({ ...rest, status: 'completed', ports: Array.isArray(data.ports) ? (data.ports as string[]) : [], ...told })
    case 'failed':
    case 'timed_out':
    case 'cancelled':
    case 'skipped':
      return put({ ...rest, status: verb, ...told })
    default:
      return run
  }
}

/** A run's state out of its log alone, without a call to anybody. Events may come in any order and more than once. */
export function replay(events: Iterable<RunEvent>, nodes: readonly string[] = []): ReplayedRun {
  const inOrder = [...events].sort((a, b) => a.event_id - b.event_id)
  return inOrder.reduce(afterEvent, unbegunRun(nodes))
}
