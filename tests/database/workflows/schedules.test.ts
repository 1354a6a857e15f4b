import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Client, rows, useDatabase, value, warningsDuring } from '../../support/database.ts'
import { dispatch, firingsOf, lookAgain, makeSchedule, runsOf, triggerRow } from '../../support/triggers.ts'
import { drainNodes, startRun } from '../../support/workflows.ts'

const database = useDatabase()
const minutes = (...of: number[]) => of.map((minute) => minute * 60)
const ahead = -3600

describe('what is due', () => {
  test('starts once, with the time it was due as an input, and never again', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, {}, [5, ahead], { inputs: { topic: 'the sea' } })
    expect(await dispatch(sql)).toBe(1)
    expect(await dispatch(sql)).toBe(0)
    const [run, ...others] = await runsOf(sql, triggerId)
    expect(others).toEqual([])
    expect(run).toMatchObject({ trigger_mode: 'schedule', status: 'running', context_inputs: { topic: 'the sea' } })
    expect(Date.parse(run!.context_inputs.scheduled_for as string)).toBe(Math.floor(run!.scheduled_for!.getTime() / 1000) * 1000)
    expect(await firingsOf(sql, triggerId)).toEqual(['started'])
  })

  test('two dispatchers at once start one run of a due time', async () => {
    const [one, two] = await database.connectMany(2)
    const { triggerId } = await makeSchedule(database.sql, {}, [5, ahead])
    await one!.query('begin')
    expect(await dispatch(one!)).toBe(1)
    expect(await dispatch(two!)).toBe(0) // passed by, not waited for
    await one!.query('commit')
    expect(await dispatch(two!)).toBe(0)
    expect(await runsOf(database.sql, triggerId)).toHaveLength(1)
  })

  test('ten dispatchers at forty schedules start forty runs', async () => {
    const { sql } = database
    const made = []
    for (let nth = 0; nth < 40; nth++) made.push(await makeSchedule(sql, {}, [5, ahead]))
    const drivers = await database.connectMany(10)
    const started = await Promise.all(drivers.map(dispatch))
    expect(started.reduce((sum, each) => sum + each)).toBe(40)
    expect(await value(sql, 'select count(*) from lenses.workflow_runs')).toBe(40)
  })

  test('a dispatcher that is killed in its transaction loses nothing', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { missed: 'run_all' }, minutes(90, 30, 0.1))
    const victim = (await database.connect()) as Client & { processID: number }
    await victim.query('begin')
    expect(await dispatch(victim)).toBe(1) // max_concurrent is 1
    await sql.query('select pg_terminate_backend($1)', [victim.processID])
    await expect.poll(() => value(sql, 'select count(*) from pg_stat_activity where pid = $1', [victim.processID])).toBe(0)
    expect(await runsOf(sql, triggerId)).toEqual([])
    expect(await dispatch(sql)).toBe(1)
    expect(await runsOf(sql, triggerId)).toHaveLength(1)
  })

  test('nothing starts while the system is switched off, and what fell due meanwhile is late, as the schedule says', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { missed: 'skip' }, [...minutes(30), 5, ahead])
    await sql.query(`insert into execution.switches (scope, name) values ('system', '')`)
    expect(await dispatch(sql)).toBe(0)
    expect(await firingsOf(sql, triggerId)).toEqual([])
    await sql.query('delete from execution.switches')
    expect(await dispatch(sql)).toBe(1)
    expect(await firingsOf(sql, triggerId)).toEqual(['missed', 'started'])
  })

  test('one schedule that cannot be dispatched is a warning, and no other waits for it', async () => {
    const { sql } = database
    const broken = await makeSchedule(sql, {}, [10, ahead])
    const sound = await makeSchedule(sql, {}, [5, ahead])
    await sql.query(`update lenses.workflow_triggers set config = '{"max_concurrent": "many"}' where trigger_id = $1`, [broken.triggerId])
    const warnings = await warningsDuring(sql, async () => expect(await dispatch(sql)).toBe(1))
    expect(warnings.filter((text) => !text.includes('cannot wake'))).toEqual([
      expect.stringContaining(`could not dispatch the schedule ${broken.triggerId}`),
    ])
    expect(await runsOf(sql, sound.triggerId)).toHaveLength(1)
  })

  test('a run that needs approval waits for it and makes no job', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, {}, [5, ahead], { requires_approval: true })
    await dispatch(sql)
    expect(await runsOf(sql, triggerId)).toMatchObject([{ status: 'pending_approval' }])
    expect(await drainNodes(sql)).toEqual([])
    expect(await dispatch(sql)).toBe(0)
  })
})

