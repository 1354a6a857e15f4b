import { expect, test } from 'vitest'
import { useDatabase, value } from '../../support/database.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  drainNodes,
  eventsOf,
  failNode,
  nodeStatuses,
  runStatus,
  saveWorkflow,
  startRun,
  suspendNode,
  type TestGraph,
} from '../../support/workflows.ts'

const database = useDatabase()

test('a node runs when its parents have ended, and hands on what they made', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: ['a', 'b', 'c'],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
    ],
  })
  const [a, ...others] = await claimNodes(database.sql)
  expect(others).toEqual([])
  expect(await completeNode(database.sql, a!)).toBe(true)
  const [b] = await claimNodes(database.sql)
  expect(b).toMatchObject({
    node_id: 'b',
    parents: { a: { status: 'completed', envelope: { output: 'of a' } } },
    edges: [{ source: 'a', outcome: 'taken' }],
  })
  await completeNode(database.sql, b!)
  expect(await drainNodes(database.sql)).toEqual(['c'])
  expect(await runStatus(database.sql, runId)).toBe('completed')
  expect(await value(database.sql, `select output ->> 'output' from lenses.workflow_runs where run_id = $1`, [runId])).toBe('of c')
  expect((await eventsOf(database.sql, runId)).map(({ type, node_id }) => (node_id ? `${type} ${node_id}` : type))).toEqual([
    'run.started',
    'node.queued a',
    'node.completed a',
    'node.queued b',
    'node.completed b',
    'node.queued c',
    'node.completed c',
    'run.completed',
  ])
})

test('waves are strict: nothing of the next runs before the whole of this one has ended', async () => {
  const graph = {
    nodes: ['a', 'b', 'a2', 'b2'],
    edges: [
      ['a', 'a2'],
      ['b', 'b2'],
    ] as [string, string][],
  }
  const { runId } = await startRun(database.sql, graph)
  const [a, b] = await claimNodes(database.sql)
  await completeNode(database.sql, a!)
  expect(await claimNodes(database.sql)).toEqual([])
  await completeNode(database.sql, b!)
  expect((await claimNodes(database.sql)).map(({ node_id }) => node_id)).toEqual(['a2', 'b2'])
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ a: 'completed', a2: 'queued' })
})

test('eager scheduling waits for a node’s own parents alone', async () => {
  await startRun(database.sql, {
    scheduling: 'eager',
    nodes: ['a', 'b', 'a2', 'b2'],
    edges: [
      ['a', 'a2'],
      ['b', 'b2'],
    ],
  })
  const [a] = await claimNodes(database.sql)
  await completeNode(database.sql, a!)
  expect((await claimNodes(database.sql)).map(({ node_id }) => node_id)).toEqual(['a2'])
})

test('a join after an if and an else runs: the branch that was not taken is no failure', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: [{ id: 'if', type: 'if_condition' }, 'yes', 'no', 'join'],
    edges: [
      ['if', 'yes', 'true'],
      ['if', 'no', 'false'],
      ['yes', 'join'],
      ['no', 'join'],
    ],
  })
  await drainNodes(database.sql, ({ node_id }) => (node_id === 'if' ? { ports: ['true'] } : 'complete'))
  expect(await nodeStatuses(database.sql, runId)).toEqual({ if: 'completed', yes: 'completed', no: 'skipped (branch)', join: 'completed' })
  expect(await runStatus(database.sql, runId)).toBe('completed')
})

test.each([
  ['skip', { b: 'skipped (upstream_failure)', c: 'skipped (upstream_failure)' }],
  ['propagate', { b: 'failed', c: 'failed' }],
  ['substitute_default', { b: 'completed', c: 'completed' }],
] as const)('on_parent_failure %s', async (on_parent_failure, expected) => {
  const { runId } = await startRun(database.sql, {
    nodes: ['a', { id: 'b', on_parent_failure }, { id: 'c', on_parent_failure }],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
    ],
  })
  await drainNodes(database.sql, ({ node_id }) => (node_id === 'a' ? 'fail' : 'complete'))
  expect(await nodeStatuses(database.sql, runId)).toEqual({ a: 'failed', ...expected })
  expect(await runStatus(database.sql, runId)).toBe('failed')
})

