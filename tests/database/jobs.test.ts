import { describe, expect, test } from 'vitest'
import {
  cancel,
  claim,
  claimDocument,
  claimJudging,
  claimOne,
  complete,
  deadLetter,
  eventsOf,
  expireLease,
  type HeldJob,
  heartbeat,
  makeDue,
  requeue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { dump, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

const jobOf = async (job: { job_id: number }) =>
  (
    await rows<{ status: string; attempts: number; reclaims: number; error: { code: string } | null }>(
      database.sql,
      'select status, attempts, reclaims, error from execution.job_status where job_id = $1',
      [job.job_id],
    )
  )[0]

/** Loses the lease of the job that is next, and has it taken back. */
async function loseNext(driver = 'driver'): Promise<HeldJob> {
  const job = await claimOne(database.sql, driver)
  await expireLease(database.sql, job.lease_token)
  await sweep(database.sql)
  return job
}

describe('attempts and reclaims', () => {
  test('are two counters: a lost lease costs no attempt and a failure no reclaim', async () => {
    const { sql } = database
    await startBattle(sql)
    await claimOne(sql) // slot A stays with its driver
    const first = await loseNext()
    expect(await jobOf(first)).toMatchObject({ status: 'queued', attempts: 0, reclaims: 1 })
    const second = await claimOne(sql)
    expect(second).toMatchObject({ job_id: first.job_id, attempts: 0, reclaims: 1, max_attempts: 3 })
    expect(await requeue(sql, second, 0)).toBe('requeued')
    expect(await jobOf(first)).toMatchObject({ status: 'queued', attempts: 1, reclaims: 1, error: { code: 'rate_limited' } })
  })

  test('have two limits: two failures and two lost leases leave the job alive, the third failure does not', async () => {
    const { sql } = database
    await startBattle(sql)
    const held = await claimOne(sql)
    for (let round = 0; round < 2; round++) {
      await loseNext()
      expect(await requeue(sql, await claimOne(sql), 0)).toBe('requeued')
    }
    const last = await claimOne(sql)
    expect(last).toMatchObject({ attempts: 2, reclaims: 2 })
    expect(last.job_id).not.toBe(held.job_id)
    expect(await requeue(sql, last, 0)).toBe('dead_lettered')
    expect(await jobOf(last)).toMatchObject({ status: 'failed', attempts: 3, reclaims: 2 })
    expect(await rows(sql, 'select error_code, attempts, reclaims from execution.dead_letters')).toEqual([
      { error_code: 'rate_limited', attempts: 3, reclaims: 2 },
    ])
  })

  test('a job whose lease is lost three times goes to the dead letters, and its battle settles', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const answered = await claimOne(sql)
    await complete(sql, answered)
    const lost = [await loseNext('one'), await loseNext('two'), await loseNext('three')]
    expect(new Set(lost.map((job) => job.job_id)).size).toBe(1)
    expect(new Set(lost.map((job) => job.lease_token)).size).toBe(3)
    expect(await rows(sql, 'select error_code, attempts, reclaims from execution.dead_letters')).toEqual([
      { error_code: 'lease_lost', attempts: 0, reclaims: 3 },
    ])
    expect(await rows(sql, `select status::text, outcome from battles.battles`)).toEqual([{ status: 'closed', outcome: 'walkover' }])
    expect(await eventsOf(sql, battle)).toContain('contender.failed')
  })

  test('a reclaimed job goes to the end of its queue: a job that kills its drivers does not starve the others', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 3 })
    expect((await loseNext()).slot).toBe('A')
    expect((await claim(sql, 3)).map((job) => job.slot)).toEqual(['B', 'C', 'A'])
  })

  test('a lease that is renewed is not taken back', async () => {
    const { sql } = database
    await startBattle(sql)
    const job = await claimOne(sql)
    expect(await jobOf(job)).toMatchObject({ status: 'claimed' })
    await expireLease(sql, job.lease_token)
    expect(await heartbeat(sql, job.lease_token)).toEqual([job.job_id])
    await sweep(sql)
    expect(await jobOf(job)).toMatchObject({ status: 'running', reclaims: 0 })
    expect(await value(sql, `select extract(epoch from expires_at - renewed_at)::int from execution.leases`)).toBe(30)
    expect(await complete(sql, job)).toBe(true)
  })
})

