import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  answerAll,
  cancel,
  claim,
  claimDocument,
  claimJudging,
  claimOne,
  complete,
  createBattle,
  deadLetter,
  eventsOf,
  finalize,
  heartbeat,
  judge,
  modelOf,
  publish,
  ratings,
  recordVerdict,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { asRole, dump, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

describe('the life of a battle', () => {
  test('a battle goes from draft to closed, and its event log tells the whole story in order', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    expect(await statusOf(sql, battle)).toBe('draft')
    expect(await publish(sql, battle)).toBe('published')
    expect(await statusOf(sql, battle)).toBe('executing')
    await answerAll(sql)
    expect(await statusOf(sql, battle)).toBe('scoring')
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await finalize(sql, battle)).toBe('closed')

    expect(await eventsOf(sql, battle)).toEqual([
      'battle.draft',
      'battle.published',
      'battle.executing',
      'contender.submitted',
      'contender.submitted',
      'battle.voting',
      'battle.scoring',
      'verdict.recorded',
      'verdict.recorded',
      'battle.closed',
      'battle.rated',
    ])
    const [row] = await rows(
      sql,
      `select b.outcome, b.judge_outcome, c.slot, b.finished_at is not null as finished
      from battles.battles b join battles.contenders c on c.contender_id = b.winner_contender_id`,
    )
    expect(row).toEqual({ outcome: 'winner', judge_outcome: 'winner', slot: 'A', finished: true })
    expect(await ratings(sql)).toEqual([
      { competitor: modelOf(0), rating: 1016, games: 1, wins: 1, losses: 0, draws: 0 },
      { competitor: modelOf(1), rating: 984, games: 1, wins: 0, losses: 1, draws: 0 },
    ])
  })

  test('a battle without a vote passes through voting with a window of zero, in the transaction that settles it', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const log = await rows<{ type: string; data: unknown; transaction: string }>(
      sql,
      `select type, data, xmin::text as transaction from battles.events where battle_id = $1 order by event_id desc limit 3`,
      [battle.battleId],
    )
    expect(log.map(({ type }) => type)).toEqual(['battle.scoring', 'battle.voting', 'contender.submitted'])
    expect(log[1]!.data).toEqual({ window_ms: 0 })
    expect(new Set(log.map(({ transaction }) => transaction)).size).toBe(1)
    expect(await value(sql, 'select voting_ends_at is not null from battles.battles')).toBe(true)
  })

  test('a walkover: the only valid answer wins, nobody judges and no rating moves', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const [first, second] = await claim(sql, 2)
    await complete(sql, first!)
    expect(await statusOf(sql, battle)).toBe('executing')
    await deadLetter(sql, second!)
    expect(await rows(sql, `select status::text, outcome, judge_outcome, winner_contender_id from battles.battles`)).toEqual([
      { status: 'closed', outcome: 'walkover', judge_outcome: null, winner_contender_id: first!.contender_id },
    ])
    expect((await eventsOf(sql, battle)).slice(-4)).toEqual(['contender.failed', 'battle.voting', 'battle.scoring', 'battle.closed'])
    expect(await value(sql, `select count(*) from execution.job_status where kind = 'battle_judging'`)).toBe(0)
    expect(await ratings(sql)).toEqual([])
    expect(await value(sql, 'select battles.fn_compute_elo_after_battle($1)', [battle.battleId])).toBe(false)
    expect(await ratings(sql)).toEqual([])
  })

  test('a battle without a valid answer is void, straight from executing', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    for (const job of await claim(sql, 2)) await deadLetter(sql, job)
    expect(await rows(sql, 'select status::text, outcome, finished_at is not null as finished from battles.battles')).toEqual([
      { status: 'void', outcome: null, finished: true },
    ])
    expect((await eventsOf(sql, battle)).slice(-3)).toEqual(['contender.failed', 'contender.failed', 'battle.void'])
    expect(await finalize(sql, battle)).toBe('not_scoring')
  })

  test('publishing gives every contender one job, in one transaction with both transitions', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 26 })
    expect(await value(sql, 'select count(distinct xmin::text) from execution.jobs')).toBe(1)
    expect(
      await value(sql, `select count(*) from execution.jobs j join battles.events e on e.xmin = j.xmin where e.type = 'battle.executing'`),
    ).toBe(26)
    const jobs = await claim(sql, 100)
    expect(jobs.map((job) => job.slot)).toEqual([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'])
    expect(new Set(jobs.map((job) => job.battle_id))).toEqual(new Set([battle.battleId]))
  })

  test('publishing twice, by a stranger, or after a cancel changes nothing and says why', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    expect(await publish(sql, { ...battle, ownerId: randomUUID() })).toBe('not_found')
    expect(await publish(sql, battle)).toBe('published')
    const before = await dump(sql)
    expect(await publish(sql, battle)).toBe('already_published')
    expect(await dump(sql)).toBe(before)
    const other = await createBattle(sql)
    await cancel(sql, other)
    expect(await publish(sql, other)).toBe('cancelled')
  })

  test('the same idempotency key makes one battle, and with another request it is a conflict', async () => {
    const { sql } = database
    const ownerId = randomUUID()
    const first = await createBattle(sql, { ownerId, with: { idempotency_key: 'k', request_hash: 'h' } })
    const again = await createBattle(sql, { ownerId, with: { idempotency_key: 'k', request_hash: 'h' } })
    expect(again.battleId).toBe(first.battleId)
    await expect(createBattle(sql, { ownerId, with: { idempotency_key: 'k', request_hash: 'other' } })).rejects.toThrow(
      'idempotency_conflict',
    )
    const stranger = await createBattle(sql, { with: { idempotency_key: 'k', request_hash: 'h' } })
    expect(stranger.battleId).not.toBe(first.battleId)
    expect(await value(sql, 'select count(*) from battles.battles')).toBe(2)
    expect(await value(sql, 'select count(*) from battles.contenders')).toBe(4)
  })
})

