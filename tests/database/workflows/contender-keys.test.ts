import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { documentOf, eventsOf, statusOf } from '../../support/battles.ts'
import { beginRun, claimContenders, contending, runsOf, slotsOf } from '../../support/contenders.ts'
import { rows, useDatabase, value } from '../../support/database.ts'
import { addKey } from '../../support/funding.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { claimNodes, completeNode, failNode, saveWorkflow, suspendNode, type TestGraph } from '../../support/workflows.ts'

/*
 * Who pays for the run of a workflow that contends: the platform, or keys of the battle's owner, by provider, as for a run that its owner
 * starts. A key is looked at when the battle is made, when the run begins and whenever a call is about to be made.
 */

const database = useDatabase()

const asking: TestGraph = {
  nodes: [
    {
      id: 'ask',
      type: 'lens',
      job_kind: 'lens_run',
      provider: 'mistral',
      model_key: 'mistral:mistral-large-3',
      limit_key: 'mistral',
      funding_source: 'platform_credit',
      cost_estimate_usd: 0.01,
      lens: { kind: 'text', template: '[[prompt]]' },
    },
  ],
}
const graphs: [TestGraph, TestGraph] = [asking, asking]

test('keys of its owner pay for the run of a workflow that contends, and its nodes are handed them sealed', async () => {
  const ownerId = randomUUID()
  const { key_id } = await addKey(database.sql, ownerId, { provider: 'mistral' })
  const { battle } = await contending(database.sql, { graphs, ownerId, workflow: { byok_keys: { mistral: key_id } } })
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  expect(await rows(database.sql, 'select distinct byok_keys from lenses.workflow_runs')).toEqual([{ byok_keys: { mistral: key_id } }])
  expect((await claimNodes(database.sql, 10, 'lens_run')).map(({ byok, limit_key }) => [byok, limit_key])).toEqual(
    [0, 1].map(() => [{ key_id, owner_id: ownerId, provider: 'mistral', sealed: expect.stringMatching(/^v1/) }, `byok:${key_id}`]),
  )
  const shown = await documentOf(database.sql, battle, ownerId)
  expect(shown!.contenders).toMatchObject([{ workflow: { byok_keys: { mistral: key_id } } }, {}])
  const sealed = await value<string>(database.sql, 'select sealed from lensers.byok_api_keys where key_id = $1', [key_id])
  expect(JSON.stringify(shown)).not.toContain(sealed)
  expect(JSON.stringify(await documentOf(database.sql, battle, randomUUID()))).not.toContain(key_id)
})

test('what is counted of a run on its owner’s keys is counted against the battle, and not against what the platform may pay', async () => {
  const ownerId = randomUUID()
  const { key_id } = await addKey(database.sql, ownerId, { provider: 'mistral' })
  await value(database.sql, `select lensers.fn_budgets_set($1, 0, 'month')`, [ownerId]) // the platform pays nothing
  const { battle } = await contending(database.sql, {
    graphs,
    ownerId,
    workflow: { byok_keys: { mistral: key_id } },
    with: { budget_usd: 0.015 },
  })
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  const nodes = await claimNodes(database.sql, 10, 'lens_run')
  expect(nodes.map(({ refused }) => (refused as { code: string } | undefined)?.code)).toEqual([undefined, 'budget_spent'])
  expect(await rows(database.sql, 'select spender_id, on_platform from lensers.reservations')).toEqual([
    { spender_id: battle.battleId, on_platform: false },
  ])
})

test.each([
  ['another’s', 'byok_key_not_found', async () => addKey(database.sql, randomUUID(), { provider: 'mistral' })],
  ['of another provider', 'byok_key_not_found', async (ownerId: string) => addKey(database.sql, ownerId, { provider: 'openai' })],
  [
    'revoked',
    'byok_key_revoked',
    async (ownerId: string) => {
      const key = await addKey(database.sql, ownerId, { provider: 'mistral' })
      await value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [ownerId, key.key_id])
      return key
    },
  ],
])('a key that is %s is refused when the battle is made, at its field', async (_, code, keyOf) => {
  const ownerId = randomUUID()
  const { key_id } = await keyOf(ownerId)
  const { contenders } = await contending(database.sql, { graphs, ownerId })
  const [first, second] = contenders as [(typeof contenders)[0], (typeof contenders)[0]]
  expect(
    await value(database.sql, 'select battles.fn_battles_create($1, $2)', [
      ownerId,
      JSON.stringify({
        title: 'A battle',
        task_prompt: 'A haiku.',
        judge: { model_key: 'house/judge' },
        contenders: [first, { ...second, workflow: { ...second.workflow, byok_keys: { mistral: key_id } } }],
      }),
    ]),
  ).toMatchObject({ refused: code, path: '/contenders/1/byok_keys/mistral', message: expect.stringMatching(/key/) })
  expect(await value(database.sql, 'select count(*)::int from battles.battles')).toBe(1)
})

