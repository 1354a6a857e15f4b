import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Battle, finalize, judge, publish, ratings, statusOf } from '../../support/battles.ts'
import { beginRun, claimContenders, contending, speaker } from '../../support/contenders.ts'
import { rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { type ClaimedNode, claimNodes, completeNode, failNode, saveWorkflow, suspendNode, type TestGraph } from '../../support/workflows.ts'

/*
 * An answer of a workflow is labelled simulated where a simulated model made any part of it, whichever run that was in. Before it has
 * answered, whether that may be; afterwards, whether it was. And what stand-ins win is no win of the workflow itself.
 */

const database = useDatabase()

const standIn: TestGraph = { nodes: [{ id: 'say', simulated: true }] }
const real: TestGraph = { nodes: ['say'] }

const labels = async (battle: Battle) =>
  (
    await rows<{ simulated: boolean }>(database.sql, 'select simulated from battles.contenders where battle_id = $1 order by slot', [
      battle.battleId,
    ])
  ).map(({ simulated }) => simulated)

/** Every node that may run, until none may: `outcome` says what becomes of one, nothing that it completes. */
async function go(outcome: (node: ClaimedNode) => Promise<unknown> | undefined = () => undefined) {
  for (let claimed = await claimNodes(database.sql); claimed.length > 0; claimed = await claimNodes(database.sql))
    for (const node of claimed) await (outcome(node) ?? completeNode(database.sql, node))
  await nodeDriver(database.sql).drain(['workflow_contender'])
}

/** A battle of two workflows whose runs have begun. */
async function begun(graphs: [TestGraph, TestGraph], ownerId = randomUUID()) {
  const made = await contending(database.sql, { graphs, ownerId })
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  return made
}

const versions = async (ownerId: string, ...ids: string[]) =>
  (
    await value<{ simulated: boolean }[]>(database.sql, 'select lenses.fn_contending_versions($1, $2)', [
      ownerId,
      JSON.stringify(ids.map((version_id) => ({ version_id }))),
    ])
  ).map(({ simulated }) => simulated)

describe('a run that answers', () => {
  test.each([
    ['a sub-workflow', { type: 'sub_workflow' }],
    ['an item of a loop', { type: 'loop_map' }],
    ['a lens of an orchestration', { type: 'lens', lens: { kind: 'orchestration' } }],
    ['a member of a team', { type: 'team_run', config: { members: [{ name: 'Ada' }, { name: 'Bo' }], rounds: 1 } }],
  ])('is simulated where %s was', async (_, begins) => {
    const ownerId = randomUUID()
    const inner = await saveWorkflow(database.sql, standIn, ownerId)
    const between = await saveWorkflow(database.sql, { nodes: [{ id: 'inner', type: 'sub_workflow' }] }, ownerId)
    const { battle } = await begun([{ nodes: [{ id: 'outer', ...begins }] }, real], ownerId)
    expect(await labels(battle)).toEqual([false, false])
    const beginning: Record<string, string> = { outer: between.versionId, inner: inner.versionId }
    await go((node) => {
      const version_id = beginning[node.node_id]
      if (version_id === undefined || node.children.length > 0) return undefined
      return suspendNode(database.sql, node, {
        for: 'children',
        expires_in_ms: 60_000,
        children: [{ item_index: 0, version_id, inputs: {} }],
      })
    })
    expect(await labels(battle)).toEqual([true, false])
    expect(await statusOf(database.sql, battle)).toBe('scoring')
  })

  test('is what it was, and not what it might have been: a stand-in that was not asked, or failed, made no part of it', async () => {
    const handled: TestGraph = {
      nodes: [
        { id: 'first', simulated: true },
        { id: 'instead', join_policy: 'all_settled' },
      ],
      edges: [{ source: 'first', target: 'instead', source_port: 'error' }],
    }
    const { battle, contenders } = await contending(database.sql, { graphs: [handled, standIn] })
    await database.sql.query('update battles.contenders set simulated = true') // as the api found that they may be
    expect(contenders).toHaveLength(2)
    for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
    await go((node) => (node.node_id === 'first' ? failNode(database.sql, node) : undefined))
    expect(await labels(battle)).toEqual([false, true])
  })
})

test('before it answers a workflow is labelled by what it may ask, also in what it begins', async () => {
  const ownerId = randomUUID()
  const inner = await saveWorkflow(database.sql, standIn, ownerId)
  const by = (config: object) =>
    saveWorkflow(database.sql, { nodes: [{ id: 'outer', type: 'sub_workflow', config: { ...config } }] }, ownerId)
  const named = await by({ version_ids: { workflow: inner.versionId } })
  const twice = await by({ version_ids: { body: named.versionId } })
  const pinned = await by({ version_id: inner.versionId })
  const none = await by({ version_ids: { workflow: (await saveWorkflow(database.sql, real, ownerId)).versionId } })
  expect(await versions(ownerId, inner.versionId, named.versionId, twice.versionId, pinned.versionId, none.versionId)).toEqual([
    true,
    true,
    true,
    true,
    false,
  ])
})

test('a slot is simulated where its node was or what led to it, and not for what answers beside it', async () => {
  const graph: TestGraph = {
    nodes: ['create', { id: 'research', simulated: true }, { id: 'a', simulated: true }, 'b', 'c', 'unused'],
    edges: [
      ['create', 'a'],
      ['create', 'b'],
      ['create', 'c'],
      ['research', 'c'],
      { source: 'research', target: 'unused' },
      { source: 'a', target: 'b', source_port: 'error' },
    ],
  }
  const nodes = graph.nodes.map((node) => (node === 'b' ? { id: 'b', join_policy: 'all_settled' as const } : node))
  const { ownerId, versionId, workflowId } = await saveWorkflow(database.sql, { ...graph, nodes })
  const { run_id } = await value<{ run_id: string }>(database.sql, 'select lenses.fn_start_workflow_run($1, $2)', [
    ownerId,
    JSON.stringify({ version_id: versionId }),
  ])
  const { battle_id: battleId } = await value<{ battle_id: string }>(database.sql, 'select battles.fn_battles_create($1, $2)', [
    ownerId,
    JSON.stringify({
      title: 'A battle',
      task_prompt: 'A haiku.',
      judge: { model_key: 'house/judge' },
      contenders: ['a', 'b', 'c'].map((node_id) => ({ workflow: { node_id } })),
      run: { run_id, root_run_id: run_id, workflow_id: workflowId },
    }),
  ])
  await publish(database.sql, { battleId, ownerId })
  for (let claimed = await claimNodes(database.sql); claimed.length > 0; claimed = await claimNodes(database.sql))
    for (const node of claimed) {
      const slot = { a: 'A', b: 'B', c: 'C' }[node.node_id]
      if (slot)
        await value(database.sql, 'select lenses.fn_worker_take_slot($1, $2, $3, $4)', [node.job_id, node.lease_token, battleId, slot])
      await completeNode(database.sql, node)
    }
  expect(await labels({ battleId, ownerId })).toEqual([true, false, true])
})

test('what a workflow won by stand-ins is rated apart from what it won itself, and marked', async () => {
  const ownerId = randomUUID()
  const branching: TestGraph = {
    nodes: ['which', { id: 'played', simulated: true }, 'asked'],
    edges: [
      { source: 'which', target: 'played', source_port: 'played' },
      { source: 'which', target: 'asked', source_port: 'asked' },
    ],
  }
  const { battle, contenders } = await contending(database.sql, { graphs: [branching, speaker], ownerId })
  const decide = async (of: Battle, port: string) => {
    for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
    await go((node) => (node.node_id === 'which' ? completeNode(database.sql, node, { ports: [port] }) : undefined))
    await judge(database.sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await finalize(database.sql, of)).toBe('closed')
  }
  await decide(battle, 'played')
  const { battle_id } = await value<{ battle_id: string }>(database.sql, 'select battles.fn_battles_create($1, $2)', [
    ownerId,
    JSON.stringify({ title: 'Again', task_prompt: 'A haiku.', judge: { model_key: 'house/judge' }, contenders }),
  ])
  const again = { battleId: battle_id, ownerId }
  await publish(database.sql, again)
  await decide(again, 'asked')

  const [name, other] = contenders.map(({ identity, workflow }) => `workflow:${workflow.workflow_id} · ${identity}`)
  const rated = Object.fromEntries((await ratings(database.sql)).map(({ competitor, games, wins }) => [competitor, [games, wins]]))
  expect(rated).toEqual({ [name!]: [1, 1], [`${name} (simulated)`]: [1, 1], [other!]: [2, 0] })
  expect(await rows(database.sql, 'select competitor from battles.ratings where simulated')).toEqual([
    { competitor: `${name} (simulated)` },
  ])
  expect(
    (await rows<{ a: string; b: string }>(database.sql, 'select a, b from ratings.comparisons')).flatMap(({ a, b }) => [a, b]).sort(),
  ).toEqual([name!, `${name} (simulated)`, other!, other!].sort())
})