describe('cancelling', () => {
  test('a draft is cancelled', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    expect(await cancel(sql, battle)).toBe('cancelled')
    expect(await eventsOf(sql, battle)).toEqual(['battle.draft', 'battle.cancelled'])
    expect(await rows(sql, 'select distinct status::text from battles.contenders')).toEqual([{ status: 'cancelled' }])
  })

  test('a battle cancelled in executing ends its contenders, jobs and leases, and refuses the answer that comes late', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 3 })
    const [answered, held] = await claim(sql, 2)
    await complete(sql, answered!)
    expect(await cancel(sql, battle)).toBe('cancelled')

    expect(await rows(sql, 'select slot, status::text from battles.contenders order by slot')).toEqual([
      { slot: 'A', status: 'submitted' },
      { slot: 'B', status: 'cancelled' },
      { slot: 'C', status: 'cancelled' },
    ])
    expect(await rows(sql, 'select state::text, finished_at is not null as finished from execution.jobs order by job_id')).toEqual([
      { state: 'completed', finished: true },
      { state: 'cancelled', finished: true },
      { state: 'cancelled', finished: true },
    ])
    expect(await value(sql, 'select count(*) from execution.leases')).toBe(0)

    const before = await dump(sql)
    expect(await complete(sql, held!)).toBe(false)
    expect(await heartbeat(sql, held!.lease_token)).toEqual([])
    expect(await dump(sql)).toBe(before)
    await sweep(sql)
    expect((await claimDocument(sql, 10)).jobs).toEqual([])
    expect(await statusOf(sql, battle)).toBe('cancelled')
  })

  test('a battle cancelled while it is judged refuses the verdict, and is never finalised', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const job = await claimJudging(sql)
    await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B']))
    expect(await cancel(sql, battle)).toBe('cancelled')
    const before = await dump(sql)
    expect(await recordVerdict(sql, job, verdictOf(job, 1, ['A', 'B']))).toBe('lost')
    expect(await finalize(sql, battle)).toBe('not_scoring')
    expect(await value(sql, 'select battles.fn_auto_finalize_battles()')).toBe(0)
    expect(await dump(sql)).toBe(before)
  })

  test('a battle that has ended, or is a stranger’s, cannot be cancelled', async () => {
    const { sql } = database
    const closed = await startJudging(sql)
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await finalize(sql, closed)
    const empty = await startBattle(sql)
    for (const job of await claim(sql, 2)) await deadLetter(sql, job)
    const cancelled = await createBattle(sql)
    await cancel(sql, cancelled)
    const running = await startBattle(sql)
    const before = await dump(sql)
    expect(await cancel(sql, closed)).toBe('already_closed')
    expect(await cancel(sql, empty)).toBe('already_void')
    expect(await cancel(sql, cancelled)).toBe('already_cancelled')
    expect(await cancel(sql, { ...running, ownerId: randomUUID() })).toBe('not_found')
    expect(await dump(sql)).toBe(before)
  })
})

