import { describe, expect, test } from 'vitest'
import { type Client, killedIn, loseLeases, rows, untilWaiting, useDatabase, value } from '../../support/database.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  completeTogether,
  drainNodes,
  eventsOf,
  failNode,
  nodeStatuses,
  runStatus,
  startRun,
  suspendNode,
} from '../../support/workflows.ts'

/*
 * Where a driver can die, and what other engines lose there. A driver that dies is a connection that is cut off in the middle of its
 * transaction, or a lease that nobody renews.
 */

const database = useDatabase()

const chain = { nodes: ['a', 'b'], edges: [['a', 'b']] as [string, string][] }

async function loop(
  children = 2,
): Promise<{ runId: string; ownerId: string; node: ClaimedNode; wait: Record<string, unknown> & { children: object[] } }> {
  const { sql } = database
  const body = await startRun(sql, { nodes: ['item'] })
  await drainNodes(sql)
  const version_id = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [body.runId])
  const { runId, ownerId } = await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, body.ownerId)
  const [node] = await claimNodes(sql)
  const wait = {
    for: 'children',
    expires_in_ms: 60_000,
    state: {},
    max_concurrent: 2,
    children: Array.from({ length: children }, (_, item_index) => ({ item_index, version_id })),
  }
  return { runId, ownerId, node: node!, wait }
}

describe('a driver dies', () => {
  test('between its claim and its end: another runs the node, and the run has it once', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, chain)
    const [dead] = await claimNodes(sql)
    await loseLeases(database.sql)
    const [again] = await claimNodes(sql)
    expect(again).toMatchObject({ node_id: 'a', attempts: 0, reclaims: 1 })
    expect(again!.lease_token).not.toBe(dead!.lease_token)
    await completeNode(sql, again!)
    expect(await drainNodes(sql)).toEqual(['b'])
    expect((await eventsOf(sql, runId)).filter(({ type }) => type === 'node.completed').map(({ node_id }) => node_id)).toEqual(['a', 'b'])
  })

  test('while it records several ends together: none of them is there, and each is run again once', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: ['a', 'b'] })
    const claimed = await claimNodes(sql)
    await killedIn(database, (client) =>
      completeTogether(
        client,
        claimed.map((node) => ({ node })),
      ),
    )
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'queued', b: 'queued' })
    await loseLeases(database.sql)
    expect(await drainNodes(sql)).toEqual(['a', 'b'])
    expect(await runStatus(sql, runId)).toBe('completed')
  })

  test('while it records: nothing of it is there, the node is run again and what it unlocks is unlocked once', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, chain)
    const [a] = await claimNodes(sql)
    await killedIn(database, (client) => completeNode(client, a!))
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'queued', b: 'awaiting_dependency' })
    expect(await completeNode(sql, a!)).toBe(true) // it had only lost its connection
    expect(await completeNode(sql, a!)).toBe(false) // and asks again, because it never heard
    expect(await drainNodes(sql)).toEqual(['b'])
    expect(await brokenRules(sql)).toEqual([])
  })

  test('between a provider’s answer and its record: the next attempt is told that it is not the first', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: [{ id: 'a', max_attempts: 2 }] })
    const [a] = await claimNodes(sql)
    await value(sql, 'select lenses.fn_worker_checkpoint_node($1, $2, $3, $4)', [
      a!.job_id,
      a!.lease_token,
      '{"text":"so f"}',
      '{"offset":0,"text":"so f"}',
    ])
    await loseLeases(database.sql)
    const [again] = await claimNodes(sql)
    expect(again).toMatchObject({ run_id: runId, reclaims: 1, attempts: 0, checkpoint: { text: 'so f' } })
  })

  test('while it begins children: there are none, and the next one begins each once', async () => {
    const { sql } = database
    const { runId, node, wait } = await loop()
    await killedIn(database, (client) => suspendNode(client, node, wait))
    expect(await rows(sql, 'select from lenses.workflow_runs where parent_run_id = $1', [runId])).toEqual([])
    await loseLeases(database.sql)
    const [again] = await claimNodes(sql)
    expect(again).toMatchObject({ node_id: 'loop', wait: null, children: [] })
    expect(await suspendNode(sql, node, wait)).toBe(false)
    expect(await suspendNode(sql, again!, wait)).toBe(true)
    expect(await drainNodes(sql, () => 'complete')).toEqual(['item', 'item', 'loop'])
    expect(await value(sql, 'select count(*)::int from lenses.workflow_runs where parent_run_id = $1', [runId])).toBe(2)
    expect(await brokenRules(sql)).toEqual([])
  })

  test('with a child in its list that cannot begin: none begins, and nothing waits for one that is not there', async () => {
    const { sql } = database
    const { runId, node, wait } = await loop()
    const broken = { ...wait, children: [...wait.children, { item_index: 2, version_id: '00000000-0000-4000-8000-000000000000' }] }
    await expect(suspendNode(sql, node, broken)).rejects.toThrow('a child of node loop names a version that does not exist')
    expect(await rows(sql, 'select from lenses.workflow_runs where parent_run_id = $1', [runId])).toEqual([])
    expect(await nodeStatuses(sql, runId)).toEqual({ loop: 'queued' })
  })

  test('between the last child’s end and its parent’s wake: there is no such place', async () => {
    const { sql } = database
    const { runId, node, wait } = await loop(1)
    await suspendNode(sql, node, wait)
    const [item] = await claimNodes(sql)
    await killedIn(database, (client) => completeNode(client, item!))
    expect(await claimNodes(sql)).toEqual([])
    expect(await completeNode(sql, item!)).toBe(true)
    const [woken] = await claimNodes(sql)
    expect(woken).toMatchObject({ run_id: runId, node_id: 'loop', children: [{ status: 'completed' }] })
  })

  test('with a parent that looked too early: it waits again, and the end that came meanwhile wakes it at once', async () => {
    const { sql } = database
    const { node, wait } = await loop(1)
    await suspendNode(sql, node, wait)
    const [item] = await claimNodes(sql)
    await sql.query('update execution.later set run_after = now()')
    const [early] = await claimNodes(sql)
    expect(early).toMatchObject({ node_id: 'loop', children: [{ status: 'running' }] })
    await completeNode(sql, item!)
    expect(await suspendNode(sql, early!, { ...wait, children: [] })).toBe(true)
    expect((await claimNodes(sql)).map(({ node_id }) => node_id)).toEqual(['loop'])
  })

  test('again and again on one node: the node fails, and the run ends and says so', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, chain)
    for (let stall = 0; stall < 3; stall++) {
      expect(await claimNodes(sql)).toHaveLength(1)
      await loseLeases(database.sql)
    }
    expect(await claimNodes(sql)).toEqual([])
    expect(await runStatus(sql, runId)).toBe('failed')
    expect(await value(sql, 'select error from lenses.workflow_runs where run_id = $1', [runId])).toMatchObject({
      code: 'lease_lost',
      node_id: 'a',
    })
  })
})