describe('backoff', () => {
  test('a failed job does not run before its time, and the claim says how long that is', async () => {
    const { sql } = database
    await startBattle(sql)
    const [first, second] = await claim(sql, 2)
    await requeue(sql, first!, 60_000)
    await requeue(sql, second!, 5_000)
    const empty = await claimDocument(sql, 5)
    expect(empty.jobs).toEqual([])
    expect(empty.next_due_ms).toBeGreaterThan(4_000)
    expect(empty.next_due_ms).toBeLessThanOrEqual(5_000)
    await makeDue(sql)
    expect((await claim(sql, 5)).map((job) => job.job_id).toSorted()).toEqual([first!.job_id, second!.job_id].toSorted())
  })

  test('next_due_ms is null when nothing waits, and is not told to a driver that got work', async () => {
    const { sql } = database
    expect(await claimDocument(sql, 1)).toEqual({ jobs: [], lease_ms: 30_000, next_due_ms: null })
    await startBattle(sql)
    await requeue(sql, await claimOne(sql), 60_000)
    expect(await claimDocument(sql, 1)).toMatchObject({ jobs: [{ slot: 'B' }], next_due_ms: null })
    expect((await claimDocument(sql, 1)).next_due_ms).toBeGreaterThan(0)
  })

  test('next_due_ms speaks of the kind that was asked for: a driver does not stay for what it cannot claim', async () => {
    const { sql } = database
    await startJudging(sql)
    await requeue(sql, await claimJudging(sql), 60_000)
    expect((await claimDocument(sql, 1)).next_due_ms).toBeNull()
    await makeDue(sql)
    expect((await claimDocument(sql, 1)).next_due_ms).toBeNull()
    expect(await claimJudging(sql)).toMatchObject({ attempts: 1 })
  })

  test('a retry leaves an event with the error and the attempt', async () => {
    const { sql } = database
    await startBattle(sql)
    await requeue(sql, await claimOne(sql), 0)
    expect(await rows(sql, `select data from battles.events where type = 'contender.retried'`)).toEqual([
      { data: { slot: 'A', attempts: 1, max_attempts: 3, error: { code: 'rate_limited', message: 'slow down' } } },
    ])
  })
})

