import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { monotonicMs } from '../clock.ts'
import type { Shape } from './shapes.ts'

interface Claimed {
  job_id: number
  lease_token: number
  node_id: string
  run_id: string
  wait: unknown
}

const result = JSON.stringify({ envelope: { kind: 'text', artifact_kind: 'text', output: 'made' }, ports: ['output'], latency_ms: 1 })

export interface Driven {
  runId: string
  ms: number
  startMs: number
  /** What the drivers sent: claims and ends. */
  statements: number
  /** Claims that found nothing, because another driver had it or a wave was not over. */
  empty: number
  claimMs: number[]
  endMs: number[]
}

async function one<T>(client: pg.Client, text: string, values: unknown[]): Promise<T> {
  const { rows } = await client.query({ text, values, rowMode: 'array', name: text })
  return rows[0]![0] as T
}

/** Starts one run of a shape and works it off with so many drivers, each with its connection, taking so many nodes at a time. */
export async function driveRun(clients: pg.Client[], shape: Shape, batch: number): Promise<Driven> {
  const client = clients[0]!
  const owner = randomUUID()
  const workflow = await one<{ workflow_id: string }>(client, 'select lenses.fn_workflows_create($1, $2, $3)', [
    owner,
    JSON.stringify({ title: shape.name }),
    JSON.stringify(shape.compiled),
  ])
  const body = shape.children
    ? await one<string>(client, 'select lenses.fn_versions_store_nested($1)', [JSON.stringify(shape.children.compiled)])
    : null
  const began = monotonicMs()
  const { run_id } = await one<{ run_id: string }>(client, 'select lenses.fn_start_workflow_run($1, $2)', [
    owner,
    JSON.stringify({ workflow_id: workflow.workflow_id, single: false }),
  ])
  const driven: Driven = { runId: run_id, ms: 0, startMs: monotonicMs() - began, statements: 0, empty: 0, claimMs: [], endMs: [] }
  let over = false
  const drive = async (connection: pg.Client, nth: number): Promise<void> => {
    while (!over) {
      const from = monotonicMs()
      const { jobs } = await one<{ jobs: Claimed[] }>(connection, 'select lenses.fn_worker_claim_workflow_nodes($1, $2, $3)', [
        'workflow_node',
        `bench:${nth}`,
        batch,
      ])
      driven.statements++
      if (jobs.length === 0) {
        driven.empty++
        const [status] = (await connection.query('select finished_at from lenses.workflow_runs where run_id = $1', [run_id])).rows
        over ||= status.finished_at !== null
        continue
      }
      driven.claimMs.push(monotonicMs() - from)
      const ends: Claimed[] = []
      for (const job of jobs) {
        const ending = monotonicMs()
        if (shape.children && job.run_id === run_id && job.wait === null) {
          await one(connection, 'select lenses.fn_worker_suspend_workflow_node($1, $2, $3)', [
            job.job_id,
            job.lease_token,
            JSON.stringify({
              for: 'children',
              expires_in_ms: 3_600_000,
              state: {},
              max_concurrent: 100,
              children: Array.from({ length: shape.children.count }, (_, item_index) => ({
                item_index,
                version_id: body,
                inputs: { item: item_index },
              })),
            }),
          ])
          driven.endMs.push(monotonicMs() - ending)
          driven.statements++
        } else ends.push(job)
      }
      // As a driver does whose nodes take no time: the first end is told alone, those that come meanwhile together.
      for (const gathered of [ends.slice(0, 1), ends.slice(1)]) {
        if (gathered.length === 0) continue
        const ending = monotonicMs()
        const recorded =
          gathered.length === 1
            ? await one<boolean>(connection, 'select lenses.fn_worker_complete_workflow_node($1, $2, $3)', [
                gathered[0]!.job_id,
                gathered[0]!.lease_token,
                result,
              ])
            : (
                await one<number[]>(connection, 'select lenses.fn_worker_complete_workflow_nodes($1)', [
                  JSON.stringify(gathered.map(({ job_id, lease_token }) => ({ job_id, lease_token, result: JSON.parse(result) }))),
                ])
              ).length === gathered.length
        if (!recorded) throw new Error(`${gathered[0]!.node_id} was not recorded. The measurement is void.`)
        driven.endMs.push(monotonicMs() - ending)
        driven.statements++
      }
    }
  }
  await Promise.all(clients.map(drive))
  driven.ms = monotonicMs() - began
  const [found] = (
    await client.query(
      `select r.status, (select count(*)::int from lenses.workflow_run_events e join lenses.workflow_runs c on c.run_id = e.run_id
         where c.root_run_id = r.run_id and e.type = 'node.completed') as ended from lenses.workflow_runs r where r.run_id = $1`,
      [run_id],
    )
  ).rows
  if (found.status !== 'completed' || found.ended !== shape.nodes)
    throw new Error(`the run is ${found.status} with ${found.ended} of ${shape.nodes} nodes. The measurement is void.`)
  return driven
}
