import { describe, expect, test } from 'vitest'
import {
  claim,
  claimJobs,
  claimJudging,
  claimOne,
  complete,
  completeJobs,
  deadLetter,
  enqueue,
  expireLease,
  type HeldJob,
  heartbeat,
  makeQueue,
  recordVerdict,
  requeue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { rows, untilWaiting, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

/** Runs the first act in a transaction that stays open while the second one waits for it, then ends it so. */
async function overlap<A, B>(first: () => Promise<A>, second: () => Promise<B>, end: 'commit' | 'rollback' = 'commit'): Promise<[A, B]> {
  const [one, two, observer] = clients()
  await one.query('begin')
  const firstAnswer = await first()
  const secondAnswer = second()
  await untilWaiting(observer, two)
  await one.query(end)
  return [firstAnswer, await secondAnswer]
}

let open: Awaited<ReturnType<typeof database.connectMany>> = []
const clients = () => open as [(typeof open)[0], (typeof open)[0], (typeof open)[0]]

/** A battle with one job under a lease that has run out: its driver is late, and the sweep is coming. */
async function late(): Promise<HeldJob> {
  open = await database.connectMany(3)
  await startBattle(database.sql)
  await claimOne(database.sql) // slot A stays with its driver
  const job = await claimOne(database.sql)
  await expireLease(database.sql, job.lease_token)
  return job
}

const jobRow = async (job: { job_id: number }) =>
  (await rows(database.sql, 'select state::text, attempts, reclaims from execution.jobs where job_id = $1', [job.job_id]))[0]

const writes: [string, (client: (typeof open)[0], job: HeldJob) => Promise<unknown>, unknown, unknown, Record<string, unknown>][] = [
  ['an answer', (client, job) => complete(client, job), true, false, { state: 'completed', attempts: 1, reclaims: 0 }],
  ['a retry', (client, job) => requeue(client, job, 60_000), 'requeued', 'lost', { state: 'active', attempts: 1, reclaims: 0 }],
  ['a dead letter', (client, job) => deadLetter(client, job), 'dead_lettered', 'lost', { state: 'failed', attempts: 1, reclaims: 0 }],
]

describe('recording and reclaiming', () => {
  for (const [what, write, won, lost, row] of writes) {
    test(`${what} recorded first is kept: the reclaim waits, finds the lease gone and takes nothing`, async () => {
      const job = await late()
      const [one, two] = clients()
      const answers = await overlap(
        () => write(one, job),
        () => sweep(two),
      )
      expect(answers).toEqual([won, { promoted: 0, reclaimed: 0 }])
      expect(await jobRow(job)).toEqual(row)
    })

    test(`${what} that comes while the job is taken back waits, and is refused`, async () => {
      const job = await late()
      const [one, two] = clients()
      const answers = await overlap(
        () => sweep(one),
        () => write(two, job),
      )
      expect(answers).toEqual([{ promoted: 0, reclaimed: 1 }, lost])
      expect(await jobRow(job)).toEqual({ state: 'active', attempts: 0, reclaims: 1 })
      expect(await claimOne(database.sql)).toMatchObject({ job_id: job.job_id, reclaims: 1 })
    })

    test(`${what} whose transaction fails leaves the job to the reclaim`, async () => {
      const job = await late()
      const [one, two] = clients()
      const answers = await overlap(
        () => write(one, job),
        () => sweep(two),
        'rollback',
      )
      expect(answers).toEqual([won, { promoted: 0, reclaimed: 1 }])
      expect(await jobRow(job)).toEqual({ state: 'active', attempts: 0, reclaims: 1 })
    })
  }

  test('a heartbeat that comes first keeps the job; one that comes second learns that it is gone', async () => {
    const job = await late()
    const [one, two] = clients()
    expect(
      await overlap(
        () => heartbeat(one, job.lease_token),
        () => sweep(two),
      ),
    ).toEqual([[job.job_id], { promoted: 0, reclaimed: 0 }])
    await expireLease(database.sql, job.lease_token)
    expect(
      await overlap(
        () => sweep(one),
        () => heartbeat(two, job.lease_token),
      ),
    ).toEqual([{ promoted: 0, reclaimed: 1 }, []])
  })

  test('two answers under one token at once: one is recorded', async () => {
    const job = await late()
    const [one, two] = clients()
    expect(
      await overlap(
        () => complete(one, job, { content_text: 'first' }),
        () => complete(two, job, { content_text: 'second' }),
      ),
    ).toEqual([true, false])
    expect(await value(database.sql, `select content_text from battles.submissions`)).toBe('first')
  })

  test('jobs without an owner are fenced by the lease row alone', async () => {
    const { sql } = database
    open = await database.connectMany(3)
    const [one, two] = clients()
    const ids = await enqueue(sql, await makeQueue(sql), { count: 4 })
    const { lease_token } = (await claimJobs(sql, 'plain', 2))[0]!
    await expireLease(sql, lease_token)
    expect(
      await overlap(
        () => completeJobs(one, lease_token, ids.slice(0, 1)),
        () => sweep(two),
      ),
    ).toEqual([[ids[0]], { promoted: 0, reclaimed: 1 }])
    const next = (await claimJobs(sql, 'plain', 2))[0]!
    await expireLease(sql, next.lease_token)
    expect(
      await overlap(
        () => sweep(one),
        () => completeJobs(two, next.lease_token, ids),
      ),
    ).toEqual([{ promoted: 0, reclaimed: 2 }, []])
  })

  test('the last two answers of a battle at once: it settles once, and goes to the judge once', async () => {
    const { sql } = database
    open = await database.connectMany(3)
    const [one, two] = clients()
    const battle = await startBattle(sql)
    const [a, b] = await claim(sql, 2)
    expect(
      await overlap(
        () => complete(one, a!),
        () => complete(two, b!),
      ),
    ).toEqual([true, true])
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect(await value(sql, `select count(*) from execution.job_status where kind = 'battle_judging'`)).toBe(1)
  })

  test('the last two contenders fail at once: the battle is void once', async () => {
    const { sql } = database
    open = await database.connectMany(3)
    const [one, two] = clients()
    const battle = await startBattle(sql)
    const [a, b] = await claim(sql, 2)
    await overlap(
      () => deadLetter(one, a!),
      () => deadLetter(two, b!),
    )
    expect(await statusOf(sql, battle)).toBe('void')
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.void'`)).toBe(1)
  })

  test('events of one battle are numbered in the order they were committed', async () => {
    const { sql } = database
    open = await database.connectMany(3)
    const [one, two, observer] = clients()
    await startBattle(sql, { contenders: 3 })
    const [a, b] = await claim(sql, 2)
    await one.query('begin')
    await complete(one, a!)
    const second = complete(two, b!)
    await untilWaiting(observer, two)
    const seen = await value<number>(observer, 'select max(event_id) from battles.events')
    await one.query('commit')
    await second
    const later = await rows<{ data: { slot: string } }>(sql, 'select data from battles.events where event_id > $1 order by event_id', [
      seen,
    ])
    expect(later.map(({ data }) => data.slot)).toEqual(['A', 'B'])
  })
})

describe('a verdict and a reclaim', () => {
  async function lateJudge() {
    open = await database.connectMany(3)
    await startJudging(database.sql)
    const job = await claimJudging(database.sql)
    await expireLease(database.sql, job.lease_token)
    return job
  }

  test('a verdict recorded first is kept, though the judge loses its lease right after', async () => {
    const job = await lateJudge()
    const [one, two] = clients()
    expect(
      await overlap(
        () => recordVerdict(one, job, verdictOf(job, 0, ['A', 'B'])),
        () => sweep(two),
      ),
    ).toEqual(['recorded', { promoted: 0, reclaimed: 1 }])
    expect(await claimJudging(database.sql)).toMatchObject({ recorded: [{ part: 'all', presentation: 0 }], reclaims: 1 })
  })

  test('a verdict that comes while the judging is taken back is refused', async () => {
    const job = await lateJudge()
    const [one, two] = clients()
    expect(
      await overlap(
        () => sweep(one),
        () => recordVerdict(two, job, verdictOf(job, 0, ['A', 'B'])),
      ),
    ).toEqual([{ promoted: 0, reclaimed: 1 }, 'lost'])
    expect(await value(database.sql, 'select count(*) from battles.verdicts')).toBe(0)
  })

  test('the same presentation twice at once: the first is kept', async () => {
    const job = await lateJudge()
    const [one, two] = clients()
    expect(
      await overlap(
        () => recordVerdict(one, job, verdictOf(job, 0, ['A', 'B'])),
        () => recordVerdict(two, job, verdictOf(job, 0, ['B', 'A'])),
      ),
    ).toEqual(['recorded', 'already_recorded'])
  })
})
