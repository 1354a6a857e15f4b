import { describe, expect, test } from 'vitest'
import { claim, claimOne, complete, enqueue, makeQueue, startBattle } from '../support/battles.ts'
import { projectUrl, rows, useDatabase, value, workerKey } from '../support/database.ts'

const database = useDatabase()
const giveBack = (token: number) => value<number>(database.sql, 'select execution.fn_worker_give_back($1)', [token])

describe('a worker that stops', () => {
  test('gives its jobs back at once, with nothing counted, and can write no more', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 2 })
    const held = await claim(sql, 10, 'stopping')
    expect(held).toHaveLength(2)
    expect(await giveBack(held[0]!.lease_token)).toBe(2)
    expect(await rows(sql, `select status, attempts, reclaims from execution.job_status where kind = 'battle_job'`)).toEqual([
      { status: 'queued', attempts: 0, reclaims: 0 },
      { status: 'queued', attempts: 0, reclaims: 0 },
    ])
    expect(await complete(sql, held[0]!), 'its token is spent').toBe(false)
    const next = await claim(sql, 10, 'heir')
    expect(next.map(({ job_id }) => job_id).sort()).toEqual(held.map(({ job_id }) => job_id).sort())
    expect(await giveBack(held[0]!.lease_token), 'twice is once').toBe(0)
    expect((await sql.query('select 1 from execution.ready')).rowCount).toBe(0)
  })

  test('gives back only what it still holds: what it recorded or what was cancelled stays as it is', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 3 })
    const [done, cancelled] = await claim(sql, 10, 'stopping')
    expect(await complete(sql, done!)).toBe(true)
    await sql.query('select execution.cancel_jobs($1)', [[cancelled!.job_id]])
    expect(await giveBack(done!.lease_token)).toBe(1)
    expect(
      await rows(
        sql,
        `select state::text, count(*)::int from execution.jobs j join execution.queues q using (queue_id) where q.kind = 'battle_job' group by 1 order by 1`,
      ),
    ).toEqual([
      { state: 'active', count: 1 },
      { state: 'cancelled', count: 1 },
      { state: 'completed', count: 1 },
    ])
  })

  test('frees the lane it held', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 2 })
    const { job_id, lease_token } = await claimOne(sql, 'stopping')
    expect(await giveBack(lease_token)).toBe(1)
    expect((await claim(sql, 10, 'heir')).map((job) => job.job_id)).toContain(job_id)
  })
})

describe('heartbeats', () => {
  const beat = (id: string, metadata: object) =>
    database.sql.query('select execution.fn_worker_upsert_heartbeat($1, $2, $3)', [id, 'agon-worker', JSON.stringify(metadata)])
  const workers = async () => (await value<{ workers: Record<string, unknown>[] }>(database.sql, 'select execution.fn_workers()')).workers

  test('a worker is healthy for three intervals, then late, then gone; one that said so is gone at once', async () => {
    await beat('w', { host: 'h', pid: 7, version: '1', interval_ms: 1000, slots: 5, running: 2, sub_workers: ['sweeper'], node: '24' })
    expect(await workers()).toMatchObject([
      { worker_id: 'w', health: 'healthy', host: 'h', pid: 7, slots: 5, running: 2, sub_workers: ['sweeper'], metadata: { node: '24' } },
    ])
    const seen = (ago: string) => database.sql.query(`update execution.worker_heartbeats set seen_at = now() - $1::interval`, [ago])
    await seen('4 seconds')
    expect(await workers()).toMatchObject([{ health: 'late' }])
    await seen('21 seconds')
    expect(await workers()).toMatchObject([{ health: 'gone' }])
    await beat('w', { interval_ms: 1000, state: 'draining' })
    expect(await workers()).toMatchObject([{ health: 'healthy', state: 'draining', sub_workers: [] }])
    await beat('w', { interval_ms: 1000, state: 'stopped' })
    expect(await workers()).toMatchObject([{ health: 'gone', state: 'stopped' }])
  })

  test('are forgotten a day after the last', async () => {
    await beat('old', {})
    await beat('new', {})
    await database.sql.query(`update execution.worker_heartbeats set seen_at = now() - interval '25 hours' where worker_id = 'old'`)
    expect(await value(database.sql, 'select execution.fn_housekeeping()')).toMatchObject({ worker_heartbeats: 1 })
    expect(await workers()).toMatchObject([{ worker_id: 'new' }])
  })
})

