import { beforeEach, describe, expect, test } from 'vitest'
import {
  type Battle,
  cancel,
  claim,
  claimOne,
  claimTask,
  complete,
  deadLetter,
  expireLease,
  type HeldJob,
  type HeldTask,
  makeDue,
  park,
  repark,
  requeue,
  startBattle,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { type Client, rows, untilWaiting, useDatabase, value } from '../support/database.ts'

// The execution bridge: a job that was delegated is for workers with a bridge alone, whatever becomes of the first.

const database = useDatabase()

const delegate = (job: HeldJob, client: Client = database.sql) =>
  value<boolean>(client, 'select battles.fn_worker_delegate_battle_job($1, $2)', [job.job_id, job.lease_token])
const claimBridge = async (most = 1, client: Client = database.sql) =>
  (
    await value<{ jobs: (HeldTask & { ended_tasks: number; by_time_budget: boolean; limit_key: string; system_prompt: string | null })[] }>(
      client,
      'select battles.fn_worker_claim_bridge_executions($1, $2)',
      ['bridge', most],
    )
  ).jobs
const parkAt = (job: HeldJob, id = 'execution-1', client: Client = database.sql) => park(client, job, { provider_task_id: id, details: {} })
const strays = () => value<number>(database.sql, 'select battles.fn_end_stray_delegations()')
const kindOf = (jobId: number) =>
  value<string>(database.sql, 'select q.kind from execution.jobs j join execution.queues q using (queue_id) where j.job_id = $1', [jobId])
const tasks = () =>
  rows<{ provider: string; provider_task_id: string; state: string }>(
    database.sql,
    'select provider, provider_task_id, state from execution.async_tasks order by task_id',
  )
const older = (interval: string) =>
  database.sql.query(
    `update execution.jobs set payload = payload || jsonb_build_object('delegated_at', now() - $1::interval) where payload ? 'delegated_at'`,
    [interval],
  )

let battle: Battle
let job: HeldJob
let other: HeldJob

beforeEach(async () => {
  battle = await startBattle(database.sql, { with: { max_tokens: 77 } })
  ;[job, other] = (await claim(database.sql, 2)) as [HeldJob, HeldJob]
})

describe('a delegated job', () => {
  test('stays under the lease it was claimed with, and may be answered under it', async () => {
    expect(await delegate(job)).toBe(true)
    expect(await delegate(job)).toBe(true) // again, by one that did not hear of the first time
    expect(await complete(database.sql, job)).toBe(true)
    expect(await complete(database.sql, other)).toBe(true)
    expect(await statusOf(database.sql, battle)).toBe('scoring')
  })

  test('whose driver dies is for drivers with a bridge alone', async () => {
    await delegate(job)
    await expireLease(database.sql, job.lease_token)
    await sweep(database.sql)
    expect(await claim(database.sql, 10)).toMatchObject([{ job_id: other.job_id }]) // both were of one lease
    const [again] = await claimBridge(10)
    expect(again).toMatchObject({ job_id: job.job_id, task: null, ended_tasks: 0, reclaims: 1, limit_key: 'bridge', by_time_budget: false })
    expect(await delegate(job)).toBe(false)
    expect(await complete(database.sql, job)).toBe(false)
  })

  test('is given back to drivers with a bridge, who are told', async () => {
    await delegate(job)
    await database.sql.query('select execution.fn_worker_listen($1, 30)', ['bridge_execution'])
    const heard: string[] = []
    await database.sql.query('listen agon_ready')
    database.sql.on('notification', ({ payload }) => heard.push(payload!))
    await value(database.sql, 'select execution.fn_worker_give_back($1)', [job.lease_token])
    await expect.poll(() => heard).toContain('bridge_execution')
    expect((await claimBridge(10)).map(({ job_id }) => job_id)).toEqual([job.job_id])
  })

  test('is no other than a contender that is held', async () => {
    await complete(database.sql, job)
    expect(await delegate(job)).toBe(false)
    expect(await value(database.sql, 'select battles.fn_worker_delegate_battle_job($1, $2)', [other.job_id, other.lease_token + 1])).toBe(
      false,
    )
    expect(await kindOf(other.job_id)).toBe('battle_job')
  })

  test('is not claimed while its bridge limits the rate, or is switched off', async () => {
    await delegate(job)
    await requeue(database.sql, job, 0)
    await value(database.sql, `select execution.fn_worker_report_rate_limit('bridge', 60000)`)
    expect(await claimBridge()).toEqual([])
    await database.sql.query('delete from execution.rate_limits')
    await value(database.sql, `select execution.fn_operator_switch('provider', 'bridge', true, 'it burns')`)
    expect(await claimBridge()).toEqual([])
    await database.sql.query('delete from execution.switches')
    expect(await claimBridge()).toHaveLength(1)
  })
})

describe('an execution', () => {
  beforeEach(async () => {
    await delegate(job)
    await complete(database.sql, other)
  })

  test('waits without a lease, for five minutes at most, and is asked for by a claim that knows it', async () => {
    expect(await parkAt(job)).toBe(true)
    expect(await tasks()).toEqual([{ provider: 'bridge', provider_task_id: 'execution-1', state: 'open' }])
    expect(await claimBridge()).toEqual([])
    await makeDue(database.sql)
    const [asked] = await claimBridge()
    expect(asked).toMatchObject({ job_id: job.job_id, task: { provider_task_id: 'execution-1', polls: 0 }, by_time_budget: false })
    expect(asked!.deadline_ms).toBeGreaterThan(290_000)
    expect(asked!.deadline_ms).toBeLessThanOrEqual(300_000)
    expect(await repark(database.sql, asked!, 2_000)).toBe(true)
    await makeDue(database.sql)
    const [again] = await claimBridge()
    expect(again).toMatchObject({ task: { polls: 1 } })
    expect(await complete(database.sql, again!, { content_text: 'Teal.', cost_usd: 0.5 })).toBe(true)
    expect(await statusOf(database.sql, battle)).toBe('scoring')
    expect(await tasks()).toMatchObject([{ state: 'completed' }])
  })

  test('that the bridge lost is begun again there, as the second of its job', async () => {
    await parkAt(job)
    await makeDue(database.sql)
    expect(await requeue(database.sql, (await claimBridge())[0]!, 0)).toBe('requeued')
    expect(await claim(database.sql, 10)).toEqual([])
    expect(await claimBridge()).toMatchObject([{ task: null, ended_tasks: 1, attempts: 1 }])
    expect(await tasks()).toMatchObject([{ state: 'failed' }])
    expect(await value(database.sql, `select count(*) from execution.jobs where payload ? 'cancel_task'`)).toBe(0) // it ended by itself
  })

  test('of a cancelled battle is told to the bridge by an errand', async () => {
    await parkAt(job)
    await cancel(database.sql, battle)
    const [errand] = await claimBridge()
    expect(errand).toMatchObject({ cancels: true, task: { provider_task_id: 'execution-1' }, limit_key: 'bridge' })
    expect(await value(database.sql, 'select battles.fn_worker_complete_task_cancel($1, $2)', [errand!.job_id, errand!.lease_token])).toBe(
      true,
    )
  })

  test('that was handed over while its battle was being cancelled is told to the bridge too, once', async () => {
    await cancel(database.sql, battle)
    expect([await parkAt(job), await parkAt(job)]).toEqual([false, false])
    expect(await claimBridge(10)).toMatchObject([{ cancels: true, task: { provider_task_id: 'execution-1' } }])
    expect(await tasks()).toEqual([{ provider: 'bridge', provider_task_id: 'execution-1', state: 'cancelled' }])
  })

  test('that was handed over by a driver that lost its lease is the next driver’s, and nobody is told', async () => {
    await expireLease(database.sql, job.lease_token)
    await sweep(database.sql)
    expect(await parkAt(job)).toBe(false)
    expect(await claimBridge(10)).toMatchObject([{ cancels: false, job_id: job.job_id, ended_tasks: 0 }])
    expect(await tasks()).toEqual([])
  })

  test('that is given up is a dead letter of its kind', async () => {
    await deadLetter(database.sql, job, { code: 'bridge_auth', message: 'no' })
    expect(await statusOf(database.sql, battle)).not.toBe('executing')
    const { dead_letters } = await value<{ dead_letters: { dead_letter_id: number; kind: string }[] }>(
      database.sql,
      'select battles.fn_dead_letters_list()',
    )
    expect(dead_letters).toMatchObject([{ kind: 'bridge_execution' }])
  })
})

test('a time budget ends an execution before the bridge’s own time does', async () => {
  const short = await startBattle(database.sql, { handicap: { time_budget_ms: 60_000 } })
  const [quick] = (await claim(database.sql, 1)) as [HeldJob]
  expect(quick.battle_id).toBe(short.battleId)
  await delegate(quick)
  await parkAt(quick)
  await makeDue(database.sql)
  const [asked] = await claimBridge()
  expect(asked).toMatchObject({ by_time_budget: true })
  expect(asked!.deadline_ms).toBeLessThanOrEqual(60_000)
})

describe('when no worker has a bridge any more', () => {
  test('what was never handed over is ended after an hour and ten minutes, and not while one is heard of', async () => {
    await delegate(job)
    await requeue(database.sql, job, 0)
    await older('69 minutes')
    expect(await strays()).toBe(0)
    await older('71 minutes')
    await value(database.sql, `select execution.fn_worker_announce_capabilities('w', '{execution_bridge}')`)
    expect(await strays()).toBe(0)
    await value(database.sql, `select execution.fn_worker_announce_capabilities('w', '{}')`)
    expect([await strays(), await strays()]).toEqual([1, 0])
    expect(await value(database.sql, `select error ->> 'code' from battles.contenders where contender_id = $1`, [job.contender_id])).toBe(
      'bridge_timeout',
    )
    await complete(database.sql, other)
    expect(await statusOf(database.sql, battle)).not.toBe('executing')
  })

  test('an execution past its time is ended, the bridge told, and the errand given up in the end', async () => {
    await delegate(job)
    await parkAt(job)
    await database.sql.query(`update execution.async_tasks set deadline_at = now() - interval '9 minutes'`)
    expect(await strays()).toBe(0)
    await database.sql.query(`update execution.async_tasks set deadline_at = now() - interval '11 minutes'`)
    expect(await strays()).toBe(1)
    expect(await tasks()).toMatchObject([{ state: 'failed' }])
    expect(await strays()).toBe(0)
    await database.sql.query(`update execution.async_tasks set finished_at = now() - interval '71 minutes'`)
    expect(await strays()).toBe(1)
    expect(await claimBridge(10)).toEqual([])
    expect(await rows(database.sql, 'select kind, subject_id is null as errand from execution.dead_letters order by 2')).toEqual([
      { kind: 'bridge_execution', errand: false },
      { kind: 'bridge_execution', errand: true },
    ])
  })

  test('one that is redriven has its time again', async () => {
    await delegate(job)
    await requeue(database.sql, job, 0)
    await older('71 minutes')
    expect(await strays()).toBe(1)
    const letter = await value<number>(database.sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    expect(await strays()).toBe(0)
    expect(await claimBridge()).toMatchObject([{ job_id: job.job_id, attempts: 0 }])
  })

  test('what somebody has just claimed is left alone', async () => {
    await delegate(job)
    await requeue(database.sql, job, 0)
    await older('71 minutes')
    const [claimer, ender] = await database.connectMany(2)
    await claimer!.query('begin')
    const [held] = await claimBridge(1, claimer!)
    const ending = value<number>(ender!, 'select battles.fn_end_stray_delegations()')
    await untilWaiting(database.sql, ender!, ending)
    await claimer!.query('commit')
    expect(await ending).toBe(0)
    expect(await complete(database.sql, held!)).toBe(true)
  })
})

test('a cancel, a death and a hand-over at once leave one owner of the execution', async () => {
  for (const first of ['cancel', 'park'] as const) {
    const raced = await startBattle(database.sql)
    const mine = await claimOne(database.sql)
    await delegate(mine)
    const [one, two] = await database.connectMany(2)
    await one!.query('begin')
    if (first === 'cancel') await cancel(one!, raced)
    else expect(await parkAt(mine, `raced-${first}`, one!)).toBe(true)
    const second = first === 'cancel' ? parkAt(mine, `raced-${first}`, two!) : cancel(two!, raced)
    await untilWaiting(database.sql, two!, second)
    await one!.query('commit')
    await second
    const errands = (await claimBridge(10)).filter(({ cancels }) => cancels)
    expect(errands.map(({ task }) => task!.provider_task_id)).toEqual([`raced-${first}`])
    for (const { job_id, lease_token } of errands)
      await value(database.sql, 'select battles.fn_worker_complete_task_cancel($1, $2)', [job_id, lease_token])
  }
  await expect(claimTask(database.sql)).rejects.toThrow('no task was ready') // nothing of it went to the providers' pollers
})
