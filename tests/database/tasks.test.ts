import { beforeEach, describe, expect, test } from 'vitest'
import {
  callBack,
  cancel,
  claim,
  claimDocument,
  claimOne,
  claimTask,
  claimTasks,
  complete,
  deadLetter,
  eventsOf,
  expireLease,
  type HeldTask,
  heartbeat,
  makeDue,
  park,
  repark,
  requeue,
  startBattle,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { type Client, rows, untilWaiting, useDatabase, value } from '../support/database.ts'

// pending: what a provider keeps. The job waits without a lease, each poll is a claim, and every end of it ends the task.

const database = useDatabase()

// Films that are judged are made where a worker can take them apart.
beforeEach(() => database.sql.query(`select execution.fn_worker_announce_capabilities('worker', '{ffmpeg}')`))

const film = (nth: number) => ({ model_key: `fal:film-${nth}`, model_kind: 'video', provider: 'fal', limit_key: 'fal' })
const films = (with_: Record<string, unknown> = {}) => ({ contenders: [film(1), film(2)], with: with_ })

/** A film whose provider has the task; the other contender has answered. */
async function parked(client: Client = database.sql, wanted = films()) {
  const battle = await startBattle(client, wanted)
  const [job, other] = (await claimTasks(client, 2)) as [HeldTask, HeldTask]
  await complete(client, other, { media_url: 'https://media/b.mp4', output_modality: 'video' })
  expect(await park(client, job)).toBe(true)
  return { battle, job }
}

async function polled(client: Client = database.sql): Promise<HeldTask> {
  await makeDue(client)
  return claimTask(client)
}

const task = async () =>
  (
    await rows<{ state: string; polls: number; progress: number | null }>(
      database.sql,
      'select state, polls, progress from execution.async_tasks order by task_id desc limit 1',
    )
  )[0]!
const waitsMs = () =>
  value<number | null>(database.sql, `select extract(epoch from min(run_after) - clock_timestamp())::float8 * 1000 from execution.later`)

describe('a task at a provider', () => {
  test('shows as a running job and a submission that names it and is not final', async () => {
    const { battle, job } = await parked()
    expect(job).toMatchObject({ task: null, cancels: false, model_key: 'fal:film-1' })
    const document = await value<{ contenders: Record<string, unknown>[] }>(database.sql, 'select battles.fn_battles_get($1, $2)', [
      battle.battleId,
      battle.ownerId,
    ])
    expect(document.contenders[0]).toMatchObject({
      status: 'pending',
      job: { status: 'running', attempts: 0 },
      submission: { artifact_id: 'task-1', is_final: false, output_modality: 'video', content_url: null },
    })
    expect(await eventsOf(database.sql, battle)).toContain('contender.task_opened')
    expect(await claimTasks(database.sql, 10)).toEqual([])
  })

  test('is asked for by a claim that knows it, and its end makes the submission final in one transaction', async () => {
    const { battle } = await parked()
    const job = await polled()
    expect(job.task).toMatchObject({ provider_task_id: 'task-1', details: { endpoint: 'e' }, polls: 0 })
    expect(await complete(database.sql, job, { media_url: 'https://media/a.mp4', mime_type: 'video/mp4', output_modality: 'video' })).toBe(
      true,
    )
    expect(await task()).toMatchObject({ state: 'completed' })
    expect(
      await rows(database.sql, `select content_url, media_url, is_final from battles.submissions where media_url like '%a.mp4'`),
    ).toEqual([{ content_url: 'https://media/a.mp4', media_url: 'https://media/a.mp4', is_final: true }])
    expect(await statusOf(database.sql, battle)).toBe('scoring')
  })

  test('that still runs is asked for later, no later than its deadline, and no attempt is counted', async () => {
    const { battle } = await parked(database.sql, { ...films(), ...{ handicap: { time_budget_ms: 30_000 } } } as never)
    expect(await waitsMs()).toBeLessThanOrEqual(30_000) // the park asked for a minute
    const job = await polled()
    expect(await repark(database.sql, job, 600_000, 0.4)).toBe(true)
    expect(await waitsMs()).toBeLessThanOrEqual(30_000)
    expect(await task()).toMatchObject({ polls: 1, progress: expect.closeTo(0.4) })
    const again = await polled()
    expect((await eventsOf(database.sql, battle)).filter((type) => type === 'contender.progress')).toHaveLength(1)
    await repark(database.sql, again, 1)
    expect((await eventsOf(database.sql, battle)).filter((type) => type === 'contender.progress')).toHaveLength(1) // nothing new was said
    expect(again).toMatchObject({ attempts: 0, reclaims: 0, deadline_ms: expect.any(Number), task: { polls: 1 } })
    expect(again.deadline_ms).toBeLessThanOrEqual(30_000)
  })

  test('has a deadline of its own where the contender has no time budget', async () => {
    await parked()
    const job = await polled()
    expect(job.deadline_ms).toBeGreaterThan(3_500_000)
    expect(job.deadline_ms).toBeLessThanOrEqual(3_600_000)
  })

  test('whose poller died is taken over by the next, which asks for the same task', async () => {
    await parked()
    const lost = await polled()
    await expireLease(database.sql, lost.lease_token)
    await sweep(database.sql)
    const next = await claimTask(database.sql)
    expect(next).toMatchObject({ reclaims: 1, task: { task_id: lost.task!.task_id } })
    expect(await repark(database.sql, lost)).toBe(false)
    expect(await complete(database.sql, lost, { media_url: 'https://media/late.mp4' })).toBe(false)
    await repark(database.sql, next)
    expect(await polled()).toMatchObject({ reclaims: 0 }) // a poll that ended well is not what kills drivers
  })

  test('that was submitted by a driver that died before it could say so is submitted again, by a job that knows of none', async () => {
    await startBattle(database.sql, films())
    const [job] = (await claimTasks(database.sql, 1)) as [HeldTask]
    await expireLease(database.sql, job.lease_token)
    await sweep(database.sql)
    expect(await park(database.sql, job)).toBe(false)
    expect(await rows(database.sql, 'select from execution.async_tasks')).toEqual([])
    const again = (await claimTasks(database.sql, 2)).find((each) => each.job_id === job.job_id)
    expect(again).toMatchObject({ task: null, reclaims: 1 }) // the same job, and so the same idempotency key
  })

  test('that failed is submitted anew when another attempt is due', async () => {
    await parked()
    const job = await polled()
    expect(await requeue(database.sql, job, 1000, { code: 'provider_task_failed', message: 'no' })).toBe('requeued')
    expect(await task()).toMatchObject({ state: 'failed' })
    expect(await polled()).toMatchObject({ task: null, attempts: 1, cancels: false })
  })

  test('of a long text goes from the queue of those who answer to that of those who ask, and home again when it failed', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: [{ model_key: 'openai:a', model_kind: 'text', provider: 'openai' }, film(2)] })
    const job = await claimOne(sql)
    expect(await park(sql, job)).toBe(true)
    await makeDue(sql)
    expect(await claim(sql, 10)).toEqual([])
    const asked = (await claimTasks(sql, 10)).find((each) => each.job_id === job.job_id)!
    expect(asked).toMatchObject({ slot: 'A', task: { provider_task_id: 'task-1' } })
    expect(await requeue(sql, asked, 0, { code: 'provider_task_gone', message: 'gone' })).toBe('requeued')
    expect((await claim(sql, 10)).map((each) => each.job_id)).toEqual([job.job_id])
  })

  test('that is given up goes home too, and a redrive submits it there', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: [{ model_key: 'openai:a', model_kind: 'text', provider: 'openai' }, film(2)] })
    const job = await claimOne(sql)
    await park(sql, job)
    await makeDue(sql)
    const asked = (await claimTasks(sql, 10)).find((each) => each.job_id === job.job_id)!
    expect(await deadLetter(sql, asked, { code: 'deadline_exceeded', message: 'too late' })).toBe('dead_lettered')
    const letter = await value<number>(sql, 'select dead_letter_id from battles.battle_execution_dead_letters where slot is not null')
    expect(await value(sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    expect((await claim(sql, 10)).map((each) => each.job_id)).toEqual([job.job_id])
  })
})

