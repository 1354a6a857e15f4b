import { expect, test } from 'vitest'
import { type Battle, cancel, publish, statusOf } from '../../support/battles.ts'
import { beginRun, claimContenders, contending, runsOf, slotsOf, speaker } from '../../support/contenders.ts'
import { loseLeases, rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import { claimNodes, completeNode, failNode, saveWorkflow, suspendNode, type TestGraph } from '../../support/workflows.ts'

/*
 * A battle that an operator holds, and the runs that answer in it. They begin nothing meanwhile, wherever a node comes from: a parent that
 * ended, a backoff, a driver that died. What is in hand ends as it will, and all goes on when the battle is released.
 */

const database = useDatabase()

const three: TestGraph = {
  nodes: ['first', 'second', 'third'],
  edges: [
    ['first', 'second'],
    ['second', 'third'],
  ],
}
const hold = (battle: Battle) => value<string>(database.sql, `select battles.fn_battles_hold($1, 'why')`, [battle.battleId])
const release = (battle: Battle) => value<string>(database.sql, 'select battles.fn_battles_release($1)', [battle.battleId])
/** As if the battle had been held an hour ago. */
const anHourAgo = (battle: Battle) =>
  database.sql.query(`update battles.battles set held_at = held_at - interval '1 hour' where battle_id = $1`, [battle.battleId])
const soon = () => database.sql.query(`update execution.later set run_after = now() - interval '1 ms'`)

/** A battle whose first contender goes through `graph`, and whose second has answered. */
async function half(graph: TestGraph = three, more: Parameters<typeof contending>[1] = {}) {
  const made = await contending(database.sql, { ...more, graphs: [graph, speaker] })
  const jobs = await claimContenders(database.sql)
  await beginRun(database.sql, jobs.find(({ slot }) => slot === 'B')!)
  await nodeDriver(database.sql).drain()
  await beginRun(database.sql, jobs.find(({ slot }) => slot === 'A')!)
  const runId = (await runsOf(database.sql)).at(-1)!.run_id
  return { ...made, runId }
}
const nodesOf = async (runId: string) =>
  (
    await rows<{ line: string }>(
      database.sql,
      `select node_id || ' ' || status as line from lenses.workflow_node_results where run_id = $1 order by ordinal`,
      [runId],
    )
  ).map(({ line }) => line)
const startsOf = (runId: string) =>
  rows<{ node_id: string; completed: number }>(
    database.sql,
    `select node_id, count(*)::int as completed from lenses.workflow_run_events where run_id = $1 and type = 'node.completed' group by 1 order by min(event_id)`,
    [runId],
  )

test('a battle held in the middle of a run: the step in hand ends, no other begins, and on release the run goes on to its answer', async () => {
  const { battle, runId } = await half()
  const [first] = await claimNodes(database.sql)
  expect(await hold(battle)).toBe('held')
  expect(await completeNode(database.sql, first!)).toBe(true) // what is done is done
  expect(await claimNodes(database.sql)).toEqual([])
  await soon()
  expect(await claimNodes(database.sql)).toEqual([]) // and however often somebody looks
  expect(await nodesOf(runId)).toEqual(['first completed', 'second queued', 'third awaiting_dependency'])
  expect(
    await value(
      database.sql,
      'select max(attempts + reclaims)::int from execution.jobs j join lenses.workflow_node_results n on n.job_id = j.job_id',
    ),
  ).toBe(1)

  expect(await release(battle)).toBe('released')
  await nodeDriver(database.sql).drain()
  expect(await slotsOf(database.sql, battle)).toMatchObject([{ status: 'submitted' }, { status: 'submitted' }])
  expect(await startsOf(runId)).toEqual(['first', 'second', 'third'].map((node_id) => ({ node_id, completed: 1 })))
  expect(await statusOf(database.sql, battle)).toBe('scoring')
  expect(await brokenRules(database.sql)).toEqual([])
})

test('a driver that dies with a step of a held battle is not replaced before the release, and then once', async () => {
  const { battle, runId } = await half()
  const [first] = await claimNodes(database.sql)
  await hold(battle)
  await loseLeases(database.sql)
  expect(await claimNodes(database.sql)).toEqual([])
  expect(await completeNode(database.sql, first!)).toBe(false) // it had only been slow
  await release(battle)
  const [again, ...others] = await claimNodes(database.sql)
  expect([again!.node_id, others]).toEqual(['first', []])
  expect(await completeNode(database.sql, again!)).toBe(true)
  await nodeDriver(database.sql).drain()
  expect(await startsOf(runId)).toEqual(['first', 'second', 'third'].map((node_id) => ({ node_id, completed: 1 })))
  expect((await slotsOf(database.sql, battle))[0]).toMatchObject({ status: 'submitted' })
  expect(await brokenRules(database.sql)).toEqual([])
})

test('a step that fails while its battle is held is tried again when it is released', async () => {
  const { battle } = await half({ nodes: [{ id: 'flaky', max_attempts: 3 }] })
  const [flaky] = await claimNodes(database.sql)
  await hold(battle)
  expect(await failNode(database.sql, flaky!, { code: 'provider_unavailable', message: 'down' }, 1)).toBe('requeued')
  await soon()
  expect(await claimNodes(database.sql)).toEqual([])
  await release(battle)
  expect(await claimNodes(database.sql)).toMatchObject([{ node_id: 'flaky', attempts: 1 }])
})

test('what a held run had begun begins nothing either: the items of a loop wait with it', async () => {
  const item = await saveWorkflow(database.sql, { nodes: ['say'] })
  const { battle } = await half({ nodes: [{ id: 'each', type: 'loop_map' }] })
  const [each] = await claimNodes(database.sql)
  await hold(battle)
  const children = [0, 1].map((item_index) => ({ item_index, version_id: item.versionId, inputs: {} }))
  expect(await suspendNode(database.sql, each!, { for: 'children', expires_in_ms: 60_000, children })).toBe(true)
  expect(await claimNodes(database.sql)).toEqual([])
  await release(battle)
  const items = await claimNodes(database.sql)
  expect(items.map(({ node_id }) => node_id)).toEqual(['say', 'say'])
  for (const each of items) await completeNode(database.sql, each)
  const [gathers] = await claimNodes(database.sql)
  expect(gathers).toMatchObject({ node_id: 'each', children: [{ status: 'completed' }, { status: 'completed' }] })
  await completeNode(database.sql, gathers!)
  await nodeDriver(database.sql).drain()
  expect(await statusOf(database.sql, battle)).toBe('scoring')
})

test('no deadline of a held run passes, and on release each is later by the time it was held; a delay is none', async () => {
  const { battle, runId } = await half(
    { nodes: ['work', { id: 'ask', type: 'approval' }, { id: 'pause', type: 'wait' }], timeout_ms: 120_000 },
    { handicap: { time_budget_ms: 60_000 } },
  )
  const [work, ask, pause] = await claimNodes(database.sql)
  await suspendNode(database.sql, ask!, { for: 'approval', expires_in_ms: 30_000, token_sha256: 'a'.repeat(64) })
  await suspendNode(database.sql, pause!, { for: 'delay', expires_in_ms: 30_000, state: { for_ms: 30_000 } })
  const leftMs = () =>
    value<Record<string, number>>(
      database.sql,
      `select jsonb_build_object('run', r.deadline_at - now(), 'contender', j.deadline_at - now(), 'ask', a.expires_at - now(), 'pause', p.expires_at - now())
       from lenses.workflow_runs r join execution.jobs j on j.job_id = r.caller_job_id
       join lenses.workflow_waits a on a.run_id = r.run_id and a.node_id = 'ask' join lenses.workflow_waits p on p.run_id = r.run_id and p.node_id = 'pause'
       where r.run_id = $1`,
      [runId],
    )
  await hold(battle)
  await anHourAgo(battle)
  // An hour passes: everything that has a time is past it.
  await database.sql.query(`update lenses.workflow_runs set deadline_at = deadline_at - interval '1 hour' where run_id = $1`, [runId])
  await database.sql.query(`update execution.jobs set deadline_at = deadline_at - interval '1 hour' where deadline_at is not null`)
  await database.sql.query(
    `update lenses.workflow_waits set begun_at = begun_at - interval '1 hour', expires_at = expires_at - interval '1 hour'`,
  )
  await soon()
  expect(await value(database.sql, 'select lenses.fn_end_overdue_runs()')).toBe(0)
  expect(await claimNodes(database.sql)).toEqual([])
  await completeNode(database.sql, work!)

  await release(battle)
  expect(await value(database.sql, 'select lenses.fn_end_overdue_runs()')).toBe(0)
  const left = (await leftMs()) as unknown as Record<string, string>
  for (const what of ['run', 'contender', 'ask']) expect(left[what], what).toMatch(/^00:0[01]:/)
  expect(left.pause).toMatch(/^-/)
  expect((await claimNodes(database.sql)).map(({ node_id, wait }) => [node_id, wait!.expired])).toEqual([
    ['ask', false],
    ['pause', true],
  ])
})

/** A battle that leaves its first slot to a run of this graph, which has begun. */
async function leaving(graph: TestGraph, start: Record<string, unknown> = {}) {
  const { ownerId, versionId } = await saveWorkflow(database.sql, graph)
  const { run_id } = await value<{ run_id: string }>(database.sql, 'select lenses.fn_start_workflow_run($1, $2)', [
    ownerId,
    JSON.stringify({ version_id: versionId, single: false, ...start }),
  ])
  const { battle_id: battleId } = await value<{ battle_id: string }>(database.sql, 'select battles.fn_battles_create($1, $2)', [
    ownerId,
    JSON.stringify({
      title: 'A battle',
      task_prompt: 'A haiku.',
      judge: { model_key: 'house/judge' },
      contenders: [{ workflow: {} }, { model_key: 'house/model-a' }],
      run: { run_id, root_run_id: run_id, workflow_id: versionId },
    }),
  ])
  const battle = { battleId, ownerId }
  await publish(database.sql, battle)
  return battle
}

test('a run that has slots of a held battle to answer is held with it, until it has none', async () => {
  const battle = await leaving(three)
  await hold(battle)
  expect(await claimNodes(database.sql)).toEqual([])
  await cancel(database.sql, battle) // its slot waits for nothing any more
  await soon()
  expect(await claimNodes(database.sql)).toMatchObject([{ node_id: 'first' }])
})

test('what a page of the owner is to answer waits with its battle too, and is not given up meanwhile', async () => {
  const write = { id: 'write', type: 'lens', job_kind: 'lens_run', lens: { kind: 'text' }, model_key: 'openai:gpt-4o-mini' }
  const battle = await leaving({ nodes: [{ ...write, provider: 'openai', limit_key: 'openai' }] }, { local_providers: ['openai'] })
  const asked = async () =>
    (
      await value<{ jobs: { node_id: string }[] }>(database.sql, `select lenses.fn_local_claim($1, 'page:test', '{openai}', 1)`, [
        battle.ownerId,
      ])
    ).jobs.map(({ node_id }) => node_id)
  await hold(battle)
  expect(await asked()).toEqual([])
  await anHourAgo(battle)
  await anHourAgo(battle)
  await database.sql.query(`update execution.jobs set deadline_at = deadline_at - interval '2 hours' where deadline_at is not null`)
  expect(await value(database.sql, 'select lenses.fn_end_overdue_runs()')).toBe(0)
  expect(await release(battle)).toBe('released')
  expect(await value(database.sql, 'select lenses.fn_end_overdue_runs()')).toBe(0)
  expect(await asked()).toEqual(['write'])
})

test('a claim that puts a node down while the battle is released loses nothing: the node comes back by itself', async () => {
  const { battle, runId } = await half()
  await hold(battle)
  const claiming = await database.connect()
  await claiming.query('begin')
  expect(await claimNodes(claiming)).toEqual([])
  expect(await release(battle)).toBe('released') // which waits for no claim, and sees nothing of this one
  await claiming.query('commit')
  const dueMs = await value<number>(
    database.sql,
    'select extract(epoch from w.run_after - now())::float * 1000 from execution.later w join lenses.workflow_node_results n using (job_id) where n.run_id = $1',
    [runId],
  )
  expect(dueMs).toBeLessThanOrEqual(60_000)
  await soon()
  expect(await claimNodes(database.sql)).toMatchObject([{ node_id: 'first' }])
})

test('other runs are claimed while a battle is held, also those of another battle', async () => {
  const { battle } = await half()
  const other = await contending(database.sql)
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  await hold(battle)
  // The held one is first in the queue, and whoever takes one at a time is not kept from the others.
  expect((await claimNodes(database.sql, 1)).map(({ node_id }) => node_id)).toEqual(['say'])
  expect((await claimNodes(database.sql, 1)).map(({ node_id }) => node_id)).toEqual(['say'])
  expect(await claimNodes(database.sql, 1)).toEqual([])
  expect(await statusOf(database.sql, other.battle)).toBe('executing')
  const shown = await rows<{ held: boolean }>(
    database.sql,
    `select (lenses.fn_workflow_runs_get(run_id, owner_id) -> 'held')::boolean as held from lenses.workflow_runs where finished_at is null order by created_at`,
  )
  expect(shown.map(({ held }) => held)).toEqual([true, false, false])
})
