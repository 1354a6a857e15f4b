import { describe, expect, test } from 'vitest'
import { claim, claimOne, createBattle, deadLetter, enqueue, makeQueue, requeue, startBattle } from '../support/battles.ts'
import { loseLeases, rows, times, useDatabase, value } from '../support/database.ts'

// What the api asks for an operator, before a write, and for a list.

const database = useDatabase()

interface Status {
  kinds: Record<string, unknown>[]
  switches: unknown[]
  rate_limits: unknown[]
  dead_letters: unknown[]
  async_tasks: unknown[]
}
const status = () => value<Status>(database.sql, 'select execution.fn_status()')

describe('the status', () => {
  test('of an idle engine is all zeros, one line a kind', async () => {
    const idle = await status()
    expect(idle.kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['async_execution', 'battle_job', 'battle_judging']))
    for (const kind of idle.kinds)
      expect(kind).toMatchObject({
        ready: 0,
        oldest_ready_ms: null,
        later: 0,
        due: 0,
        leased: 0,
        drivers: 0,
        overdue_leases: 0,
        dead_letters: 0,
      })
    expect(idle).toMatchObject({ switches: [], rate_limits: [], dead_letters: [], async_tasks: [] })
  })

  test('says what waits and how long, what is in hand, what was given up, and what is stopped', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 5 })
    const first = await claimOne(sql, 'one')
    await requeue(sql, first, 60_000)
    await deadLetter(sql, await claimOne(sql, 'one'))
    const third = await claimOne(sql, 'two')
    await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
    await sql.query('update execution.ready set ready_s = ready_s - 90')
    await sql.query(`select execution.open_task($1, 'fal', 't', '{}', now() - interval '1 second')`, [third.job_id])
    await sql.query(`select execution.fn_operator_switch('provider', 'openai', true, 'their outage')`)
    await sql.query(`select execution.fn_worker_report_rate_limit('mistral', 60000)`)
    await sql.query(`insert into execution.rate_limits values ('past', now() - interval '1 second')`)
    const now = await status()
    const line = now.kinds.find(({ kind }) => kind === 'battle_job')!
    expect(line).toMatchObject({ ready: 2, later: 1, due: 0, leased: 1, drivers: 1, overdue_leases: 1, dead_letters: 1 })
    expect(line.oldest_ready_ms).toBeGreaterThanOrEqual(89_000)
    expect(line.oldest_ready_ms).toBeLessThan(100_000)
    expect(now.switches).toMatchObject([{ scope: 'provider', name: 'openai', reason: 'their outage' }])
    expect(now.rate_limits).toMatchObject([{ limit_key: 'mistral', reports: 1 }])
    expect(now.dead_letters).toMatchObject([{ kind: 'battle_job', error_code: 'auth_failed', count: 1 }])
    expect(now.async_tasks).toMatchObject([{ provider: 'fal', open: 1, overdue: 1 }])
  })

  test('a job is as old as it has been ready: one that comes back alarms nobody, though it was made an hour ago', async () => {
    const { sql } = database
    const oldest = async () => (await status()).kinds.find(({ kind }) => kind === 'battle_job')!.oldest_ready_ms
    await startBattle(sql, { contenders: 2 })
    await sql.query(`update execution.jobs set created_at = now() - interval '1 hour'`)
    const [retried, buried] = [await claimOne(sql, 'one'), await claimOne(sql, 'one')]
    expect(await oldest()).toBeNull()
    await requeue(sql, retried, 0)
    await value(sql, 'select execution.sweep()')
    expect(await oldest()).toBeLessThan(5000)
    await deadLetter(sql, buried)
    await value(sql, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')
    expect(await oldest()).toBeLessThan(5000)
    const given = await claimOne(sql, 'one')
    await value(sql, 'select execution.fn_worker_give_back($1)', [given.lease_token])
    const lost = await claimOne(sql, 'one')
    await loseLeases(sql)
    expect(lost.lease_token).not.toBe(given.lease_token)
    expect((await status()).kinds.find(({ kind }) => kind === 'battle_job')).toMatchObject({ ready: 2 })
    expect(await oldest()).toBeLessThan(5000)
  })

  test('of many that wait the oldest counts, also where the time of its queue is not the first to come', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    for (const seconds of [5, 60, 30]) {
      await enqueue(sql, queue)
      await sql.query('update execution.ready set ready_s = ready_s - $1 where position = (select max(position) from execution.ready)', [
        seconds,
      ])
    }
    const { oldest_ready_ms } = (await status()).kinds.find(({ kind }) => kind === 'plain')!
    expect(oldest_ready_ms).toBeGreaterThanOrEqual(59_000)
    expect(oldest_ready_ms).toBeLessThan(70_000)
  })

  test('since when a job is ready is kept in bytes that its row had to spare', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    await enqueue(sql, queue, { count: 1000 })
    // 24 of its header, 4 + 4 of integers, 8 + 8 of bigints: as large as with one integer, which would be padded to 8.
    expect(await rows(sql, 'select distinct pg_column_size(r) as bytes from execution.ready r')).toEqual([{ bytes: 48 }])
    expect(await value(sql, `select max(abs(extract(epoch from now())::bigint - 1577836800 - ready_s)) < 5 from execution.ready`)).toBe(
      true,
    )
  })

  test('adds up the queues of a kind', async () => {
    const { sql } = database
    const queues = [await makeQueue(sql), await makeQueue(sql, 'plain', { concurrency_key: 'gpu', concurrency_limit: 1 })]
    for (const queue of queues) await enqueue(sql, queue, { count: 2 })
    await enqueue(sql, queues[0]!, { runAfter: '1 hour' })
    await sql.query('update execution.queues set paused = true where queue_id = $1', [queues[1]])
    expect((await status()).kinds.find(({ kind }) => kind === 'plain')).toMatchObject({ ready: 4, later: 1, paused_queues: 1 })
  })
})

