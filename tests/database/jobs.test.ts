import { describe, expect, test } from 'vitest'
import {
  answerAll,
  cancel,
  claim,
  claimDocument,
  claimJobs,
  claimJudging,
  claimOne,
  complete,
  completeJobs,
  completeJudging,
  deadLetter,
  dump,
  enqueue,
  eventsOf,
  expireLease,
  type HeldJob,
  heartbeat,
  judge,
  makeDue,
  makeQueue,
  recordVerdict,
  requeue,
  rows,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  useDatabase,
  value,
  verdictOf,
} from '../support/database.ts'

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

describe('the queue', () => {
  test('a claim takes by priority, lower first, then by arrival', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const normal = await enqueue(sql, queue, { count: 2 })
    const urgent = await enqueue(sql, queue, { count: 2, priority: -100 })
    const idle = await enqueue(sql, queue, { priority: 100 })
    const later = await enqueue(sql, queue, { priority: 0 })
    const order = [...urgent, ...normal, ...later, ...idle]
    const taken: number[] = []
    for (let nth = 0; nth < order.length; nth++) taken.push((await claimJobs(sql))[0]!.job_id)
    expect(taken).toEqual(order)
  })

  test('a retried job keeps its priority', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const [urgent] = await enqueue(sql, queue, { priority: -5 })
    const [held] = await claimJobs(sql)
    await value(sql, `select execution.fail_attempt($1, $2, '{"code":"timeout"}', 0)`, [held!.job_id, held!.lease_token])
    await enqueue(sql, queue)
    await makeDue(sql)
    expect((await claimJobs(sql))[0]!.job_id).toBe(urgent)
  })

  test('jobs that fall due together become ready in the order they fell due', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const third = await enqueue(sql, queue, { runAfter: '3 minutes' })
    const first = await enqueue(sql, queue, { runAfter: '1 minute' })
    const second = await enqueue(sql, queue, { runAfter: '2 minutes' })
    await sql.query(`update execution.later set run_after = run_after - interval '1 hour'`)
    const taken: number[] = []
    for (let nth = 0; nth < 3; nth++) taken.push((await claimJobs(sql))[0]!.job_id)
    expect(taken).toEqual([...first, ...second, ...third])
  })

  test('a paused queue is passed by, and taken up again where it was', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const [id] = await enqueue(sql, queue)
    await sql.query('update execution.queues set paused = true where queue_id = $1', [queue])
    expect(await claimJobs(sql)).toEqual([])
    expect(await value(sql, `select execution.fn_worker_wake('plain')`)).toBe(false)
    await sql.query('update execution.queues set paused = false where queue_id = $1', [queue])
    expect((await claimJobs(sql))[0]!.job_id).toBe(id)
  })

  test('a paused lane is passed by while the rest of its kind goes on', async () => {
    const { sql } = database
    const lane = await makeQueue(sql, 'plain', { concurrency_key: 'local:gpu0', concurrency_limit: 1 })
    const open = await makeQueue(sql)
    await enqueue(sql, lane)
    const [id] = await enqueue(sql, open)
    await sql.query('update execution.queues set paused = true where queue_id = $1', [lane])
    expect((await claimJobs(sql, 'plain', 5)).map((job) => job.job_id)).toEqual([id])
  })

  test('an unknown kind and a claim of nothing are answered with nothing', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue)
    expect(await claimJobs(sql, 'no_such_kind')).toEqual([])
    expect(await claimJobs(sql, 'plain', 0)).toEqual([])
    expect(await claimJobs(sql, 'plain', 1)).toHaveLength(1)
  })

  test('a (subject, queue) has one job, ever', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const add = () => sql.query(`select execution.enqueue($1, array['{}'::jsonb], '11111111-1111-1111-1111-111111111111')`, [queue])
    await add()
    await expect(add()).rejects.toMatchObject({ constraint: 'jobs_subject' })
  })

  test('the ready row of a cancelled job is dropped by the claim that meets it', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    await cancel(sql, battle)
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(2)
    expect((await claimDocument(sql, 10)).jobs).toEqual([])
    expect(await value(sql, 'select count(*) from execution.ready')).toBe(0)
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
  })

  test('a claim that meets a cancelled job goes on to the one behind it: no rows means that nothing may run', async () => {
    const { sql } = database
    await cancel(sql, await startBattle(sql))
    await startBattle(sql)
    expect(await claim(sql, 1)).toHaveLength(1)
  })

  test('a step completes the batch a driver holds and claims the next one', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    const ids = await enqueue(sql, queue, { count: 3 })
    const step = (token: number, done: number[]) =>
      rows<{ job_id: number; lease_token: number }>(sql, `select * from execution.fn_worker_step($1, $2, 'plain', 'driver', 2)`, [
        token,
        done,
      ])
    const first = await step(0, [])
    expect(first.map((job) => job.job_id)).toEqual(ids.slice(0, 2))
    const second = await step(first[0]!.lease_token, ids.slice(0, 2))
    expect(second.map((job) => job.job_id)).toEqual(ids.slice(2))
    expect(await rows(sql, 'select state::text, attempts from execution.jobs order by job_id')).toEqual([
      { state: 'completed', attempts: 1 },
      { state: 'completed', attempts: 1 },
      { state: 'active', attempts: 0 },
    ])
  })

  test('completing a batch records the ids the lease holds and leaves out the others', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue, { count: 3 })
    const mine = await claimJobs(sql, 'plain', 2)
    const [theirs] = await claimJobs(sql, 'plain', 1)
    const [first, second] = mine.map((job) => job.job_id)
    expect(await completeJobs(sql, mine[0]!.lease_token, [first!, theirs!.job_id, 12_345_678])).toEqual([first])
    expect(await completeJobs(sql, mine[0]!.lease_token, [first!, second!])).toEqual([second])
    expect(await completeJobs(sql, theirs!.lease_token, [theirs!.job_id])).toEqual([theirs!.job_id])
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
  })
})

