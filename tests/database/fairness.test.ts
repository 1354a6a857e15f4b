import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { claim, complete, expireLease, makeDue, requeue, startBattle, sweep } from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'

// Whose turn it is: start-time fair queueing over the owners of a fair kind.

const database = useDatabase()

const ownerOf = async (jobs: { battle_id: string }[]) => {
  const owners = await rows<{ battle_id: string; owner_id: string }>(database.sql, 'select battle_id, owner_id from battles.battles')
  return jobs.map((job) => owners.find((battle) => battle.battle_id === job.battle_id)!.owner_id)
}

const backlog = async (ownerId: string, battles: number, withColumns: Record<string, unknown> = {}) => {
  for (let nth = 0; nth < battles; nth++) await startBattle(database.sql, { ownerId, with: withColumns })
}

describe('fairness', () => {
  test('one owner’s backlog does not starve another’s one battle', async () => {
    const [big, small] = [randomUUID(), randomUUID()]
    await backlog(big, 50)
    await backlog(small, 1)
    const owners = await ownerOf(await claim(database.sql, 5))
    expect(owners.filter((owner) => owner === small)).toHaveLength(2)
  })

  test('it holds in the middle of a backlog that is being worked off, and after a long one', async () => {
    const [big, small] = [randomUUID(), randomUUID()]
    await backlog(big, 40)
    await claim(database.sql, 60)
    await backlog(small, 1)
    expect((await ownerOf(await claim(database.sql, 5))).filter((owner) => owner === small)).toHaveLength(2)
    for (const job of await claim(database.sql, 100)) await complete(database.sql, job)
    await backlog(small, 2)
    await backlog(big, 2)
    const turns = await ownerOf(await claim(database.sql, 4))
    expect(new Set(turns)).toEqual(new Set([big, small]))
  })

  test('three owners with as much to do are served in turn', async () => {
    const owners = [randomUUID(), randomUUID(), randomUUID()]
    for (const owner of owners) await backlog(owner, 10)
    const served = await ownerOf(await claim(database.sql, 30))
    for (const owner of owners) expect(served.filter((each) => each === owner)).toHaveLength(10)
  })

  test('it holds between providers: a claim reads their queues as one', async () => {
    const on = (provider: string) => [
      { model_key: `${provider}:x`, provider, limit_key: provider },
      { model_key: `${provider}:y`, provider, limit_key: provider },
    ]
    const [big, small] = [randomUUID(), randomUUID()]
    for (let nth = 0; nth < 20; nth++) await startBattle(database.sql, { ownerId: big, contenders: on('openai') })
    await startBattle(database.sql, { ownerId: small, contenders: on('anthropic') })
    const owners = await ownerOf(await claim(database.sql, 5))
    expect(owners.filter((owner) => owner === small)).toHaveLength(2)
    expect(owners.filter((owner) => owner === big)).toHaveLength(3)
  })

  test('priority comes before turn', async () => {
    const [ordinary, urgent] = [randomUUID(), randomUUID()]
    await backlog(ordinary, 5)
    await backlog(urgent, 1, { priority: -10 })
    expect(await ownerOf(await claim(database.sql, 2))).toEqual([urgent, urgent])
  })

  test('a job that comes back after a failure does not wait behind its owner’s backlog', async () => {
    const big = randomUUID()
    await backlog(big, 20)
    const [job] = await claim(database.sql, 1)
    await requeue(database.sql, job!, 0)
    await makeDue(database.sql)
    const next = await claim(database.sql, 3)
    expect(next.map(({ job_id }) => job_id)).toContain(job!.job_id)
  })

  test('a job whose driver died goes behind everyone', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    await backlog(one, 1)
    await backlog(other, 5)
    const [job] = await claim(database.sql, 1)
    await expireLease(database.sql, job!.lease_token)
    await sweep(database.sql)
    const order = await claim(database.sql, 100)
    expect(order.at(-1)!.job_id).toBe(job!.job_id)
  })

  test('delayed battles take their owner’s turn when they fall due: a delay is no way past the others', async () => {
    const [sly, honest] = [randomUUID(), randomUUID()]
    for (let nth = 0; nth < 10; nth++) await startBattle(database.sql, { ownerId: sly, handicap: { injected_delay_ms: 60_000 } })
    await makeDue(database.sql)
    await value(database.sql, `select execution.promote_due('battle_job')`)
    await backlog(honest, 1)
    const owners = await ownerOf(await claim(database.sql, 5))
    expect(owners.filter((owner) => owner === honest)).toHaveLength(2)
  })

  test('two connections publish for one owner at once, and no turn is given twice', async () => {
    const owner = randomUUID()
    const clients = await database.connectMany(4)
    await Promise.all(clients.map((client) => startBattle(client, { ownerId: owner, contenders: 5 })))
    const turns = await rows<{ turn: number }>(database.sql, 'select position >> 22 as turn from execution.ready')
    expect(new Set(turns.map(({ turn }) => turn)).size).toBe(20)
  })

  test('what nobody waits for is forgotten: when nothing is ready, everyone starts level', async () => {
    await backlog(randomUUID(), 3)
    for (const job of await claim(database.sql, 100)) await complete(database.sql, job)
    await claim(database.sql, 1)
    await sweep(database.sql)
    expect(await rows(database.sql, `select from execution.shares where kind = 'battle_job'`)).toEqual([])
  })
})