describe('after an outage', () => {
  const late = minutes(180, 120, 60)

  test.each([
    ['skip', {}, ['missed', 'missed', 'missed', 'started']],
    ['run_once', {}, ['missed', 'missed', 'started', 'started']],
    ['run_all', {}, ['started', 'started', 'started', 'started']],
    ['run_all', { missed_limit: 2 }, ['missed', 'started', 'started', 'started']],
  ])('%s %o', async (missed, more, firings) => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { missed, overlap: 'parallel', ...more }, [...late, 5, ahead])
    await dispatch(sql)
    expect(await firingsOf(sql, triggerId)).toEqual(firings)
    expect(await runsOf(sql, triggerId)).toHaveLength(firings.filter((each) => each === 'started').length)
  })

  test('a due time that is late by less than missed_after_ms is on time', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { missed_after_ms: 7_200_000, overlap: 'parallel' }, [...late, ahead])
    await dispatch(sql)
    expect(await firingsOf(sql, triggerId)).toEqual(['missed', 'missed', 'started'])
  })
})

describe('while a run of it has not ended', () => {
  test('parallel starts another, up to max_concurrent', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'parallel', max_concurrent: 2 }, [40, 30, 20, ahead])
    await dispatch(sql)
    expect(await firingsOf(sql, triggerId)).toEqual(['started', 'started', 'skipped'])
  })

  test('skip lets the due time pass, and starts again when it has ended', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'skip' }, [40, 30, ahead])
    await dispatch(sql)
    expect(await firingsOf(sql, triggerId)).toEqual(['started', 'skipped'])
    await drainNodes(sql)
    await sql.query(`insert into lenses.schedule_dues (trigger_id, due_at) values ($1, now())`, [triggerId])
    await lookAgain(sql)
    expect(await dispatch(sql)).toBe(1)
  })

  test('queue waits for it, in order, and is not missed however long that takes', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'queue' }, [40, 30, 20, ahead])
    expect(await dispatch(sql)).toBe(1)
    await sql.query(`update lenses.schedule_dues set due_at = due_at - interval '3 hours' where queued_at is not null`)
    await lookAgain(sql)
    expect(await dispatch(sql)).toBe(0)
    for (const _waiting of [1, 2]) {
      await drainNodes(sql)
      await lookAgain(sql)
      expect(await dispatch(sql)).toBe(1)
    }
    expect((await firingsOf(sql, triggerId)).filter((each) => each !== 'started')).toEqual([])
    expect(await runsOf(sql, triggerId)).toHaveLength(3)
  })

  test('queue drops the newest beyond max_queued, and one that waits keeps no other schedule from its turn', async () => {
    const { sql } = database
    const full = await makeSchedule(sql, { overlap: 'queue', max_queued: 1 }, [40, 30, 20, ahead])
    await dispatch(sql)
    expect(await firingsOf(sql, full.triggerId)).toEqual(['started', 'skipped'])
    const other = await makeSchedule(sql, {}, [5, ahead])
    await value(sql, 'select lenses.fn_dispatch_scheduled_workflows(1)')
    expect(await runsOf(sql, other.triggerId)).toHaveLength(1)
  })

  test('cancel_previous ends it and takes its place', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'cancel_previous' }, [40, 30, ahead])
    expect(await dispatch(sql)).toBe(2)
    expect((await runsOf(sql, triggerId)).map(({ status }) => status)).toEqual(['cancelled', 'running'])
    expect(await drainNodes(sql)).toEqual(['a'])
  })

  test('cancel_previous waits for no driver: one that is recording something is asked again later', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'cancel_previous' }, [40, ahead])
    await dispatch(sql)
    const driver = await database.connect()
    await driver.query('begin')
    await driver.query('select from lenses.workflow_runs where trigger_id = $1 for update', [triggerId])
    await sql.query(`insert into lenses.schedule_dues (trigger_id, due_at) values ($1, now())`, [triggerId])
    await lookAgain(sql)
    expect(await dispatch(sql)).toBe(0)
    await driver.query('commit')
    await lookAgain(sql)
    expect(await dispatch(sql)).toBe(1)
    expect((await runsOf(sql, triggerId)).map(({ status }) => status)).toEqual(['cancelled', 'running'])
  })

  test('runs of another trigger, or by hand, are nobody’s overlap', async () => {
    const { sql } = database
    const { triggerId, workflowId, ownerId } = await makeSchedule(sql, { overlap: 'skip' }, [5, ahead])
    await value(sql, 'select lenses.fn_start_workflow_run($1, $2)', [ownerId, JSON.stringify({ workflow_id: workflowId })])
    expect(await dispatch(sql)).toBe(1)
    expect(await runsOf(sql, triggerId)).toHaveLength(1)
  })
})