describe('lanes', () => {
  const local = { concurrency_key: 'local:ollama', concurrency_limit: 1 }

  test('a lane of one gives its next job only when the last one has ended, whoever asks', async () => {
    const { sql } = database
    const other = await database.connect()
    await startBattle(sql, { contenders: [{ model_key: 'a', ...local }, { model_key: 'b', ...local }, { model_key: 'cloud' }] })
    const held = await claim(sql, 10, 'one')
    expect(held.map((job) => job.slot).toSorted()).toEqual(['A', 'C'])
    expect(await claim(other, 10, 'two')).toEqual([])
    await complete(sql, held.find((job) => job.slot === 'C')!)
    expect(await claim(other, 10, 'two')).toEqual([])
    await complete(sql, held.find((job) => job.slot === 'A')!)
    expect((await claim(other, 10, 'two')).map((job) => job.slot)).toEqual(['B'])
  })

  test('cancelling the battle frees its lane at once', async () => {
    const { sql } = database
    const first = await startBattle(sql, {
      contenders: [
        { model_key: 'a', ...local },
        { model_key: 'b', ...local },
      ],
    })
    await claimOne(sql)
    await startBattle(sql, {
      contenders: [
        { model_key: 'a', ...local },
        { model_key: 'b', ...local },
      ],
    })
    await cancel(sql, first)
    // B's ready row of the cancelled battle is dropped on the way.
    const next = (await claim(sql, 1)).concat(await claim(sql, 1))
    expect(next.map((job) => job.slot)).toEqual(['A'])
  })

  test('a lost lease frees its lane when it is taken back', async () => {
    const { sql } = database
    await startBattle(sql, {
      contenders: [
        { model_key: 'a', ...local },
        { model_key: 'b', ...local },
      ],
    })
    await loseNext()
    expect((await claim(sql, 5)).map((job) => job.slot)).toEqual(['B'])
  })

  test('one lane bounds all kinds that share its key, and an operator’s limit wins over the default', async () => {
    const { sql } = database
    await sql.query(`insert into execution.lanes values ('local:gpu0', 2)`)
    for (const kind of ['one', 'two']) {
      await enqueue(sql, await makeQueue(sql, kind, { concurrency_key: 'local:gpu0', concurrency_limit: 1 }), { count: 5 })
    }
    expect(await claimJobs(sql, 'one', 5)).toHaveLength(2)
    expect(await claimJobs(sql, 'two', 5)).toHaveLength(0)
    expect(await value(sql, 'select concurrency_limit from execution.lanes')).toBe(2)
  })

  test('a key nobody limits shares the queue of its kind', async () => {
    const { sql } = database
    expect(await makeQueue(sql, 'plain', { concurrency_key: 'openai:gpt' })).toBe(await makeQueue(sql))
    expect(await value(sql, 'select count(*) from execution.lanes')).toBe(0)
  })
})

