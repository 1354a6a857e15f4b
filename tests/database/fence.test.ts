import { describe, expect, test } from 'vitest'
import {
  claim,
  claimJudging,
  claimOne,
  complete,
  completeJobs,
  completeJudging,
  deadLetter,
  expireLease,
  type HeldJob,
  heartbeat,
  recordVerdict,
  requeue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { dump, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

/** Loses the lease of the job that is next, and has it taken back. */
async function loseNext(driver = 'driver'): Promise<HeldJob> {
  const job = await claimOne(database.sql, driver)
  await expireLease(database.sql, job.lease_token)
  await sweep(database.sql)
  return job
}

describe('the fence', () => {
  /** Every write that names a lease, and what it answers to a driver that lost it. */
  const writes: [string, (job: HeldJob) => Promise<unknown>, unknown][] = [
    ['complete', (job) => complete(database.sql, job), false],
    ['requeue', (job) => requeue(database.sql, job, 0), 'lost'],
    ['dead-letter', (job) => deadLetter(database.sql, job), 'lost'],
    ['heartbeat', (job) => heartbeat(database.sql, job.lease_token), []],
    [
      'show an answer in progress',
      (job) =>
        value(database.sql, `select battles.fn_worker_upsert_battle_submission($1, $2, '{"content_text":"so far"}')`, [
          job.job_id,
          job.lease_token,
        ]),
      false,
    ],
    ['complete without an owner', (job) => completeJobs(database.sql, job.lease_token, [job.job_id]), []],
    [
      'complete a step',
      (job) => rows(database.sql, `select * from execution.fn_worker_step($1, $2, 'plain', 'driver', 1)`, [job.lease_token, [job.job_id]]),
      [],
    ],
  ]

  for (const [verb, write, answer] of writes) {
    test(`a driver that lost its lease cannot ${verb}: nothing changes, whoever holds the job now`, async () => {
      const { sql } = database
      await startBattle(sql)
      await claimOne(sql)
      const stale = await loseNext()
      const queued = await dump(sql)
      expect(await write(stale)).toEqual(answer)
      expect(await dump(sql)).toBe(queued)

      const current = await claimOne(sql, 'another')
      expect(current.job_id).toBe(stale.job_id)
      const held = await dump(sql)
      expect(await write(stale)).toEqual(answer)
      expect(await dump(sql)).toBe(held)
      expect(await complete(sql, current)).toBe(true)
    })

    test(`a token of another job cannot ${verb}`, async () => {
      const { sql } = database
      await startBattle(sql)
      const mine = await claimOne(sql)
      const theirs = await claimOne(sql, 'another')
      if (verb === 'heartbeat') return // names no job: it answers with the jobs of its own lease
      const before = await dump(sql)
      const written = write({ ...theirs, lease_token: mine.lease_token })
      // These two are for jobs without an owner, and refuse the token of any other.
      if (verb.startsWith('complete ') && verb !== 'complete') await expect(written).rejects.toThrow(/end through their owner's function/)
      else expect(await written).toEqual(answer)
      expect(await dump(sql)).toBe(before)
    })
  }

  test('a battle job cannot be completed past its battle, by the driver that holds it or by any step', async () => {
    const { sql } = database
    await startBattle(sql)
    const job = await claimOne(sql)
    const before = await dump(sql)
    await expect(completeJobs(sql, job.lease_token, [job.job_id])).rejects.toThrow(/end through their owner's function/)
    for (const kind of ['battle_job', 'plain']) {
      const step = rows(sql, `select * from execution.fn_worker_step($1, $2, $3, 'driver', 1)`, [job.lease_token, [job.job_id], kind])
      await expect(step).rejects.toThrow(/end through their owner's function/)
    }
    expect(await dump(sql)).toBe(before)
  })

  test('a judge that lost its lease can neither record a verdict nor complete, requeue or dead-letter the judging', async () => {
    const { sql } = database
    await startJudging(sql)
    const stale = await claimJudging(sql)
    await expireLease(sql, stale.lease_token)
    await sweep(sql)
    const current = await claimJudging(sql, 'another')
    const before = await dump(sql)
    expect(await recordVerdict(sql, stale, verdictOf(stale, 0, ['A', 'B']))).toBe('lost')
    expect(await completeJudging(sql, stale)).toBe(false)
    expect(await requeue(sql, stale, 0)).toBe('lost')
    expect(await deadLetter(sql, stale)).toBe('lost')
    expect(await dump(sql)).toBe(before)
    expect(await recordVerdict(sql, current, verdictOf(current, 0, ['A', 'B']))).toBe('recorded')
  })

  test('completing twice returns false the second time, and the first answer stands', async () => {
    const { sql } = database
    await startBattle(sql)
    const job = await claimOne(sql)
    expect(await complete(sql, job, { content_text: 'first' })).toBe(true)
    const before = await dump(sql)
    expect(await complete(sql, job, { content_text: 'second' })).toBe(false)
    expect(await dump(sql)).toBe(before)
    expect(await value(sql, 'select content_text from battles.submissions')).toBe('first')
  })

  test('a batch is one lease: its jobs end one by one, and the rest stay held', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 3 })
    const jobs = await claim(sql, 3)
    expect(new Set(jobs.map((job) => job.lease_token)).size).toBe(1)
    expect(await complete(sql, jobs[1]!)).toBe(true)
    expect(await heartbeat(sql, jobs[0]!.lease_token)).toEqual([jobs[0]!.job_id, jobs[2]!.job_id])
    expect(await requeue(sql, jobs[0]!, 60_000)).toBe('requeued')
    expect(await complete(sql, jobs[2]!)).toBe(true)
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
  })

  test('an answer in progress is shown, is not final, and does not settle the battle', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const job = await claimOne(sql)
    const show = (output: object) =>
      value(sql, 'select battles.fn_worker_upsert_battle_submission($1, $2, $3)', [job.job_id, job.lease_token, output])
    expect(await show({ artifact_id: 'task-1', output_modality: 'video' })).toBe(true)
    expect(await show({ content_text: 'so far' })).toBe(true)
    expect(await rows(sql, 'select status, is_final, content_text from battles.submissions')).toEqual([
      { status: 'pending', is_final: false, content_text: 'so far' },
    ])
    expect(await statusOf(sql, battle)).toBe('executing')
    expect(await complete(sql, job)).toBe(true)
    expect(await rows(sql, 'select status, is_final, content_text from battles.submissions')).toEqual([
      { status: 'submitted', is_final: true, content_text: 'answer of A' },
    ])
  })
})