describe('the status says who can do what, and what nobody does', () => {
  interface Untaken {
    kind: string
    key: string | null
    ready: number
    later: number
    oldest_ready_ms: number | null
    why: string
  }
  const status = () => value<{ untaken: Untaken[]; workers: Record<string, unknown>[] }>(database.sql, 'select execution.fn_status()')
  const untaken = async () => (await status()).untaken
  const beat = (id: string, metadata: object = {}) =>
    database.sql.query('select execution.fn_worker_upsert_heartbeat($1, $2, $3)', [
      id,
      'agon-worker',
      JSON.stringify({ interval_ms: 1000, slots: 5, ...metadata }),
    ])

  test('workers that live, with the kinds they take and what else they can', async () => {
    await beat('films', { kinds: ['battle_job', 'battle_keyframes'], capabilities: ['ffmpeg'], running: 2 })
    await beat('old', { capabilities: [] })
    await beat('left', { state: 'stopped', kinds: ['battle_job'] })
    expect((await status()).workers).toEqual([
      {
        worker_id: 'films',
        state: 'running',
        health: 'healthy',
        running: 2,
        slots: 5,
        kinds: ['battle_job', 'battle_keyframes'],
        capabilities: ['ffmpeg'],
      },
      { worker_id: 'old', state: 'running', health: 'healthy', running: 0, slots: 5, kinds: null, capabilities: [] },
    ])
    await database.sql.query(`update execution.worker_heartbeats set seen_at = now() - interval '21 seconds'`)
    expect((await status()).workers).toEqual([])
  })

  test('jobs of a kind without a function wait for nobody until a worker lives that takes them', async () => {
    const { sql } = database
    const queue = await makeQueue(sql)
    expect(await untaken(), 'no job, nobody missed').toEqual([])
    await enqueue(sql, queue, { count: 2 })
    await enqueue(sql, queue, { runAfter: '1 hour' })
    const waits = { kind: 'plain', key: null, ready: 2, later: 1, oldest_ready_ms: expect.any(Number), why: 'no_worker' }
    expect(await untaken()).toEqual([waits])
    await beat('other', { kinds: ['battle_job'] })
    expect(await untaken()).toEqual([waits])
    await beat('able', { kinds: ['plain'] })
    expect(await untaken()).toEqual([])
    await beat('able', { kinds: ['plain'], state: 'draining' })
    expect(await untaken(), 'one that leaves takes nothing new').toEqual([waits])
    await beat('able', { kinds: ['plain'] })
    await sql.query(`update execution.worker_heartbeats set seen_at = now() - interval '21 seconds' where worker_id = 'able'`)
    expect(await untaken()).toEqual([waits])
    await beat('of a release before')
    expect(await untaken()).toEqual([])
  })

  test('a command of a coding battle is nobody’s without a worker that has it and its repository', async () => {
    const { sql } = database
    const key = 'coding:stub:shop'
    await enqueue(sql, await value(sql, `select execution.queue_for('coding_job', limit_key => $1)`, [key]))
    await beat('coder', { kinds: ['coding_job'] })
    const offers = (repository: string) =>
      sql.query('select execution.fn_worker_announce_capabilities($1, $2, $3)', [
        'coder',
        ['coding:stub'],
        JSON.stringify({ 'coding:stub': { repositories: { [repository]: {} } } }),
      ])
    await offers('blog')
    expect(await untaken()).toMatchObject([{ kind: 'coding_job', key, ready: 1, why: 'no_worker' }])
    await offers('shop')
    expect(await untaken()).toEqual([])
    await beat('coder', { state: 'stopped', kinds: ['coding_job'] })
    expect(await untaken()).toMatchObject([{ key }])
  })

  test('what functions take is nobody’s where none is woken', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 2 })
    expect(await untaken()).toMatchObject([{ kind: 'battle_job', ready: 2, why: 'no_wake' }])
    await beat('w', { kinds: ['battle_job'] })
    expect(await untaken()).toEqual([])
    await beat('w', { kinds: [] })
    for (const [name, secret] of [
      ['project_url', projectUrl],
      ['agon_worker_key', workerKey],
    ])
      await sql.query('select vault.create_secret($1, $2)', [secret, name])
    expect(await untaken()).toEqual([])
  })

  test('what a page of its owner answers is no worker’s to take', async () => {
    const { sql } = database
    for (const kind of ['local_execution', 'local_node']) await enqueue(sql, await value(sql, 'select execution.queue_for($1)', [kind]))
    expect(await untaken()).toEqual([])
  })
})