describe('a driver that is not dead', () => {
  test('keeps its node for as long as it says so, whatever the node’s time is', async () => {
    const { sql } = database
    await startRun(sql, chain)
    const [a] = await claimNodes(sql)
    await sql.query(`update execution.leases set expires_at = now() + interval '1 millisecond'`)
    expect(await value(sql, 'select execution.fn_worker_heartbeat($1)', [a!.lease_token])).toEqual([a!.job_id])
    await sql.query('select execution.sweep()')
    expect(await claimNodes(sql)).toEqual([])
    expect(await completeNode(sql, a!)).toBe(true)
  })

  test('but comes late: its result does not replace the one of whoever has the node now', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, chain)
    const [zombie] = await claimNodes(sql)
    await loseLeases(database.sql)
    const [live] = await claimNodes(sql)
    expect(await completeNode(sql, zombie!, { envelope: { kind: 'text', artifact_kind: 'text', output: 'stale' } })).toBe(false)
    expect(await completeNode(sql, live!, { envelope: { kind: 'text', artifact_kind: 'text', output: 'fresh' } })).toBe(true)
    expect(
      await value(sql, `select output_data ->> 'output' from lenses.workflow_node_results where run_id = $1 and node_id = 'a'`, [runId]),
    ).toBe('fresh')
  })

  test('but comes late with a failure: it is not charged to whoever has the node now', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, { nodes: [{ id: 'a', max_attempts: 2 }] })
    const [zombie] = await claimNodes(sql)
    await loseLeases(database.sql)
    const [live] = await claimNodes(sql)
    expect(await failNode(sql, zombie!, undefined, 0)).toBe('lost')
    expect(await failNode(sql, zombie!)).toBe('lost')
    expect(await value(sql, 'select attempts from execution.jobs where job_id = $1', [live!.job_id])).toBe(0)
    expect(await completeNode(sql, live!)).toBe(true)
    expect(await runStatus(sql, runId)).toBe('completed')
  })

  test('but comes after its node was begun again by a retry: nothing of it reaches the new one', async () => {
    const { sql } = database
    const { runId, ownerId } = await startRun(sql, chain)
    const [late] = await claimNodes(sql)
    await value(sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
    await value(sql, 'select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId])
    expect(await completeNode(sql, late!)).toBe(false)
    expect(await failNode(sql, late!)).toBe('lost')
    expect(await suspendNode(sql, late!, { for: 'delay', expires_in_ms: 1, state: {} })).toBe(false)
    expect(await drainNodes(sql)).toEqual(['a', 'b'])
  })
})

