import { randomUUID } from 'node:crypto'
import { type Client, rows, value } from './database.ts'
import { compiledGraph, type TestGraph } from './workflow-graphs.ts'

export { compiledGraph, type TestEdge, type TestGraph, type TestNode } from './workflow-graphs.ts'

// Workflows, their runs and their nodes in a test's database, by the functions the product calls. Rows are as `compile` makes them; a
// test that is about documents compiles one.

export async function saveWorkflow(client: Client, graph: TestGraph, ownerId: string = randomUUID()) {
  const made = await value<{ workflow_id: string; version_id: string }>(client, 'select lenses.fn_workflows_create($1, $2, $3)', [
    ownerId,
    JSON.stringify({ title: 'A workflow' }),
    JSON.stringify(compiledGraph(graph)),
  ])
  return { ownerId, workflowId: made.workflow_id, versionId: made.version_id }
}

export interface Run {
  runId: string
  ownerId: string
  workflowId: string
}

export async function startRun(
  client: Client,
  graph: TestGraph,
  start: Record<string, unknown> = {},
  owner: string = randomUUID(),
): Promise<Run> {
  const { ownerId, workflowId } = await saveWorkflow(client, graph, owner)
  const made = await value<{ run_id: string; refused?: string }>(client, 'select lenses.fn_start_workflow_run($1, $2)', [
    ownerId,
    JSON.stringify({ workflow_id: workflowId, ...start }),
  ])
  if (made.refused) throw new Error(`refused: ${JSON.stringify(made)}`)
  return { runId: made.run_id, ownerId, workflowId }
}

export interface ClaimedNode {
  job_id: number
  lease_token: number
  run_id: string
  node_id: string
  node_type: string
  attempts: number
  wait: { for: string; expired: boolean; answer: Record<string, unknown> | null } | null
  children: { item_index: number; run_id: string; status: string; output: unknown; error: unknown }[]
  parents: Record<string, { status: string; envelope: { output: string } | null }>
  edges: { source: string; outcome: string }[]
  [more: string]: unknown
}

export async function claimNodes(client: Client, most = 100, kind = 'workflow_node', driver = 'a test'): Promise<ClaimedNode[]> {
  const claim = await value<{ jobs: ClaimedNode[] }>(client, 'select lenses.fn_worker_claim_workflow_nodes($1, $2, $3)', [
    kind,
    driver,
    most,
  ])
  return claim.jobs
}

type Held = Pick<ClaimedNode, 'job_id' | 'lease_token' | 'node_id'>

const resultOf = (nodeId: string, result: Record<string, unknown> = {}) => ({
  envelope: { kind: 'text', artifact_kind: 'text', output: `of ${nodeId}` },
  ports: ['output'],
  latency_ms: 1,
  ...result,
})

export const completeNode = (
  client: Client,
  { job_id, lease_token, node_id }: Held,
  result: Record<string, unknown> = {},
): Promise<boolean> =>
  value(client, 'select lenses.fn_worker_complete_workflow_node($1, $2, $3)', [
    job_id,
    lease_token,
    JSON.stringify(resultOf(node_id, result)),
  ])

/** Several nodes of one tree, told in one transaction: the jobs that were recorded. */
export const completeTogether = (client: Client, ends: { node: Held; result?: Record<string, unknown> }[]): Promise<number[]> =>
  value(client, 'select lenses.fn_worker_complete_workflow_nodes($1)', [
    JSON.stringify(
      ends.map(({ node: { job_id, lease_token, node_id }, result }) => ({ job_id, lease_token, result: resultOf(node_id, result) })),
    ),
  ])

export const failNode = (
  client: Client,
  { job_id, lease_token }: Held,
  error: Record<string, unknown> = { code: 'provider_unavailable', message: 'down' },
  backoffMs: number | null = null,
): Promise<string> =>
  value(client, 'select lenses.fn_worker_fail_workflow_node($1, $2, $3, $4)', [job_id, lease_token, JSON.stringify(error), backoffMs])

export const suspendNode = (client: Client, { job_id, lease_token }: Held, wait: Record<string, unknown>): Promise<boolean> =>
  value(client, 'select lenses.fn_worker_suspend_workflow_node($1, $2, $3)', [job_id, lease_token, JSON.stringify(wait)])

/** Takes every node that may run, again and again, until none may; each ends as `outcome` says. The order they ran in. */
export async function drainNodes(
  client: Client,
  outcome: (node: ClaimedNode) => 'complete' | 'fail' | { ports?: string[]; [result: string]: unknown } = () => 'complete',
  kind = 'workflow_node',
): Promise<string[]> {
  const ran: string[] = []
  for (;;) {
    const claimed = await claimNodes(client, 1000, kind)
    if (claimed.length === 0) return ran
    for (const node of claimed) {
      ran.push(node.node_id)
      const end = outcome(node)
      if (end === 'fail') await failNode(client, node)
      else await completeNode(client, node, end === 'complete' ? {} : end)
    }
  }
}

export const runStatus = (client: Client, runId: string): Promise<string> =>
  value(client, 'select status::text from lenses.workflow_runs where run_id = $1', [runId])

/** node_id → status, with the reason of what did not run: `skipped (branch)`. */
export async function nodeStatuses(client: Client, runId: string): Promise<Record<string, string>> {
  const found = await rows<{ node_id: string; status: string; reason: string | null }>(
    client,
    'select node_id, status::text, reason from lenses.workflow_node_results where run_id = $1 order by ordinal',
    [runId],
  )
  return Object.fromEntries(found.map(({ node_id, status, reason }) => [node_id, reason ? `${status} (${reason})` : status]))
}

export const eventsOf = (client: Client, runId: string) =>
  rows<{ event_id: number; type: string; node_id: string | null; data: Record<string, unknown> }>(
    client,
    'select event_id, type, node_id, data from lenses.workflow_run_events where run_id = $1 order by event_id',
    [runId],
  )