describe('a callback', () => {
  test('makes the next poll due at once, once, and says so', async () => {
    await parked()
    expect(await claimTasks(database.sql)).toEqual([])
    expect(await callBack(database.sql)).toBe('noted')
    const job = await claimTask(database.sql)
    expect(job.task).not.toBeNull()
    expect(await callBack(database.sql)).toBe('replayed')
    await repark(database.sql, job)
    expect(await claimTasks(database.sql)).toEqual([])
    expect(await callBack(database.sql, 'task-2')).toBe('unknown_task')
    expect(await callBack(database.sql, 'task-1', 'event-2', 'openai')).toBe('unknown_task')
  })

  test('that comes during a poll is not lost: the poll that saw nothing is repeated at once', async () => {
    await parked()
    const job = await polled()
    expect(await callBack(database.sql)).toBe('noted')
    await repark(database.sql, job)
    expect(await polled()).toMatchObject({ job_id: job.job_id })
    expect(await task()).toMatchObject({ polls: 1 })
  })

  test('that meets a poll going back to wait is not lost, whichever is first (two connections)', async () => {
    await parked()
    const [a, b] = await database.connectMany(2)
    for (const callbackFirst of [true, false]) {
      const job = await polled()
      const [first, second] = callbackFirst ? [a!, b!] : [b!, a!]
      const back = (client: Client) => callBack(client, 'task-1', `event-${callbackFirst}`)
      const down = (client: Client) => repark(client, job)
      await first.query('begin')
      await (callbackFirst ? back(first) : down(first))
      const waiting = callbackFirst ? down(second) : back(second)
      await untilWaiting(database.sql, second, waiting)
      await first.query('commit')
      await waiting
      expect(await claimDue()).toHaveLength(1)
    }
    async function claimDue() {
      const due = await claimTasks(database.sql)
      for (const job of due) await repark(database.sql, job)
      return due
    }
  })

  test('and a poll that completes together make the submission final once (two connections)', async () => {
    const { battle } = await parked()
    const job = await polled()
    const [a, b] = await database.connectMany(2)
    await a!.query('begin')
    expect(await complete(a!, job, { media_url: 'https://media/a.mp4', output_modality: 'video' })).toBe(true)
    const calling = callBack(b!)
    await untilWaiting(database.sql, b!, calling)
    await a!.query('commit')
    expect(await calling).toBe('ended')
    expect(await claimTasks(database.sql)).toEqual([])
    expect((await eventsOf(database.sql, battle)).filter((type) => type === 'contender.submitted')).toHaveLength(2)
  })
})

