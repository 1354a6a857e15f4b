import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { answerAll, claim, claimOne, complete, createBattle, publish, startBattle, statusOf } from '../support/battles.ts'
import { type Client, rows, times, untilWaiting, useDatabase, value } from '../support/database.ts'

// Shares are locked last, and by who holds a battle that others wait for they are never waited for.

const database = useDatabase()

describe('a settle and a settle, of one owner', () => {
  test('neither waits for the share that the other is just making: the second goes to the judges’ head for once', async () => {
    const { sql } = database
    const [one, two, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const ownerId = randomUUID()
    const [first, second] = [await startBattle(sql, { ownerId }), await startBattle(sql, { ownerId })]
    const jobs = await times(4, () => claimOne(sql)) // a lease each
    const [last, other] = [first, second].map(({ battleId }) => jobs.findLast((job) => job.battle_id === battleId)!)
    for (const job of jobs) if (job !== last && job !== other) await complete(sql, job)
    await one.query('begin')
    expect(await complete(one, last!)).toBe(true) // settles, and makes the owner's share of judging
    const answered = complete(two, other!)
    await untilWaiting(observer, two, answered)
    expect(await value(observer, 'select cardinality(pg_blocking_pids($1))', [(two as Client & { processID: number }).processID])).toBe(0)
    expect(await answered).toBe(true)
    await one.query('commit')
    expect([await statusOf(sql, first), await statusOf(sql, second)]).toEqual(['scoring', 'scoring'])
    expect(await rows(sql, `select kind from execution.shares where kind = 'battle_judging'`)).toHaveLength(1)
  })

  test('a share that is locked is passed by as well', async () => {
    const { sql } = database
    const [one, two] = (await database.connectMany(2)) as [Client, Client]
    const ownerId = randomUUID()
    await startBattle(sql, { ownerId })
    await answerAll(sql)
    const second = await startBattle(sql, { ownerId })
    await one.query('begin')
    await one.query(`select from execution.shares where kind = 'battle_judging' for update`)
    for (const job of await claim(two, 10)) expect(await complete(two, job)).toBe(true)
    await one.query('commit')
    expect(await statusOf(sql, second)).toBe('scoring')
  })
})

describe('a publish and a publish, of one owner', () => {
  test('the second waits for the first, and no turn is given twice', async () => {
    const { sql } = database
    const [one, two, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const ownerId = randomUUID()
    const [first, second] = [await createBattle(sql, { ownerId }), await createBattle(sql, { ownerId })]
    await one.query('begin')
    await publish(one, first)
    const waiting = publish(two, second)
    await untilWaiting(observer, two)
    await one.query('commit')
    expect(await waiting).toBe('published')
    const turns = await rows<{ turn: number }>(sql, 'select position >> 22 as turn from execution.ready')
    expect(new Set(turns.map(({ turn }) => turn)).size).toBe(4)
  })
})
