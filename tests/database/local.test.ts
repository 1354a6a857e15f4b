import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  cancel,
  claim,
  claimJudging,
  complete,
  eventsOf,
  expireLease,
  finalize,
  judge,
  startBattle,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { type Client, rows, useDatabase, value } from '../support/database.ts'

// Contenders that a page of their owner answers: who may take them, what a guessed lease token is worth, and how each of them ends.

const database = useDatabase()
const sql = () => database.sql

const local = { model_key: 'openai:gpt-4o-mini', model_kind: 'text', provider: 'openai', funding_source: 'user_byok_local' }
const other = { model_key: 'house/other' }
const start = (wanted: Parameters<typeof startBattle>[1] = {}) => startBattle(sql(), { contenders: [local, other], ...wanted })

interface Held {
  job_id: number
  lease_token: number
  slot: string
  deadline_ms: number
  checkpoint: { text: string } | null
  refused?: { code: string }
}
const claimLocal = async (owner: string, { providers = ['openai'], most = 1, client = sql() as Client } = {}) =>
  (await value<{ jobs: Held[] }>(client, 'select battles.fn_local_claim($1, $2, $3, $4)', [owner, 'page:test', providers, most])).jobs
const take = async (battle: Battle): Promise<Held> => (await claimLocal(battle.ownerId))[0]!
type Of = Pick<Held, 'job_id' | 'lease_token'>
const said = { content_text: 'answer', wire_model: 'gpt-4o-mini', finish_reason: 'stop', cost_usd: 0.01, latency_ms: 5 }
const acts = {
  heartbeat: (owner: string, { job_id, lease_token }: Of) =>
    value<string>(sql(), 'select battles.fn_local_heartbeat($1, $2, $3)', [owner, job_id, lease_token]),
  complete: (owner: string, { job_id, lease_token }: Of, output: object = said) =>
    value<string>(sql(), 'select battles.fn_local_complete($1, $2, $3, $4)', [owner, job_id, lease_token, JSON.stringify(output)]),
  fail: (owner: string, { job_id, lease_token }: Of, backoffMs: number | null = null) =>
    value<string>(sql(), 'select battles.fn_local_fail($1, $2, $3, $4, $5)', [
      owner,
      job_id,
      lease_token,
      JSON.stringify({ code: 'provider_auth', message: 'no' }),
      backoffMs,
    ]),
  giveBack: (owner: string, { job_id, lease_token }: Of) =>
    value<string>(sql(), 'select battles.fn_local_give_back($1, $2, $3)', [owner, job_id, lease_token]),
}
const show = (owner: string, { job_id, lease_token }: Of, offset: number, text: string) =>
  value<string>(sql(), 'select battles.fn_local_heartbeat($1, $2, $3, $4, $5, $6)', [
    owner,
    job_id,
    lease_token,
    '{}',
    JSON.stringify({ chunks: 1, elapsed_ms: 5 }),
    JSON.stringify({ offset, text }),
  ])
const contender = async ({ battleId }: Battle, slot = 'A') =>
  (
    await rows<{ status: string; code: string | null }>(
      sql(),
      `select status::text, error ->> 'code' as code from battles.contenders where battle_id = $1 and slot = $2`,
      [battleId, slot],
    )
  )[0]!
const overdue = (job: string = 'active') =>
  sql().query(
    `update execution.jobs j set deadline_at = now() - interval '1 minute' from execution.queues q
    where q.queue_id = j.queue_id and q.kind = 'local_execution' and j.state = $1`,
    [job],
  )

describe('who may answer', () => {
  test('no driver of the platform is given the contender, and its page is given that alone', async () => {
    const battle = await start()
    expect((await claim(sql(), 10)).map(({ slot }) => slot)).toEqual(['B'])
    expect((await claimLocal(battle.ownerId, { most: 8 })).map(({ slot }) => slot)).toEqual(['A'])
  })

  test('a page is given what it has a key for, of its own user alone', async () => {
    const battle = await start()
    expect(await claimLocal(battle.ownerId, { providers: ['anthropic'] })).toEqual([])
    expect(await claimLocal(randomUUID())).toEqual([])
    expect(await claimLocal(battle.ownerId, { providers: ['anthropic', 'openai'] })).toHaveLength(1)
  })

  test('two pages that claim at once are never given the same contender', async () => {
    const ownerId = randomUUID()
    for (let nth = 0; nth < 5; nth++) await start({ ownerId })
    const clients = await database.connectMany(4)
    const taken = (await Promise.all(clients.map((client) => claimLocal(ownerId, { most: 3, client })))).flat()
    expect(taken).toHaveLength(5)
    expect(new Set(taken.map(({ job_id }) => job_id)).size).toBe(5)
    expect(new Set(taken.map(({ lease_token }) => lease_token)).size).toBe(5)
  })

  test('how soon a delayed job of another owner is due is not told', async () => {
    const battle = await start()
    expect(await acts.fail(battle.ownerId, await take(battle), 60_000)).toBe('requeued')
    const due = (owner: string) =>
      value<{ next_due_ms: number | null }>(sql(), `select battles.fn_local_claim($1, 'page:x', '{openai}')`, [owner])
    expect((await due(battle.ownerId)).next_due_ms).toBeGreaterThan(50_000)
    expect((await due(randomUUID())).next_due_ms).toBeNull()
  })
})

