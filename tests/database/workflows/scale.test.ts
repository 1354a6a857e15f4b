import { expect, test } from 'vitest'
import { type Client, rows, useDatabase, value } from '../../support/database.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import { claimNodes, saveWorkflow, startRun, suspendNode, type TestGraph } from '../../support/workflows.ts'

/*
 * What `npm run bench -- workflows` times is counted here: the pages that PostgreSQL reads for a node. They do not depend on how busy the
 * machine is, and where a statement walks a whole run they grow with it.
 */

const database = useDatabase({ alone: true })

const ids = (count: number, prefix = 'n') => Array.from({ length: count }, (_, nth) => `${prefix}${nth}`)
const shapes: Record<string, (size: number) => TestGraph> = {
  'no edges': (size) => ({ nodes: ids(size) }),
  'one before many before one, in waves': (size) => fan(size, 'waves'),
  'one before many before one, eager': (size) => fan(size, 'eager'),
  'a chain': (size) => ({ nodes: ids(size), edges: ids(size - 1).map((id, nth) => [id, `n${nth + 1}`] as [string, string]) }),
  'pairs in two waves, of which the second comes first': (size) => ({
    nodes: [...ids(size / 2, 'b'), ...ids(size / 2, 'a')],
    edges: ids(size / 2, 'a').map((id, nth) => [id, `b${nth}`] as [string, string]),
  }),
}
const fan = (size: number, scheduling: string): TestGraph => ({
  scheduling,
  nodes: ['first', ...ids(size - 2), 'last'],
  edges: ids(size - 2).flatMap((id): [string, string][] => [
    ['first', id],
    [id, 'last'],
  ]),
})

/** Pages that a call reads, with everything it calls. */
async function pagesOf(client: Client, call: string): Promise<number> {
  const [{ Plan: plan }] = (await value<[{ Plan: Record<string, number> }]>(client, `explain (analyze, buffers, format json) ${call}`)) as [
    { Plan: Record<string, number> },
  ]
  return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!
}

async function pagesANode(graph: TestGraph, size: number, sql = database.sql): Promise<number> {
  // What earlier runs left to be cleaned up is not read here.
  await sql.query(
    'vacuum lenses.workflow_node_results, lenses.workflow_runs, lenses.workflow_run_events, execution.jobs, execution.ready, execution.leases, execution.shares',
  )
  const { runId } = await startRun(sql, { max_in_flight: 20, ...graph })
  let pages = 0
  for (;;) {
    const claimed = await claimNodes(sql, 10)
    if (claimed.length === 0) break
    for (const { job_id, lease_token } of claimed)
      pages += await pagesOf(
        sql,
        `select lenses.fn_worker_complete_workflow_node(${job_id}, ${lease_token}, '{"envelope":{"kind":"text","artifact_kind":"text","output":"x"},"ports":["output"]}')`,
      )
  }
  expect(await rows(sql, 'select status, nodes_open, in_flight from lenses.workflow_runs where run_id = $1', [runId])).toEqual([
    { status: 'completed', nodes_open: 0, in_flight: 0 },
  ])
  return pages / size
}

for (const [name, shape] of Object.entries(shapes)) {
  test(`the end of a node reads as much in a run of 240 as in one of 60: ${name}`, async () => {
    await pagesANode(shape(60), 60) // whatever is read once is read now
    const small = await pagesANode({ ...shape(60), title: 'again' }, 60)
    const large = await pagesANode(shape(240), 240)
    expect(large / small, `${small.toFixed(0)} pages a node, then ${large.toFixed(0)}`).toBeLessThan(1.5)
    expect(await brokenRules(database.sql)).toEqual([])
  })
}

test('a node after hundreds of others is handed all they made, in one read that grows with them and no faster', async () => {
  const { sql } = database
  const pages: number[] = []
  for (const size of [150, 600]) {
    await startRun(sql, { ...fan(size + 2, 'waves'), max_in_flight: 100 })
    let left = size + 1
    while (left > 0)
      for (const { job_id, lease_token } of await claimNodes(sql, 100)) {
        left--
        await sql.query(
          `select lenses.fn_worker_complete_workflow_node($1, $2, '{"envelope":{"kind":"text","artifact_kind":"text","output":"x"},"ports":["output"]}')`,
          [job_id, lease_token],
        )
      }
    await sql.query('vacuum lenses.workflow_node_results')
    pages.push(await pagesOf(sql, `select lenses.fn_worker_claim_workflow_nodes('workflow_node', 'a test', 1)`))
    expect(await value(sql, 'select cardinality(job_ids) from execution.leases')).toBe(1)
    await sql.query('delete from execution.leases')
  }
  expect(pages[1]! / pages[0]!, pages.join(' and then ')).toBeLessThan(10)
})