test('an error port is followed on an error alone, and handles it', async () => {
  const graph = {
    nodes: ['a', 'next', { id: 'catch', type: 'error_catch' }],
    edges: [
      ['a', 'next'],
      ['a', 'catch', 'error'],
    ] as [string, string, string?][] as never,
  }
  const failing = await startRun(database.sql, graph)
  await drainNodes(database.sql, ({ node_id }) => (node_id === 'a' ? 'fail' : 'complete'))
  expect(await nodeStatuses(database.sql, failing.runId)).toEqual({ a: 'failed', next: 'skipped (upstream_failure)', catch: 'completed' })
  expect(await runStatus(database.sql, failing.runId)).toBe('completed')
  const fine = await startRun(database.sql, graph)
  await drainNodes(database.sql)
  expect(await nodeStatuses(database.sql, fine.runId)).toEqual({ a: 'completed', next: 'completed', catch: 'skipped (branch)' })
})

test('a failure is tried again, and after its last attempt the run is failed and says where', async () => {
  const { runId } = await startRun(database.sql, { nodes: [{ id: 'a', max_attempts: 2 }] })
  const [first] = await claimNodes(database.sql)
  expect(await failNode(database.sql, first!, undefined, 0)).toBe('requeued')
  await database.sql.query('select execution.sweep()')
  const [second] = await claimNodes(database.sql)
  expect(second).toMatchObject({ attempts: 1 })
  expect(await failNode(database.sql, second!, undefined, 0)).toBe('dead_lettered')
  expect(await runStatus(database.sql, runId)).toBe('failed')
  expect(await value(database.sql, 'select error from lenses.workflow_runs where run_id = $1', [runId])).toMatchObject({
    code: 'provider_unavailable',
    node_id: 'a',
  })
})

test('a timeout is a timeout, not a cancellation', async () => {
  const { runId } = await startRun(database.sql, { nodes: ['a'] })
  const [a] = await claimNodes(database.sql)
  await failNode(database.sql, a!, { code: 'node_timeout', message: 'too slow' })
  expect(await nodeStatuses(database.sql, runId)).toEqual({ a: 'timed_out' })
  expect(await runStatus(database.sql, runId)).toBe('failed')
})

test('at most max_in_flight nodes of a run have jobs at once', async () => {
  const nodes = Array.from({ length: 25 }, (_, nth) => `n${nth}`)
  const { runId } = await startRun(database.sql, { nodes, max_in_flight: 4 })
  const first = await claimNodes(database.sql)
  expect(first.map(({ node_id }) => node_id)).toEqual(['n0', 'n1', 'n2', 'n3'])
  for (const node of first) await completeNode(database.sql, node)
  expect(await value(database.sql, 'select in_flight from lenses.workflow_runs where run_id = $1', [runId])).toBe(4)
  expect(await drainNodes(database.sql)).toHaveLength(21)
  expect(await runStatus(database.sql, runId)).toBe('completed')
})

test('a driver that lost its lease cannot complete or fail the node', async () => {
  const { runId } = await startRun(database.sql, { nodes: ['a'] })
  const [a] = await claimNodes(database.sql)
  await database.sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  await database.sql.query('select execution.sweep()')
  expect(await completeNode(database.sql, a!)).toBe(false)
  expect(await failNode(database.sql, a!)).toBe('lost')
  const [again] = await claimNodes(database.sql)
  expect(await completeNode(database.sql, again!)).toBe(true)
  expect(await completeNode(database.sql, again!)).toBe(false)
  expect(await runStatus(database.sql, runId)).toBe('completed')
})

test('a cancel ends every node, whoever has it, and what comes late changes nothing', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    nodes: ['a', 'b', 'c'],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
    ],
  })
  const [a] = await claimNodes(database.sql)
  expect(await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])).toBe('cancelled')
  expect(await value(database.sql, 'select execution.fn_worker_heartbeat($1)', [a!.lease_token])).toEqual([])
  expect(await completeNode(database.sql, a!)).toBe(false)
  expect(await nodeStatuses(database.sql, runId)).toEqual({
    a: 'cancelled (cancelled)',
    b: 'cancelled (cancelled)',
    c: 'cancelled (cancelled)',
  })
  expect(await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])).toBe('run_cancelled')
})

test('stop_return ends the run with its value, and what has not ended is stopped', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    scheduling: 'eager',
    nodes: ['slow', { id: 'stop', type: 'stop_return' }, 'after'],
    edges: [['slow', 'after']],
  })
  const [slow, stop] = await claimNodes(database.sql)
  await completeNode(database.sql, stop!, { envelope: { kind: 'json', artifact_kind: 'json', output: '7', data: 7 }, stops_run: true })
  expect(await completeNode(database.sql, slow!)).toBe(false)
  expect(await nodeStatuses(database.sql, runId)).toEqual({ slow: 'cancelled (stopped)', stop: 'completed', after: 'cancelled (stopped)' })
  expect(await runStatus(database.sql, runId)).toBe('completed')
  const replay = await value<{ run_id: string }>(database.sql, 'select lenses.fn_workflow_runs_replay($1, $2)', [runId, ownerId])
  expect(await nodeStatuses(database.sql, replay.run_id)).toEqual(await nodeStatuses(database.sql, runId))
})

