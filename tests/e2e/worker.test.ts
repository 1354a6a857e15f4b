import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWireFal } from '../support/wire-fal.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { startWorkerOf } from '../support/worker.ts'

let arena: Arena
let wire: Awaited<ReturnType<typeof startWireProvider>>
let fal: Awaited<ReturnType<typeof startWireFal>>
const workers: ChildProcess[] = []
const masterKeys = JSON.stringify({ k1: randomBytes(32).toString('base64') })

beforeAll(async () => {
  wire = await startWireProvider({
    slow: ({ text }) => void setTimeout(() => text('Ultramarine, slowly.'), 800),
    own: ({ text }) => text('Ultramarine, on my own account.'),
  })
  fal = await startWireFal()
  arena = await startArena({ functionEnv: { AGON_BOARD_LIMIT: '1', COMPATIBLE_BASE_URL: wire.url, AGON_SEALING_KEYS: masterKeys } })
  simpleProvider(arena.provider)
})
afterEach(() => {
  for (const worker of workers.splice(0)) if (worker.exitCode === null) worker.kill('SIGKILL')
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
  await fal.stop()
})

async function startWorker(id: string, settings: Record<string, string> = {}) {
  const running = startWorkerOf(arena, id, { COMPATIBLE_BASE_URL: wire.url, ...settings })
  workers.push(running.worker)
  return running
}

const noFunctions = () => arena.database.query('update execution.job_kinds set wake_function = null')

test('a worker drains the queue instead of the functions, contenders and judge', async () => {
  await noFunctions()
  const { output } = await startWorker('worker-alone')
  const battle = await arena.settled(await arena.create({}))
  expect(battle).toMatchObject({ status: 'closed', winner_slot: 'A' })
  expect(output()).toContain('"event":"battle_finalized"')
  expect(output(), 'without a master key it leaves webhooks to others').toContain('"event":"webhooks_not_delivered"')
})

test('a worker makes media, too, and keeps it where the functions would', async () => {
  await noFunctions()
  await startWorker('worker-of-media', { FAL_BASE_URL: fal.url, FAL_KEY: 'key' })
  const contenders = [{ model: 'fal:kokoro' }, { model: 'fal:eleven-v3' }]
  const id = await arena.create({ contenders, scoring_mode: 'community', judge: undefined })
  const { contenders: made } = await arena.until(id, ({ status }) => status === 'voting')
  for (const { submission } of made) {
    expect(submission).toMatchObject({ output_modality: 'audio', mime_type: 'audio/mpeg', is_final: true })
    expect((await fetch(submission!.content_url!)).status).toBe(200)
  }
})

test('a worker opens users’ keys with the master keys it is given, and without them calls nobody', async () => {
  await noFunctions()
  const added = await arena.post('/keys', { provider: 'compatible', secret: 'mk-of-the-user-1111' })
  const { key_id } = (await added.json()) as { key_id: string }
  const contenders = [{ model: 'compatible:own', byok_key_id: key_id }, { model: 'sparring:quill' }]
  const { worker } = await startWorker('worker-without-master-key', { COMPATIBLE_API_KEY: 'mk-of-the-platform-0000' })
  const refused = await arena.settled(await arena.create({ contenders }))
  expect(refused.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'sealing_key_missing' } })
  expect(wire.of('own')).toEqual([])
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  await startWorker('worker-with-master-key', { AGON_SEALING_KEYS: masterKeys })
  expect((await arena.settled(await arena.create({ contenders }))).contenders[0]).toMatchObject({ status: 'submitted' })
  expect(wire.of('own').map((call) => call.key)).toEqual(['mk-of-the-user-1111'])
})

test('on SIGTERM a worker takes no new job, finishes the one in hand, and leaves with 0', async () => {
  await noFunctions()
  const { worker, output } = await startWorker('worker-stopping')
  const id = await arena.create({ contenders: [{ model: 'compatible:slow' }, { model: 'sparring:quill' }] })
  await arena.until(id, () => wire.of('slow').length > 0)
  worker.kill('SIGTERM')
  const [code] = await once(worker, 'exit')
  expect(code).toBe(0)
  expect(output()).toContain('"event":"worker_stopped","cut_off":0')
  const battle = await arena.battle(id)
  expect(battle.contenders.map((contender) => contender.status)).toEqual(['submitted', 'submitted'])
  expect(battle.status).toBe('scoring')
  expect((await arena.database.query('select 1 from execution.leases')).rowCount).toBe(0)

  await startWorker('worker-next')
  expect((await arena.settled(id)).status).toBe('closed')
})

