import { expect, test } from 'vitest'
import { createBattle, expireLease, makeDue, sweep } from '../support/battles.ts'
import { type Client, rows, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'
import {
  claimDeliveries,
  createWebhook,
  deliver,
  failDelivery,
  type HeldDelivery,
  pingWebhook,
  redrive,
  removeWebhook,
  updateWebhook,
  type Webhook,
} from '../support/webhooks.ts'

/*
 * battle -> subscription -> lease -> job -> delivery. Whatever ends a delivery, takes it back or removes its webhook waits for the
 * subscription while it holds nothing that comes later.
 */

const database = useDatabase()
const owner = '11111111-1111-4111-8111-111111111111'
const isRefusal = (warning: string) => !warning.includes('cannot wake')

const writers: [string, (client: Client, webhook: Webhook, job: HeldDelivery) => Promise<unknown>][] = [
  ['an acceptance', (client, _, job) => deliver(client, job)],
  ['a retry', (client, _, job) => failDelivery(client, job, 0)],
  ['a dead letter', (client, _, job) => failDelivery(client, job, null)],
  ['a removal', (client, webhook) => removeWebhook(client, webhook)],
  ['a redrive', (client, webhook) => redrive(client, webhook)],
  [
    'a reclaim',
    async (client, _, job) => {
      await expireLease(database.sql, job.lease_token)
      await sweep(client)
    },
  ],
]

for (const [what, write] of writers) {
  test(`${what} waits for the webhook before it touches a lease, a job or a delivery`, async () => {
    const { sql } = database
    const [holder, writer, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const webhook = await createWebhook(sql, owner)
    await pingWebhook(sql, webhook)
    const [job] = await claimDeliveries(sql)
    await holder.query('begin')
    await holder.query('select from webhooks.subscriptions for update')
    const warnings = await warningsDuring(writer, async () => {
      const writing = write(writer, webhook, job!)
      await untilWaiting(observer, writer)
      for (const table of ['execution.leases', 'execution.jobs', 'execution.ready', 'webhooks.deliveries']) {
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

test('whatever drivers, owners and the sweep do at once, an event is one delivery that ends once, and nothing waits in a circle', async () => {
  const { sql } = database
  const clients = await database.connectMany(4)
  const kept = await createWebhook(sql, owner)
  const events = new Map<string, number>()
  const accepted = new Map<string, number>()
  const roll = (sides: number) => Math.floor(Math.random() * sides)

  async function live(client: Client): Promise<void> {
    for (let turn = 0; turn < 60; turn++) {
      const move = roll(10)
      if (move < 2) {
        const { battleId } = await createBattle(client, { ownerId: owner })
        events.set(battleId, 1)
      } else if (move < 7) {
        for (const job of await claimDeliveries(client, 1 + roll(4))) {
          const fate = roll(6)
          if (fate < 3) {
            if (await deliver(client, job)) accepted.set(job.delivery_id, (accepted.get(job.delivery_id) ?? 0) + 1)
          } else if (fate === 3) await failDelivery(client, job, 0)
          else if (fate === 4) await failDelivery(client, job, null, 'internal')
          else await expireLease(client, job.lease_token) // the driver dies, and comes back too late
          if (fate === 5 && roll(2) === 0 && (await deliver(client, job)))
            accepted.set(job.delivery_id, (accepted.get(job.delivery_id) ?? 0) + 1)
        }
      } else if (move === 7) await sweep(client)
      else if (move === 8) await redrive(client, kept)
      else if (roll(2) === 0) await updateWebhook(client, kept, { description: String(turn) })
      else {
        const passing = await createWebhook(client, owner, ['battle.*']).catch(() => undefined)
        if (passing) {
          await pingWebhook(client, passing)
          await removeWebhook(client, passing)
        }
      }
    }
  }
  const warnings = await Promise.all(clients.map((client) => warningsDuring(client, () => live(client))))
  expect(warnings.flat().filter(isRefusal)).toEqual([])

  await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  for (let round = 0; round < 20; round++) {
    await sweep(sql)
    await makeDue(sql)
    await redrive(sql, kept)
    for (const job of await claimDeliveries(sql, 1000))
      if (await deliver(sql, job)) accepted.set(job.delivery_id, (accepted.get(job.delivery_id) ?? 0) + 1)
  }
  const deliveries = await rows<{ delivery_id: string; battle_id: string; status: string; state: string }>(
    sql,
    'select d.delivery_id, d.battle_id, d.status, j.state::text from webhooks.deliveries d join execution.jobs j on j.job_id = d.job_id',
  )
  expect(events.size).toBeGreaterThan(10)
  expect(deliveries.map(({ battle_id }) => battle_id).toSorted()).toEqual([...events.keys()].toSorted())
  for (const { delivery_id, status, state } of deliveries)
    expect([status, state, accepted.get(delivery_id)]).toEqual(['delivered', 'completed', 1])
  expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
  expect(await value(sql, 'select count(*) from execution.ready')).toBe(0)
})
