import { expect, test } from 'vitest'
import { useDatabase, value } from '../../support/database.ts'
import { createWebhook, deliveriesOf, updateWebhook, type Webhook } from '../../support/webhooks.ts'
import { claimNodes, drainNodes, saveWorkflow, startRun, suspendNode } from '../../support/workflows.ts'

const database = useDatabase()
const owner = '11111111-1111-4111-8111-111111111111'
const stranger = '22222222-2222-4222-8222-222222222222'
const typesFor = async (webhook: Webhook) => (await deliveriesOf(database.sql, webhook)).map(({ type }) => type)

test('what happens to a run is told to every enabled webhook of its owner that asks for it, and to nobody else', async () => {
  const { sql } = database
  const all = await createWebhook(sql, owner)
  const failed = await createWebhook(sql, owner, ['run.failed'])
  const family = await createWebhook(sql, owner, ['run.*'])
  const battles = await createWebhook(sql, owner, ['battle.*'])
  const disabled = await createWebhook(sql, owner)
  await updateWebhook(sql, disabled, { status: 'disabled' })
  const foreign = await createWebhook(sql, stranger)
  await startRun(sql, { nodes: ['a', 'b'] }, {}, owner)
  await drainNodes(sql)
  await startRun(sql, { nodes: ['c'] }, {}, owner)
  await drainNodes(sql, () => 'fail')
  const told = ['run.started', 'run.completed', 'run.started', 'run.failed']
  expect([await typesFor(all), await typesFor(family), await typesFor(failed)]).toEqual([told, told, ['run.failed']])
  for (const none of [battles, disabled, foreign]) expect(await typesFor(none)).toEqual([])
})

test('a message names the run and the code of its error, and tells nothing of what went in or came out', async () => {
  const { sql } = database
  const webhook = await createWebhook(sql, owner, ['run.failed'])
  const run = await startRun(sql, { nodes: ['a'] }, { inputs: { topic: 'a secret topic' } }, owner)
  await drainNodes(sql, () => 'fail')
  const [delivery] = await deliveriesOf(sql, webhook)
  expect(delivery!.payload).toEqual({
    type: 'run.failed',
    timestamp: expect.any(String),
    data: { run_id: run.runId, workflow_id: run.workflowId, event_id: expect.any(Number), error_code: expect.any(String) },
  })
  const page = await value<{ deliveries: object[] }>(sql, 'select webhooks.fn_webhooks_deliveries($1, $2)', [webhook.webhookId, owner])
  expect(page.deliveries).toMatchObject([{ run_id: run.runId, battle_id: null }])
})

test('what a run begins for itself is told as that run alone', async () => {
  const { sql } = database
  const webhook = await createWebhook(sql, owner)
  const { versionId } = await saveWorkflow(sql, { nodes: ['body'] }, owner)
  await startRun(sql, { nodes: ['loop'] }, {}, owner)
  const [loop] = await claimNodes(sql)
  const children = [0, 1, 2].map((item_index) => ({ item_index, version_id: versionId, inputs: {} }))
  await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children, max_concurrent: 3 })
  await drainNodes(sql)
  expect(await typesFor(webhook)).toEqual(['run.started', 'run.completed'])
})