test('a worker that is killed leaves its job to the next one after the lease', async () => {
  await noFunctions()
  const before = wire.of('slow').length
  const { worker } = await startWorker('worker-dying')
  const id = await arena.create({ contenders: [{ model: 'compatible:slow' }, { model: 'sparring:quill' }] })
  await arena.until(id, () => wire.of('slow').length > before)
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  await arena.database.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  await startWorker('worker-heir')
  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ status: 'closed' })
  expect(battle.contenders[0]!.job).toMatchObject({ status: 'completed', reclaims: 1 })
})

test('workers and functions share one queue, and no job runs twice', async () => {
  await arena.database.query(
    `update execution.job_kinds set wake_function = case kind when 'battle_job' then 'dispatch-jobs' else 'ai-judge-battle' end`,
  )
  arena.provider.clearRequests()
  await Promise.all([startWorker('worker-1'), startWorker('worker-2')])
  const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => arena.create({ prompt: `Battle ${n}` })))
  const battles = await Promise.all(ids.map((id) => arena.settled(id)))
  expect(battles.every((battle) => battle.winner_slot === 'A')).toBe(true)
  expect(arena.provider.getRequests()).toHaveLength(12 * 4)
})

test('a worker without its settings says which, and leaves with 2', async () => {
  const { worker, output } = await startWorker('x', { SUPABASE_URL: 'nonsense', AGON_WORKER_KEY: 'eyJhbGciOi', AGON_OUTBOUND_ALLOW: '*' })
  const [code] = await once(worker, 'exit')
  expect(code).toBe(2)
  expect(output()).toMatch(
    /SUPABASE_URL must be the URL[\s\S]*AGON_WORKER_KEY must be a secret key[\s\S]*AGON_OUTBOUND_ALLOW \* is no origin/,
  )
})

test('a worker cleans up where no schedule does: ended jobs leave the hot table, and the battle is shown as before', async () => {
  const { database } = arena
  await database.query(`select cron.unschedule('agon-housekeeping')`)
  const id = await arena.create({})
  await startWorker('worker-for-the-battle')
  const before = await arena.settled(id)
  await database.query(
    `update execution.jobs set finished_at = finished_at - interval '2 days', created_at = created_at - interval '2 days' where state >= 'completed'`,
  )
  await startWorker('worker-that-cleans-up') // it begins by cleaning up
  for (let end = Date.now() + 20_000; ; ) {
    const { rows } = await database.query('select count(*)::int as n from execution.job_archive')
    if (rows[0].n >= 3) break
    if (Date.now() > end) throw new Error('nothing was archived')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const after = await arena.battle(id)
  expect(after.contenders.map(({ job }) => job)).toEqual(before.contenders.map(({ job }) => job))
})

test('a worker scans the votes of a battle before it is decided, and what the scan holds does not decide', async () => {
  await noFunctions()
  await startWorker('worker-of-votes')
  const id = await arena.create({ judge: undefined, scoring_mode: 'community', voting_window_ms: 3_600_000 })
  await arena.until(id, ({ status }) => status === 'voting')
  // An audience that votes as one, and two who were there before it.
  await arena.database.query(
    `insert into battles.votes (battle_id, voter_id, choice, created_at)
     select $1, gen_random_uuid(), case when n <= 2 then 'B' else 'A' end, now() - case when n <= 2 then interval '5 minutes' else interval '1 second' end
     from generate_series(1, 24) n`,
    [id],
  )
  expect((await arena.post(`/battles/${id}/close-voting`)).status).toBe(200)
  expect(await arena.settled(id)).toMatchObject({ outcome: 'winner', winner_slot: 'B', votes: { given: 24, held: 22 } })
  const { rows } = await arena.database.query(
    `select distinct reason, decided_by from battles.votes where battle_id = $1 and status = 'held'`,
    [id],
  )
  expect(rows).toEqual([{ reason: 'burst', decided_by: 'scan' }])
}, 150_000)

test('a board that is too much for a function is left to a worker, and says since when it is stale', async () => {
  await arena.database.query(
    `update execution.job_kinds set wake_function =
       case kind when 'battle_job' then 'dispatch-jobs' when 'battle_judging' then 'ai-judge-battle' when 'rating_refresh' then 'refresh-ratings' end`,
  )
  const board = async () => {
    const path = `${arena.platform.url}/functions/v1/api/leaderboard?board=bradley_terry`
    const response = await fetch(path, { headers: { apikey: arena.platform.publishableKey } })
    return (await response.json()) as { computed_at: string | null; stale_since: string | null; comparisons: number }
  }
  await arena.settled(await arena.create({ prompt: 'Name a colour that is large.' }))
  await expect
    .poll(async () => (await arena.database.query(`select large from ratings.boards where source = 'judge' and not style`)).rows[0].large, {
      timeout: 60_000,
    })
    .toBe(true)
  await startWorker('worker-of-boards')
  await expect.poll(board, { timeout: 60_000 }).toMatchObject({ stale_since: null, computed_at: expect.any(String) })
}, 150_000)