describe('dead letters', () => {
  test('an error no attempt can mend goes there at once, and the battle is re-evaluated in the same transaction', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const [first, second] = await claim(sql, 2)
    await complete(sql, first!)
    expect(await deadLetter(sql, second!, { code: 'auth_failed', message: 'no such key' })).toBe('dead_lettered')
    expect(await jobOf(second!)).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'auth_failed' } })
    expect(await statusOf(sql, battle)).toBe('closed')
    expect(await rows(sql, 'select kind, subject_id, error_code, error_message, attempts from execution.dead_letters')).toEqual([
      { kind: 'battle_job', subject_id: second!.contender_id, error_code: 'auth_failed', error_message: 'no such key', attempts: 1 },
    ])
    expect(
      await value(
        sql,
        `select count(distinct t.xmin::text) from (
           select xmin from execution.dead_letters union all select xmin from battles.battles
           union all select xmin from battles.contenders where status = 'failed'
           union all select xmin from battles.events where type in ('contender.failed', 'battle.closed')) t`,
      ),
    ).toBe(1)
  })

  test('a battle settles when its last job is dead-lettered', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 4 })
    const jobs = await claim(sql, 4)
    await complete(sql, jobs[0]!)
    await complete(sql, jobs[1]!)
    await deadLetter(sql, jobs[2]!)
    expect(await statusOf(sql, battle)).toBe('executing')
    await deadLetter(sql, jobs[3]!)
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect((await claimJudging(sql)).answers.map((answer) => answer.slot)).toEqual(['A', 'B'])
  })

  test('a job that missed its deadline times its contender out: timed_out and failed are different', async () => {
    const { sql } = database
    await startBattle(sql)
    const [late, broken] = await claim(sql, 2)
    await deadLetter(sql, late!, { code: 'deadline_exceeded', message: 'too late' })
    await deadLetter(sql, broken!)
    expect(await rows(sql, 'select slot, status::text, error from battles.contenders order by slot')).toEqual([
      { slot: 'A', status: 'timed_out', error: { code: 'deadline_exceeded', message: 'too late' } },
      { slot: 'B', status: 'failed', error: { code: 'auth_failed', message: 'no such key' } },
    ])
  })

  const redrive = (letter: number) => value<string>(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter])
  const letters = async () =>
    (await rows<{ dead_letter_id: number }>(database.sql, 'select dead_letter_id from execution.dead_letters order by 1')).map(
      (row) => row.dead_letter_id,
    )

  test('a redrive sends the job back with both counters at zero, and its contender waits for an answer again', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    await claimOne(sql) // keeps the battle executing
    await loseNext()
    await deadLetter(sql, await claimOne(sql))
    const [letter] = await letters()
    expect(await redrive(letter!)).toBe('redriven')
    expect(await rows(sql, `select status::text, error, settled_at from battles.contenders where slot = 'B'`)).toEqual([
      { status: 'pending', error: null, settled_at: null },
    ])
    expect(await value(sql, 'select redriven_at is not null from execution.dead_letters')).toBe(true)
    expect((await eventsOf(sql, battle)).at(-1)).toBe('job.redriven')
    const again = await claimOne(sql)
    expect(again).toMatchObject({ slot: 'B', attempts: 0, reclaims: 0 })
    expect(await complete(sql, again)).toBe(true)
  })

  test('a redrive is refused when the battle has moved on, was done before, or was never there', async () => {
    const { sql } = database
    const walkover = await startBattle(sql)
    const jobs = await claim(sql, 2)
    await complete(sql, jobs[0]!)
    await deadLetter(sql, jobs[1]!)
    const running = await startBattle(sql, { contenders: 3 })
    await deadLetter(sql, await claimOne(sql))
    const [gone, open] = await letters()
    expect(await redrive(open!)).toBe('redriven')

    const before = await dump(sql)
    expect(await redrive(gone!)).toBe('battle_closed')
    expect(await redrive(open!)).toBe('already_redriven')
    expect(await redrive(999_999_999)).toBe('not_found')
    expect(await dump(sql)).toBe(before)
    expect(await statusOf(sql, walkover)).toBe('closed')
    await deadLetter(sql, await claimOne(sql))
    await cancel(sql, running)
    expect(await redrive((await letters()).at(-1)!)).toBe('battle_cancelled')
  })

  test('a letter that was redriven once does not send back a later failure of the same job', async () => {
    const { sql } = database
    await startBattle(sql)
    await claimOne(sql)
    await deadLetter(sql, await claimOne(sql))
    const [first] = await letters()
    await redrive(first!)
    await deadLetter(sql, await claimOne(sql))
    const before = await dump(sql)
    expect(await redrive(first!)).toBe('already_redriven')
    expect(await dump(sql)).toBe(before)
    expect(await redrive((await letters())[1]!)).toBe('redriven')
  })

  test('a redriven job has its time budget again', async () => {
    const { sql } = database
    await startBattle(sql, { handicap: { time_budget_ms: 60_000 } })
    await claimOne(sql)
    const late = await claimOne(sql)
    await sql.query(`update execution.jobs set created_at = created_at - interval '1 hour', deadline_at = deadline_at - interval '1 hour'`)
    await deadLetter(sql, late, { code: 'deadline_exceeded', message: 'too late' })
    await redrive((await letters())[0]!)
    const again = await claimOne(sql)
    expect(again.job_id).toBe(late.job_id)
    expect(again.deadline_ms).toBeGreaterThan(50_000)
    expect(again.deadline_ms).toBeLessThanOrEqual(60_000)
  })
})

describe('handicaps', () => {
  test('a time budget is the deadline of the job, told to its driver in milliseconds', async () => {
    const { sql } = database
    await startBattle(sql, { handicap: { time_budget_ms: 90_000 } })
    const job = await claimOne(sql)
    expect(job.deadline_ms).toBeGreaterThan(80_000)
    expect(job.deadline_ms).toBeLessThanOrEqual(90_000)
    expect(await value(sql, 'select distinct deadline_at - created_at from execution.jobs')).toMatchObject({ minutes: 1, seconds: 30 })
  })

  test('an injected delay is a not-before, and the budget starts after it', async () => {
    const { sql } = database
    await startBattle(sql, { handicap: { injected_delay_ms: 40_000, time_budget_ms: 20_000 } })
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(0)
    expect(await value(sql, 'select count(*) from execution.later')).toBe(2)
    const empty = await claimDocument(sql, 2)
    expect(empty.jobs).toEqual([])
    expect(empty.next_due_ms).toBeGreaterThan(35_000)
    expect(empty.next_due_ms).toBeLessThanOrEqual(40_000)
    expect(await value(sql, `select distinct deadline_at - created_at from execution.jobs`)).toMatchObject({ minutes: 1 })
    await makeDue(sql)
    expect(await claim(sql, 2)).toHaveLength(2)
  })

  test('without a handicap a job has no deadline and is ready at once', async () => {
    const { sql } = database
    await startBattle(sql)
    expect((await claimOne(sql)).deadline_ms).toBeNull()
  })
})
