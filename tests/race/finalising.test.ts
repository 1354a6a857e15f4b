import { describe, expect, test } from 'vitest'
import {
  answerAll,
  autoFinalize,
  type Battle,
  cancel,
  claimJudging,
  claimOne,
  completeJudging,
  createBattle,
  deadLetter,
  expireLease,
  finalize,
  judge,
  publish,
  ratings,
  recordVerdict,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { type Client, rows, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'

const database = useDatabase()

/** A battle of these models that the first of them has won: only the finalisation is left. */
async function judged(models: string[]): Promise<Battle> {
  const battle = await startJudging(database.sql, { contenders: models.map((model_key) => ({ model_key })) })
  const slots = models.map((_, nth) => String.fromCharCode(65 + nth))
  await judge(database.sql, [slots, slots])
  return battle
}

async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  return work()
}

describe('finalise and finalise', () => {
  test('at once: one closes the battle, the other finds it closed, and the ratings move once', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const battle = await judged(['a', 'b'])
    expect(await inTransaction(sql, () => finalize(sql, battle))).toBe('closed')
    const second = finalize(other, battle)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await second).toBe('already_closed')
    expect(await ratings(sql)).toMatchObject([
      { competitor: 'a', rating: 1016, games: 1 },
      { competitor: 'b', rating: 984, games: 1 },
    ])
  })

  test('eight drivers finalise one battle: it is closed and rated once', async () => {
    const { sql } = database
    const battle = await judged(['a', 'b'])
    const answers = await Promise.all((await database.connectMany(8)).map((client) => finalize(client, battle)))
    expect(answers.toSorted()).toEqual([...Array(7).fill('already_closed'), 'closed'])
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.rated'`)).toBe(1)
    expect(await ratings(sql)).toMatchObject([{ games: 1 }, { games: 1 }])
  })

  test('the schedule passes by a battle that a driver is finalising, and does not wait', async () => {
    const { sql } = database
    const other = await database.connect()
    const [mine, free] = [await judged(['a', 'b']), await judged(['c', 'd'])]
    await inTransaction(sql, () => finalize(sql, mine))
    expect(await autoFinalize(other)).toBe(1)
    await sql.query('commit')
    expect([await statusOf(sql, mine), await statusOf(sql, free)]).toEqual(['closed', 'closed'])
  })

  test('finalise and cancel: whoever is first decides', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const closed = await judged(['a', 'b'])
    await inTransaction(sql, () => finalize(sql, closed))
    const late = cancel(other, closed)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await late).toBe('already_closed')

    const cancelled = await judged(['a', 'b'])
    await inTransaction(sql, () => cancel(sql, cancelled))
    const refused = finalize(other, cancelled)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await refused).toBe('not_scoring')
    expect(await ratings(sql)).toMatchObject([{ games: 1 }, { games: 1 }])
  })
})

