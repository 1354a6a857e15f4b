import { randomUUID } from 'node:crypto'
import { ok } from '@agon/runner-core/result'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { waitTokenHash, waitTokens } from '@agon/store/wait-token'
import { expect, test } from 'vitest'
import { rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { compiledGraph, eventsOf, nodeStatuses, runStatus, startRun, type TestGraph } from '../../support/workflows.ts'

// The runners on the real database: what the step records is what the run becomes.

const database = useDatabase()

const output = (runId: string) =>
  value<Record<string, unknown>>(database.sql, 'select output from lenses.workflow_runs where run_id = $1', [runId])
const errorOf = (runId: string) =>
  value<Record<string, unknown>>(database.sql, 'select error from lenses.workflow_runs where run_id = $1', [runId])
const nested = (graph: TestGraph) =>
  value<string>(database.sql, 'select lenses.fn_versions_store_nested($1)', [JSON.stringify(compiledGraph(graph))])
/** What waits for a time waits no longer. */
const dueNow = async () => {
  await database.sql.query(`update lenses.workflow_waits set expires_at = now() - interval '1 ms' where ended_at is null`)
  await database.sql.query(`update execution.later set run_after = now() - interval '1 ms'`)
  await database.sql.query('select execution.sweep()')
}

const text = (id: string, template: string, more = {}) => ({
  id,
  type: 'lens',
  job_kind: 'lens_run',
  model_key: 'sparring:quill',
  provider: 'sparring',
  limit_key: 'sparring',
  funding_source: 'simulated',
  simulated: true,
  lens: { kind: 'text', template, input_contract: { parameters: parametersOf(template), strict: false } },
  ...more,
})

/** What a template names, as the parameters it needs. */
const parametersOf = (template: string) =>
  Object.fromEntries([...template.matchAll(/\[\[(\w+)\]\]/g)].map(([, label]) => [label, { type: 'any', required: true }]))

test('a branch, a variable and a join end as the workflow says', async () => {
  const { runId } = await startRun(
    database.sql,
    {
      nodes: [
        { id: 'start', config: { template: '[[inputs.topic]]' } },
        { id: 'keep', type: 'set_variables', config: { variables: [{ name: 'topic', value: '[[input]]' }] } },
        { id: 'check', type: 'if_condition', config: { expression: 'variables.topic contains "rain"' } },
        { id: 'wet', config: { template: 'Take an umbrella.' } },
        { id: 'dry', config: { template: 'Take nothing.' } },
        { id: 'join', type: 'merge', config: { mode: 'first' } },
      ],
      edges: [
        ['start', 'keep'],
        ['keep', 'check'],
        ['check', 'wet', 'true'],
        ['check', 'dry', 'false'],
        ['wet', 'join'],
        ['dry', 'join'],
      ],
    },
    { inputs: { topic: 'much rain' } },
  )
  await nodeDriver(database.sql).drain()
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ wet: 'completed', dry: 'skipped (branch)', join: 'completed' })
  expect(await output(runId)).toMatchObject({ output: 'Take an umbrella.' })
  expect(await value(database.sql, 'select variables from lenses.workflow_runs where run_id = $1', [runId])).toEqual({ topic: 'much rain' })
})

test('a lens is asked with what its parent made, and its record says what went in, what came out and what it cost', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: [{ id: 'start', config: { template: 'rain' } }, text('write', 'A poem on [[topic]].')],
    edges: [{ source: 'start', target: 'write', target_param_label: 'topic' }],
  })
  const { drain, asked } = nodeDriver(database.sql, () => 'Drops.')
  await drain()
  expect(asked[0]!.prompt).toBe('A poem on rain.')
  const [row] = await rows<Record<string, unknown>>(
    database.sql,
    `select output_data, resolved_input, input_tokens, output_tokens, cost_usd::float, wire_model from lenses.workflow_node_results where run_id = $1 and node_id = 'write'`,
    [runId],
  )
  expect(row).toMatchObject({
    output_data: { kind: 'text', output: 'Drops.' },
    resolved_input: { inputs: { topic: 'rain' }, prompt: 'A poem on rain.' },
    input_tokens: 10,
    output_tokens: 5,
    wire_model: 'quill',
  })
})

