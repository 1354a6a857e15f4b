import { describe, expect, test } from 'vitest'
import { type Client, rows, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'
import { brokenRules } from '../support/workflow-rules.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  drainNodes,
  failNode,
  nodeStatuses,
  type Run,
  runStatus,
  startRun,
  suspendNode,
} from '../support/workflows.ts'

/*
 * root run -> lease -> job -> share. Whatever changes a run waits for its root while it holds nothing that comes later; a cancel waits for no
 * lease, because leases are shared by the jobs of many trees; and who goes from tree to tree leaves one that somebody holds.
 */

const database = useDatabase()

interface Scene extends Run {
  node: ClaimedNode
  token: string
}
const token = 'c'.repeat(64)
const expire = () => database.sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
const sweep = (client: Client) => value(client, 'select execution.sweep()')
const isRefusal = (warning: string) => !warning.includes('cannot wake')

async function running(): Promise<Scene> {
  const run = await startRun(database.sql, { nodes: ['a', 'b'], edges: [['a', 'b']] })
  const [node] = await claimNodes(database.sql)
  return { ...run, node: node!, token }
}
async function ended(): Promise<Scene> {
  const scene = await running()
  await failNode(database.sql, scene.node)
  return scene
}
async function asked(): Promise<Scene> {
  const scene = await running()
  await suspendNode(database.sql, scene.node, { for: 'approval', expires_in_ms: 60_000, state: {}, token_sha256: token })
  return scene
}

