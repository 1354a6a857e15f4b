import { describe, expect, test } from 'vitest'
import {
  answerAll,
  autoFinalize,
  claim,
  claimDocument,
  claimOne,
  complete,
  deadLetter,
  eventsOf,
  finalize,
  heartbeat,
  judge,
  ratings,
  startBattle,
  startJudging,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { projectUrl, rows, useDatabase, value, workerKey } from '../support/database.ts'

// What an operator, or a provider, stops: the system, a provider, a key, a battle.

const database = useDatabase()

const on = (...providers: string[]) =>
  providers.map((provider, nth) => ({
    model_key: `${provider}:${nth}`,
    provider,
    limit_key: provider,
    concurrency_key: `${provider}:${nth}`,
  }))
const operate = (scope: string, name: string, off: boolean) =>
  value<string>(database.sql, 'select execution.fn_operator_switch($1, $2, $3, $4)', [scope, name, off, 'a test'])
const hold = (battleId: string) => value<string>(database.sql, 'select battles.fn_battles_hold($1, $2)', [battleId, 'looks wrong'])
const release = (battleId: string) => value<string>(database.sql, 'select battles.fn_battles_release($1)', [battleId])
const posts = () => rows(database.sql, 'select url from net.http_request_queue')

describe('the switches', () => {
  test('the system switch stops every claim, and what waited goes on when it is on again', async () => {
    await startBattle(database.sql)
    expect(await operate('system', '', true)).toBe('off')
    expect(await claimDocument(database.sql, 10)).toMatchObject({ jobs: [], next_due_ms: null })
    expect(await operate('system', '', false)).toBe('on')
    expect(await claim(database.sql, 10)).toHaveLength(2)
  })

  test('a driver that is at work when the system is switched off still records what it has', async () => {
    await startBattle(database.sql)
    const job = await claimOne(database.sql)
    await operate('system', '', true)
    expect(await heartbeat(database.sql, job.lease_token)).toEqual([job.job_id])
    expect(await complete(database.sql, job)).toBe(true)
  })

  test('a provider that is switched off is passed by, and the others run', async () => {
    await startBattle(database.sql, { contenders: on('openai', 'anthropic') })
    await operate('provider', 'openai', true)
    expect((await claim(database.sql, 10)).map((job) => job.model_key)).toEqual(['anthropic:1'])
    await operate('provider', 'openai', false)
    expect((await claim(database.sql, 10)).map((job) => job.model_key)).toEqual(['openai:0'])
  })

  test('nothing is announced that may not be claimed', async () => {
    for (const [name, secret] of [
      ['project_url', projectUrl],
      ['agon_worker_key', workerKey],
    ])
      await value(database.sql, 'select vault.create_secret($1, $2)', [secret, name])
    await operate('provider', 'openai', true)
    await operate('provider', 'openai2', true)
    await startBattle(database.sql, { contenders: on('openai', 'openai2') })
    await sweep(database.sql)
    expect(await posts()).toEqual([])
    await operate('provider', 'openai', false)
    expect(await posts()).toHaveLength(1)
  })

  test.each([
    ['system', 'openai'],
    ['provider', ''],
    ['galaxy', ''],
  ])('a switch that does not exist (%s, %j) is refused', async (scope, name) => {
    expect(await operate(scope, name, true)).toBe('no_such_switch')
    expect(await rows(database.sql, 'select from execution.switches')).toEqual([])
  })
})

describe('a rate limit', () => {
  const report = (key: string, ms: number) => database.sql.query('select execution.fn_worker_report_rate_limit($1, $2)', [key, ms])

  test('jobs on a limited key wait, those on another key of the same provider run', async () => {
    await startBattle(database.sql, {
      contenders: [
        { model_key: 'openai:a', provider: 'openai', limit_key: 'openai' },
        { model_key: 'openai:b', provider: 'openai', limit_key: 'byok:1' },
      ],
    })
    await report('openai', 60_000)
    const document = await claimDocument(database.sql, 10)
    expect(document.jobs.map((job) => job.model_key)).toEqual(['openai:b'])
    const next = await claimDocument(database.sql, 10)
    expect(next.jobs).toEqual([])
    expect(next.next_due_ms).toBeGreaterThan(50_000)
    expect(next.next_due_ms).toBeLessThanOrEqual(60_000)
  })

  test('the longest report stands, an hour at most is believed, and when it has passed the jobs run', async () => {
    await startBattle(database.sql, { contenders: on('openai', 'openai') })
    await report('openai', 10_000_000)
    await report('openai', 1)
    const [limit] = await rows<{ s: number; reports: number }>(
      database.sql,
      'select round(extract(epoch from blocked_until - now()))::int as s, reports::int from execution.rate_limits',
    )
    expect(limit!.s).toBeGreaterThan(3500)
    expect(limit!.s).toBeLessThanOrEqual(3600)
    expect(limit!.reports).toBe(2)
    await database.sql.query(`update execution.rate_limits set blocked_until = now() - interval '1 second'`)
    expect(await claim(database.sql, 10)).toHaveLength(2)
  })
})

describe('a lane', () => {
  test('a limit on a model holds over its queues, whatever key pays', async () => {
    await database.sql.query(`insert into execution.lanes values ('openai:a', 2)`)
    for (const limit_key of ['openai', 'byok:1', 'byok:2'])
      await startBattle(database.sql, {
        contenders: [
          { model_key: 'openai:a', provider: 'openai', limit_key, concurrency_key: 'openai:a' },
          { model_key: 'openai:b', provider: 'openai', limit_key, concurrency_key: 'openai:b' },
        ],
      })
    const first = await claim(database.sql, 10)
    expect(first.filter((job) => job.model_key === 'openai:a')).toHaveLength(2)
    expect(first.filter((job) => job.model_key === 'openai:b')).toHaveLength(3)
    expect(await claim(database.sql, 10)).toEqual([])
    await complete(database.sql, first.find((job) => job.model_key === 'openai:a')!)
    expect(await claim(database.sql, 10)).toHaveLength(1)
  })
})

describe('a held battle', () => {
  test('stops where it is, whether its jobs wait, are delayed or are in hand, and goes on without a mark', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 3 })
    const job = await claimOne(sql)
    expect(await hold(battle.battleId)).toBe('held')
    expect(await heartbeat(sql, job.lease_token)).toEqual([])
    expect(await complete(sql, job)).toBe(false)
    expect(await claim(sql, 10)).toEqual([])
    expect(await rows(sql, `select distinct status from execution.job_status`)).toEqual([{ status: 'held' }])
    expect(await release(battle.battleId)).toBe('released')
    const jobs = await claim(sql, 10)
    expect(
      jobs.map(({ slot, attempts, reclaims }) => ({ slot, attempts, reclaims })).toSorted((a, b) => (a.slot < b.slot ? -1 : 1)),
    ).toEqual(['A', 'B', 'C'].map((slot) => ({ slot, attempts: 0, reclaims: 0 })))
    for (const each of jobs) await complete(sql, each)
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect((await eventsOf(sql, battle)).filter((type) => type.startsWith('battle.'))).toContain('battle.held')
  })

  test('keeps the time of its deadlines', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { handicap: { time_budget_ms: 60_000 } })
    await hold(battle.battleId)
    await sql.query(`update battles.battles set held_at = held_at - interval '1 hour'`)
    await release(battle.battleId)
    const [job] = await claim(sql, 1)
    expect(job!.deadline_ms).toBeGreaterThan(3_600_000)
  })

  test('is held once, released once, and not before it has begun or after it has ended', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    expect([await hold(battle.battleId), await hold(battle.battleId)]).toEqual(['held', 'already_held'])
    expect([await release(battle.battleId), await release(battle.battleId)]).toEqual(['released', 'not_held'])
    await sql.query('select battles.fn_battles_cancel($1, $2)', [battle.battleId, battle.ownerId])
    expect(await hold(battle.battleId)).toBe('already_cancelled')
  })

  test('sends no dead letter back: a redrive waits for the release', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 3 })
    await deadLetter(sql, await claimOne(sql))
    await hold(battle.battleId)
    const redrive = () => value<string>(sql, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')
    expect(await redrive()).toBe('battle_held')
    expect(await claim(sql, 10)).toEqual([])
    await release(battle.battleId)
    expect(await redrive()).toBe('redriven')
    expect(await claim(sql, 10)).toHaveLength(3)
  })

  test('is not closed, though its judge had finished: the schedule closes it once it is released', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await hold(battle.battleId)
    expect(await finalize(sql, battle)).toBe('held')
    expect(await autoFinalize(sql)).toBe(0)
    expect(await ratings(sql)).toEqual([])
    await release(battle.battleId)
    expect(await autoFinalize(sql)).toBe(1)
    expect(await statusOf(sql, battle)).toBe('closed')
  })

  test('no job is in two places when hold, claim and release meet on four connections', async () => {
    const battle = await startBattle(database.sql, { contenders: 10 })
    const clients = await database.connectMany(4)
    for (let round = 0; round < 15; round++) {
      await Promise.all([
        clients[0]!.query('select battles.fn_battles_hold($1, $2)', [battle.battleId, 'x']),
        claim(clients[1]!, 3),
        claim(clients[2]!, 3),
        clients[3]!.query('select battles.fn_battles_release($1)', [battle.battleId]),
      ])
      const places = await rows<{ n: number; state: string }>(
        database.sql,
        `select j.state::text, (select count(*) from execution.ready r where r.job_id = j.job_id) + (select count(*) from execution.later w where w.job_id = j.job_id)
           + (select count(*) from execution.leases l where j.job_id = any (l.job_ids)) as n from execution.jobs j`,
      )
      for (const { n, state } of places) expect(Number(n)).toBe(state === 'held' ? 0 : 1)
    }
    await database.sql.query('select battles.fn_battles_release($1)', [battle.battleId])
    await database.sql.query('delete from execution.leases')
    await answerAll(database.sql)
  })
})