test('an answer that breaks its contract is asked again as configured, and the log tells of both', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: [
      text('read', 'Read it.', {
        max_attempts: 2,
        config: { retry: { attempts: 2, backoff_ms: 0, retry_on: ['contract_violated'] } },
        lens: {
          kind: 'text',
          template: 'Read it.',
          output_contract: { schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
        },
      }),
    ],
  })
  const { drain } = nodeDriver(database.sql, (_, nth) => (nth === 1 ? 'no JSON' : '{"n": 7}'))
  await drain()
  await dueNow()
  await drain()
  expect(await output(runId)).toMatchObject({ data: { n: 7 } })
  expect((await eventsOf(database.sql, runId)).map(({ type }) => type)).toEqual([
    'run.started',
    'node.queued',
    'contract.violated',
    'node.retried',
    'node.completed',
    'run.completed',
  ])
})

test('a failure without a handler fails the run; error_catch makes it a value', async () => {
  const failing = { id: 'read', type: 'output_parser', config: {} }
  const start = { id: 'start', config: { template: 'no JSON' } }
  const alone = await startRun(database.sql, { nodes: [start, failing], edges: [['start', 'read']] })
  const caught = await startRun(database.sql, {
    output_node_id: 'catch',
    nodes: [start, failing, { id: 'catch', type: 'error_catch', join_policy: 'all_settled', config: {} }],
    edges: [['start', 'read'], { source: 'read', target: 'catch', source_port: 'error', source_output_key: 'data' }],
  })
  await nodeDriver(database.sql).drain()
  expect([await runStatus(database.sql, alone.runId), await errorOf(alone.runId)]).toMatchObject([
    'failed',
    { code: 'output_contract_violation' },
  ])
  expect(await runStatus(database.sql, caught.runId)).toBe('completed')
  expect(await output(caught.runId)).toMatchObject({ data: { error: { node_id: 'read', code: 'output_contract_violation' } } })
})

test('error_catch hears of a failure also where the node right before it was skipped for it, and of a branch not taken it does not', async () => {
  const caught = async (first: Record<string, unknown>, port?: string) => {
    const { runId } = await startRun(database.sql, {
      nodes: [{ id: 'first', ...first }, 'between', 'beside', { id: 'catch', type: 'error_catch', join_policy: 'all_settled' }],
      edges: [port ? ['first', 'between', port] : ['first', 'between'], ['between', 'catch'], ['beside', 'catch']],
    })
    await nodeDriver(database.sql).drain()
    return value<[string[], Record<string, unknown> | null]>(
      database.sql,
      "select jsonb_build_array(to_jsonb(ports), output_data -> 'data' -> 'error') from lenses.workflow_node_results where run_id = $1 and node_id = 'catch'",
      [runId],
    )
  }
  const failing = { type: 'output_parser', config: { strict: true }, edges_in: 0 }
  expect(await caught(failing)).toEqual([['caught'], { node_id: 'between', code: 'upstream_failure', message: 'A node before it failed' }])
  expect(await caught({ type: 'if_condition', config: { expression: '1 == 2' } }, 'true')).toEqual([['output'], null])
})

test('a loop runs its body for each item, a few at once, and keeps the order of the list', async () => {
  const body = await nested({ nodes: [text('body', 'Say [[item]].')], inputs: {} })
  const { runId } = await startRun(
    database.sql,
    { nodes: [{ id: 'loop', type: 'loop_map', config: { items_path: 'items', concurrency: 2, version_ids: { body } } }] },
    { inputs: { items: ['a', 'b', 'c', 'd', 'e'] } },
  )
  const { drain, asked } = nodeDriver(database.sql, (prompt) => prompt.toUpperCase())
  await drain()
  expect(asked).toHaveLength(5)
  expect(await output(runId)).toMatchObject({ data: { count: 5, failed: 0, results: ['SAY A.', 'SAY B.', 'SAY C.', 'SAY D.', 'SAY E.'] } })
})

test('an item that fails ends the loop where it is to, and leaves its error where it is to', async () => {
  const body = await nested({ nodes: [{ id: 'body', type: 'output_parser', config: { param_overrides: { input: '[[inputs.item]]' } } }] })
  const looped = (on_item_error: string) =>
    startRun(
      database.sql,
      { nodes: [{ id: 'loop', type: 'loop_map', config: { items_path: 'items', concurrency: 5, on_item_error, version_ids: { body } } }] },
      { inputs: { items: ['{"a":1}', 'no', '{"a":3}'] } },
    )
  const [failing, collecting] = [await looped('fail'), await looped('collect')]
  await nodeDriver(database.sql).drain()
  expect(await errorOf(failing.runId)).toMatchObject({ code: 'child_failed' })
  expect(await output(collecting.runId)).toMatchObject({
    data: { results: [{ a: 1 }, { error: { code: 'output_contract_violation' } }, { a: 3 }], failed: 1 },
  })
})

