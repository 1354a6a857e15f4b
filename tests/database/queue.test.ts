import { describe, expect, test } from 'vitest'
import {
  answerAll,
  cancel,
  claim,
  claimDocument,
  claimJobs,
  claimOne,
  complete,
  completeJobs,
  enqueue,
  eventsOf,
  expireLease,
  type HeldJob,
  judge,
  makeDue,
  makeQueue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
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
    await sweep(sql) // the first one after work forgets whose turn it was
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