describe('a lease token that somebody guesses', () => {
  test('is worth nothing to another user: the job does not exist for them, and nothing changes', async () => {
    const battle = await start()
    const held = await take(battle)
    for (const [name, act] of Object.entries(acts)) expect([name, await act(randomUUID(), held)]).toEqual([name, 'not_found'])
    expect(await show(randomUUID(), held, 0, 'mine')).toBe('not_found')
    expect((await contender(battle)).status).toBe('pending')
    expect(await acts.complete(battle.ownerId, held)).toBe('recorded')
  })

  test('does not let an owner answer for the contenders and judges of their battle that the platform answers', async () => {
    const battle = await start()
    const [platform] = await claim(sql())
    for (const [name, act] of Object.entries(acts)) expect([name, await act(battle.ownerId, platform!)]).toEqual([name, 'not_found'])
    await complete(sql(), platform!)
    await acts.complete(battle.ownerId, await take(battle))
    const judging = await claimJudging(sql())
    for (const [name, act] of Object.entries(acts)) expect([name, await act(battle.ownerId, judging)]).toEqual([name, 'not_found'])
  })

  test('of another job renews, ends and gives back nothing', async () => {
    const battle = await start()
    const mine = await take(battle)
    const [platform] = await claim(sql())
    const leases = () => rows(sql(), 'select lease_token, renewed_at, job_ids from execution.leases order by 1')
    const before = await leases()
    for (const [name, act] of Object.entries(acts))
      expect([name, await act(battle.ownerId, { job_id: mine.job_id, lease_token: platform!.lease_token })]).toEqual([name, 'lost'])
    expect(await leases()).toEqual(before)
  })
})

describe('how it ends', () => {
  test('with an answer, once: what comes after it is refused', async () => {
    const battle = await start()
    const held = await take(battle)
    expect(
      await acts.complete(battle.ownerId, held, { ...said, output_modality: 'video', media_url: 'https://elsewhere.test/x', diff: 'x' }),
    ).toBe('recorded')
    expect(await acts.complete(battle.ownerId, held, { ...said, content_text: 'another' })).toBe('lost')
    expect(await acts.fail(battle.ownerId, held)).toBe('lost')
    expect(await rows(sql(), 'select content_text, output_modality::text, media_url, diff, is_final from battles.submissions')).toEqual([
      { content_text: 'answer', output_modality: 'text', media_url: null, diff: null, is_final: true },
    ])
  })

  test('a page whose lease ran out is refused, and the next goes on from what it had shown', async () => {
    const battle = await start()
    const first = await take(battle)
    expect(await show(battle.ownerId, first, 0, 'half ')).toBe('held')
    expect(await show(battle.ownerId, first, 7, 'of nothing')).toBe('gap')
    await expireLease(sql(), first.lease_token)
    await sweep(sql())
    const second = await take(battle)
    expect(second.checkpoint?.text).toBe('half ')
    expect(await acts.complete(battle.ownerId, first)).toBe('lost')
    expect(await show(battle.ownerId, first, 5, 'late')).toBe('lost')
    expect(await acts.complete(battle.ownerId, second, { ...said, content_text: 'half of it' })).toBe('recorded')
    expect(await eventsOf(sql(), battle)).toEqual(expect.arrayContaining(['contender.delta', 'contender.submitted']))
  })

  test('given back, it is ready at once and nothing is counted against it', async () => {
    const battle = await start()
    expect(await acts.giveBack(battle.ownerId, await take(battle))).toBe('given_back')
    expect(await take(battle)).toMatchObject({ attempts: 0, reclaims: 0 })
  })

  test('cancelled with its battle, its page learns of it', async () => {
    const battle = await start()
    const held = await take(battle)
    await cancel(sql(), battle)
    for (const [name, act] of Object.entries(acts)) expect([name, await act(battle.ownerId, held)]).toEqual([name, 'lost'])
  })

  test('where no page comes in time it is timed out by name, and a redrive waits for one anew', async () => {
    const battle = await start()
    await complete(sql(), (await claim(sql()))[0]!)
    await autoFinalize(sql())
    expect((await contender(battle)).status).toBe('pending')
    await overdue()
    await autoFinalize(sql())
    expect(await contender(battle)).toEqual({ status: 'timed_out', code: 'local_driver_missing' })
    expect(await statusOf(sql(), battle)).toBe('closed')

    const again = await start()
    await overdue()
    await autoFinalize(sql())
    expect(
      await value(
        sql(),
        `select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters where battles.battle_of(subject_id) = $1`,
        [again.battleId],
      ),
    ).toBe('redriven')
    expect(await take(again)).toMatchObject({ slot: 'A' })
  })

  test('a page that renews for ever keeps its battle no longer than the deadline', async () => {
    const battle = await start({ handicap: { time_budget_ms: 60_000 } })
    const held = await take(battle)
    expect(held.deadline_ms).toBeLessThanOrEqual(60_000)
    await overdue()
    expect(await acts.heartbeat(battle.ownerId, held)).toBe('lost')
    expect(await acts.complete(battle.ownerId, held)).toBe('lost')
    await autoFinalize(sql())
    expect(await contender(battle)).toEqual({ status: 'timed_out', code: 'deadline_exceeded' })
    expect(await rows(sql(), `select 1 from execution.leases where $1 = any (job_ids)`, [held.job_id])).toEqual([])
  })

  test('a battle that is held waits for its operator, whatever its deadline', async () => {
    const battle = await start()
    await value(sql(), 'select battles.fn_battles_hold($1, $2)', [battle.battleId, 'look'])
    await overdue('held')
    await autoFinalize(sql())
    expect((await contender(battle)).status).toBe('pending')
    expect(await claimLocal(battle.ownerId)).toEqual([])
  })
})