test('a key that is revoked before the run begins ends the contender: no run begins, and the platform’s key is not in its place', async () => {
  const ownerId = randomUUID()
  const { key_id } = await addKey(database.sql, ownerId, { provider: 'mistral' })
  const { battle } = await contending(database.sql, { graphs, ownerId, workflow: { byok_keys: { mistral: key_id } } })
  await value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [ownerId, key_id])
  await nodeDriver(database.sql).drain()
  expect(await slotsOf(database.sql, battle)).toMatchObject([
    { status: 'failed', code: 'byok_key_revoked' },
    { status: 'failed', code: 'byok_key_revoked' },
  ])
  expect(await runsOf(database.sql)).toEqual([])
  expect(await statusOf(database.sql, battle)).toBe('void')
})

test('a key that is revoked while the run goes on ends it before the next call', async () => {
  const ownerId = randomUUID()
  const { key_id } = await addKey(database.sql, ownerId, { provider: 'mistral' })
  const { battle } = await contending(database.sql, { graphs, ownerId, workflow: { byok_keys: { mistral: key_id } } })
  const driver = nodeDriver(database.sql)
  await driver.drain(['workflow_contender'])
  await value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [ownerId, key_id])
  await driver.drain()
  expect(driver.asked).toEqual([])
  expect((await slotsOf(database.sql, battle)).map(({ code }) => code)).toEqual(['byok_key_revoked', 'byok_key_revoked'])
  expect((await eventsOf(database.sql, battle)).filter((type) => type === 'contender.failed')).toHaveLength(2)
})

test('what a run costs is the battle’s cost, and the run says where it went; also of what it began, and where it failed', async () => {
  const ownerId = randomUUID()
  const inner = await saveWorkflow(database.sql, asking, ownerId)
  const outer: TestGraph = { nodes: [{ id: 'outer', type: 'sub_workflow' }] }
  const { battle } = await contending(database.sql, { graphs: [outer, asking], ownerId, with: { budget_usd: 1 } })
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  const [node] = await claimNodes(database.sql)
  const children = [{ item_index: 0, version_id: inner.versionId, inputs: {} }]
  await suspendNode(database.sql, node!, { for: 'children', expires_in_ms: 60_000, children })
  const runs = await rows<{ run_id: string; slot: string }>(
    database.sql,
    'select r.run_id, c.slot from lenses.workflow_runs r join battles.contenders c on c.run_id = r.run_id order by c.slot',
  )
  const shownOf = (run_id: string) => value(database.sql, 'select lenses.fn_workflow_runs_get($1, $2)', [run_id, ownerId])
  const calls = await claimNodes(database.sql, 10, 'lens_run')
  expect(await shownOf(runs[0]!.run_id)).toMatchObject({ spending: { spent_usd: 0, reserved_usd: 0.01 } })
  for (const call of calls)
    await (call.run_id === runs[1]!.run_id
      ? failNode(database.sql, call, { code: 'provider_rejected', message: 'no', cost_usd: 0.002 })
      : completeNode(database.sql, call, { cost_usd: 0.004 }))
  const [gathers] = await claimNodes(database.sql)
  await completeNode(database.sql, gathers!)
  await nodeDriver(database.sql).drain(['workflow_contender'])

  expect(await documentOf(database.sql, battle, ownerId)).toMatchObject({
    budget: { limit_usd: 1, spent_usd: 0.006, reserved_usd: 0 },
    contenders: [
      { status: 'submitted', submission: { cost_usd: 0.004 }, workflow: { cost_usd: 0.004 } },
      { status: 'failed', workflow: { cost_usd: 0.002 } },
    ],
  })
  for (const [nth, cost_usd] of [0.004, 0.002].entries())
    expect(await shownOf(runs[nth]!.run_id)).toMatchObject({
      cost_usd,
      spending: { spent_usd: cost_usd, reserved_usd: 0 },
      contends: { battle_id: battle.battleId, slot: 'AB'[nth], pays: true },
    })
})

test('where its battle has no budget, a run keeps its own, and says what it cost all the same', async () => {
  const { battle, ownerId } = await contending(database.sql, { graphs: [{ ...asking, budget_usd: 0.05 }, asking] })
  for (const job of await claimContenders(database.sql)) await beginRun(database.sql, job)
  for (const node of await claimNodes(database.sql, 10, 'lens_run')) await completeNode(database.sql, node, { cost_usd: 0.003 })
  const page = await value<{ runs: { contends: { slot: string } }[] }>(database.sql, 'select lenses.fn_workflow_runs_list($1)', [ownerId])
  expect(page.runs.toSorted((one, other) => one.contends.slot.localeCompare(other.contends.slot))).toMatchObject([
    { spending: { spent_usd: 0.003 }, contends: { battle_id: battle.battleId, slot: 'A', pays: false } },
    { spending: { spent_usd: 0 }, contends: { slot: 'B', pays: false } },
  ])
  expect((await documentOf(database.sql, battle, ownerId))!.contenders).toMatchObject([
    { workflow: { cost_usd: 0.003 } },
    { workflow: { cost_usd: 0.003 } },
  ])
})