describe('a start that is refused', () => {
  const dueNow = (triggerId: string) =>
    database.sql.query(`insert into lenses.schedule_dues (trigger_id, due_at) values ($1, clock_timestamp())`, [triggerId])

  test('is told, and one alone, or nine, turn nothing off', async () => {
    const { sql } = database
    const { triggerId, workflowId } = await makeSchedule(sql, {}, [5, ahead])
    await sql.query('update lenses.workflows set archived_at = now() where workflow_id = $1', [workflowId])
    for (let nth = 0; nth < 9; nth++) {
      await dispatch(sql)
      await dueNow(triggerId)
      await lookAgain(sql)
    }
    expect(await firingsOf(sql, triggerId)).toEqual(Array(9).fill('refused not_found'))
    expect(await triggerRow(sql, triggerId)).toMatchObject({ enabled: true, consecutive_failures: 9 })
    await sql.query('update lenses.workflows set archived_at = null where workflow_id = $1', [workflowId])
    await dispatch(sql)
    expect(await triggerRow(sql, triggerId)).toMatchObject({ enabled: true, consecutive_failures: 0 })
  })

  test('ten in a row turn it off, with the reason, and enabling forgives them', async () => {
    const { sql } = database
    const { triggerId, workflowId, ownerId } = await makeSchedule(sql, {}, [5, ahead])
    await sql.query('update lenses.workflows set archived_at = now() where workflow_id = $1', [workflowId])
    for (let nth = 0; nth < 12; nth++) {
      await dispatch(sql)
      await dueNow(triggerId)
      await lookAgain(sql)
    }
    expect(await firingsOf(sql, triggerId)).toHaveLength(10)
    expect(await triggerRow(sql, triggerId)).toMatchObject({ enabled: false, disabled_reason: 'refused', consecutive_failures: 10 })
    const enabled = await value(sql, 'select lenses.fn_triggers_update($1, $2, $3)', [
      triggerId,
      ownerId,
      JSON.stringify({ enabled: true, dues: [] }),
    ])
    expect(enabled).toMatchObject({ enabled: true, disabled_reason: null, consecutive_failures: 0, next_due_at: null })
  })

  test('a run that fails later refuses nothing', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, {}, [5, ahead])
    await dispatch(sql)
    await drainNodes(sql, () => 'fail')
    expect(await triggerRow(sql, triggerId)).toMatchObject({ enabled: true, consecutive_failures: 0 })
  })

  test('an input that the workflow requires and nobody gives is such a refusal; a default is given', async () => {
    const { sql } = database
    const document = {
      title: 'W',
      inputs: { topic: { type: 'string' }, tone: { type: 'string', default: 'dry' }, note: { type: 'string', required: false } },
    }
    const bare = await makeSchedule(sql, {}, [5, ahead], { graph: { nodes: ['a'], document } })
    const given = await makeSchedule(sql, {}, [5, ahead], { graph: { nodes: ['b'], document }, inputs: { topic: 'tides' } })
    await dispatch(sql)
    expect(await firingsOf(sql, bare.triggerId)).toEqual(['refused inputs_missing'])
    expect(await runsOf(sql, given.triggerId)).toMatchObject([{ context_inputs: { topic: 'tides', tone: 'dry', note: null } }])
  })

  test.each([
    ['a type', { type: 'integer' }, 1.5, 2],
    ['a list', { type: 'array' }, 'x', []],
    ['an address', { type: 'url' }, 'ftp://x', 'https://x.example'],
    ['a bound', { type: 'number', min: 1, max: 3 }, 4, 3],
    ['one of a few values', { type: 'string', enum: ['a', 'b'] }, 'c', 'b'],
    ['anything', { type: 'any' }, undefined, { x: 1 }],
  ])('an input must be %s where the workflow says so', async (_, field, bad, good) => {
    const { sql } = database
    const document = { title: 'W', inputs: { n: field } }
    const wrong = await makeSchedule(sql, {}, [5, ahead], { graph: { nodes: ['a'], document }, inputs: { n: bad } })
    const right = await makeSchedule(sql, {}, [5, ahead], { graph: { nodes: ['b'], document }, inputs: { n: good } })
    await dispatch(sql)
    expect(await firingsOf(sql, wrong.triggerId)).toEqual([
      bad === undefined ? 'refused inputs_missing' : 'refused input_contract_violation',
    ])
    expect(await runsOf(sql, right.triggerId)).toMatchObject([{ context_inputs: { n: good } }])
  })
})