test.each([
  ['first', [local, other]],
  ['last', [other, local]],
])('a local contender that comes %s has its turn taken last, as the order of locks demands', async (_, contenders) => {
  const battle = await start({ contenders })
  expect(
    await rows(
      sql(),
      `select q.kind from execution.jobs j join execution.queues q on q.queue_id = j.queue_id where battles.battle_of(j.subject_id) = $1 order by j.job_id`,
      [battle.battleId],
    ),
  ).toEqual([{ kind: 'battle_job' }, { kind: 'local_execution' }])
})

test('an answer, a renewal, a page that gives back, a cancel and the clock come together: one of them ends it, and none waits in a circle', async () => {
  const [answering, renewing, giving, cancelling, clock] = (await database.connectMany(5)) as [Client, Client, Client, Client, Client]
  const ends = new Set<string>()
  for (let nth = 0; nth < 40; nth++) {
    const battle = await start()
    const held = await take(battle)
    if (nth % 3 === 0) await overdue()
    const args = [battle.ownerId, held.job_id, held.lease_token]
    const [answered, , , cancelled] = await Promise.all([
      value<string>(answering, 'select battles.fn_local_complete($1, $2, $3, $4)', [...args, JSON.stringify(said)]),
      value<string>(
        renewing,
        `select battles.fn_local_heartbeat($1, $2, $3, '{}', '{"chunks":1,"elapsed_ms":1}', '{"offset":0,"text":"a"}')`,
        args,
      ),
      nth % 2 === 0 ? value<string>(giving, 'select battles.fn_local_give_back($1, $2, $3)', args) : undefined,
      nth % 4 === 1 ? cancel(cancelling, battle) : undefined,
      autoFinalize(clock),
    ])
    const { status } = await contender(battle)
    if (answered === 'recorded') expect(status).toBe('submitted')
    else expect(['pending', 'timed_out', 'cancelled']).toContain(status)
    if (cancelled === 'cancelled') expect(status).not.toBe('pending')
    expect(await rows(sql(), 'select 1 from execution.leases where $1 = any (job_ids)', [held.job_id])).toEqual([])
    ends.add(status)
  }
  expect(ends.size).toBeGreaterThan(1)
})

describe('what it is worth', () => {
  test('its calls draw on the battle’s budget by list price, and on no budget of the platform’s keys', async () => {
    const ownerId = randomUUID()
    await value(sql(), 'select lensers.fn_budgets_set($1, $2)', [ownerId, 0])
    const free = await start({ ownerId, contenders: [{ ...local, cost_estimate_usd: 5 }, other] })
    expect((await take(free)).refused).toBeUndefined()
    const held = await start({ ownerId, contenders: [{ ...local, cost_estimate_usd: 5 }, other], with: { budget_usd: 1 } })
    expect((await take(held)).refused?.code).toBe('budget_spent')
  })

  test.each([
    ['nobody is rated against it', 'off', ['house/other', 'house/third']],
    ['unless who runs the project believes it', 'on', ['house/other', 'house/third', 'openai:gpt-4o-mini']],
  ])('%s', async (_, setting, rated) => {
    await sql().query(`set agon.rate_local = '${setting}'`)
    const battle = await start({ contenders: [local, other, { model_key: 'house/third' }] })
    for (const job of await claim(sql(), 5)) await complete(sql(), job)
    await acts.complete(battle.ownerId, await take(battle))
    await judge(sql(), [
      ['A', 'B', 'C'],
      ['A', 'B', 'C'],
    ])
    await finalize(sql(), battle)
    await sql().query('reset agon.rate_local')
    expect(await rows(sql(), `select competitor from battles.ratings where games > 0 order by 1`)).toEqual(
      rated.map((competitor) => ({ competitor })),
    )
    const compared = await rows<{ a: string; b: string }>(sql(), 'select a, b from ratings.comparisons')
    expect([...new Set(compared.flatMap(({ a, b }) => [a, b]))].sort()).toEqual(rated)
  })
})
