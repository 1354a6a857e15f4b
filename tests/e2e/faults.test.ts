import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'

const held: (() => void)[] = []
let wire: Awaited<ReturnType<typeof startWireProvider>>
let arena: Arena

beforeAll(async () => {
  wire = await startWireProvider({
    limited: ({ text, response, nth }) =>
      nth === 1 ? response.writeHead(429, { 'retry-after': '1' }).end('{"error":{"message":"slow down"}}') : text('Ultramarine.'),
    failing: ({ response }) => response.writeHead(500).end('{"error":{"message":"boom"}}'),
    hanging: () => undefined,
    garbled: ({ text, response, nth }) =>
      nth === 1 ? response.setHeader('content-type', 'application/json').end('{"choices": [') : text('Ultramarine.'),
    cut: ({ text, response, nth }) => {
      if (nth > 1) return text('Ultramarine.')
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '900' }).write('{"id":')
      setTimeout(() => response.destroy(), 20)
    },
    held: ({ text, nth }) => (nth === 1 ? void held.push(() => text('Too late.')) : text('Ultramarine.')),
    endless: () => undefined,
  })
  arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: wire.url, AGON_PROVIDER_TIMEOUT_MS: '1500' } })
  simpleProvider(arena.provider)
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
})

const against = (model: string) => arena.create({ contenders: [{ model: `compatible:${model}` }, { model: 'sparring-anthropic:ember' }] })
const retries = (battle: Awaited<ReturnType<Arena['battle']>>) =>
  battle.events.filter((event) => event.type === 'contender.retried').map((event) => (event.data.error as { code: string }).code)

test('a rate limit is waited out for as long as the provider asks', async () => {
  const battle = await arena.settled(await against('limited'))
  expect([battle.status, battle.winner_slot, retries(battle)]).toEqual(['closed', 'A', ['provider_rate_limited']])
  const [first, second] = wire.of('limited')
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(1000)
  expect(second!.idempotencyKey).toBe(first!.idempotencyKey)
})

test('a provider that keeps failing is asked three times, then the battle settles without that contender', async () => {
  const battle = await arena.settled(await against('failing'))
  expect(battle).toMatchObject({ status: 'closed', outcome: 'walkover', winner_slot: 'B' })
  expect(battle.contenders[0]).toMatchObject({
    status: 'failed',
    error: { code: 'provider_unavailable' },
    job: { status: 'failed', attempts: 3 },
  })
  expect(battle.contenders.map((contender) => contender.rating)).toEqual([null, null])
  expect(wire.of('failing')).toHaveLength(3)
  const { rows } = await arena.database.query(
    'select error_code, attempts, slot, dead_letter_id from battles.battle_execution_dead_letters where battle_id = $1',
    [battle.battle_id],
  )
  expect(rows).toMatchObject([{ error_code: 'provider_unavailable', attempts: 3, slot: 'A' }])
  const redriven = await arena.database.query('select battles.fn_redrive_dead_letter($1) as outcome', [rows[0].dead_letter_id])
  expect(redriven.rows[0].outcome).toBe('battle_closed')
})

test('a battle that nobody could answer is void', async () => {
  const battle = await arena.settled(
    await arena.create({ contenders: [{ model: 'compatible:failing' }, { model: 'compatible:failing', identity: 'other' }] }),
  )
  expect(battle).toMatchObject({ status: 'void', outcome: null, winner_slot: null })
})

test('a provider that hangs is a timeout of three attempts, not a cancellation', async () => {
  const battle = await arena.settled(await against('hanging'))
  expect(battle.contenders[0]).toMatchObject({ status: 'failed', error: { code: 'provider_timeout' } })
  expect(battle).toMatchObject({ outcome: 'walkover', winner_slot: 'B' })
  await Promise.all(wire.of('hanging').map((call) => call.closed))
})

test.each([
  ['garbled', 'provider_malformed'],
  ['cut', 'provider_unavailable'],
])('an answer that comes %s is asked for again', async (model, code) => {
  const battle = await arena.settled(await against(model))
  expect([battle.winner_slot, retries(battle)]).toEqual(['A', [code]])
})

