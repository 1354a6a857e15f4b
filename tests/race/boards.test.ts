import { describe, expect, test } from 'vitest'
import { expireLease, finalize, judge, startJudging, sweep } from '../support/battles.ts'
import { boardStore, closedBattle, refreshAll, refreshDue, standing, sums } from '../support/boards.ts'
import { type Client, rows, untilWaiting, useDatabase, value } from '../support/database.ts'

// The log and its boards under two connections and more.

const database = useDatabase()

/** A battle whose verdicts are recorded: only the finalisation is left. */
async function judged(client: Client, models: string[], task = 'Task') {
  const battle = await startJudging(client, { contenders: models.map((model_key) => ({ model_key })), with: { task_prompt: task } })
  const order = models.map((_, nth) => String.fromCharCode(65 + nth))
  await judge(client, [order, order])
  return battle
}

const comparisons = async (client: Client) =>
  (await value<{ comparisons: number }>(client, `select ratings.fn_board('judge', 'text')`)).comparisons

describe('the log', () => {
  test('has a battle once that two connections close at once, and that a third logs', async () => {
    const { sql } = database
    const [first, second, third] = (await database.connectMany(3)) as [Client, Client, Client]
    const battle = await judged(sql, ['m/a', 'm/b', 'm/c'])
    await first.query('begin')
    expect(await finalize(first, battle)).toBe('closed')
    const late = finalize(second, battle)
    const again = value<number>(third, 'select ratings.log_battle($1)', [battle.battleId])
    await untilWaiting(sql, second)
    await untilWaiting(sql, third)
    await first.query('commit')
    expect([await late, await again]).toEqual(['already_closed', 0])
    expect(await value(sql, 'select count(*) from ratings.comparisons')).toBe(3)
  })

  test('and its sums agree after six connections closed battles of the same few models, and nobody waited in a circle', async () => {
    const { sql } = database
    const clients = await database.connectMany(6)
    const models = ['m/a', 'm/b', 'm/c', 'm/d']
    const battles: { battleId: string; ownerId: string }[] = []
    for (let nth = 0; nth < 36; nth++) {
      const trio = [0, 1, 2].map((step) => models[(nth + step * (1 + (nth % 2))) % 4]!)
      battles.push(await judged(sql, [...new Set(nth % 3 ? trio : trio.toReversed())], `Task ${nth % 5}`))
    }
    await Promise.all(
      clients.map(async (client, nth) => {
        for (const battle of battles.filter((_, which) => which % 6 === nth || which % 6 === (nth + 1) % 6)) await finalize(client, battle)
      }),
    )
    const added = await rows(
      sql,
      `select c.source::text, c.kind, c.category, c.a, c.b, c.outcome::text, sum(c.weight) as weight from ratings.comparisons c group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`,
    )
    expect(await sums(sql)).toEqual(added)
    expect((await standing(sql)).every(({ weight }) => weight === 1)).toBe(true)
    expect(await value(sql, 'select count(distinct battle_id) from ratings.comparisons')).toBe(36)
  })

  test('that is added up anew while battles close has the sums of all of them', async () => {
    const { sql } = database
    const [closing, rebuilding] = (await database.connectMany(2)) as [Client, Client]
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['A', 'B'],
      ],
    )
    const battle = await judged(sql, ['m/a', 'm/b'])
    await closing.query('begin')
    await finalize(closing, battle)
    const resum = value<number>(rebuilding, 'select ratings.fn_operator_resum()')
    await untilWaiting(sql, rebuilding)
    await closing.query('commit')
    expect(await resum).toBe(0)
    expect(await sums(sql)).toMatchObject([{ a: 'm/a', b: 'm/b', outcome: 'a', weight: '2.000' }])
  })
})

describe('a board', () => {
  test('is asked for once by two schedules at once', async () => {
    const { sql } = database
    const [first, second] = (await database.connectMany(2)) as [Client, Client]
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['B', 'A'],
      ],
    )
    await first.query('begin')
    expect(await refreshDue(first)).toBe(2)
    expect(await refreshDue(second)).toBe(0)
    await first.query('commit')
    expect(await refreshDue(second)).toBe(0)
    expect(await value(sql, `select count(*) from execution.job_status where kind = 'rating_refresh'`)).toBe(2)
  })

  test('has what closed while it was computed by the refresh after, and never says that it is fresh without it', async () => {
    const { sql } = database
    const [closing, driver] = (await database.connectMany(2)) as [Client, Client]
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['B', 'A'],
      ],
    )
    const battle = await judged(sql, ['m/a', 'm/b'])
    await closing.query('begin')
    await finalize(closing, battle) // its comparison has an id below what the refresh reads, and is not visible yet
    await closedBattle(
      sql,
      ['m/c', 'm/d'],
      [
        ['A', 'B'],
        ['B', 'A'],
      ],
    )
    await refreshDue(driver)
    await refreshAll(driver)
    expect(await comparisons(sql)).toBe(2)
    await closing.query('commit')
    expect(await value(sql, `select ratings.fn_board('judge', 'text') -> 'stale_since'`)).not.toBeNull()
    await refreshDue(driver)
    await refreshAll(driver)
    expect(await comparisons(sql)).toBe(3)
    expect(await value(sql, `select ratings.fn_board('judge', 'text') -> 'stale_since'`)).toBeNull()
  })

  test('is recorded by whoever holds its lease, and by nobody who lost it', async () => {
    const { sql } = database
    const [slow, quick] = (await database.connectMany(2)) as [Client, Client]
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['A', 'B'],
      ],
    )
    await refreshDue(sql)
    const claim = await boardStore(slow).claimRefreshes('slow', 10, false)
    if (!claim.ok) throw new Error('no claim')
    await expireLease(sql, claim.value.jobs[0]!.leaseToken)
    await sweep(sql)
    expect(await refreshAll(quick)).toBe(2)
    const nothing = {
      rows: [],
      comparisons: 0,
      clusters: 0,
      clusterRatio: null,
      since: null,
      coefficients: null,
      penalty: null,
      unfinished: false,
    }
    for (const job of claim.value.jobs) expect(await boardStore(slow).recordBoard(job, nothing)).toEqual({ ok: true, value: false })
    expect(await comparisons(sql)).toBe(1)
  })

  test('is recorded beside a schedule that marks it, each in its turn', async () => {
    const { sql } = database
    const [schedule, driver] = (await database.connectMany(2)) as [Client, Client]
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['A', 'B'],
      ],
    )
    await refreshDue(sql)
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['A', 'B'],
      ],
    )
    await schedule.query('begin')
    expect(await refreshDue(schedule)).toBe(0)
    const done = refreshAll(driver)
    await untilWaiting(sql, driver)
    await schedule.query('commit')
    expect(await done).toBe(2)
    await refreshDue(sql)
    await refreshAll(sql)
    expect(await comparisons(sql)).toBe(2)
    expect(await value(sql, 'select count(*) from ratings.boards where stale_since is not null')).toBe(0)
  })
})