describe('what a node makes', () => {
  test.each([['0'], ['false'], ['""'], ['null'], ['[]'], ['{}']])('data of %s is a value, and arrives as that', async (data) => {
    const { sql } = database
    const { runId } = await startRun(sql, {
      nodes: ['a', 'b'],
      edges: [
        { source: 'a', target: 'b', source_output_key: 'data', condition: { operator: 'equals', path: 'data', value: JSON.parse(data) } },
      ],
    })
    const [a] = await claimNodes(sql)
    await completeNode(sql, a!, { envelope: { kind: 'json', artifact_kind: 'json', output: '', data: JSON.parse(data) } })
    const [b] = await claimNodes(sql)
    expect(b!.parents.a!.envelope).toEqual({ kind: 'json', artifact_kind: 'json', output: '', data: JSON.parse(data) })
    expect(b!.edges).toMatchObject([{ outcome: 'taken' }])
    await completeNode(sql, b!, { envelope: { kind: 'json', artifact_kind: 'json', output: '', data: JSON.parse(data) } })
    expect(await value(sql, `select output -> 'data' from lenses.workflow_runs where run_id = $1`, [runId])).toEqual(JSON.parse(data))
  })

  test('more than 4 MiB before one node is refused, by name, and not handed out', async () => {
    const { sql } = database
    const parents = Array.from({ length: 5 }, (_, nth) => `p${nth}`)
    const { runId } = await startRun(sql, {
      nodes: [...parents, 'all'],
      edges: parents.map((parent) => [parent, 'all'] as [string, string]),
    })
    for (const node of await claimNodes(sql))
      await completeNode(sql, node, { envelope: { kind: 'text', artifact_kind: 'text', output: 'x'.repeat(900_000) } })
    const [all] = await claimNodes(sql)
    expect(all).toMatchObject({
      node_id: 'all',
      parents: {},
      refused: { code: 'context_too_large', message: expect.stringContaining('5 nodes hand all 45') },
    })
    await failNode(sql, all!, all!.refused as Record<string, unknown>)
    expect(await value(sql, 'select error from lenses.workflow_runs where run_id = $1', [runId])).toMatchObject({
      code: 'context_too_large',
      node_id: 'all',
    })
  })
})

describe('a workflow that could not end', () => {
  test('is no version: every edge leads to a later wave', async () => {
    await expect(
      startRun(database.sql, {
        nodes: ['a', 'b'],
        edges: [
          ['a', 'b'],
          ['b', 'a'],
        ],
      }),
    ).rejects.toThrow('it has a cycle')
  })

  test('is no version when the edges into a node are counted wrongly', async () => {
    await expect(startRun(database.sql, { nodes: ['a', { id: 'b', edges_in: 2 }], edges: [['a', 'b']] })).rejects.toThrow(
      'edges_in of a node',
    )
  })
})