describe('ratings', () => {
  test('two battles of the same models that close at once are both applied, in either order, without a deadlock', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const [one, two] = [await judged(['a', 'b']), await judged(['b', 'a'])]
    await inTransaction(sql, () => finalize(sql, one))
    const second = finalize(other, two)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await second).toBe('closed')
    const expected = 1 / (1 + 10 ** ((984 - 1016) / 400))
    const [a, b] = await ratings(sql)
    expect(a).toMatchObject({ games: 2, wins: 1, losses: 1 })
    expect(a!.rating).toBeCloseTo(1016 - 32 * expected, 9)
    expect(b!.rating).toBeCloseTo(984 + 32 * expected, 9)
  })

  test('eight connections close forty battles over six models: every game counts, and the points are conserved', async () => {
    const { sql } = database
    const models = ['a', 'b', 'c', 'd', 'e', 'f']
    const battles: Battle[] = []
    for (let nth = 0; nth < 40; nth++) {
      battles.push(await createBattle(sql, { contenders: [nth, nth + 1 + (nth % 5)].map((index) => ({ model_key: models[index % 6]! })) }))
    }
    for (const battle of battles) await publish(sql, battle)
    await answerAll(sql)
    for (const _ of battles)
      await judge(sql, [
        ['A', 'B'],
        ['A', 'B'],
      ])
    const queue = [...battles]
    await Promise.all(
      (await database.connectMany(8)).map(async (client, nth) => {
        for (let battle = queue.pop(); battle; battle = queue.pop()) {
          if (nth === 0) await autoFinalize(client)
          else expect(['closed', 'already_closed']).toContain(await finalize(client, battle))
        }
      }),
    )
    await autoFinalize(sql)
    expect(await value(sql, `select count(*) from battles.battles where status = 'closed'`)).toBe(40)
    const board = await ratings(sql)
    expect(board.reduce((sum, row) => sum + row.games, 0)).toBe(80)
    expect(board.reduce((sum, row) => sum + row.wins, 0)).toBe(40)
    expect(board.reduce((sum, row) => sum + row.rating, 0)).toBeCloseTo(6_000, 6)
  })

  test('the schedule closes battles in one transaction and still never waits in a circle with a driver', async () => {
    const { sql } = database
    const [schedule, driver, holder, observer] = (await database.connectMany(4)) as [Client, Client, Client, Client]
    for (const name of ['a1', 'a2', 'm', 'z1', 'z2'])
      await sql.query('insert into battles.ratings (competitor, model_key) values ($1, $1)', [name])
    // A driver's battle shares a model with each of the two that the schedule will find. It stops half way through its locks, at m.
    const third = await judged(['a2', 'm', 'z1'])
    await holder.query('begin')
    await holder.query(`select from battles.ratings where competitor = 'm' for update`)
    const driven = finalize(driver, third)
    await untilWaiting(observer, driver)
    // The schedule closes in the order of ids. Were the ratings locked battle by battle, it would hold z1 and want a2.
    const [low, high] = [await judged(['one', 'two']), await judged(['three', 'four'])].map((battle) => battle.battleId).toSorted()
    for (const [battleId, letter] of [
      [low, 'z'],
      [high, 'a'],
    ]) {
      await sql.query(`update battles.contenders set model_key = $2 || case slot when 'A' then '1' else '2' end where battle_id = $1`, [
        battleId,
        letter,
      ])
    }
    const warnings = await warningsDuring(schedule, async () => {
      const scheduled = autoFinalize(schedule)
      await untilWaiting(observer, schedule)
      await holder.query('commit')
      expect(await driven).toBe('closed')
      expect(await scheduled).toBe(2)
    })
    expect(warnings).toEqual([])
    expect((await ratings(sql)).map((row) => [row.competitor, row.games])).toEqual([
      ['a1', 1],
      ['a2', 2],
      ['m', 1],
      ['z1', 2],
      ['z2', 1],
    ])
  })

  test('a sweep that gives up judgings never waits in a circle with a driver that finalises', async () => {
    const { sql } = database
    const [sweeper, driver, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    // The judge of this battle recorded both verdicts and died three times.
    const given = await startJudging(sql, { contenders: [{ model_key: 'a' }, { model_key: 'b' }] })
    const job = await claimJudging(sql)
    for (const presentation of [0, 1] as const) await recordVerdict(sql, job, verdictOf(job, presentation, ['A', 'B']))
    await sql.query('update execution.jobs set reclaims = 2 where job_id = $1', [job.job_id])
    await expireLease(sql, job.lease_token)
    // Another judging expired too; a driver completes it at the last moment and finalises.
    const other = await startJudging(sql, { contenders: [{ model_key: 'a' }, { model_key: 'b' }] })
    const held = await claimJudging(sql)
    for (const presentation of [0, 1] as const) await recordVerdict(sql, held, verdictOf(held, presentation, ['A', 'B']))
    await sql.query(`update execution.leases set expires_at = now() - interval '0.5 second' where lease_token = $1`, [held.lease_token])

    await driver.query('begin')
    await completeJudging(driver, held) // holds the second battle
    const warnings = await warningsDuring(sweeper, async () => {
      const swept = sweep(sweeper)
      await untilWaiting(observer, sweeper) // has given up the first judging and wants the second battle
      expect(await finalize(driver, other)).toBe('closed') // wants the ratings of both models
      await driver.query('commit')
      expect(await swept).toEqual({ promoted: 0, reclaimed: 1 })
    })
    expect(warnings.filter((warning) => !warning.includes('cannot wake'))).toEqual([]) // a deadlock would be one: the sweep survives it and says so
    await autoFinalize(sql)
    expect([await statusOf(sql, given), await statusOf(sql, other)]).toEqual(['closed', 'closed'])
    expect(await ratings(sql)).toMatchObject([{ games: 2 }, { games: 2 }])
  })
})

describe('redrive and redrive', () => {
  const redrive = (client: Client) =>
    value<string>(client, 'select battles.fn_redrive_dead_letter(max(dead_letter_id)) from execution.dead_letters')

  test('at once: the job is sent back once', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    await startBattle(sql)
    await claimOne(sql)
    await deadLetter(sql, await claimOne(sql))
    expect(await inTransaction(sql, () => redrive(sql))).toBe('redriven')
    const second = redrive(other)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await second).toBe('already_redriven')
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(1)
    expect(await value(sql, `select count(*) from battles.events where type = 'job.redriven'`)).toBe(1)
  })

  test('redrive and the failure that settles the battle: the redrive wins and the battle goes on, or comes too late', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const first = await startBattle(sql)
    const held = await claimOne(sql)
    await deadLetter(sql, await claimOne(sql))
    await inTransaction(sql, () => redrive(sql))
    const failing = deadLetter(other, held)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await failing).toBe('dead_lettered')
    expect(await statusOf(sql, first)).toBe('executing')

    const again = await claimOne(sql)
    await inTransaction(sql, () => deadLetter(sql, again))
    const late = redrive(other)
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await late).toBe('battle_void')
    expect(await statusOf(sql, first)).toBe('void')
  })
})

describe('sweep and sweep', () => {
  test('a second sweep says that one is under way, and does not wait', async () => {
    const { sql } = database
    const other = await database.connect()
    await startBattle(sql)
    const job = await claimOne(sql)
    await expireLease(sql, job.lease_token)
    expect(await inTransaction(sql, () => sweep(sql))).toEqual({ promoted: 0, reclaimed: 1 })
    expect(await sweep(other)).toEqual({ busy: true })
    await sql.query('commit')
    expect(await sweep(other)).toEqual({ promoted: 0, reclaimed: 0 })
  })

  test('eight sweeps at once take each lost job back once', async () => {
    const { sql } = database
    for (let nth = 0; nth < 20; nth++) await startBattle(sql)
    for (let nth = 0; nth < 40; nth++) await claimOne(sql)
    await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
    const swept = await Promise.all((await database.connectMany(8)).map(sweep))
    expect(swept.reduce((sum, answer) => sum + Number(answer.reclaimed ?? 0), 0)).toBe(40)
    expect(await rows(sql, 'select distinct reclaims from execution.jobs')).toEqual([{ reclaims: 1 }])
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(40)
  })
})
