import { describe, expect, test } from 'vitest'
import { type Client, projectUrl, rows, useDatabase, value, workerKey } from '../../support/database.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  completeTogether,
  drainNodes,
  nodeStatuses,
  runStatus,
  startRun,
  type TestGraph,
} from '../../support/workflows.ts'

// What drivers save calls and commits by: ends that come together, and an end that hands its driver the node it unlocks.

const database = useDatabase()

const posted = async (client: Client) =>
  (
    await rows<{ url: string }>(
      client,
      'with gone as (delete from net.http_request_queue returning id, url) select url from gone order by id',
    )
  ).map(({ url }) => url.replace(`${projectUrl}/functions/v1/`, ''))

/** A run whose first node is claimed, and nothing posted. */
async function begun(graph: TestGraph): Promise<{ runId: string; first: ClaimedNode }> {
  await database.sql.query(`select vault.create_secret($1, 'project_url'), vault.create_secret($2, 'agon_worker_key')`, [
    projectUrl,
    workerKey,
  ])
  const { runId } = await startRun(database.sql, graph)
  const [first] = await claimNodes(database.sql)
  await posted(database.sql)
  return { runId, first: first! }
}

interface GoneOn {
  recorded: boolean
  next: { jobs: ClaimedNode[]; lease_ms: number }
}
const goOn = (node: ClaimedNode) =>
  value<GoneOn>(database.sql, `select lenses.fn_worker_go_on_from_node($1, $2, $3, 'workflow_node', 'a test')`, [
    node.job_id,
    node.lease_token,
    JSON.stringify({ envelope: { kind: 'text', artifact_kind: 'text', output: `of ${node.node_id}` }, ports: ['output'], latency_ms: 1 }),
  ])

test('a chain is run by its first driver, one call a node, and nobody is woken', async () => {
  const { runId, first } = await begun({
    nodes: ['a', 'b', 'c'],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
    ],
  })
  const b = await goOn(first)
  expect(b).toMatchObject({ recorded: true, next: { jobs: [{ node_id: 'b', parents: { a: { status: 'completed' } } }] } })
  expect(b.next.lease_ms).toBeGreaterThan(0)
  const c = await goOn(b.next.jobs[0]!)
  expect(c.next.jobs).toMatchObject([{ node_id: 'c' }])
  expect(await goOn(c.next.jobs[0]!)).toMatchObject({ recorded: true, next: { jobs: [] } })
  expect(await runStatus(database.sql, runId)).toBe('completed')
  expect(await posted(database.sql)).toEqual([])
})

test('several that may run now are for whoever is woken', async () => {
  const { first } = await begun({
    nodes: ['a', 'b', 'c'],
    edges: [
      ['a', 'b'],
      ['a', 'c'],
    ],
  })
  expect((await goOn(first)).next.jobs).toEqual([])
  expect(await posted(database.sql)).toEqual(['run-workflows'])
  expect((await claimNodes(database.sql)).map(({ node_id }) => node_id)).toEqual(['b', 'c'])
})

test('a successor that another function runs wakes that one', async () => {
  const { first } = await begun({ nodes: ['a', { id: 'b', job_kind: 'workflow_tool' }], edges: [['a', 'b']] })
  expect((await goOn(first)).next.jobs).toEqual([])
  expect(await posted(database.sql)).toEqual(['run-tools'])
})

test('a job that came first goes first, and then somebody is woken for the successor', async () => {
  const { first } = await begun({ nodes: ['a', 'b'], edges: [['a', 'b']] })
  await startRun(database.sql, { nodes: ['earlier'] })
  await posted(database.sql)
  expect((await goOn(first)).next.jobs).toMatchObject([{ node_id: 'earlier' }])
  expect(await posted(database.sql)).toEqual(['run-workflows'])
  expect(await claimNodes(database.sql)).toMatchObject([{ node_id: 'b' }])
})

test('who lost the lease records nothing and is given nothing', async () => {
  const { first } = await begun({ nodes: ['a', 'b'], edges: [['a', 'b']] })
  expect(await completeNode(database.sql, first)).toBe(true)
  await posted(database.sql)
  expect(await goOn(first)).toMatchObject({ recorded: false, next: { jobs: [] } })
  expect(await claimNodes(database.sql), 'it is still there for others').toMatchObject([{ node_id: 'b' }])
})

test('what else becomes ready in the same transaction is told of', async () => {
  const { first } = await begun({ nodes: ['a', 'b'], edges: [['a', 'b']] })
  await database.sql.query(`select set_config('agon.successor', 'workflow_node', true)`)
  await startRun(database.sql, { nodes: ['x'] })
  expect(await posted(database.sql), 'the setting ends with its transaction').toEqual(['run-workflows'])
  expect((await goOn(first)).recorded).toBe(true)
})

describe('ends that come together', () => {
  const together = (nodes: ClaimedNode[]) =>
    completeTogether(
      database.sql,
      nodes.map((node) => ({ node })),
    )

  test('are all recorded, and what they unlock begins once, up to the run’s limit, in the workflow’s order', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], max_in_flight: 3 })
    const first = await claimNodes(sql)
    expect(first.map(({ node_id }) => node_id)).toEqual(['a', 'b', 'c'])
    expect(await together(first)).toEqual(first.map(({ job_id }) => job_id))
    const next = await claimNodes(sql)
    expect(next.map(({ node_id }) => node_id)).toEqual(['d', 'e', 'f'])
    expect(await value(sql, 'select in_flight from lenses.workflow_runs where run_id = $1', [runId])).toBe(3)
    await together(next)
    await together(await claimNodes(sql))
    expect(await runStatus(sql, runId)).toBe('completed')
  })

  test('decide a node that waits for all of them once', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, {
      nodes: ['a', 'b', 'c'],
      edges: [
        ['a', 'c'],
        ['b', 'c'],
      ],
    })
    await together(await claimNodes(sql))
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'completed', b: 'completed', c: 'queued' })
    expect(await drainNodes(sql)).toEqual(['c'])
  })

  test('leave out whose lease is lost, and record the others', async () => {
    const { sql } = database
    await startRun(sql, { nodes: ['a', 'b', 'c'] })
    const claimed = await claimNodes(sql)
    await completeNode(sql, claimed[1]!)
    expect(await together(claimed)).toEqual([claimed[0]!.job_id, claimed[2]!.job_id])
  })

  test('after one that stops the run record nothing', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: ['a', 'b', 'c'] })
    const [a, b, c] = await claimNodes(sql)
    expect(await completeTogether(sql, [{ node: a! }, { node: b!, result: { stops_run: true } }, { node: c! }])).toEqual([
      a!.job_id,
      b!.job_id,
    ])
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'completed', b: 'completed', c: 'cancelled (stopped)' })
    expect(await runStatus(sql, runId)).toBe('completed')
  })

  test('one of which the database refuses are not recorded, none of them', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: ['a', 'b', 'c'] })
    const [a, b, c] = await claimNodes(sql)
    await expect(completeTogether(sql, [{ node: a! }, { node: b!, result: { input_tokens: 'many' } }, { node: c! }])).rejects.toThrow(
      'invalid input syntax',
    )
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'queued', b: 'queued', c: 'queued' })
    expect(await together([a!, b!, c!])).toHaveLength(3)
    expect(await runStatus(sql, runId)).toBe('completed')
  })

  test('are of one tree of runs', async () => {
    const { sql } = database
    await startRun(sql, { nodes: ['a'] })
    await startRun(sql, { nodes: ['b'] })
    await expect(together(await claimNodes(sql))).rejects.toThrow('nodes that end together are of one tree of runs')
  })
})
