import { randomUUID } from 'node:crypto'
import { type Client, rows, value } from './database.ts'
import { saveWorkflow, type TestGraph } from './workflows.ts'

// Triggers in a test's database, by the functions the product calls. Nothing sleeps: a due time is written into the past.

export interface TestTrigger {
  triggerId: string
  workflowId: string
  versionId: string
  ownerId: string
}

/** A trigger of a workflow of one node. `ago`: due times of a schedule, in seconds before now (negative: ahead). */
export async function makeTrigger(
  client: Client,
  kind: string,
  {
    ago,
    graph = { nodes: ['a'] },
    owner = randomUUID(),
    ...row
  }: { ago?: number[]; graph?: TestGraph; owner?: string; [column: string]: unknown } = {},
): Promise<TestTrigger> {
  const { ownerId, workflowId, versionId } = await saveWorkflow(client, graph, owner)
  const now = await value<Date>(client, 'select clock_timestamp()')
  const made = await value<{ trigger_id: string; refused?: string }>(client, 'select lenses.fn_triggers_create($1, $2)', [
    ownerId,
    JSON.stringify({
      workflow_id: workflowId,
      kind,
      ...(kind === 'webhook' && !row.sealed_secret && { secret_sha256: '0'.repeat(64) }),
      ...(ago && { dues: ago.map((seconds) => new Date(now.getTime() - seconds * 1000).toISOString()) }),
      ...row,
    }),
  ])
  if (made.refused) throw new Error(`refused: ${JSON.stringify(made)}`)
  return { triggerId: made.trigger_id, workflowId, versionId, ownerId }
}

export const makeSchedule = (client: Client, config: Record<string, unknown>, ago: number[], row: Record<string, unknown> = {}) =>
  makeTrigger(client, 'schedule', { config, ago, ...row })

export const dispatch = (client: Client): Promise<number> => value(client, 'select lenses.fn_dispatch_scheduled_workflows()')

/** What stands in the way of looking at a schedule again at once. */
export const lookAgain = (client: Client) => client.query('update lenses.workflow_triggers set look_at = now() where look_at is not null')

/** outcome of each firing, oldest first, with the code of a refusal. */
export async function firingsOf(client: Client, triggerId: string): Promise<string[]> {
  const found = await rows<{ outcome: string; refused: string | null }>(
    client,
    'select outcome, refused from lenses.trigger_firings where trigger_id = $1 order by coalesce(due_at, created_at), firing_id',
    [triggerId],
  )
  return found.map(({ outcome, refused }) => (refused ? `${outcome} ${refused}` : outcome))
}

export const runsOf = (client: Client, triggerId: string) =>
  rows<{ run_id: string; status: string; context_inputs: Record<string, unknown>; trigger_mode: string; scheduled_for: Date | null }>(
    client,
    'select run_id, status, context_inputs, trigger_mode, scheduled_for from lenses.workflow_runs where trigger_id = $1 order by created_at, scheduled_for',
    [triggerId],
  )

export const triggerRow = async (client: Client, triggerId: string) =>
  (await rows<Record<string, unknown>>(client, 'select * from lenses.workflow_triggers where trigger_id = $1', [triggerId]))[0]!

/** Takes every event that is to start a workflow, and starts it. What came of each. */
export async function fireAll(client: Client): Promise<string[]> {
  const { jobs } = await value<{ jobs: { job_id: number; lease_token: number }[] }>(
    client,
    `select lenses.fn_worker_claim_workflow_triggers('a test', 100)`,
  )
  const outcomes: string[] = []
  for (const { job_id, lease_token } of jobs)
    outcomes.push((await value<{ outcome: string }>(client, 'select lenses.fn_worker_fire_trigger($1, $2)', [job_id, lease_token])).outcome)
  return outcomes
}