describe('due times that are written ahead', () => {
  const claim = async () =>
    (
      await value<{ jobs: { job_id: number; lease_token: number; revision: number | null; from_ms: number; now_ms: number }[] }>(
        database.sql,
        `select lenses.fn_worker_claim_schedule_refills('a test', 10)`,
      )
    ).jobs
  const write = (job: { job_id: number; lease_token: number }, dues: Record<string, unknown>) =>
    value<boolean>(database.sql, 'select lenses.fn_worker_write_dues($1, $2, $3)', [job.job_id, job.lease_token, JSON.stringify(dues)])
  const inMs = (seconds: number) => Date.now() + seconds * 1000

  test('are asked for again when half of them are past, once however often it is looked', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'parallel' }, [30, 20, -1000, -2000])
    await dispatch(sql)
    await dispatch(sql)
    const [job, ...others] = await claim()
    expect(others).toEqual([])
    expect(job!.from_ms).toBe(job!.now_ms)
    expect(await write(job!, { revision: job!.revision, dues_ms: [inMs(600), inMs(1200), inMs(1800)] })).toBe(true)
    expect(await value(sql, 'select count(*) from lenses.schedule_dues where trigger_id = $1', [triggerId])).toBe(3)
    await dispatch(sql)
    expect(await claim()).toEqual([])
  })

  test('a refill of a schedule that was changed meanwhile changes nothing', async () => {
    const { sql } = database
    const { triggerId, ownerId } = await makeSchedule(sql, {}, [20, ahead])
    await dispatch(sql)
    const [job] = await claim()
    const next = new Date(inMs(7200)).toISOString()
    await value(sql, 'select lenses.fn_triggers_update($1, $2, $3)', [
      triggerId,
      ownerId,
      JSON.stringify({ config: { cron_expr: '0 0 * * *' }, dues: [next] }),
    ])
    expect(await write(job!, { revision: job!.revision, dues_ms: [inMs(60)] })).toBe(true)
    expect(await value(sql, 'select lenses.fn_triggers_get($1, $2)', [triggerId, ownerId])).toMatchObject({
      next_dues: [expect.any(String)],
    })
    expect(await rows(sql, 'select due_at from lenses.schedule_dues where trigger_id = $1', [triggerId])).toEqual([
      { due_at: new Date(next) },
    ])
  })

  test('what was dealt with while a driver computed is not written again', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { overlap: 'parallel' }, [20])
    const [{ due_at }] = (await rows<{ due_at: Date }>(sql, 'select due_at from lenses.schedule_dues')) as [{ due_at: Date }]
    await dispatch(sql)
    const [job] = await claim()
    await write(job!, { revision: job!.revision, dues_ms: [due_at.getTime(), inMs(600)] })
    await lookAgain(sql)
    expect(await dispatch(sql)).toBe(0)
    expect(await firingsOf(sql, triggerId)).toEqual(['started'])
    expect(await runsOf(sql, triggerId)).toHaveLength(1)
  })

  test('when they ran out in an outage, the refill begins where they ended, and what is lost is told', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, { missed: 'run_once' }, [7200])
    await dispatch(sql)
    const [job] = await claim()
    expect(job!.now_ms - job!.from_ms).toBeGreaterThanOrEqual(7_199_000)
    await write(job!, { revision: job!.revision, dues_ms: [inMs(-3600), inMs(600)], missed_until_ms: inMs(-5400) })
    await drainNodes(sql)
    await dispatch(sql)
    expect(await firingsOf(sql, triggerId)).toEqual(['started', 'missed', 'started'])
  })

  test('none any more end the schedule, and one that cannot be computed is off and says why', async () => {
    const { sql } = database
    const ended = await makeSchedule(sql, {}, [20])
    const invalid = await makeSchedule(sql, {}, [20])
    await dispatch(sql)
    for (const job of await claim()) {
      const { payload } = (
        await rows<{ payload: { trigger_id: string } }>(sql, 'select payload from execution.jobs where job_id = $1', [job.job_id])
      )[0]!
      await write(job, payload.trigger_id === ended.triggerId ? { revision: 1, dues_ms: [] } : { revision: 1, invalid: 'timezone: gone' })
    }
    expect(await triggerRow(sql, ended.triggerId)).toMatchObject({ enabled: false, disabled_reason: 'ended' })
    expect(await triggerRow(sql, invalid.triggerId)).toMatchObject({ enabled: false, disabled_reason: 'invalid' })
    expect(await firingsOf(sql, invalid.triggerId)).toEqual(['started', 'refused schedule_invalid'])
  })

  test('a refill whose drivers die is asked for again', async () => {
    const { sql } = database
    const { triggerId } = await makeSchedule(sql, {}, [20])
    await dispatch(sql)
    const [job] = await claim()
    const failed = await value(sql, 'select lenses.fn_worker_fail_trigger_job($1, $2, null, $3)', [
      job!.job_id,
      job!.lease_token,
      JSON.stringify({ code: 'internal', message: 'died' }),
    ])
    expect(failed).toBe('dead_lettered')
    expect(await triggerRow(sql, triggerId)).toMatchObject({ refill_job_id: null, enabled: true })
    await sql.query('update lenses.workflow_triggers set refill_after = now()')
    await dispatch(sql)
    expect(await claim()).toHaveLength(1)
  })

  test('a trigger that is deleted takes them with it, and its runs go on', async () => {
    const { sql } = database
    const { triggerId, ownerId } = await makeSchedule(sql, {}, [20, ahead])
    await dispatch(sql)
    expect(await value(sql, 'select lenses.fn_triggers_delete($1, $2)', [triggerId, randomUUID()])).toBe(false)
    expect(await value(sql, 'select lenses.fn_triggers_delete($1, $2)', [triggerId, ownerId])).toBe(true)
    const [job] = await claim()
    expect(job!.revision).toBeNull()
    expect(await write(job!, { revision: 0, dues_ms: [] })).toBe(true)
    expect(await drainNodes(sql)).toEqual(['a'])
  })
})

