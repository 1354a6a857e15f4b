import { battleKinds, jobKinds, workflowKinds } from '@agon/runner-core/job-kinds'
import { describe, expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  cancel,
  claim,
  claimJudging,
  claimOne,
  complete,
  deadLetter,
  makeDue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { dump, rows, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'

// What was given up, as an operator finds it and sends it back.

const database = useDatabase()

test('an operator can name every kind of job that there is', async () => {
  const kinds = await rows<{ kind: string; lock_owner: string | null }>(database.sql, 'select kind, lock_owner from execution.job_kinds')
  const of = (owner: string) => kinds.filter(({ lock_owner }) => lock_owner === owner).map(({ kind }) => kind)
  expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(jobKinds.toSorted())
  expect(of('battles.lock_job_owners').toSorted()).toEqual(battleKinds.toSorted())
  expect(of('lenses.lock_job_owners').toSorted()).toEqual(workflowKinds.toSorted())
})

interface Letter {
  dead_letter_id: number
  kind: string
  battle_id: string
  slot: string | null
  model: string | null
  error: { code: string; message: string }
  redrivable: boolean
}
interface Redriven {
  outcomes: Record<string, number>
  considered: number
  next_after: number | null
}
const list = (filter: object = {}, most = 50, cursor: number | null = null) =>
  value<{ dead_letters: Letter[]; next_cursor: number | null }>(database.sql, 'select battles.fn_dead_letters_list($1, $2, $3)', [
    filter,
    most,
    cursor,
  ])
const redrive = (filter: object = {}, most = 100, client = database.sql) =>
  value<Redriven>(client, 'select battles.fn_redrive_dead_letters($1, $2)', [filter, most])

/** A battle that still executes, with one contender given up. */
async function withLetter(code = 'provider_auth'): Promise<Battle> {
  const battle = await startBattle(database.sql)
  const jobs = (await claim(database.sql, 10)).filter((job) => job.battle_id === battle.battleId)
  await deadLetter(database.sql, jobs[1]!, { code, message: 'no such key' })
  return battle
}

describe('the list', () => {
  test('is newest first, whole over its pages, and says whose job was given up and why', async () => {
    const battles = [await withLetter(), await withLetter('content_refused'), await withLetter()]
    const first = await list({}, 2)
    expect(first.dead_letters.map(({ battle_id }) => battle_id)).toEqual([battles[2]!.battleId, battles[1]!.battleId])
    const second = await list({}, 2, first.next_cursor)
    expect(second).toMatchObject({ dead_letters: [{ battle_id: battles[0]!.battleId }], next_cursor: null })
    expect(second.dead_letters[0]).toMatchObject({
      kind: 'battle_job',
      slot: 'B',
      model: 'house/model-b',
      battle_status: 'executing',
      error: { code: 'provider_auth', message: 'no such key' },
      attempts: 1,
      reclaims: 0,
      redriven_at: null,
      redrivable: true,
    })
  })

  test('is filtered by code, battle, time, kind and whether it was sent back', async () => {
    const battle = await withLetter()
    await withLetter('content_refused')
    const count = async (filter: object) => (await list(filter)).dead_letters.length
    expect(await count({ error_code: 'content_refused' })).toBe(1)
    expect(await count({ battle_id: battle.battleId })).toBe(1)
    expect(await count({ kind: 'battle_judging' })).toBe(0)
    expect(await count({ since: new Date(Date.now() + 60_000).toISOString() })).toBe(0)
    await redrive({ battle_id: battle.battleId })
    expect([await count({}), await count({ state: 'redriven' }), await count({ state: 'all' })]).toEqual([1, 1, 2])
  })

  test('a judging that was given up is told by its battle and its judge, and can be sent back until its battle is closed', async () => {
    const battle = await startJudging(database.sql)
    await deadLetter(database.sql, await claimJudging(database.sql))
    expect((await list()).dead_letters).toMatchObject([
      { kind: 'battle_judging', battle_id: battle.battleId, slot: null, model: 'house/judge', battle_status: 'scoring', redrivable: true },
    ])
    await database.sql.query(`update execution.jobs set finished_at = finished_at - interval '15 minutes' where state = 'failed'`)
    await autoFinalize(database.sql)
    expect((await list()).dead_letters).toMatchObject([{ battle_status: 'closed', redrivable: false }])
  })

  test('of a battle that an operator holds cannot be sent back before it is released, and the list knows', async () => {
    const battle = await withLetter()
    await value(database.sql, `select battles.fn_battles_hold($1, 'looking')`, [battle.battleId])
    expect((await list()).dead_letters).toMatchObject([{ redrivable: false }])
    expect(await redrive()).toMatchObject({ outcomes: { battle_held: 1 } })
    await value(database.sql, 'select battles.fn_battles_release($1)', [battle.battleId])
    expect((await list()).dead_letters).toMatchObject([{ redrivable: true }])
    expect(await redrive()).toMatchObject({ outcomes: { redriven: 1 } })
  })
})

describe('redrive of many', () => {
  test('sends back what can go on and counts what cannot; a second time there is nothing left to do', async () => {
    const { sql } = database
    const running = [await withLetter(), await withLetter()]
    await cancel(sql, await withLetter())
    expect(await redrive()).toEqual({ outcomes: { redriven: 2, battle_cancelled: 1 }, considered: 3, next_after: null })
    const before = await dump(sql)
    expect(await redrive()).toEqual({ outcomes: { battle_cancelled: 1 }, considered: 1, next_after: null })
    expect(await dump(sql)).toBe(before)
    for (const battle of running) expect(await statusOf(sql, battle)).toBe('executing')
    expect((await claim(sql, 10)).map(({ slot, attempts }) => [slot, attempts])).toEqual([
      ['B', 0],
      ['B', 0],
    ])
  })

  test('goes on where it stopped, past what cannot be sent back', async () => {
    await cancel(database.sql, await withLetter())
    await cancel(database.sql, await withLetter())
    await withLetter()
    const first = await redrive({}, 2)
    expect(first).toMatchObject({ outcomes: { battle_cancelled: 2 }, considered: 2 })
    expect(await redrive({ after: first.next_after }, 2)).toEqual({ outcomes: { redriven: 1 }, considered: 1, next_after: null })
  })

  test('is filtered as the list is', async () => {
    await withLetter()
    await withLetter('provider_unavailable')
    expect(await redrive({ error_code: 'provider_unavailable' })).toMatchObject({ outcomes: { redriven: 1 }, considered: 1 })
    expect((await list()).dead_letters.map(({ error }) => error.code)).toEqual(['provider_auth'])
  })

  test('a letter that cannot be sent back is a warning and a count, and the others go', async () => {
    const { sql } = database
    const [broken, whole] = [await withLetter(), await withLetter()]
    await sql.query(
      `create function pg_temp.refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
       create trigger refuse before update on battles.contenders for each row when (old.battle_id = '${broken.battleId}') execute function pg_temp.refuse()`,
    )
    let answer: Redriven | undefined
    const warnings = await warningsDuring(sql, async () => {
      answer = await redrive()
    })
    await sql.query('drop trigger refuse on battles.contenders')
    expect(answer).toMatchObject({ outcomes: { failed: 1, redriven: 1 } })
    expect(warnings.filter((warning) => !warning.includes('cannot wake'))).toEqual([
      expect.stringMatching(/could not redrive dead letter \d+: no room/),
    ])
    expect((await list()).dead_letters.map(({ battle_id }) => battle_id)).toEqual([broken.battleId])
    expect((await claim(sql, 10)).map(({ battle_id }) => battle_id)).toEqual([whole.battleId])
  })

  test('an owner sends back their own battle’s letters, and nobody else’s', async () => {
    const { sql } = database
    const [mine, other] = [await withLetter(), await withLetter()]
    const own = (battle: Battle, owner = battle.ownerId) =>
      value(sql, 'select battles.fn_battles_redrive($1, $2)', [battle.battleId, owner])
    expect(await own(mine, other.ownerId)).toBeNull()
    expect(await own(mine)).toMatchObject({ outcomes: { redriven: 1 } })
    expect(await own(mine)).toMatchObject({ outcomes: {}, considered: 0 })
    expect((await list()).dead_letters.map(({ battle_id }) => battle_id)).toEqual([other.battleId])
  })
})

describe('a job that a provider kept a task of', () => {
  /** Parked with those who poll, as a provider's task is. */
  async function parked() {
    const { sql } = database
    const battle = await startBattle(sql)
    const job = await claimOne(sql)
    const polls = await value<number>(sql, `select execution.queue_for('async_execution')`)
    await sql.query(`select execution.open_task($1, 'fal', 'task-1', '{}', now() + interval '1 hour')`, [job.job_id])
    expect(await value(sql, 'select execution.park_job($1, $2, $3, 0)', [job.job_id, job.lease_token, polls])).toBe(true)
    await makeDue(sql)
    const [poll] = await rows<{ lease_token: number }>(sql, `select * from execution.fn_worker_claim_jobs('async_execution', 'poller', 1)`)
    return { battle, job: { ...job, lease_token: poll!.lease_token } }
  }

  test('is shown with its battle when it is given up, and begins anew where it began when it is sent back', async () => {
    const { sql } = database
    const { job } = await parked()
    await deadLetter(sql, job, { code: 'provider_timeout', message: 'the task never ended' })
    expect((await list()).dead_letters).toMatchObject([{ kind: 'async_execution', slot: 'A', redrivable: true }])
    expect(await rows(sql, 'select kind from battles.battle_execution_dead_letters')).toEqual([{ kind: 'async_execution' }])
    expect(await redrive()).toMatchObject({ outcomes: { redriven: 1 } })
    expect((await claim(sql, 10)).map(({ slot }) => slot).toSorted()).toEqual(['A', 'B'])
  })
})

describe('two at once', () => {
  test('redrive and redrive of many: each job is sent back once', async () => {
    for (let n = 0; n < 4; n++) await withLetter()
    const clients = await database.connectMany(4)
    const answers = await Promise.all(clients.map((client) => redrive({}, 100, client)))
    expect(answers.reduce((sum, { outcomes }) => sum + (outcomes.redriven ?? 0), 0)).toBe(4)
    expect(await claim(database.sql, 10)).toHaveLength(4)
    expect(Number(await value(database.sql, `select count(*) from battles.events where type = 'job.redriven'`))).toBe(4)
  })

  test('redrive of one and of many meet at one letter: the second finds it done', async () => {
    await withLetter()
    const letter = (await list()).dead_letters[0]!.dead_letter_id
    const [one, many] = await database.connectMany(2)
    await one!.query('begin')
    expect(await value(one!, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    const all = redrive({}, 100, many!)
    await untilWaiting(database.sql, many!)
    await one!.query('commit')
    expect(await all).toMatchObject({ outcomes: { already_redriven: 1 } })
    expect(await claim(database.sql, 10)).toHaveLength(1)
  })

  test('redrive of many and a sweep, which both go from battle to battle, never wait in a circle', async () => {
    const { sql } = database
    await withLetter()
    const [operator, sweeper] = await database.connectMany(2)
    await operator!.query('begin')
    await redrive({}, 100, operator!)
    expect(await sweep(sweeper!)).toEqual({ busy: true })
    await operator!.query('commit')
    expect(await sweep(sql)).toMatchObject({ reclaimed: 0 })
  })

  test('an answer that settles the battle comes first: the redrive says that it has gone on', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const jobs = await claim(sql, 2)
    await deadLetter(sql, jobs[1]!)
    const [driver, operator] = await database.connectMany(2)
    await driver!.query('begin')
    expect(await complete(driver!, jobs[0]!)).toBe(true)
    const all = redrive({}, 100, operator!)
    await untilWaiting(sql, operator!)
    await driver!.query('commit')
    expect(await all).toMatchObject({ outcomes: { battle_closed: 1 } })
    expect(await statusOf(sql, battle)).toBe('closed')
  })
})