test('an approval waits without a lease, is answered once, and goes on at once', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    nodes: [{ id: 'ask', type: 'approval' }, 'after'],
    edges: [['ask', 'after', 'approved']],
    max_in_flight: 1,
  })
  const [ask] = await claimNodes(database.sql)
  const token_sha256 = 'a'.repeat(64)
  expect(
    await suspendNode(database.sql, ask!, { for: 'approval', expires_in_ms: 60_000, state: { step: 1 }, token_sha256, prompt: 'Shall I?' }),
  ).toBe(true)
  expect(await claimNodes(database.sql)).toEqual([])
  expect(await value(database.sql, 'select count(*)::int from execution.leases')).toBe(0)
  const answer = (token: string) =>
    value(database.sql, 'select lenses.fn_waits_answer($1, $2)', [token, JSON.stringify({ decision: 'approved', by: ownerId })])
  expect(await answer('b'.repeat(64))).toBe('not_found')
  expect(await answer(token_sha256)).toBe('answered')
  expect(await answer(token_sha256)).toBe('already_answered')
  const [answered] = await claimNodes(database.sql)
  expect(answered).toMatchObject({
    node_id: 'ask',
    wait: { for: 'approval', expired: false, answer: { decision: 'approved' }, state: { step: 1 } },
  })
  await completeNode(database.sql, answered!, { ports: ['approved'] })
  expect(await drainNodes(database.sql)).toEqual(['after'])
  expect(await runStatus(database.sql, runId)).toBe('completed')
  expect(await value(database.sql, 'select in_flight from lenses.workflow_runs where run_id = $1', [runId])).toBe(0)
})

test('children run as many at once as may, and the last of them wakes the node that began them', async () => {
  const { sql } = database
  const body = await startRun(sql, { nodes: ['item'] })
  await drainNodes(sql)
  const versionId = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [body.runId])
  const { runId } = await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, body.ownerId)
  const [loop] = await claimNodes(sql)
  const children = [0, 1, 2].map((item_index) => ({ item_index, version_id: versionId, inputs: { item: item_index } }))
  expect(await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 2 })).toBe(true)
  const first = await claimNodes(sql)
  expect(first.map(({ node_id, run_inputs }) => [node_id, run_inputs])).toEqual([
    ['item', { item: 0 }],
    ['item', { item: 1 }],
  ])
  for (const node of first) await completeNode(sql, node)
  const [third, ...none] = await claimNodes(sql)
  expect(none).toEqual([])
  expect(third).toMatchObject({ run_inputs: { item: 2 } })
  await failNode(sql, third!)
  const [woken] = await claimNodes(sql)
  expect(woken).toMatchObject({
    node_id: 'loop',
    children: [
      { item_index: 0, status: 'completed' },
      { item_index: 1, status: 'completed' },
      { item_index: 2, status: 'failed' },
    ],
  })
  await completeNode(sql, woken!)
  expect(await runStatus(sql, runId)).toBe('completed')
})

test('a run that a node begins has the defaults its workflow declares, and text that is a value is one', async () => {
  const { sql } = database
  const inputs = { n: { type: 'integer', max: 9 }, tone: { type: 'string', default: 'calm' }, note: { type: 'string', required: false } }
  const inner = await saveWorkflow(sql, { nodes: ['item'], document: { title: 'Inner', inputs } })
  const { runId } = await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, inner.ownerId)
  const [loop] = await claimNodes(sql)
  const given = [{ n: 1, more: 'x' }, { n: '2', tone: 'dry' }, {}, { n: 'three' }, { n: 10 }, { n: 6, tone: 7 }]
  const children = given.map((inputs, item_index) => ({ item_index, version_id: inner.versionId, inputs }))
  await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 3 })
  // Those that cannot begin leave their places to the next.
  const begun = await claimNodes(sql)
  expect(begun.map(({ run_inputs }) => run_inputs)).toEqual([
    { n: 1, tone: 'calm', note: null, more: 'x' },
    { n: 2, tone: 'dry', note: null },
    { n: 6, tone: '7', note: null },
  ])
  for (const node of begun) await completeNode(sql, node)
  const [woken] = await claimNodes(sql)
  expect(woken!.children.map(({ status, error }) => [status, error])).toEqual([
    ['completed', null],
    ['completed', null],
    ['failed', { code: 'inputs_missing', message: 'Required, and not given: n' }],
    ['failed', { code: 'input_contract_violation', message: 'n must be a whole number.' }],
    ['failed', { code: 'input_contract_violation', message: 'n must be at most 9.' }],
    ['completed', null],
  ])
  const refused = woken!.children[2]!.run_id
  expect(await value(sql, 'select lenses.fn_workflow_runs_replay($1, $2)', [refused, inner.ownerId])).toMatchObject({
    refused: 'run_state',
  })
  await completeNode(sql, woken!)
  expect(await runStatus(sql, runId)).toBe('completed')
})