test('an approval waits without a lease, and whoever has its token decides once', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: [
      { id: 'draft', config: { template: 'the draft' } },
      { id: 'ask', type: 'approval', config: { prompt: 'Publish [[input]]?', expires_in_ms: 60_000 } },
      { id: 'yes', config: { template: 'published: [[input]]' } },
      { id: 'no', config: { template: 'kept back' } },
    ],
    edges: [
      ['draft', 'ask'],
      ['ask', 'yes', 'approved'],
      ['ask', 'no', 'rejected'],
    ],
  })
  const { drain } = nodeDriver(database.sql)
  await drain()
  const jobId = await value<number>(database.sql, `select job_id from lenses.workflow_node_results where run_id = $1 and node_id = 'ask'`, [
    runId,
  ])
  const { token } = await waitTokens('sb_secret_of_the_tests')({ runId, nodeId: 'ask', jobId })
  const answer = (hash: string) =>
    value(database.sql, 'select lenses.fn_waits_answer($1, $2)', [hash, JSON.stringify({ decision: 'approved', by: 'ann' })])
  expect(await value(database.sql, 'select prompt from lenses.workflow_waits where run_id = $1', [runId])).toBe('Publish the draft?')
  expect(await answer(await waitTokenHash('another'))).toBe('not_found')
  expect([await answer(await waitTokenHash(token)), await answer(await waitTokenHash(token))]).toEqual(['answered', 'already_answered'])
  await drain()
  expect(await output(runId)).toMatchObject({ output: 'published: the draft' })
})

test('a wait that nobody answers goes on by its port, and a delay when it is over', async () => {
  const { runId } = await startRun(database.sql, {
    nodes: [
      { id: 'pause', type: 'wait', config: { duration_ms: 60_000 } },
      { id: 'ask', type: 'external_wait', config: { expires_in_ms: 60_000 } },
      { id: 'late', config: { template: 'nobody came' } },
    ],
    edges: [
      ['pause', 'ask'],
      ['ask', 'late', 'expired'],
    ],
  })
  const { drain } = nodeDriver(database.sql)
  await drain()
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ pause: 'waiting', ask: 'awaiting_dependency' })
  // The delay counts from its beginning, by the database's clock.
  await database.sql.query(`update lenses.workflow_waits set begun_at = begun_at - interval '2 minutes' where ended_at is null`)
  await dueNow()
  await drain()
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ pause: 'completed', ask: 'waiting' })
  await dueNow()
  await drain()
  expect(await output(runId)).toMatchObject({ output: 'nobody came' })
})

test('an orchestration plans, runs the lenses it may as runs of their own, and makes one answer of them', async () => {
  const [find, write] = [
    await nested({ nodes: [text('body', 'find [[topic]]')] }),
    await nested({ nodes: [text('body', 'write on [[facts]]')] }),
  ]
  const plan = {
    steps: [
      { id: 'facts', lens: 'find', inputs: [{ label: 'topic', value: 'rain' }], depends_on: [] },
      { id: 'poem', lens: 'write', inputs: [{ label: 'facts', value: '[[facts]]' }], depends_on: ['facts'] },
    ],
  }
  const { runId } = await startRun(database.sql, {
    nodes: [
      text('boss', 'Do it.', {
        lens: { kind: 'orchestration', template: 'Do it.' },
        config: {
          caps: { max_nodes: 3, max_depth: 2, budget_usd: 1 },
          lenses: [{ name: 'find' }, { name: 'write' }],
          version_ids: { find, write },
        },
      }),
    ],
  })
  const { drain, asked } = nodeDriver(database.sql, (prompt, nth) =>
    nth === 1 ? JSON.stringify(plan) : prompt.startsWith('find') ? 'wet' : prompt.startsWith('write') ? `poem of ${prompt}` : 'all done',
  )
  await drain()
  await dueNow()
  await drain()
  expect(asked.map(({ prompt }) => prompt.split('\n')[0]!.replace(/ [0-9a-f]{16}>>>/, ''))).toEqual([
    'Do it.',
    'find rain',
    'write on wet',
    '<<<STEP FACTS',
  ])
  expect(await output(runId)).toMatchObject({
    output: 'all done',
    data: { steps: [{ output: 'wet' }, { output: 'poem of write on wet' }] },
  })
  expect(
    await rows(database.sql, 'select trigger_mode from lenses.workflow_runs where root_run_id = $1 and parent_run_id is not null', [runId]),
  ).toEqual([{ trigger_mode: 'orchestration' }, { trigger_mode: 'orchestration' }])
})