const writers: [string, () => Promise<Scene>, (client: Client, scene: Scene) => Promise<unknown>][] = [
  ['an end', running, (client, { node }) => completeNode(client, node)],
  ['a retry', running, (client, { node }) => failNode(client, node, undefined, 0)],
  ['a failure', running, (client, { node }) => failNode(client, node)],
  ['a wait', running, (client, { node }) => suspendNode(client, node, { for: 'delay', expires_in_ms: 60_000, state: {} })],
  [
    'a checkpoint',
    running,
    (client, { node }) =>
      value(client, `select lenses.fn_worker_checkpoint_node($1, $2, '{"text":"so far"}', '{"offset":0,"text":"so far"}')`, [
        node.job_id,
        node.lease_token,
      ]),
  ],
  [
    'a provider’s task',
    running,
    (client, { node }) =>
      value(client, `select lenses.fn_worker_open_node_task($1, $2, '{"provider_task_id":"t","poll_after_ms":1000}')`, [
        node.job_id,
        node.lease_token,
      ]).catch(
        (error) => expect(String(error)).toContain('provider'), // this node has none; it has waited all the same
      ),
  ],
  ['an answer', asked, (client, scene) => value(client, `select lenses.fn_waits_answer($1, '{"decision":"approved"}')`, [scene.token])],
  [
    'an owner’s answer',
    asked,
    (client, { runId, ownerId }) =>
      value(client, `select lenses.fn_workflow_runs_answer($1, $2, 'a', '{"decision":"approved"}')`, [runId, ownerId]),
  ],
  ['a cancel', running, (client, { runId, ownerId }) => value(client, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])],
  [
    'a retry of a run',
    ended,
    (client, { runId, ownerId }) => value(client, 'select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId]),
  ],
  ['a fork', ended, (client, { runId, ownerId }) => value(client, `select lenses.fn_workflow_runs_fork($1, $2, 'a')`, [runId, ownerId])],
  ['a replay', ended, (client, { runId, ownerId }) => value(client, 'select lenses.fn_workflow_runs_replay($1, $2)', [runId, ownerId])],
  [
    'a reclaim',
    async () => {
      const scene = await running()
      await expire()
      return scene
    },
    (client) => sweep(client),
  ],
  [
    'a redrive',
    ended,
    (client) =>
      value(client, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters where redriven_at is null'),
  ],
]

for (const [what, set, write] of writers) {
  test(`${what} waits for the root before it touches a node, a wait, a lease or a job`, async () => {
    const { sql } = database
    const [holder, writer, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const scene = await set()
    await holder.query('begin')
    await holder.query('select from lenses.workflow_runs where run_id = $1 for update', [scene.runId])
    const warnings = await warningsDuring(writer, async () => {
      const writing = write(writer, scene)
      await untilWaiting(observer, writer)
      for (const table of [
        'lenses.workflow_node_results',
        'lenses.workflow_waits',
        'execution.leases',
        'execution.jobs',
        'execution.ready',
      ]) {
        const all = await value<number>(sql, `select count(*) from ${table}`)
        const free = await value<number>(observer, `select count(*) from (select from ${table} for update skip locked) t`)
        expect(free, `rows of ${table} that are not locked`).toBe(all)
      }
      await holder.query('commit')
      await writing
    })
    expect(warnings.filter(isRefusal)).toEqual([])
  })
}

/** Two runs whose jobs are in one lease, as a driver's batch has them. */
async function sharing(): Promise<[Scene, Scene]> {
  const one = await startRun(database.sql, { nodes: ['a', 'b'], edges: [['a', 'b']] })
  const two = await startRun(database.sql, { nodes: ['a', 'b'], edges: [['a', 'b']] })
  const claimed = await claimNodes(database.sql)
  const of = ({ runId }: Run) => claimed.find((node) => node.run_id === runId)!
  expect(of(one).lease_token).toBe(of(two).lease_token)
  return [
    { ...one, node: of(one), token },
    { ...two, node: of(two), token },
  ]
}

describe('runs that share a lease', () => {
  test('a cancel does not wait for whoever holds the lease, and frees what is left of it when its driver looks', async () => {
    const [holder, canceller] = (await database.connectMany(2)) as [Client, Client]
    const [one, two] = await sharing()
    await holder.query('begin')
    expect(await completeNode(holder, one.node)).toBe(true)
    expect(await value(canceller, 'select lenses.fn_workflow_runs_cancel($1, $2)', [two.runId, two.ownerId])).toBe('cancelled')
    await holder.query('commit')
    expect(await completeNode(database.sql, two.node)).toBe(false)
    expect(await value(database.sql, 'select execution.fn_worker_heartbeat($1)', [two.node.lease_token])).toEqual([])
    expect(await rows(database.sql, 'select from execution.leases')).toEqual([])
    expect(await drainNodes(database.sql)).toEqual(['b'])
    expect([await runStatus(database.sql, one.runId), await runStatus(database.sql, two.runId)]).toEqual(['completed', 'cancelled'])
  })

  test('two runs whose children share leases crosswise can be cancelled at once', async () => {
    const { sql } = database
    const [first, second] = (await database.connectMany(2)) as [Client, Client]
    const body = await startRun(sql, { nodes: ['item'] })
    await drainNodes(sql)
    const versionId = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [body.runId])
    const parents: Run[] = []
    for (const nth of [0, 1]) parents.push(await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }], title: nth }, {}, body.ownerId))
    for (const loop of await claimNodes(sql)) {
      const children = [0, 1].map((item_index) => ({ item_index, version_id: versionId, inputs: { item: item_index } }))
      await suspendNode(sql, loop, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 2 })
    }
    // One lease with the first child of one run and the second of the other, and one the other way round.
    const claimed = await claimNodes(sql)
    const at = (run: number, item: number) =>
      claimed.find((node) => node.root_run_id === parents[run]!.runId && (node.run_inputs as { item: number }).item === item)!.job_id
    await sql.query('delete from execution.leases')
    for (const pair of [
      [at(0, 0), at(1, 1)],
      [at(1, 0), at(0, 1)],
    ])
      await sql.query(
        `insert into execution.leases (queue_id, driver, expires_at, job_ids) select queue_id, 'a test', now() + interval '1 minute', $1 from execution.queues where kind = 'workflow_node'`,
        [pair],
      )
    const cancel = (client: Client, { runId, ownerId }: Run) =>
      value(client, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
    await first.query('begin')
    await second.query('begin')
    expect(await cancel(first, parents[0]!)).toBe('cancelled')
    expect(await cancel(second, parents[1]!)).toBe('cancelled') // while the first one's locks are held
    await first.query('commit')
    await second.query('commit')
    expect(await value(sql, 'select count(*)::int from lenses.workflow_runs where finished_at is null')).toBe(0)
    // What the second could not take out of a lease goes with the lease.
    await expire()
    await sweep(sql)
    expect(await rows(sql, 'select from execution.leases')).toEqual([])
    expect(await claimNodes(sql)).toEqual([])
    expect(await brokenRules(sql)).toEqual([])
  })

  test('a sweep that gives up a lease of two trees, and a driver that records one of them late, do not wait in a circle', async () => {
    const [driver, sweeper, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const [one, two] = await sharing()
    await database.sql.query('update execution.jobs set reclaims = 2')
    await expire()
    await driver.query('begin')
    await driver.query('select lenses.lock_job_owners(array[$1::bigint])', [two.node.job_id])
    const warnings = await warningsDuring(sweeper, async () => {
      const swept = sweep(sweeper)
      await untilWaiting(observer, sweeper)
      expect(await completeNode(driver, two.node)).toBe(true)
      await driver.query('commit')
      expect(await swept).toMatchObject({ reclaimed: 1 })
    })
    expect(warnings.filter(isRefusal)).toEqual([])
    expect(await runStatus(database.sql, one.runId)).toBe('failed')
    expect(await drainNodes(database.sql)).toEqual(['b'])
  })

  test('a sweep that ends nodes of many trees never waits for a queue that another transaction is making', async () => {
    const { sql } = database
    const [driver, sweeper] = (await database.connectMany(2)) as [Client, Client]
    const graph = {
      nodes: ['a', { id: 'b', concurrency_key: 'local:x', concurrency_limit: 1, on_parent_failure: 'substitute_default' as const }],
      edges: [['a', 'b']] as [string, string][],
    }
    const one = await startRun(sql, graph)
    await claimNodes(sql)
    await sql.query('update execution.jobs set reclaims = 2')
    await expire()
    const two = await startRun(sql, { ...graph, title: 'another' })
    const [node] = await claimNodes(sql)
    // b's queue is new: whoever gives the first b its job would make it, and hold it until its transaction ends.
    await driver.query('begin')
    await completeNode(driver, node!)
    await sweep(sweeper)
    await driver.query('commit')
    expect([await nodeStatuses(sql, one.runId), await nodeStatuses(sql, two.runId)]).toEqual([
      { a: 'failed', b: 'queued' },
      { a: 'completed', b: 'queued' },
    ])
  })
})

