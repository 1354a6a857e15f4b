import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  answerAll,
  type Battle,
  cancel,
  claim,
  claimJobs,
  claimOne,
  closeVoting,
  completeJobs,
  deadLetter,
  enqueue,
  judge,
  makeQueue,
  startBattle,
  startJudging,
  startVoting,
  sweep,
  vote,
} from '../support/battles.ts'
import { dump, rows, times, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'

// What is forgotten, and when; and that a live battle loses nothing, whatever the clock says.
import { startRun } from '../support/workflows.ts'

const database = useDatabase()
const defaults = new Map<string, string | null>()

beforeEach(async () => {
  const kept = await rows<{ what: string; keep: string | null }>(database.sql, 'select what, keep::text from execution.retention')
  if (defaults.size === 0) for (const { what, keep } of kept) defaults.set(what, keep)
  for (const [what, keep] of defaults) await keepFor(what, keep)
  await database.sql.query(`update execution.retention set place = '', ran_at = null`)
})

const keepFor = (what: string, keep: string | null) =>
  database.sql.query('update execution.retention set keep = $2::interval where what = $1', [what, keep])
const housekeep = (most = 20_000) => value<Record<string, number>>(database.sql, 'select execution.fn_housekeeping($1)', [most])
const count = async (table: string) => Number(await value(database.sql, `select count(*) from ${table}`))

/** As if everything of these tables had happened so long ago. */
async function age(by: string, ...tables: string[]): Promise<void> {
  for (const table of tables) {
    const columns = await rows<{ name: string }>(
      database.sql,
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and atttypid = 'timestamptz'::regtype`,
      [table],
    )
    await database.sql.query(`update ${table} set ${columns.map(({ name }) => `${name} = ${name} - interval '${by}'`).join(', ')}`)
  }
}

/** A battle that is closed. */
async function closedBattle(): Promise<Battle> {
  const battle = await startJudging(database.sql)
  await judge(database.sql, [
    ['A', 'B'],
    ['A', 'B'],
  ])
  await database.sql.query('select battles.fn_battles_finalize($1)', [battle.battleId])
  return battle
}

const jobDocument = (battle: Battle) =>
  value<{ contenders: { job: unknown }[]; judging: unknown; events: { type: string }[] }>(
    database.sql,
    'select battles.fn_battles_get($1, $2)',
    [battle.battleId, battle.ownerId],
  )

describe('jobs', () => {
  test('of a final battle leave the hot table a day after they ended, not a moment sooner, and are still shown', async () => {
    const { sql } = database
    const battle = await closedBattle()
    const shown = await jobDocument(battle)
    expect(shown.judging).toMatchObject({ status: 'completed' })
    const views = () => rows(sql, 'select * from battles.battle_execution_jobs order by job_id')
    const seen = await views()
    await age('23 hours 59 minutes', 'execution.jobs')
    expect(await housekeep()).toEqual({})
    expect(await count('execution.jobs')).toBe(3)
    await age('1 minute', 'execution.jobs')
    expect(await housekeep()).toEqual({ jobs: 3 })
    expect([await count('execution.jobs'), await count('execution.job_archive')]).toEqual([0, 3])
    expect(await jobDocument(battle)).toEqual(shown)
    const timeless = (list: Record<string, unknown>[]) => list.map(({ created_at: _c, finished_at: _f, ...row }) => row)
    expect(timeless(await views())).toEqual(timeless(seen))
  })

  test('that ended stay as long as their battle goes on: a redrive finds them however late', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    await claimOne(sql)
    await deadLetter(sql, await claimOne(sql))
    await keepFor('jobs', '0')
    await age('900 days', 'execution.jobs', 'execution.dead_letters', 'battles.battles')
    expect(await housekeep()).toEqual({})
    const letter = await value<number>(sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    await cancel(sql, battle)
    expect(await housekeep()).toEqual({ jobs: 2 })
  })

  test('without an owner are archived by their own age, and a redrive takes a failed one back', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue, { count: 3 })
    const [first, second] = await claimJobs(sql, 'plain', 2)
    await completeJobs(sql, first!.lease_token, [first!.job_id])
    await sql.query(`select execution.fail_attempt($1, $2, '{"code":"internal"}', null)`, [second!.job_id, second!.lease_token])
    await age('2 days', 'execution.jobs')
    expect(await housekeep()).toEqual({ jobs: 2 })
    expect(await rows(sql, 'select status from execution.job_status order by job_id')).toEqual([
      { status: 'completed' },
      { status: 'failed' },
      { status: 'queued' },
    ])
    expect(await value(sql, 'select execution.revive($1)', [first!.job_id])).toBe(false)
    expect(await value(sql, 'select execution.revive($1)', [second!.job_id])).toBe(true)
    expect(await value(sql, 'select execution.revive($1)', [second!.job_id])).toBe(false)
    expect(await count('execution.job_archive')).toBe(1)
    expect((await claimJobs(sql, 'plain', 5)).map(({ job_id }) => job_id).toSorted()).toEqual(
      [second!.job_id, second!.job_id + 1].toSorted(),
    )
  })

  test('are walked in pages, past those that must stay, and the walk begins anew at its end', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue, { count: 25 })
    const held = await claimJobs(sql, 'plain', 5)
    for (const job of held) await completeJobs(sql, job.lease_token, [job.job_id])
    const rest = await claimJobs(sql, 'plain', 20)
    await completeJobs(
      sql,
      rest[0]!.lease_token,
      rest.slice(15).map(({ job_id }) => job_id),
    ) // the last five ended, the middle did not
    await age('2 days', 'execution.jobs')
    const moved = await times(4, () => housekeep(10))
    expect(moved).toEqual([{ jobs: 5 }, {}, { jobs: 5 }, {}])
    await completeJobs(
      sql,
      rest[0]!.lease_token,
      rest.map(({ job_id }) => job_id),
    )
    await age('2 days', 'execution.jobs')
    const again = await times(3, () => housekeep(10))
    expect(again.reduce((sum, { jobs = 0 }) => sum + jobs, 0)).toBe(15)
    expect(await count('execution.job_archive')).toBe(25)
  })

  test('that were cancelled while ready are archived, and the claim that meets their row is not held up', async () => {
    const { sql } = database
    await cancel(sql, await startBattle(sql))
    await age('2 days', 'execution.jobs')
    expect(await housekeep()).toEqual({ jobs: 2 })
    await startBattle(sql)
    expect(await claim(sql, 10)).toHaveLength(2)
  })

  test('in the archive are forgotten after 90 days', async () => {
    await closedBattle()
    await age('2 days', 'execution.jobs')
    await housekeep()
    await age('87 days 23 hours', 'execution.job_archive')
    expect(await housekeep()).toEqual({})
    await age('1 hour', 'execution.job_archive')
    expect(await housekeep()).toEqual({ job_archive: 3 })
  })
})

describe('what belongs to jobs', () => {
  test('letters and tasks are forgotten by their own age, once their jobs have left', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const [first, second] = await claim(sql, 2)
    await sql.query(`select execution.open_task($1, 'fal', 'task', '{}', now() + interval '1 hour')`, [first!.job_id])
    await deadLetter(sql, first!)
    await sql.query('select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')
    await deadLetter(sql, second!)
    const tables = ['execution.dead_letters', 'execution.async_tasks']
    await age('500 days', ...tables)
    expect(await housekeep()).toEqual({})
    await cancel(sql, battle)
    await keepFor('jobs', '0')
    expect(await housekeep()).toEqual({ jobs: 2, 'dead_letters.redriven': 1, 'dead_letters.open': 1, async_tasks: 1 })
  })

  test('a checkpoint stays while its job lives', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue, { count: 2 })
    const [job, other] = await claimJobs(sql, 'plain', 2)
    for (const { job_id } of [job!, other!])
      await sql.query(`insert into execution.checkpoints (job_id, state) values ($1, '{"text":"so far"}')`, [job_id])
    await completeJobs(sql, job!.lease_token, [job!.job_id])
    await age('59 minutes', 'execution.checkpoints')
    expect(await housekeep()).toEqual({})
    await age('1 minute', 'execution.checkpoints')
    expect(await housekeep()).toEqual({ checkpoints: 1 })
    expect(await rows(sql, 'select job_id from execution.checkpoints')).toEqual([{ job_id: other!.job_id }])
  })

  test('a receipt outlives the signature it is for, whatever an operator sets', async () => {
    await database.sql.query(`insert into execution.callback_receipts values ('fal', 'one', now() - interval '59 minutes')`)
    await keepFor('callback_receipts', '0')
    expect(await housekeep()).toEqual({})
    await age('1 minute', 'execution.callback_receipts')
    expect(await housekeep()).toEqual({ callback_receipts: 1 })
  })

  test('a share that is past goes, and the next turns are what they would have been', async () => {
    const { sql } = database
    const start = async () => {
      const [early, late] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
      await startBattle(sql, { ownerId: early })
      for (let n = 0; n < 5; n++) await startBattle(sql, { ownerId: late })
      await claim(sql, 8)
      return early
    }
    const order = async (forget: boolean) => {
      await sql.query(
        'delete from execution.shares; delete from execution.ready; delete from execution.leases; alter sequence execution.ready_arrival restart',
      )
      const early = await start()
      if (forget) expect(await housekeep()).toEqual({ shares: 1 })
      await startBattle(sql, { ownerId: early })
      return value<string[]>(sql, 'select array_agg((position >> 22)::text order by position) from execution.ready')
    }
    expect(await order(true)).toEqual(await order(false))
  })

  test('a share that is ahead stays: who has filled the queue does not start level', async () => {
    const { sql } = database
    const [some, many] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
    for (let n = 0; n < 3; n++) await startBattle(sql, { ownerId: some })
    for (let n = 0; n < 5; n++) await startBattle(sql, { ownerId: many })
    await claim(sql, 2)
    const shares = () => rows(sql, 'select owner_id, last_turn from execution.shares order by owner_id')
    const before = await shares()
    expect(await housekeep()).toEqual({})
    expect(await shares()).toEqual(before)
    expect(before).toHaveLength(2)
  })

  test('a rate limit goes a day after it ended', async () => {
    const { sql } = database
    await sql.query(`select execution.fn_worker_report_rate_limit('openai', 1000)`)
    expect(await housekeep()).toEqual({})
    await age('1 day 2 seconds', 'execution.rate_limits')
    expect(await housekeep()).toEqual({ rate_limits: 1 })
  })
})

describe('events', () => {
  const delta = (battle: Battle) =>
    database.sql.query(`select battles.record_event($1, 'contender.delta', '{"slot":"A","text":"so","offset":0}')`, [battle.battleId])

  test('how an answer grew is forgotten a day after its battle ended; what happened stays 400 days; the battle stays', async () => {
    const battle = await closedBattle()
    await delta(battle)
    const tables = ['battles.battles', 'battles.events']
    await age('23 hours 59 minutes', ...tables)
    expect(await housekeep()).toEqual({})
    await age('1 minute', ...tables)
    expect(await housekeep()).toEqual({ 'battles.deltas': 1 })
    await age('398 days', ...tables)
    expect((await jobDocument(battle)).events.length).toBeGreaterThan(5)
    expect(await housekeep()).toEqual({})
    const events = await count('battles.events')
    await age('1 day', ...tables)
    expect(await housekeep()).toEqual({ 'battles.events': events })
    expect(await jobDocument(battle)).toMatchObject({ status: 'closed', events: [] })
  })

  test('where a vote came from is forgotten 30 days after its battle ended, and the vote is not', async () => {
    const { sql } = database
    const open = await startVoting(sql)
    const ended = await startVoting(sql)
    for (const battle of [open, ended]) await vote(sql, battle, randomUUID(), 'A', 'somewhere')
    await closeVoting(sql, ended)
    await sql.query(`update battles.votes set created_at = created_at - interval '400 days'`)
    const sources = () => rows(sql, 'select battle_id, source_hash from battles.votes where source_hash is not null')
    await age('29 days 23 hours', 'battles.battles')
    await housekeep()
    expect(await sources()).toHaveLength(2)
    await age('1 hour', 'battles.battles')
    expect(await housekeep()).toMatchObject({ 'battles.vote_sources': 1 })
    expect(await sources()).toEqual([{ battle_id: open.battleId, source_hash: 'somewhere' }])
    expect(await value(sql, 'select count(*) from battles.votes')).toBe(2)
  })

  test('a long battle in the way does not keep the others’', async () => {
    const ended = await closedBattle()
    const live = await startBattle(database.sql)
    for (let n = 0; n < 12; n++) await delta(live)
    await delta(ended)
    await age('2 days', 'battles.battles', 'battles.events')
    const forgotten = await times(3, () => housekeep(10))
    expect(forgotten.map((report) => report['battles.deltas'] ?? 0)).toEqual([0, 1, 0])
    expect(await count(`battles.events where type = 'contender.delta'`)).toBe(12)
  })
})

test('a live battle loses nothing, whatever the clock says and whatever is kept for no time at all', async () => {
  const { sql } = database
  const live = await startBattle(sql, { contenders: 6, handicap: { time_budget_ms: 60_000 } })
  const [first, second, third] = await claim(sql, 5)
  await sql.query(`select execution.save_checkpoint($1, $2, '{"text":"half"}')`, [first!.job_id, first!.lease_token])
  await sql.query(`select execution.open_task($1, 'fal', 'open', '{}', now() + interval '1 hour')`, [second!.job_id])
  await sql.query(
    `select execution.park_job($1, $2, (select queue_id from execution.queues where kind = 'async_execution' limit 1), 60000)`,
    [second!.job_id, second!.lease_token],
  )
  await deadLetter(sql, third!)
  await sql.query('select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')
  await deadLetter(sql, (await claim(sql, 5)).find((job) => job.job_id === third!.job_id)!)
  await sql.query(`select battles.record_event($1, 'contender.delta', '{"text":"x"}')`, [live.battleId])
  const held = await startBattle(sql)
  await sql.query(`select battles.fn_battles_hold($1, 'a test')`, [held.battleId])
  await startJudging(sql)
  await sql.query(`update execution.retention set keep = '0'`)
  await keepFor('shares', null)
  await age(
    '3000 days',
    'battles.battles',
    'battles.events',
    'battles.contenders',
    'execution.jobs',
    'execution.dead_letters',
    'execution.checkpoints',
  )
  const before = await dump(sql)
  await times(3, () => housekeep(7))
  await times(3, () => housekeep())
  const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('execution.retention'))
  expect(lines(await dump(sql))).toEqual(lines(before))
})

describe('the platform’s own logs', () => {
  test('runs of our schedules go after a day; another’s schedule keeps its own', async () => {
    const { sql } = database
    await sql.query('delete from cron.job_run_details')
    const other = await value<number>(sql, `select cron.schedule('someone-else', '1 0 * * *', 'select 1')`)
    const run = (id: number, ago: string) =>
      sql.query(
        `insert into cron.job_run_details (jobid, status, start_time, end_time) values ($1, 'succeeded', now() - $2::interval, now() - $2::interval)`,
        [id, ago],
      )
    const sweepId = await value<number>(sql, `select jobid from cron.job where jobname = 'agon-sweep'`)
    await run(sweepId, '25 hours')
    await run(sweepId, '23 hours')
    await run(other, '25 hours')
    expect(await housekeep()).toEqual({ 'cron.job_run_details': 1 })
    await sql.query(`select cron.unschedule('someone-else')`)
  })

  test('answers to wakes go after a day', async () => {
    const { sql } = database
    await sql.query(`insert into net._http_response (id, created) values (1, now() - interval '25 hours'), (2, now())`)
    expect(await housekeep()).toEqual({ 'net.http_response': 1 })
    await sql.query('delete from net._http_response')
  })
})

describe('files', () => {
  const orphans = async (most = 1000) =>
    Object.values(await value<Record<string, string[]>>(database.sql, 'select execution.fn_storage_orphans($1)', [most])).flat()

  test('without Storage there are none', async () => {
    await database.sql.query('drop table if exists storage.objects')
    expect(await orphans()).toEqual([])
  })

  test('are orphans when they are old and no submission shows them, and never while their battle goes on', async () => {
    const { sql } = database
    await sql.query('create table if not exists storage.objects (bucket_id text, name text, created_at timestamptz)')
    const put = (name: string, ago = '2 days', bucket = 'battle-media') =>
      sql.query('insert into storage.objects values ($1, $2, now() - $3::interval)', [bucket, name, ago])
    const live = await startBattle(sql)
    const ended = await startJudging(sql)
    await sql.query(
      `update battles.submissions set content_url = 'http://x/storage/v1/object/public/battle-media/' || battle_id || '/A.png' where battle_id = $1`,
      [ended.battleId],
    )
    await cancel(sql, ended)
    const gone = '99999999-9999-4999-8999-999999999999'
    for (const name of ['A.png', 'B.png']) await put(`${ended.battleId}/${name}`)
    await put(`${ended.battleId}/young.png`, '23 hours')
    await put(`${live.battleId}/A.png`, '900 days')
    await put(`${gone}/A.png`)
    await put('somebody/else.png')
    await put(`${gone}/B.png`, '2 days', 'another-bucket')
    expect((await orphans()).toSorted()).toEqual([`${ended.battleId}/B.png`, `${gone}/A.png`].toSorted())
    expect(await orphans()).toEqual([]) // an hour has not passed
    await age('1 hour', 'execution.retention')
    const found: string[] = []
    for (let page = 0; page < 4; page++) found.push(...(await orphans(2)))
    expect(found.toSorted()).toEqual([`${ended.battleId}/B.png`, `${gone}/A.png`].toSorted())
    await sql.query('drop table storage.objects')
  })

  test('of a run go when the run is forgotten, in both buckets; what no run made stays', async () => {
    const { sql } = database
    await sql.query('create table if not exists storage.objects (bucket_id text, name text, created_at timestamptz)')
    const { runId } = await startRun(sql, { nodes: ['a'] })
    const gone = '99999999-9999-4999-8999-999999999999'
    const owner = '11111111-1111-4111-8111-111111111111'
    const plain = (id: string) => id.replaceAll('-', '')
    const put = (bucket: string, name: string, ago = '2 days') =>
      sql.query('insert into storage.objects values ($1, $2, now() - $3::interval)', [bucket, name, ago])
    for (const id of [runId, gone]) {
      await put('battle-media', `workflows/${plain(id)}/picture-1.png`)
      await put('workflow-files', `${owner}/runs/${id}/report.pdf`)
    }
    await put('workflow-files', `${owner}/runs/${gone}/young.pdf`, '23 hours')
    await put('workflow-files', `${owner}/files/kept.pdf`, '900 days')
    await age('1 hour', 'execution.retention')
    expect(await value(sql, 'select execution.fn_storage_orphans(1000)')).toEqual({
      'battle-media': [`workflows/${plain(gone)}/picture-1.png`],
      'workflow-files': [`${owner}/runs/${gone}/report.pdf`],
    })
    await age('1 hour', 'execution.retention')
    const found: string[] = []
    for (let page = 0; page < 5; page++) found.push(...(await orphans(2)))
    expect(found).toHaveLength(2)
    await sql.query('drop table storage.objects')
  })
})

describe('the housekeeping', () => {
  test('is done by one at a time: a second says so and does not wait', async () => {
    const [other] = await database.connectMany(1)
    await other!.query('begin')
    await other!.query('select execution.fn_housekeeping()')
    expect(await housekeep()).toEqual({ busy: true })
    await other!.query('rollback')
    expect(await housekeep()).toEqual({})
  })

  test('passes by a job that somebody is sending back', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue)
    const [job] = await claimJobs(sql, 'plain', 1)
    await sql.query(`select execution.fail_attempt($1, $2, '{"code":"internal"}', null)`, [job!.job_id, job!.lease_token])
    await age('2 days', 'execution.jobs')
    const [other] = await database.connectMany(1)
    await other!.query('begin')
    expect(await value(other!, 'select execution.revive($1)', [job!.job_id])).toBe(true)
    expect(await housekeep()).toEqual({})
    await other!.query('commit')
    expect(await claimJobs(sql, 'plain', 1)).toHaveLength(1)
  })

  test('a redrive that meets the archiving waits, and takes the job back out of the archive', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue)
    const [job] = await claimJobs(sql, 'plain', 1)
    await sql.query(`select execution.fail_attempt($1, $2, '{"code":"internal"}', null)`, [job!.job_id, job!.lease_token])
    await age('2 days', 'execution.jobs')
    const [keeper, operator] = await database.connectMany(2)
    await keeper!.query('begin')
    await keeper!.query('select execution.fn_housekeeping()')
    const revived = value(operator!, 'select execution.revive($1)', [job!.job_id])
    await untilWaiting(sql, operator!)
    await keeper!.query('commit')
    expect(await revived).toBe(true)
    expect([await count('execution.jobs'), await count('execution.job_archive'), await count('execution.ready')]).toEqual([1, 0, 1])
  })

  test('a step that fails is a warning, and the others are done', async () => {
    const { sql } = database
    await sql.query(`insert into execution.retention (what, keep, step) values ('a_mistake', '0', 'execution.no_such_step')`)
    await sql.query(`select execution.fn_worker_report_rate_limit('openai', 0)`)
    await age('2 days', 'execution.rate_limits')
    let report = {}
    const warnings = await warningsDuring(sql, async () => {
      report = await housekeep()
    })
    expect(report).toEqual({ a_mistake: -1, rate_limits: 1 })
    expect(warnings).toEqual([expect.stringContaining('Agon could not clean up a_mistake')])
    await sql.query(`delete from execution.retention where what = 'a_mistake'`)
  })

  test('what is kept for ever is not touched', async () => {
    await closedBattle()
    await age('900 days', 'execution.jobs', 'battles.events', 'battles.battles')
    for (const what of ['jobs', 'battles.events']) await keepFor(what, null)
    expect(await housekeep()).toEqual({})
  })

  test('leaves the sweep and a running battle undisturbed', async () => {
    const { sql } = database
    await closedBattle()
    await age('2 days', 'execution.jobs')
    await startBattle(sql)
    await housekeep()
    await sweep(sql)
    await answerAll(sql)
    expect(await count(`battles.battles where status = 'scoring'`)).toBe(1)
  })
})