describe('the status machine', () => {
  // Written out, not derived: this is the lifecycle that the database must agree with.
  const allowed: Record<string, string[]> = {
    draft: ['published', 'cancelled'],
    published: ['executing', 'cancelled'],
    executing: ['voting', 'void', 'cancelled'],
    voting: ['scoring', 'cancelled'],
    scoring: ['closed', 'cancelled'],
    closed: [],
    cancelled: [],
    void: [],
  }

  test('every step of every pair of statuses is allowed or refused as the lifecycle says', async () => {
    const { sql } = database
    const { battleId } = await createBattle(sql)
    const statuses = await value<string[]>(sql, 'select enum_range(null::battles.battle_status)::text[]')
    expect(new Set(statuses)).toEqual(new Set(Object.keys(allowed)))
    // The columns that constraints tie to a status move with it, so that what is refused is refused by the trigger.
    const set = `update battles.battles set status = $2::text::battles.battle_status,
      outcome = case when $2::text = 'closed' then 'draw' end,
      finished_at = case when $2::text in ('closed', 'cancelled', 'void') then now() end where battle_id = $1`
    const seen: Record<string, string[]> = {}
    for (const from of statuses) {
      seen[from] = []
      for (const to of statuses.filter((status) => status !== from)) {
        await sql.query('begin')
        await sql.query(`set local session_replication_role = replica`)
        await sql.query(set, [battleId, from])
        await sql.query(`set local session_replication_role = origin`)
        const refusal = await sql.query(set, [battleId, to]).then(
          () => undefined,
          (error: Error) => error,
        )
        await sql.query('rollback')
        if (refusal) expect(refusal.message).toBe(`a battle cannot go from ${from} to ${to}`)
        else seen[from].push(to)
      }
    }
    for (const from of statuses) expect(new Set(seen[from]), from).toEqual(new Set(allowed[from]))
  })

  test('a battle begins as a draft and as nothing else', async () => {
    const { sql } = database
    for (const status of Object.keys(allowed).filter((name) => name !== 'draft')) {
      const insert = sql.query(
        `insert into battles.battles (owner_id, title, task_prompt, judge_model_key, status, outcome, finished_at)
         values (gen_random_uuid(), 't', 'p', 'm', $1::text::battles.battle_status, case when $1::text = 'closed' then 'draw' end,
           case when $1::text in ('closed', 'cancelled', 'void') then now() end)`,
        [status],
      )
      await expect(insert, status).rejects.toThrow(`a battle begins as a draft, not as ${status}`)
    }
  })

  test('no role of the API can write a status, or any row, by itself', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    for (const role of ['anon', 'authenticated', 'service_role'] as const) {
      await asRole(sql, role, battle.ownerId)
      await expect(sql.query(`update battles.battles set status = 'published'`)).rejects.toThrow('permission denied')
      await expect(sql.query(`delete from battles.battles`)).rejects.toThrow('permission denied')
    }
    await asRole(sql, 'postgres')
  })
})