test('a node whose runs cannot begin with what it gives them goes on at once, and hears why', async () => {
  const { sql } = database
  const inner = await saveWorkflow(sql, { nodes: ['item'], document: { title: 'Inner', inputs: { n: { type: 'number' } } } })
  for (const fail_fast of [false, true]) {
    await startRun(sql, { nodes: [{ id: 'loop', type: 'loop_map' }] }, {}, inner.ownerId)
    const [loop] = await claimNodes(sql)
    const children = Array.from({ length: fail_fast ? 3 : 40 }, (_, item_index) => ({
      item_index,
      version_id: inner.versionId,
      inputs: {},
    }))
    await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: { fail_fast }, children, max_concurrent: 1 })
    const [woken] = await claimNodes(sql)
    expect(woken!.node_id).toBe('loop')
    expect(new Set(woken!.children.map(({ status }) => status))).toEqual(new Set(fail_fast ? ['failed', 'queued'] : ['failed']))
    await completeNode(sql, woken!)
  }
})

test('a retry runs what failed and what came after, and nothing that was done', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    nodes: ['a', 'b', 'c', 'd'],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'd'],
    ],
  })
  await drainNodes(database.sql, ({ node_id }) => (node_id === 'b' ? 'fail' : 'complete'))
  expect(await nodeStatuses(database.sql, runId)).toEqual({ a: 'completed', b: 'failed', c: 'skipped (upstream_failure)', d: 'completed' })
  const retried = await value<{ nodes: string[] }>(database.sql, 'select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId])
  expect(retried.nodes.toSorted()).toEqual(['b', 'c'])
  expect(await runStatus(database.sql, runId)).toBe('running')
  expect(await drainNodes(database.sql)).toEqual(['b', 'c'])
  expect(await runStatus(database.sql, runId)).toBe('completed')
  expect(await value(database.sql, 'select count(*)::int from execution.dead_letters where redriven_at is null')).toBe(0)
})

test('a node that had been completed and is run again knows it, so that what it does outside is done again; one that failed goes on with what it began', async () => {
  const { sql } = database
  const { runId, ownerId } = await startRun(sql, { nodes: ['a', 'b'], edges: [['a', 'b']] })
  const claimed = async () => (await claimNodes(sql)).map((node) => [node, node.done_before] as const)
  const next = async (outcome: 'complete' | 'fail') => {
    const [[node, before]] = (await claimed()) as [[ClaimedNode, number]]
    await (outcome === 'fail' ? failNode(sql, node) : completeNode(sql, node))
    return [node.node_id, before]
  }
  expect([await next('complete'), await next('fail')]).toEqual([['a', 0], ['b', 0]]) // biome-ignore format: side by side
  await sql.query('select lenses.fn_workflow_runs_retry($1, $2)', [runId, ownerId])
  expect(await next('complete')).toEqual(['b', 0])
  await sql.query('select lenses.fn_workflow_runs_retry($1, $2, $3)', [runId, ownerId, 'a'])
  expect([await next('complete'), await next('complete')]).toEqual([['a', 1], ['b', 1]]) // biome-ignore format: side by side
})

test('a retry from a node of a run that was cancelled runs what the cancel ended, too: it does not complete without it', async () => {
  const { sql } = database
  const graph: TestGraph = {
    nodes: ['a', 'b', 'c', 'join'],
    edges: [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'join'],
      ['c', 'join'],
    ],
  }
  const { runId, ownerId } = await startRun(sql, graph)
  for (const node of await claimNodes(sql)) await completeNode(sql, node)
  await sql.query('select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
  await sql.query('select lenses.fn_workflow_runs_retry($1, $2, $3)', [runId, ownerId, 'b'])
  expect((await drainNodes(sql)).sort()).toEqual(['b', 'c', 'join'])
  expect(await runStatus(sql, runId)).toBe('completed')
  expect(new Set(Object.values(await nodeStatuses(sql, runId)))).toEqual(new Set(['completed']))
})