describe('a task nobody waits for any more', () => {
  const errands = async () => {
    const jobs = await claimTasks(database.sql, 10)
    expect(jobs.every((job) => job.cancels)).toBe(true)
    return jobs
  }
  const told = (job: HeldTask) =>
    value<boolean>(database.sql, 'select battles.fn_worker_complete_task_cancel($1, $2)', [job.job_id, job.lease_token])

  test('is cancelled at its provider by a job of its own when the battle is', async () => {
    const { battle } = await parked()
    await cancel(database.sql, battle)
    const [errand] = await errands()
    expect(errand).toMatchObject({ model_key: 'fal:film-1', task: { provider_task_id: 'task-1', details: { endpoint: 'e' } } })
    await expireLease(database.sql, errand!.lease_token) // whoever tells the provider may die, too
    await sweep(database.sql)
    expect(await told(errand!)).toBe(false)
    const [again] = await errands()
    expect(await told(again!)).toBe(true)
    expect(await errands()).toEqual([])
    expect(await task()).toMatchObject({ state: 'cancelled' })
  })

  test('is cancelled when its poll is under way, and what that poll brings is refused', async () => {
    const { battle } = await parked()
    const job = await polled()
    await cancel(database.sql, battle)
    expect(await heartbeat(database.sql, job.lease_token)).toEqual([])
    expect(await complete(database.sql, job, { media_url: 'https://media/late.mp4' })).toBe(false)
    expect(await errands()).toHaveLength(1)
  })

  test('is cancelled at its provider although it was handed over while the battle was being cancelled, and only then', async () => {
    const battle = await startBattle(database.sql, films())
    const [job, lost] = (await claimTasks(database.sql, 2)) as [HeldTask, HeldTask]
    await expireLease(database.sql, lost.lease_token)
    await sweep(database.sql)
    expect(await park(database.sql, lost, { provider_task_id: 'lost' })).toBe(false) // another driver asks for that one
    await cancel(database.sql, battle)
    expect(await park(database.sql, job, { provider_task_id: 'late' })).toBe(false)
    expect((await claimTasks(database.sql, 10)).map(({ cancels, task }) => [cancels, task?.provider_task_id])).toEqual([[true, 'late']])
  })

  test('is cancelled when its contender has run out of time, and the battle does not wait for that', async () => {
    const { battle } = await parked()
    await deadLetter(database.sql, await polled(), { code: 'deadline_exceeded', message: 'too late' })
    expect(await statusOf(database.sql, battle)).toBe('closed')
    expect(await errands()).toHaveLength(1)
  })

  test('is cancelled when its battle was held, and then cancelled', async () => {
    const { battle } = await parked()
    await value(database.sql, 'select battles.fn_battles_hold($1, $2)', [battle.battleId, 'looks wrong'])
    expect(await callBack(database.sql)).toBe('noted')
    expect(await errands()).toEqual([])
    await cancel(database.sql, battle)
    expect(await errands()).toHaveLength(1)
  })

  test('and whose provider cannot be told is a dead letter of no battle, which can be redriven', async () => {
    const { battle } = await parked()
    await cancel(database.sql, battle)
    const [errand] = await errands()
    expect(await requeue(database.sql, errand!, 0, { code: 'provider_unavailable', message: 'down' })).toBe('requeued')
    expect(await deadLetter(database.sql, await claimTask(database.sql), { code: 'provider_auth', message: 'no' })).toBe('dead_lettered')
    const letter = await value<number>(database.sql, 'select dead_letter_id from battles.battle_execution_dead_letters')
    expect(await value(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    expect(await errands()).toHaveLength(1)
  })

  test('keeps the time it was held', async () => {
    const { battle } = await parked()
    await value(database.sql, 'select battles.fn_battles_hold($1, $2)', [battle.battleId, 'looks wrong'])
    await database.sql.query(`update battles.battles set held_at = held_at - interval '2 hours'`)
    await value(database.sql, 'select battles.fn_battles_release($1)', [battle.battleId])
    expect((await claimTask(database.sql)).deadline_ms).toBeGreaterThan(7_200_000)
  })
})

test('a task is paid for once: asking for it sets nothing more aside, and its end settles what it cost', async () => {
  const paid = { funding_source: 'platform_credit', cost_estimate_usd: 2 }
  const battle = await startBattle(database.sql, {
    contenders: [film(1), film(2)].map((model) => ({ ...model, ...paid })),
    with: { budget_usd: 4, judge: null, scoring_mode: 'community', voting_window_ms: 1000 },
  })
  const [job, other] = (await claimTasks(database.sql, 2)) as [HeldTask, HeldTask]
  const money = () => value<object>(database.sql, 'select lensers.spending_of($1)', [battle.battleId])
  await park(database.sql, job)
  await complete(database.sql, other, { media_url: 'https://media/b.mp4', output_modality: 'video', cost_usd: 1.5 })
  const asked = await polled()
  expect(asked).not.toHaveProperty('refused')
  expect(await money()).toEqual({ spent_usd: 1.5, reserved_usd: 2 })
  await complete(database.sql, asked, { media_url: 'https://media/a.mp4', output_modality: 'video', cost_usd: 0.5 })
  expect(await money()).toEqual({ spent_usd: 2, reserved_usd: 0 })
})

test('nothing is claimed, posted or due while no task is', async () => {
  await parked()
  expect(await claimDocument(database.sql, 10)).toMatchObject({ jobs: [] })
  await database.sql.query('delete from net.http_request_queue')
  await sweep(database.sql)
  expect(await rows(database.sql, 'select from net.http_request_queue')).toEqual([])
})