describe('what a battle is made of', () => {
  const refusalOf = (made: Promise<unknown>) =>
    made.then(
      () => 'accepted',
      (error: Error & { constraint?: string }) => error.constraint ?? error.message,
    )

  test('two to twenty-six contenders: one more or one less is refused by value, and nothing is written', async () => {
    const { sql } = database
    expect(await refusalOf(createBattle(sql, { contenders: 0 }))).toBe('refused: contender_count')
    expect(await refusalOf(createBattle(sql, { contenders: 1 }))).toBe('refused: contender_count')
    expect(await refusalOf(createBattle(sql, { contenders: 27 }))).toBe('refused: contender_count')
    expect(await value(sql, 'select count(*) from battles.battles')).toBe(0)
    expect(await refusalOf(createBattle(sql, { contenders: 2 }))).toBe('accepted')
    expect(await refusalOf(createBattle(sql, { contenders: 26 }))).toBe('accepted')
  })

  test('a pair of identity and model enters a battle once; another identity of the model may', async () => {
    const { sql } = database
    const twice = [{ model_key: 'm' }, { model_key: 'm' }]
    expect(await refusalOf(createBattle(sql, { contenders: twice }))).toBe('contenders_models')
    expect(await value(sql, 'select count(*) from battles.battles')).toBe(0)
    expect(await refusalOf(createBattle(sql, { contenders: [{ model_key: 'm' }, { model_key: 'm', identity: 'stoic' }] }))).toBe('accepted')
  })

  test('a prompt takes 32,000 characters, not bytes, and not one more', async () => {
    const { sql } = database
    expect(await refusalOf(createBattle(sql, { with: { task_prompt: 'ü'.repeat(32_000) } }))).toBe('accepted')
    expect(await refusalOf(createBattle(sql, { with: { task_prompt: 'a'.repeat(32_001) } }))).toBe('battles_task_prompt_check')
    expect(await refusalOf(createBattle(sql, { with: { task_prompt: '' } }))).toBe('battles_task_prompt_check')
  })

  test('title, inputs, tokens, temperature, rubric and slots are held by constraints', async () => {
    const { sql } = database
    const refused: [Record<string, unknown>, string][] = [
      [{ title: '' }, 'battles_title_check'],
      [{ title: 'a'.repeat(201) }, 'battles_title_check'],
      [{ inputs: ['not an object'] }, 'battles_inputs_check'],
      [{ max_tokens: 0 }, 'battles_max_tokens_check'],
      [{ temperature: 2.5 }, 'battles_temperature_check'],
      [{ rubric: { not: 'an array' } }, 'battles_rubric_check'],
      [{ idempotency_key: '' }, 'battles_idempotency_key_check'],
    ]
    for (const [field, constraint] of refused) expect(await refusalOf(createBattle(sql, { with: field })), constraint).toBe(constraint)
    const { battleId } = await createBattle(sql)
    const slot = sql.query(`insert into battles.contenders (battle_id, slot, model_key) values ($1, 'AA', 'other')`, [battleId])
    expect(await refusalOf(slot)).toBe('contenders_slot_check')
    const winner = sql.query(`update battles.battles set winner_contender_id = (select contender_id from battles.contenders limit 1)`)
    expect(await refusalOf(winner)).toMatch(/^battles_check/)
  })

  test('a submission counts once its content is there: final and empty is refused', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const job = await claimOne(sql)
    expect(await refusalOf(complete(sql, job, {}))).toMatch(/^submissions_check/)
    expect(await statusOf(sql, battle)).toBe('executing')
    expect(await value(sql, 'select status from execution.job_status where job_id = $1', [job.job_id])).toBe('claimed')
    expect(await complete(sql, job, { media_url: 'https://cdn.test/1.png', output_modality: 'image', mime_type: 'image/png' })).toBe(true)
    expect(await rows(sql, 'select content_url, media_url, output_modality::text, is_final from battles.submissions')).toEqual([
      { content_url: 'https://cdn.test/1.png', media_url: 'https://cdn.test/1.png', output_modality: 'image', is_final: true },
    ])
  })
})