describe('the count of requests', () => {
  const ask = (client = database.sql, bucket = 'writes:me', most = 3) =>
    value<{ allowed: boolean; remaining: number; reset_ms: number }>(client, 'select execution.fn_count_request($1, $2, 60000)', [
      bucket,
      most,
    ])

  test('allows so many in a window, then none until it ends, and says when that is', async () => {
    const answers = await times(5, () => ask())
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, false, false])
    expect(answers.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0])
    for (const { reset_ms } of answers) {
      expect(reset_ms).toBeGreaterThan(50_000)
      expect(reset_ms).toBeLessThanOrEqual(60_000)
    }
    expect((await ask(database.sql, 'writes:another')).allowed).toBe(true)
    await database.sql.query(`update execution.request_counts set ends_at = now() - interval '1 millisecond'`)
    expect(await ask()).toMatchObject({ allowed: true, remaining: 2 })
  })

  test('counts none twice and loses none when eight connections ask at once', async () => {
    const clients = await database.connectMany(8)
    const answers = (await Promise.all(clients.map((client) => times(10, () => ask(client, 'writes:me', 50))))).flat()
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(50)
    expect(new Set(answers.filter(({ allowed }) => allowed).map(({ remaining }) => remaining)).size).toBe(50)
  })

  test('who has asked too often writes nothing more', async () => {
    await times(3, () => ask())
    const place = () => value<string>(database.sql, 'select ctid::text || xmin from execution.request_counts')
    const before = await place()
    await times(3, () => ask())
    expect(await place()).toBe(before)
  })
})

describe('the list of battles', () => {
  const list = async (viewer: string | null, filter: string, ...values: unknown[]) =>
    (
      await value<{ battles: { title: string }[] }>(database.sql, `select battles.fn_battles_list($1, ${filter})`, [viewer, ...values])
    ).battles.map(({ title }) => title)

  test('is filtered by type, by a contender’s model and by when a battle was made', async () => {
    const { sql } = database
    await startBattle(sql, { with: { title: 'first', battle_type: 'qa' }, contenders: [{ model_key: 'x' }, { model_key: 'y' }] })
    await startBattle(sql, { with: { title: 'second' } })
    await sql.query(`update battles.battles set created_at = created_at - interval '2 days' where title = 'first'`)
    const yesterday = new Date(Date.now() - 86_400_000)
    expect(await list(null, `battle_type => 'qa'`)).toEqual(['first'])
    expect(await list(null, `model => 'x'`)).toEqual(['first'])
    expect(await list(null, `model => 'z'`)).toEqual([])
    expect(await list(null, 'created_after => $2', yesterday)).toEqual(['second'])
    expect(await list(null, 'created_before => $2', yesterday)).toEqual(['first'])
  })

  test('does not find a blind battle by who contends in it, except for its owner', async () => {
    const { sql } = database
    const blind = await createBattle(sql, {
      with: { title: 'blind', voting_window_ms: 60_000 },
      contenders: [{ model_key: 'x' }, { model_key: 'y' }],
    })
    await sql.query('select battles.fn_battles_publish($1, $2)', [blind.battleId, blind.ownerId])
    expect(await list(null, `model => 'x'`)).toEqual([])
    expect(await list(blind.ownerId, `model => 'x'`)).toEqual(['blind'])
    await sql.query('select battles.fn_battles_cancel($1, $2)', [blind.battleId, blind.ownerId])
    expect(await list(null, `model => 'x'`)).toEqual(['blind'])
  })
})

describe('the leaderboard', () => {
  test('its pages meet without a gap or a repeat, equal ratings included, and keep the ranks', async () => {
    const { sql } = database
    await sql.query(
      `insert into battles.ratings (competitor, model_key, rating, games, draws)
       select 'm_' || n, 'm_' || n, 1000 + (n % 3) / 3.0::double precision, 1, 1 from generate_series(1, 11) n`,
    )
    const page = (cursor: string | null) =>
      value<{ leaderboard: { competitor: string; rank: number }[]; next_cursor: string | null }>(
        sql,
        'select battles.fn_leaderboard(4, $1)',
        [cursor],
      )
    const seen: { competitor: string; rank: number }[] = []
    let cursor: string | null = null
    do {
      const next = await page(cursor)
      seen.push(...next.leaderboard)
      cursor = next.next_cursor
    } while (cursor !== null)
    const all = await rows<{ competitor: string; rank: number }>(
      sql,
      'select competitor, rank() over (order by rating desc)::integer as rank from battles.ratings order by rating desc, competitor',
    )
    expect(seen.map(({ competitor, rank }) => ({ competitor, rank }))).toEqual(all)
    expect(await claim(sql, 1)).toEqual([])
  })
})