test('a key that is not configured is named, and costs one attempt', async () => {
  const battle = await arena.settled(await arena.create({ contenders: [{ model: 'openai:gpt-5-mini' }, { model: 'sparring:quill' }] }))
  expect(battle.contenders[0]).toMatchObject({
    error: { code: 'provider_key_missing', message: expect.stringContaining('OPENAI_API_KEY') },
    job: { attempts: 1 },
  })
})

test('a judge that gives no readable verdict abstains: the battle closes without a verdict and no rating moves', async () => {
  arena.provider.on({ model: 'mumbler' }, { content: 'Both are lovely.' })
  const battle = await arena.settled(
    await arena.create({ contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }], judge: { model: 'sparring:mumbler' } }),
  )
  expect(battle).toMatchObject({ status: 'closed', outcome: 'no_verdict', judge_outcome: 'abstain' })
  expect(battle.verdicts.map((verdict) => verdict.outcome)).toEqual(['abstain', 'abstain'])
  expect(battle.contenders.map((contender) => contender.rating)).toEqual([null, null])
})

test('a driver killed between claim and record: another takes over, the result is recorded once, the late write is refused', async () => {
  const id = await against('held')
  await arena.until(id, (battle) => wire.of('held').length === 1 && battle.contenders[1]!.status === 'submitted')
  const { rows } = await arena.database.query(
    'select l.lease_token, j.job_id from execution.leases l join execution.jobs j on j.job_id = any (l.job_ids)',
  )
  expect(rows).toHaveLength(1)
  killFunction('dispatch-jobs')
  await wire.of('held')[0]!.closed
  await arena.database.query(`update execution.leases set expires_at = now() - interval '1 second'`)

  const battle = await arena.settled(id)
  expect(battle).toMatchObject({ outcome: 'winner', winner_slot: 'A' })
  expect(battle.contenders[0]).toMatchObject({ submission: { content_text: 'Ultramarine.' }, job: { reclaims: 1, attempts: 1 } })
  expect(battle.events.filter((event) => event.type === 'contender.submitted' && event.data.slot === 'A')).toHaveLength(1)

  const late = await fetch(`${arena.platform.url}/rest/v1/rpc/fn_worker_complete_battle_job`, {
    method: 'POST',
    headers: { apikey: arena.platform.secretKeys.worker!, 'content-type': 'application/json', 'content-profile': 'battles' },
    body: JSON.stringify({
      job_id: Number(rows[0].job_id),
      lease_token: Number(rows[0].lease_token),
      output: { content_text: 'Too late.' },
    }),
  })
  expect([late.status, await late.json()]).toEqual([200, false])
  expect((await arena.battle(id)).contenders[0]!.submission!.content_text).toBe('Ultramarine.')
})

test('cancelling a battle reaches the provider call in flight', async () => {
  await arena.platform.restartFunctions('dispatch-jobs')
  await arena.database.query(`update execution.job_kinds set lease_ms = 1000 where kind = 'battle_job'`)
  const id = await against('endless')
  await arena.until(id, () => wire.of('endless').length === 1)
  const cancelled = await arena.post(`/battles/${id}/cancel`)
  expect(cancelled.status).toBe(200)
  const startedAt = performance.now()
  await wire.of('endless')[0]!.closed
  expect(performance.now() - startedAt, 'long before its own time is up').toBeLessThan(10_000)
  expect(await arena.battle(id)).toMatchObject({
    status: 'cancelled',
    contenders: [{ status: 'cancelled', job: { status: 'cancelled' } }, {}],
  })
  expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(409)
  await arena.database.query(`update execution.job_kinds set lease_ms = 30000 where kind = 'battle_job'`)
})

/** SIGKILL to the process that serves a function: what an operator's machine does at 3 a.m. */
function killFunction(name: string): void {
  const processes = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const pids = processes
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === process.pid && args.join(' ').includes(`functions/${name}/`))
  expect(pids.length).toBeGreaterThan(0)
  for (const [pid] of pids) process.kill(Number(pid), 'SIGKILL')
}