describe('sweeping', () => {
  test('an idle sweep changes nothing', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await statusOf(sql, battle)).toBe('scoring')
    const before = await dump(sql)
    expect(await sweep(sql)).toEqual({ promoted: 0, reclaimed: 0 })
    expect(await dump(sql)).toBe(before)
  })

  test('a sweep takes back a whole batch, each job by its own count', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 3 })
    const jobs = await claim(sql, 3)
    await complete(sql, jobs[1]!)
    await expireLease(sql, jobs[0]!.lease_token)
    expect(await sweep(sql)).toEqual({ promoted: 0, reclaimed: 2 })
    expect((await claim(sql, 5)).map((job) => [job.slot, job.reclaims])).toEqual([
      ['A', 1],
      ['C', 1],
    ])
  })

  test('one job that cannot be settled does not keep a sweep from taking back the others', async () => {
    const { sql } = database
    await sql.query(`create or replace function execution.broken_settle(job_id bigint, error jsonb) returns void language plpgsql as
      $$ begin raise exception 'an owner that cannot settle'; end $$`)
    const broken = await makeQueue(sql, 'broken', { max_reclaims: 1 })
    await sql.query(`update execution.job_kinds set settle_owner = 'execution.broken_settle' where kind = 'broken'`)
    await enqueue(sql, broken)
    await enqueue(sql, await makeQueue(sql))
    const [poison] = await claimJobs(sql, 'broken')
    const [plain] = await claimJobs(sql)
    await expireLease(sql, poison!.lease_token)
    await expireLease(sql, plain!.lease_token)
    await sweep(sql).catch(() => undefined)
    await sql.query(`update execution.job_kinds set settle_owner = null where kind = 'broken'`)
    await sql.query('drop function execution.broken_settle')
    expect(await claimJobs(sql)).toHaveLength(1)
  })

  test('the jobs of a battle that was deleted end in the dead letters, and their leases are taken back', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const jobs = await claim(sql, 2)
    await sql.query('delete from battles.battles where battle_id = $1', [battle.battleId])
    for (let round = 0; round < 3; round++) {
      await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
      await sweep(sql)
      await claim(sql, 2) // such a job is leased and has nothing to tell
    }
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)
    expect(await rows(sql, 'select distinct state::text from execution.jobs')).toEqual([{ state: 'failed' }])
    expect(await value(sql, 'select count(*) from execution.dead_letters')).toBe(jobs.length)
  })

  test('a battle in which nobody answers within three leases ends, and nothing is left behind', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    for (let round = 0; round < 3; round++) {
      const jobs = await claim(sql, 2)
      await expireLease(sql, jobs[0]!.lease_token)
      await sweep(sql)
    }
    expect(await statusOf(sql, battle)).toBe('void')
    for (const table of ['ready', 'later', 'leases']) expect(await value(sql, `select count(*) from execution.${table}`), table).toBe(0)
    await answerAll(sql)
    expect(await eventsOf(sql, battle)).toEqual([
      'battle.draft',
      'battle.published',
      'battle.executing',
      'contender.failed',
      'contender.failed',
      'battle.void',
    ])
  })
})