test('a cancel closes one by one the runs of a loop that have begun, and all others at once', async () => {
  const { sql } = database
  const body = await saveWorkflow(sql, { nodes: ['item'] })
  const { runId } = await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, body.ownerId)
  const [loop] = await claimNodes(sql)
  const items = 200
  const children = Array.from({ length: items }, (_, item_index) => ({ item_index, version_id: body.versionId, inputs: {} }))
  await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 2 })
  const closings = async () => {
    await sql.query('select pg_stat_force_next_flush()')
    return value<number>(
      sql,
      "select coalesce(sum(calls), 0)::integer from pg_stat_user_functions where schemaname = 'lenses' and funcname = 'close_run'",
    )
  }
  await sql.query("set track_functions = 'pl'")
  const before = await closings()
  await sql.query('select lenses.fn_workflow_runs_cancel($1, $2)', [runId, body.ownerId])
  // The run, and the two of its loop that had begun.
  expect((await closings()) - before).toBe(3)
  await sql.query('reset track_functions')
  expect(
    await rows(
      sql,
      `select r.status, r.error ->> 'code' as code, count(*)::integer as runs, count(e.run_id)::integer as told
      from lenses.workflow_runs r left join lenses.workflow_run_events e on e.run_id = r.run_id and e.type = 'run.cancelled'
      where r.parent_run_id = $1 group by 1, 2`,
      [runId],
    ),
  ).toEqual([{ status: 'cancelled', code: 'cancelled', runs: items, told: items }])
  expect(await brokenRules(sql)).toEqual([])
})

test('what the runs of a loop made is handed to it, and shown, in a time that grows with it and no faster; beyond 16 MiB it is told', async () => {
  const { sql } = database
  const body = await saveWorkflow(sql, { nodes: ['item'] })
  const looped = async (items: number, length: number) => {
    const { runId } = await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, body.ownerId)
    const [loop] = await claimNodes(sql)
    const children = Array.from({ length: items }, (_, item_index) => ({ item_index, version_id: body.versionId, inputs: {} }))
    await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 100 })
    const output = 'x'.repeat(length)
    for (let left = items; left > 0; )
      for (const { job_id, lease_token } of await claimNodes(sql, 100)) {
        left--
        const made = JSON.stringify({ envelope: { kind: 'text', artifact_kind: 'text', output }, ports: ['output'] })
        await sql.query('select lenses.fn_worker_complete_workflow_node($1, $2, $3)', [job_id, lease_token, made])
      }
    const [woken] = await claimNodes(sql)
    expect(woken?.node_id).toBe('loop')
    return { runId, woken: woken! }
  }
  // Of 10 MB in 400 texts jsonb_agg takes twenty seconds.
  await sql.query(`set statement_timeout = '5s'`)
  const { runId, woken } = await looped(400, 25_000)
  expect(woken.children).toHaveLength(400)
  const results = woken.children.map(({ output }) => (output as { output: string }).output)
  const envelope = { kind: 'json', artifact_kind: 'json', output: JSON.stringify(results), data: { results } }
  await sql.query('select lenses.fn_worker_complete_workflow_node($1, $2, $3)', [
    woken.job_id,
    woken.lease_token,
    JSON.stringify({ envelope, ports: ['output'] }),
  ])
  const shown = await value<{ nodes: { output: { data: { results: string[] } } }[] }>(sql, 'select lenses.fn_workflow_runs_get($1, $2)', [
    runId,
    body.ownerId,
  ])
  expect(shown.nodes[0]!.output.data.results).toHaveLength(400)
  expect((await value<{ runs: unknown[] }>(sql, 'select lenses.fn_workflow_runs_list($1)', [body.ownerId])).runs).toHaveLength(1)
  await sql.query('reset statement_timeout')

  const much = await looped(100, 180_000)
  expect(much.woken).toMatchObject({
    children: [],
    refused: { code: 'context_too_large', message: expect.stringContaining('The 100 runs that loop began') },
  })
})