describe('two connections at once', () => {
  test('the last two parents of a node end together, and it runs once', async () => {
    const { sql } = database
    const [one, two] = (await database.connectMany(2)) as [Client, Client]
    for (let round = 0; round < 20; round++) {
      await startRun(sql, {
        title: round,
        nodes: ['a', 'b', 'join'],
        edges: [
          ['a', 'join'],
          ['b', 'join'],
        ],
      })
      const [a, b] = await claimNodes(sql)
      expect(await Promise.all([completeNode(one, a!), completeNode(two, b!)])).toEqual([true, true])
      expect(await drainNodes(sql)).toEqual(['join'])
    }
  })

  test('one node is ended twice together, and is recorded once', async () => {
    const { sql } = database
    const [one, two] = (await database.connectMany(2)) as [Client, Client]
    for (let round = 0; round < 20; round++) {
      await startRun(sql, { ...chain, title: round })
      const [a] = await claimNodes(sql)
      const answers = await Promise.all([completeNode(one, a!), round % 2 ? completeNode(two, a!) : failNode(two, a!)])
      expect(answers.filter((answer) => answer === true || answer === 'dead_lettered')).toHaveLength(1)
      expect(await drainNodes(sql)).toEqual(answers.includes(true) ? ['b'] : [])
    }
    expect(await brokenRules(sql)).toEqual([])
  })

  test('an answer and the end of its time come together: the node goes on once', async () => {
    const { sql } = database
    const [one, two] = (await database.connectMany(2)) as [Client, Client]
    for (let round = 0; round < 20; round++) {
      await startRun(sql, { nodes: [{ id: 'ask', type: 'approval' }], title: round })
      const [ask] = await claimNodes(sql)
      const token_sha256 = String(round).padStart(64, '0')
      await suspendNode(sql, ask!, { for: 'approval', expires_in_ms: 60_000, state: {}, token_sha256 })
      await sql.query('update execution.later set run_after = now()')
      const [, claimed] = await Promise.all([
        value(one, 'select lenses.fn_waits_answer($1, $2)', [token_sha256, '{"decision":"approved"}']),
        claimNodes(two),
      ])
      const more = await claimNodes(sql)
      expect([...claimed, ...more]).toHaveLength(1)
      await completeNode(sql, [...claimed, ...more][0]!, { ports: ['approved'] })
    }
    expect(await brokenRules(sql)).toEqual([])
  })

  test('an answer comes while its run is cancelled and tried again: it is told that nobody waits', async () => {
    const { sql } = database
    const [owner, answerer] = (await database.connectMany(2)) as [Client, Client]
    const { runId, ownerId } = await startRun(sql, { nodes: [{ id: 'ask', type: 'approval' }] })
    const [ask] = await claimNodes(sql)
    const token_sha256 = 'd'.repeat(64)
    await suspendNode(sql, ask!, { for: 'approval', expires_in_ms: 60_000, state: {}, token_sha256 })
    await owner.query('begin')
    await value(owner, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
    await value(owner, 'select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId])
    const answering = value(answerer, 'select lenses.fn_waits_answer($1, $2)', [token_sha256, '{"decision":"approved"}'])
    await untilWaiting(sql, answerer)
    await owner.query('commit')
    expect(await answering).toBe('ended')
  })
})

describe('time', () => {
  test('a run that began with less time than its parent ends when that is over, and its parent goes on', async () => {
    const { sql } = database
    const body = await startRun(sql, { nodes: ['item'], timeout_ms: 1000 })
    await drainNodes(sql)
    const version_id = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [body.runId])
    for (const timeout of [{}, { timeout_ms: 3_600_000 }]) {
      const { runId } = await startRun(sql, { nodes: [{ id: 'sub', type: 'sub_workflow' }], ...timeout }, {}, body.ownerId)
      const [sub] = await claimNodes(sql)
      await suspendNode(sql, sub!, { for: 'children', expires_in_ms: 60_000, state: {}, children: [{ item_index: 0, version_id }] })
      const [item] = await claimNodes(sql)
      const left = await value<number>(
        sql,
        'select extract(epoch from deadline_at - now())::float8 from lenses.workflow_runs where parent_run_id = $1',
        [runId],
      )
      expect(left).toBeLessThanOrEqual(1)
      await sql.query(`update lenses.workflow_runs set deadline_at = now() where parent_run_id = $1`, [runId])
      expect(await value(sql, 'select lenses.fn_end_overdue_runs()')).toBe(1)
      expect(await completeNode(sql, item!)).toBe(false)
      const [woken] = await claimNodes(sql)
      expect(woken).toMatchObject({ run_id: runId, node_id: 'sub', children: [{ status: 'timed_out' }] })
      await completeNode(sql, woken!)
    }
    expect(await brokenRules(sql)).toEqual([])
  })
})

describe('a twin', () => {
  test('of an active run is that run; a dry run, a fork and a replay are nobody’s twin', async () => {
    const { sql } = database
    const { runId, ownerId, workflowId } = await startRun(sql, chain, { inputs_hash: 'x' })
    const start = (more: object = {}) =>
      value<{ run_id: string; created: boolean }>(sql, 'select lenses.fn_start_workflow_run($1, $2)', [
        ownerId,
        JSON.stringify({ workflow_id: workflowId, inputs_hash: 'x', ...more }),
      ])
    expect(await start()).toMatchObject({ run_id: runId, created: false })
    expect(await start({ dry_run: true })).toMatchObject({ created: true })
    await drainNodes(sql)
    const fork = await value<{ run_id: string }>(
      sql,
      `select lenses.fn_workflow_runs_fork($1, $2, 'a', '{"node_inputs":{"tone":"dry"}}')`,
      [runId, ownerId],
    )
    const next = await start()
    expect(next.created).toBe(true)
    expect(next.run_id).not.toBe(fork.run_id)
  })
})

describe('a fork', () => {
  test('has the variables that what it takes over had set', async () => {
    const { sql } = database
    const { runId, ownerId } = await startRun(sql, chain)
    await drainNodes(sql, ({ node_id }) => (node_id === 'a' ? { variables: { tone: 'dry' } } : 'complete'))
    await value(sql, `select lenses.fn_workflow_runs_fork($1, $2, 'b')`, [runId, ownerId])
    expect(await claimNodes(sql)).toMatchObject([{ node_id: 'b', variables: { tone: 'dry' } }])
  })
})
