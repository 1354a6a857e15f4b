import { randomUUID } from 'node:crypto'
import { compiledGraph, type TestGraph } from '../support/workflow-graphs.ts'
import type { Dice } from './dice.ts'
import type { Stage } from './stage.ts'

/**
 * Runs of workflows beside the battles: their nodes are of logic and data, so whatever goes wrong with one is the engine's. Layers of nodes,
 * each after two of the layer before, in an order that the seed draws; one of the two runs goes in waves, the other eagerly.
 */
export function layered(nodes: number, dice: Dice, settings: object): TestGraph {
  const width = Math.max(2, Math.round(Math.sqrt(nodes)))
  const id = (nth: number) => `n${nth}`
  return {
    max_in_flight: 40,
    ...settings,
    nodes: Array.from({ length: nodes }, (_, nth) => ({
      id: id(nth),
      max_attempts: 20,
      config: { template: nth < width ? `made ${nth}` : `made ${nth} after {{ n | size }}`, retry: { attempts: 20, backoff_ms: 50 } },
    })),
    edges: Array.from({ length: nodes }, (_, nth) => nth)
      .filter((nth) => nth >= width)
      .flatMap((nth) => {
        const layer = Math.floor(nth / width) - 1
        const first = dice.between(0, width - 1)
        return [...new Set([first, dice.between(0, width - 1)])].map((at) => ({
          source: id(layer * width + at),
          target: id(nth),
          target_param_label: 'n',
        }))
      }),
  }
}

export interface PromisedRun {
  runId: string
  /** Of runs in which every node is to complete. */
  nodes?: number
  /** Its owner was told that it is cancelled. */
  cancelled?: boolean
}

export async function startRuns({ sql }: Pick<Stage, 'sql'>, dice: Dice, nodes: number): Promise<PromisedRun[]> {
  const started: PromisedRun[] = []
  // Drivers are killed far more often than three times in a row says anything about a node.
  await sql(`update execution.job_kinds set max_reclaims = 100 where kind = 'workflow_node'`)
  for (const scheduling of ['waves', 'eager']) {
    const owner = randomUUID()
    const [made] = await sql<{ workflow_id: string }>(`select lenses.fn_workflows_create($1, $2, $3) ->> 'workflow_id' as workflow_id`, [
      owner,
      JSON.stringify({ title: `Chaos, ${scheduling}` }),
      JSON.stringify(compiledGraph(layered(nodes, dice, { scheduling }))),
    ])
    const [run] = await sql<{ run_id: string }>(`select lenses.fn_start_workflow_run($1, $2) ->> 'run_id' as run_id`, [
      owner,
      JSON.stringify({ workflow_id: made!.workflow_id, idempotency_key: 'chaos' }),
    ])
    started.push({ runId: run!.run_id, nodes })
  }
  return started
}

/** How often an operator sent a node back, whose run had failed. */
const again = `(select count(*) from lenses.workflow_run_events x where x.run_id = workflow_run_events.run_id and x.type = 'run.resumed' and x.data -> 'nodes' ? workflow_run_events.node_id)`

/** What must be of each run when everything is over; each query returns a text for every row of which it is not. */
export const neverOfRuns: { kind: 'stuck' | 'doubled' | 'wrong'; query: string }[] = [
  { kind: 'stuck', query: `select 'run ' || run_id || ' is ' || status from lenses.workflow_runs where finished_at is null` },
  {
    kind: 'wrong',
    query: `select 'run ' || run_id || ' is ' || status || ': ' || coalesce(error::text, '') from lenses.workflow_runs where status not in ('completed', 'cancelled')`,
  },
  {
    kind: 'wrong',
    query: `select 'node ' || node_id || ' of ' || run_id || ' is ' || status || ': ' || coalesce(error::text, '') from lenses.workflow_node_results
      where (status <> 'completed' or output_data is null) and reason is null`,
  },
  {
    kind: 'doubled',
    query: `select 'the end of ' || node_id || ' of ' || run_id || ', ' || count(*) || ' times' from lenses.workflow_run_events
      where type in ('node.completed', 'node.failed', 'node.timed_out', 'node.cancelled', 'node.skipped') group by run_id, node_id having count(*) > 1 + ${again}`,
  },
  {
    kind: 'doubled',
    query: `select 'the beginning of ' || node_id || ' of ' || run_id || ', ' || count(*) || ' times' from lenses.workflow_run_events
      where type = 'node.queued' group by run_id, node_id having count(*) > 1 + ${again}`,
  },
  {
    kind: 'wrong',
    query: `select 'node ' || e.target_node_id || ' of ' || r.run_id || ' began before ' || e.source_node_id || ' had ended' from lenses.workflow_runs r
      join lenses.workflow_edges e on e.version_id = r.version_id
      join lenses.workflow_run_events t on t.run_id = r.run_id and t.node_id = e.target_node_id and t.type = 'node.queued'
      join lenses.workflow_run_events s on s.run_id = r.run_id and s.node_id = e.source_node_id and s.type = 'node.completed'
      where t.event_id < s.event_id`,
  },
  {
    kind: 'wrong',
    query: `select 'run ' || run_id || ' counts ' || nodes_open || ' open and ' || in_flight || ' in flight' from lenses.workflow_runs where nodes_open <> 0 or in_flight <> 0`,
  },
]

export async function findingsOfRuns(
  { sql }: Pick<Stage, 'sql'>,
  promised: readonly PromisedRun[],
): Promise<{ kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; what: string }[]> {
  const found: { kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; what: string }[] = []
  for (const { kind, query } of neverOfRuns) for (const row of await sql(query)) found.push({ kind, what: String(Object.values(row)[0]) })
  const ended = await sql<{ run_id: string; status: string; nodes: string }>(
    `select r.run_id, r.status, (select count(*) from lenses.workflow_run_events e where e.run_id = r.run_id and e.type = 'node.completed') as nodes
     from lenses.workflow_runs r`,
  )
  const byId = new Map(ended.map((run) => [run.run_id, run]))
  for (const { runId, nodes, cancelled } of promised) {
    const run = byId.get(runId)
    if (!run) found.push({ kind: 'lost', what: `run ${runId}` })
    else if (cancelled !== undefined && cancelled !== (run.status === 'cancelled'))
      found.push({ kind: 'wrong', what: `run ${runId} was ${cancelled ? '' : 'not '}cancelled and is ${run.status}` })
    if (nodes !== undefined && Number(run?.nodes ?? 0) !== nodes)
      found.push({ kind: 'lost', what: `${nodes - Number(run?.nodes ?? 0)} nodes of run ${runId}` })
  }
  return found
}
