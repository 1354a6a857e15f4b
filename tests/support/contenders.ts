import { randomUUID } from 'node:crypto'
import { type Battle, createBattle, publish } from './battles.ts'
import { type Client, rows, value } from './database.ts'
import { saveWorkflow, type TestGraph } from './workflows.ts'

// Workflows that contend in a test's database, by the functions the product calls.

/** Says what it is given. */
export const speaker: TestGraph = { nodes: [{ id: 'say', config: { template: '[[inputs.style]]: [[inputs.prompt]]' } }] }

export interface Contending {
  graphs?: [TestGraph, TestGraph]
  ownerId?: string
  /** Any other column of the document that fn_battles_create takes. */
  with?: Record<string, unknown>
  handicap?: Record<string, unknown>
  /** More of each contender's workflow: its keys. */
  workflow?: Record<string, unknown>
}

/** A battle of two workflows of one owner, published. */
export async function contending(client: Client, wanted: Contending = {}) {
  const { graphs = [speaker, speaker], ownerId = randomUUID(), handicap = {} } = wanted
  const contenders = []
  for (const [nth, graph] of graphs.entries()) {
    const { workflowId, versionId } = await saveWorkflow(client, graph, ownerId)
    // Documents say which inputs there are; here the rows are made by hand.
    await client.query(
      `update lenses.workflow_versions set document = '{"inputs": {"prompt": {"type": "string"}, "style": {"type": "string"}}}' where version_id = $1`,
      [versionId],
    )
    contenders.push({
      identity: `w${nth}`,
      workflow: {
        version_id: versionId,
        workflow_id: workflowId,
        inputs: { style: `style ${nth}` },
        makes: 'text',
        ...wanted.workflow,
      },
    })
  }
  const battle = await createBattle(client, { ownerId, contenders, handicap, with: { task_prompt: 'A haiku.', ...wanted.with } })
  await publish(client, battle)
  return { battle, contenders, ownerId }
}

export interface ContenderJob {
  job_id: number
  lease_token: number
  slot: string
  cancels: boolean
  run: { run_id: string; status: string } | null
  takes: string[]
  deadline_ms: number
}

export const claimContenders = async (client: Client, most = 10) =>
  (await value<{ jobs: ContenderJob[] }>(client, 'select battles.fn_worker_claim_workflow_contender($1, $2)', ['a test', most])).jobs

export const beginRun = (client: Client, job: ContenderJob) =>
  value<{ outcome?: string; run_id?: string; refused?: string }>(client, 'select battles.fn_worker_begin_contender_run($1, $2, $3)', [
    job.job_id,
    job.lease_token,
    JSON.stringify({ prompt: 'A haiku.', style: 's' }),
  ])

export const runsOf = (client: Client) =>
  rows<{ run_id: string; status: string }>(client, 'select run_id, status::text from lenses.workflow_runs order by created_at')

export const slotsOf = (client: Client, battle: Battle) =>
  rows<{ slot: string; status: string; code: string | null; said: string | null }>(
    client,
    `select c.slot, c.status::text, c.error ->> 'code' as code, s.content_text as said from battles.contenders c
     left join battles.submissions s using (contender_id) where c.battle_id = $1 order by c.slot`,
    [battle.battleId],
  )