test('a fork from a node takes over what was before it and runs the rest with another input', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    nodes: ['a', 'b', 'c'],
    edges: [
      ['a', 'b'],
      ['b', 'c'],
    ],
  })
  await drainNodes(database.sql)
  const fork = await value<{ run_id: string }>(database.sql, 'select lenses.fn_workflow_runs_fork($1, $2, $3, $4)', [
    runId,
    ownerId,
    'b',
    JSON.stringify({ node_inputs: { tone: 'dry' } }),
  ])
  const [b] = await claimNodes(database.sql)
  expect(b).toMatchObject({
    run_id: fork.run_id,
    node_id: 'b',
    config: { param_overrides: { tone: 'dry' } },
    parents: { a: { envelope: { output: 'of a' } } },
  })
  await completeNode(database.sql, b!)
  expect(await drainNodes(database.sql)).toEqual(['c'])
  expect(await runStatus(database.sql, fork.run_id)).toBe('completed')
  expect(await nodeStatuses(database.sql, runId)).toEqual({ a: 'completed', b: 'completed', c: 'completed' })
})

test('what is run again does not find the variables that it set the first time, but those of what stays', async () => {
  const { sql } = database
  const sets = (id: string, ...names: string[]) => ({
    id,
    type: 'set_variables',
    config: { variables: names.map((name) => ({ name, value: 'x' })) },
  })
  const graph: TestGraph = { nodes: [sets('kept', 'a', 'b'), sets('again', 'b', 'c')], edges: [['kept', 'again']] }
  const variables: Record<string, object> = { kept: { a: 1, b: 1 }, again: { b: 2, c: 2 } }
  const { runId, ownerId } = await startRun(sql, graph)
  await drainNodes(sql, ({ node_id }) => ({ variables: variables[node_id] }))
  await sql.query('select lenses.fn_workflow_runs_fork($1, $2, $3)', [runId, ownerId, 'again'])
  const [forked] = await claimNodes(sql)
  // Who set b last the log does not say.
  expect(forked).toMatchObject({ node_id: 'again', variables: { a: 1, b: 2 } })
  await completeNode(sql, forked!)
  await sql.query('select lenses.fn_workflow_runs_retry($1, $2, $3)', [runId, ownerId, 'kept'])
  const [first] = await claimNodes(sql)
  expect(first).toMatchObject({ node_id: 'kept', variables: {} })
  await completeNode(sql, first!)
})

test('a replay goes through the graph again without a job', async () => {
  const { runId, ownerId } = await startRun(database.sql, {
    nodes: [{ id: 'if', type: 'if_condition' }, 'yes', 'no', { id: 'join', join_policy: 'all_settled' }],
    edges: [
      ['if', 'yes', 'true'],
      ['if', 'no', 'false'],
      ['yes', 'join'],
      ['no', 'join'],
    ],
  })
  await drainNodes(database.sql, ({ node_id }) => (node_id === 'if' ? { ports: ['false'] } : node_id === 'no' ? 'fail' : 'complete'))
  const jobs = await value(database.sql, 'select count(*)::int from execution.jobs')
  const replay = await value<{ run_id: string }>(database.sql, 'select lenses.fn_workflow_runs_replay($1, $2)', [runId, ownerId])
  expect(await nodeStatuses(database.sql, replay.run_id)).toEqual(await nodeStatuses(database.sql, runId))
  expect(await runStatus(database.sql, replay.run_id)).toBe(await runStatus(database.sql, runId))
  expect(await value(database.sql, 'select count(*)::int from execution.jobs')).toBe(jobs)
})

test('a start with a key is one run for a day, and the same key with other inputs is a conflict', async () => {
  const { sql } = database
  const { ownerId, workflowId, runId } = await startRun(sql, { nodes: ['a'] }, { idempotency_key: 'k', inputs_hash: 'x' })
  const start = (more: Record<string, unknown>) =>
    value(sql, 'select lenses.fn_start_workflow_run($1, $2)', [ownerId, JSON.stringify({ workflow_id: workflowId, ...more })])
  expect(await start({ idempotency_key: 'k', inputs_hash: 'x' })).toMatchObject({ run_id: runId, created: false })
  expect(await start({ idempotency_key: 'k', inputs_hash: 'y' })).toMatchObject({ refused: 'idempotency_conflict' })
  const other = await start({ inputs_hash: 'x' })
  expect(other).toMatchObject({ created: true })
  expect(await start({ inputs_hash: 'x' })).toMatchObject({ created: false, run_id: (other as { run_id: string }).run_id })
  await drainNodes(sql)
  expect(await start({ inputs_hash: 'x' })).toMatchObject({ created: true })
})
