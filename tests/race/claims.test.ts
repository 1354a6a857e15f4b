import { describe, expect, test } from 'vitest'
import {
  cancel,
  claim,
  claimJobs,
  claimOne,
  complete,
  createBattle,
  enqueue,
  heartbeat,
  makeDue,
  makeQueue,
  publish,
  startBattle,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { type Client, rows, times, untilWaiting, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

describe('claim and claim', () => {
  test('eight drivers that drain two thousand jobs take each of them once', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const ids = await enqueue(sql, queue, { count: 2_000 })
    const drivers = await database.connectMany(8)
    const taken = await Promise.all(
      drivers.map(async (driver, nth) => {
        const mine: number[] = []
        for (;;) {
          const batch = await claimJobs(driver, 'plain', 7, `driver ${nth}`)
          // A short claim is not an empty queue while others hold rows locked: it ends when nothing is ready.
          if (batch.length === 0 && !(await value<boolean>(driver, 'select exists (select from execution.ready)'))) return mine
          mine.push(...batch.map((job) => job.job_id))
        }
      }),
    )
    expect(taken.flat().toSorted((a, b) => a - b)).toEqual(ids)
    expect(taken.filter((mine) => mine.length > 0).length).toBeGreaterThan(1)
    expect(await value(sql, 'select sum(cardinality(job_ids)) from execution.leases')).toBe(2_000)
    expect(await value(sql, 'select count(distinct id) from execution.leases, unnest(job_ids) id')).toBe(2_000)
  })

  test('a claim passes by the rows that another driver is taking, and does not wait', async () => {
    const { sql } = database
    const other = await database.connect()
    await enqueue(sql, await makeQueue(sql), { count: 4 })
    await sql.query('begin')
    const mine = await claimJobs(sql, 'plain', 2)
    const theirs = await claimJobs(other, 'plain', 10)
    await sql.query('commit')
    expect(mine).toHaveLength(2)
    expect(theirs).toHaveLength(2)
    expect(new Set([...mine, ...theirs].map((job) => job.job_id)).size).toBe(4)
  })

  test('a claim that is rolled back leaves its jobs to the next driver', async () => {
    const { sql } = database
    const [id] = await enqueue(sql, await makeQueue(sql))
    await sql.query('begin')
    expect(await claimJobs(sql)).toHaveLength(1)
    await sql.query('rollback')
    expect((await claimJobs(await database.connect()))[0]!.job_id).toBe(id)
  })

  test('a lane of two is never held by three, with eight drivers claiming and completing', async () => {
    const { sql } = database
    await enqueue(sql, await makeQueue(sql, 'plain', { concurrency_key: 'local:gpu0', concurrency_limit: 2 }), { count: 200 })
    const [observer, ...drivers] = await database.connectMany(7)
    let most = 0
    let done = 0
    const watching = (async () => {
      while (done < 200)
        most = Math.max(most, await value<number>(observer!, 'select coalesce(sum(cardinality(job_ids)), 0) from execution.leases'))
    })()
    await Promise.all(
      drivers.map(async (driver) => {
        while (done < 200) {
          const batch = await claimJobs(driver, 'plain', 5)
          if (batch.length === 0) continue
          const recorded = await value<number[]>(driver, 'select execution.fn_worker_complete_jobs($1, $2)', [
            batch[0]!.lease_token,
            batch.map((job) => job.job_id),
          ])
          expect(recorded).toHaveLength(batch.length)
          done += batch.length
        }
      }),
    )
    await watching
    expect(done).toBe(200)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(2)
  })

  test('a lane someone else is claiming from is left to them, and the rest of the kind goes on', async () => {
    const { sql } = database
    const other = await database.connect()
    await enqueue(sql, await makeQueue(sql, 'plain', { concurrency_key: 'local:gpu0', concurrency_limit: 5 }), { count: 5 })
    const [open] = await enqueue(sql, await makeQueue(sql))
    await sql.query('begin')
    expect(await claimJobs(sql, 'plain', 1)).toHaveLength(1)
    expect((await claimJobs(other, 'plain', 5)).map((job) => job.job_id)).toEqual([open])
    await sql.query('commit')
    expect(await claimJobs(other, 'plain', 5)).toHaveLength(4)
  })

  test('two drivers that meet the same due jobs promote and take each of them once', async () => {
    const { sql } = database
    const ids = await enqueue(sql, await makeQueue(sql), { count: 200, runAfter: '1 hour' })
    await makeDue(sql)
    const drivers = await database.connectMany(4)
    const taken = await Promise.all(drivers.map((driver) => claimJobs(driver, 'plain', 200)))
    const rest = await claimJobs(sql, 'plain', 200)
    expect([...taken.flat(), ...rest].map((job) => job.job_id).toSorted((a, b) => a - b)).toEqual(ids)
  })
})

describe('enqueue and claim', () => {
  test('a job is never leased and not returned: what a claim answers is what its leases hold', async () => {
    const { sql } = database
    const [publisher, ...drivers] = await database.connectMany(5)
    const battles = await times(40, () => createBattle(sql, { contenders: 3 }))
    let publishing = true
    const returned: number[] = []
    await Promise.all([
      (async () => {
        for (const battle of battles) await publish(publisher!, battle)
        publishing = false
      })(),
      ...drivers.map(async (driver) => {
        for (;;) {
          const jobs = await claim(driver, 2)
          for (const job of jobs) returned.push(job.job_id)
          if (jobs.length === 0 && !publishing && !(await value<boolean>(driver, 'select exists (select from execution.ready)'))) return
        }
      }),
    ])
    const leased = await value<number[]>(sql, 'select array_agg(id order by id) from execution.leases, unnest(job_ids) id')
    expect(returned.toSorted((a, b) => a - b)).toEqual(leased)
    expect(returned).toHaveLength(120)
  })
})

describe('a claim that began before its job was there', () => {
  test('returns it, though the statement that asked for it is older', async () => {
    const { sql } = database
    const [driver, observer] = (await database.connectMany(2)) as [Client, Client]
    await sql.query('begin')
    await sql.query('lock table execution.ready in access exclusive mode')
    const claiming = claim(driver, 2)
    await untilWaiting(observer, driver)
    await startBattle(sql)
    await sql.query('commit')
    const jobs = await claiming
    expect(await value(sql, 'select coalesce(sum(cardinality(job_ids)), 0) from execution.leases')).toBe(jobs.length)
    expect(jobs.concat(await claim(driver, 2))).toHaveLength(2)
  })
})

describe('claim and cancel', () => {
  const held = (client: Client) => rows<{ job_id: number }>(client, 'select id as job_id from execution.leases, unnest(job_ids) id')

  test('a battle cancelled between a claim’s start and its commit refuses what the driver brings', async () => {
    const { sql } = database
    const other = await database.connect()
    const battle = await startBattle(sql)
    await sql.query('begin')
    const job = await claimOne(sql)
    expect(await cancel(other, battle)).toBe('cancelled')
    await sql.query('commit')
    expect(await heartbeat(sql, job.lease_token)).toEqual([])
    expect(await complete(sql, job)).toBe(false)
    expect(await value(sql, 'select count(*) from battles.submissions')).toBe(0)
    expect(await rows(sql, 'select distinct state::text from execution.jobs')).toEqual([{ state: 'cancelled' }])
    expect(await statusOf(sql, battle)).toBe('cancelled')
  })

  test('a claim that starts before the cancel commits meets jobs that are still its own, or none', async () => {
    const { sql } = database
    const other = await database.connect()
    const battle = await startBattle(sql)
    await sql.query('begin')
    await cancel(sql, battle)
    const jobs = await claim(other, 2)
    await sql.query('commit')
    for (const job of jobs) expect(await complete(other, job)).toBe(false)
    expect(await held(sql)).toEqual([])
    expect(await statusOf(sql, battle)).toBe('cancelled')
  })

  test('sixty battles cancelled while four drivers answer them: each is cancelled or answered, none is both or stuck', async () => {
    const { sql } = database
    const battles = await times(60, () => startBattle(sql))
    const [canceller, ...drivers] = await database.connectMany(5)
    let refused = 0
    await Promise.all([
      (async () => {
        for (const battle of battles.toReversed()) expect(['cancelled', 'already_void']).toContain(await cancel(canceller!, battle))
      })(),
      ...drivers.map(async (driver) => {
        for (let empty = 0; empty < 3; ) {
          const jobs = await claim(driver, 3)
          if (jobs.length === 0) empty++
          for (const job of jobs) if (!(await complete(driver, job))) refused++
        }
      }),
    ])
    await sweep(sql)
    expect(refused).toBeGreaterThanOrEqual(0)
    expect(await rows(sql, `select distinct status::text from battles.battles`)).toEqual([{ status: 'cancelled' }])
    expect(await value(sql, `select count(*) from execution.jobs where state = 'active'`)).toBe(0)
    expect(await held(sql)).toEqual([])
    expect(
      await value(
        sql,
        `select count(*) from execution.jobs j join battles.contenders c on c.contender_id = j.subject_id
         where (j.state = 'completed') <> (c.status = 'submitted') or (j.state = 'cancelled') <> (c.status = 'cancelled')`,
      ),
    ).toBe(0)
  })
})

describe('publish and cancel', () => {
  for (const [first, second, answers] of [
    ['publish', 'cancel', ['published', 'cancelled']],
    ['cancel', 'publish', ['cancelled', 'cancelled']],
  ] as const) {
    test(`${first} first: ${second} waits for it, and no job outlives the battle`, async () => {
      const { sql } = database
      const other = await database.connect()
      const battle = await createBattle(sql)
      const act = { publish, cancel }
      await sql.query('begin')
      const one = await act[first](sql, battle)
      const two = act[second](other, battle)
      await untilWaiting(await database.connect(), other)
      await sql.query('commit')
      expect([one, await two]).toEqual(answers)
      expect(await statusOf(sql, battle)).toBe('cancelled')
      expect(await value(sql, `select count(*) from execution.jobs where state = 'active'`)).toBe(0)
      expect(await claim(sql, 5)).toEqual([])
    })
  }

  test('eight owners’ clicks on publish start a battle once', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    const clicks = await Promise.all((await database.connectMany(8)).map((client) => publish(client, battle)))
    expect(clicks.toSorted()).toEqual([...Array(7).fill('already_published'), 'published'])
    expect(await value(sql, 'select count(*) from execution.jobs')).toBe(2)
  })

  test('eight requests with one idempotency key make one battle', async () => {
    const { sql } = database
    const ownerId = '00000000-0000-4000-8000-00000000000a'
    const clients = await database.connectMany(8)
    const made = await Promise.all(
      clients.map((client) => createBattle(client, { ownerId, with: { idempotency_key: 'once', request_hash: 'same' } })),
    )
    expect(new Set(made.map((battle) => battle.battleId)).size).toBe(1)
    expect(await value(sql, 'select count(*) from battles.battles')).toBe(1)
    expect(await value(sql, 'select count(*) from battles.contenders')).toBe(2)
  })
})