test('a workflow creates a battle of its owner, and collects its contenders by slot though one is late', async () => {
  const contender = (slot: string) => ({
    ...text(`run_${slot.toLowerCase()}`, 'x', { lens: null }),
    type: 'contender_run',
    config: { slot, prompt: 'A haiku.' },
    deadline_group: 'execute',
    deadline_ms: 60_000,
  })
  const owner = randomUUID()
  const { runId } = await startRun(
    database.sql,
    {
      nodes: [
        {
          id: 'create',
          type: 'battle_create',
          side_effects: true,
          config: {
            title: 'Haiku',
            task_prompt: 'A haiku.',
            contenders: [{ model: 'sparring:quill' }, { model: 'sparring:brick' }],
            judges: [{ model: 'sparring:arbiter' }],
          },
        },
        contender('A'),
        contender('B'),
        { id: 'execute', type: 'battle_execute', join_policy: 'all_settled', config: { timeout_ms: 60_000 } },
      ],
      edges: [
        { source: 'create', target: 'run_a', source_output_key: 'data', target_param_label: 'battle' },
        { source: 'create', target: 'run_b', source_output_key: 'data', target_param_label: 'battle' },
        { source: 'create', target: 'execute', source_output_key: 'data', target_param_label: 'battle' },
        ['run_a', 'execute'],
        ['run_b', 'execute'],
      ],
    },
    {},
    owner,
  )
  const { world, drain } = nodeDriver(database.sql)
  // The first driver makes the battle and dies before it can say so.
  const claimed = await world.store.claimWorkflowNodes('workflow_node', 'first', 10)
  const dying = { ...world, store: { ...world.store, completeWorkflowNode: async () => ok(false) } }
  if (claimed.ok)
    for (const job of claimed.value.jobs) await workflowNodes.step(job, dying, { timeoutMs: 45_000, signal: new AbortController().signal })
  await database.sql.query(`update execution.leases set expires_at = now() - interval '1 s'`)
  await database.sql.query('select execution.sweep()')
  await drain(['workflow_node'])
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ create: 'completed', run_a: 'queued', run_b: 'queued' })
  // The time the contenders share is over for one of them.
  await database.sql.query(
    `update execution.jobs j set deadline_at = now() - interval '1 s' from lenses.workflow_node_results r where r.job_id = j.job_id and r.node_id = 'run_b'`,
  )
  await drain()
  expect(await nodeStatuses(database.sql, runId)).toMatchObject({ run_a: 'completed', run_b: 'timed_out', execute: 'completed' })
  const made = await value<{ data: Record<string, unknown> }>(
    database.sql,
    `select output_data from lenses.workflow_node_results where run_id = $1 and node_id = 'execute'`,
    [runId],
  )
  expect(made).toMatchObject({
    output: 'A haiku.',
    data: {
      upstreamCount: 2,
      slot_A: { output: 're: A haiku.', status: 'completed' },
      slot_B: { status: 'timed_out', output: null, error: { code: 'node_timeout' } },
    },
  })
  expect(await rows(database.sql, 'select owner_id, status::text from battles.battles where battle_id = $1', [made.data.battleId])).toEqual(
    [{ owner_id: owner, status: 'draft' }],
  )
  expect(await value(database.sql, 'select count(*)::int from battles.battles')).toBe(1)
})

test('another’s battle is not worked on', async () => {
  const [mine, other] = [randomUUID(), randomUUID()]
  const { world } = nodeDriver(database.sql)
  const row = {
    title: 'x',
    task_prompt: 'y',
    scoring_mode: 'community',
    judges: [],
    voting_window_ms: 1000,
    contenders: [
      {
        model_key: 'sparring:quill',
        model_kind: 'text',
        provider: 'sparring',
        concurrency_key: 'sparring:quill',
        limit_key: 'sparring',
        funding_source: 'simulated',
        simulated: true,
      },
      {
        model_key: 'sparring:brick',
        model_kind: 'text',
        provider: 'sparring',
        concurrency_key: 'sparring:brick',
        limit_key: 'sparring',
        funding_source: 'simulated',
        simulated: true,
      },
    ],
  }
  const made = await world.store.createBattleFor(other, row)
  if (!made.ok) throw new Error(made.error.message)
  const { battleId } = made.value
  expect(await world.store.battleFor(battleId, mine)).toEqual(ok(null))
  await world.store.publishBattleFor(battleId, other)
  expect(await world.store.battleFor(battleId, mine)).toMatchObject({ value: { isOwner: false, status: 'executing' } })
  expect(await world.store.battleFor(battleId, other)).toMatchObject({ value: { isOwner: true } })
  expect(await world.store.battleScores(battleId)).toMatchObject({ value: [{ slot: 'A', votes: 0, score: null }, { slot: 'B' }] })
})