test('a due time of a run that exists starts none beside it', async () => {
  // The table’s own guard, below the one that the due time’s row is.
  const { sql } = database
  const { triggerId } = await makeSchedule(sql, { overlap: 'parallel' }, [20, ahead])
  await dispatch(sql)
  await sql.query(`insert into lenses.schedule_dues (trigger_id, due_at) select trigger_id, scheduled_for from lenses.workflow_runs`)
  await lookAgain(sql)
  expect(await dispatch(sql)).toBe(0)
  expect(await runsOf(sql, triggerId)).toHaveLength(1)
})

test('looking for what is due reads an index, whatever else there is', async () => {
  const { sql } = database
  await startRun(sql, { nodes: ['a'] })
  const { workflowId, ownerId } = await makeSchedule(sql, {}, [ahead])
  await sql.query(
    `insert into lenses.workflow_triggers (workflow_id, owner_id, kind, look_at, refill_after)
     select $1, $2, 'schedule', now() + n * interval '1 minute', now() + n * interval '1 hour' from generate_series(1, 20000) n`,
    [workflowId, ownerId],
  )
  await sql.query('analyze lenses.workflow_triggers')
  const plan = await rows<{ 'QUERY PLAN': string }>(
    sql,
    'explain select t.* from lenses.workflow_triggers t where t.enabled and t.look_at <= now() order by t.look_at limit 100 for no key update skip locked',
  )
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('workflow_triggers_look')
})