describe('whoever goes from tree to tree', () => {
  test('leaves an overdue run that somebody is changing to the next time', async () => {
    const { sql } = database
    const [holder] = (await database.connectMany(1)) as [Client]
    const { runId } = await startRun(sql, { nodes: ['a'] })
    const other = await startRun(sql, { nodes: ['a'] })
    await sql.query('update lenses.workflow_runs set deadline_at = now()')
    await holder.query('begin')
    await holder.query('select from lenses.workflow_runs where run_id = $1 for update', [runId])
    expect(await value(sql, 'select lenses.fn_end_overdue_runs()')).toBe(1)
    await holder.query('commit')
    expect([await runStatus(sql, runId), await runStatus(sql, other.runId)]).toEqual(['running', 'timed_out'])
    expect(await value(sql, 'select lenses.fn_end_overdue_runs()')).toBe(1)
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'cancelled (timed_out)' })
  })

  test('forgets no run that somebody is trying again', async () => {
    const { sql } = database
    const [owner] = (await database.connectMany(1)) as [Client]
    const { runId, ownerId } = await startRun(sql, { nodes: ['a'] })
    await drainNodes(sql, () => 'fail')
    await sql.query(`update lenses.workflow_runs set finished_at = now() - interval '100 days'`)
    await owner.query('begin')
    expect(await value(owner, 'select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId])).toMatchObject({ nodes: ['a'] })
    expect(await value(sql, `select lenses.forget_runs('90 days', 1000)`)).toBe(0)
    await owner.query('commit')
    expect(await drainNodes(sql)).toEqual(['a'])
  })
})

describe('a budget', () => {
  test('a cancel that comes while a claim sets money aside waits for it, and settles what was set aside', async () => {
    const { sql } = database
    const [claimer, canceller, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const { runId, ownerId } = await startRun(
      sql,
      { nodes: [{ id: 'a', model_key: 'x:y', provider: 'x', funding_source: 'platform_credit', cost_estimate_usd: 0.5 }], budget_usd: 1 },
      { budget_usd: 1 },
    )
    await claimer.query('begin')
    const [node] = await claimNodes(claimer)
    expect(node).toMatchObject({ node_id: 'a' })
    expect(node!.refused).toBeUndefined()
    const cancelling = value(canceller, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
    await untilWaiting(observer, canceller)
    await claimer.query('commit')
    expect(await cancelling).toBe('cancelled')
    expect(await rows(sql, 'select from lensers.reservations where settled_at is null')).toEqual([])
    expect(await completeNode(sql, node!)).toBe(false)
  })
})
