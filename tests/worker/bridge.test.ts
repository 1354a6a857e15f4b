import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Arena, projectDir, simpleProvider, startArena } from '../support/arena.ts'
import { startExecutionBridge, type TestBridge } from '../support/execution-bridge.ts'
import { startWorkerOf } from '../support/worker.ts'

// A worker with an execution bridge, on a project whose battles are left to workers.

let arena: Arena
let bridge: TestBridge
const running: ChildProcess[] = []

beforeAll(async () => {
  bridge = await startExecutionBridge({ takesMs: ({ prompt }) => (prompt.includes('Wait') ? 'never' : prompt.includes('Now') ? 0 : 400) })
  arena = await startArena()
  simpleProvider(arena.provider)
  await arena.database.query('update execution.job_kinds set wake_function = null')
})
afterEach(() => {
  bridge.behave({})
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})
afterAll(async () => {
  await arena.stop()
  await bridge.stop()
})

const settings = () => ({
  CHAINABIT_EXECUTION_ENABLED: 'true',
  AGON_BRIDGE_URL: bridge.url,
  AGON_BRIDGE_TOKEN: bridge.token,
  AGON_OUTBOUND_ALLOW: bridge.origin,
  AGON_POLL_MS: '200',
  AGON_SWEEP_MS: '200',
})

async function start(id: string, more: Record<string, string> = {}) {
  const { worker, output } = startWorkerOf(arena, id, { ...settings(), ...more })
  running.push(worker)
  await expect.poll(output, { timeout: 30_000 }).toContain('"event":"worker_started"')
  return { worker, output }
}

const of = (prompt: string) => bridge.executions.filter(({ body }) => body.prompt.includes(prompt))
const texts = (battle: Awaited<ReturnType<Arena['battle']>>) => battle.contenders.map(({ submission }) => submission?.content_text)
/** Leases of drivers that are gone run out now. */
const forgetLeases = () => arena.database.query(`update execution.leases set expires_at = now() - interval '1 second'`)

test('a contender whose model the bridge takes is answered by it, and the other is not', async () => {
  const { worker, output } = await start('some', { AGON_BRIDGE_MODELS: 'sparring:*' })
  const id = await arena.create({
    prompt: 'Name a bridge.',
    contenders: [
      { model: 'sparring:quill', system_prompt: 'Be brief.', identity: 'The Builder' },
      { model: 'sparring-anthropic:ember', identity: 'The Other' },
    ],
    max_tokens: 123,
  })
  const battle = await arena.settled(id)
  expect(texts(battle)).toEqual(['Bridged: Name a bridge.', expect.not.stringContaining('Bridged')])
  const [execution, ...more] = of('Name a bridge.')
  expect([execution!.key, more]).toEqual([`agon-job-${battle.contenders[0]!.job!.job_id}-1`, []])
  expect(execution!.asked).toBeGreaterThan(0)
  expect(execution!.body).toMatchObject({ model: 'sparring:quill', system_prompt: 'Be brief.', prompt: 'Name a bridge.', max_tokens: 123 })
  const sent = JSON.stringify(bridge.seen)
  for (const nobodys of ['The Builder', 'The Other', arena.ownerId, id, 'owner@example.com']) expect(sent).not.toContain(nobodys)
  const { rows } = await arena.database.query(
    'select s.input_tokens, s.output_tokens, s.cost_usd::float8 from battles.submissions s join battles.contenders c using (contender_id) where c.battle_id = $1 order by c.slot',
    [id],
  )
  expect(rows[0]).toEqual({ input_tokens: 7, output_tokens: 11, cost_usd: 0.25 })
  const { rows: offers } = await arena.database.query(`select details from execution.capabilities where capability = 'execution_bridge'`)
  expect(offers).toEqual([{ details: { models: ['sparring:*'] } }])
  expect(output()).not.toContain(bridge.token)
  worker.kill('SIGTERM')
  await once(worker, 'exit')
})

test('a worker killed while it hands over is followed by one with a bridge and by no other, and nothing is begun twice', async () => {
  bridge.behave({ lose: ({ method }) => (method === 'POST' ? 'hang' : undefined) })
  const first = await start('killed')
  const id = await arena.create({ prompt: 'Now name a killer.' })
  await expect.poll(() => of('killer').length, { timeout: 20_000 }).toBe(2)
  first.worker.kill('SIGKILL')
  await once(first.worker, 'exit')
  bridge.behave({})
  const without = await start('without', { CHAINABIT_EXECUTION_ENABLED: 'false' })
  await forgetLeases()
  await wait(1_000) // several sweeps and polls
  expect(texts(await arena.battle(id))).toEqual([undefined, undefined])
  // Without the switch nothing changes, whatever else is set.
  const before = bridge.seen.length
  expect([(await arena.settled(await arena.create({ prompt: 'Name no bridge.' }))).status, bridge.seen.length]).toEqual(['closed', before])
  without.worker.kill('SIGKILL')
  await start('with')
  expect(texts(await arena.settled(id))).toEqual(Array(2).fill('Bridged: Now name a killer.'))
  expect(of('killer')).toHaveLength(2)
})

describe('with every model at the bridge', () => {
  let worker: ChildProcess
  // One worker for all of them, which the last one kills.
  beforeAll(async () => {
    const started = startWorkerOf(arena, 'all', settings())
    worker = started.worker
    await vi.waitFor(() => expect(started.output()).toContain('"event":"worker_started"'), { timeout: 60_000, interval: 100 })
  }, 90_000)
  afterAll(() => worker.kill('SIGKILL'))

  test('an execution that vanished is begun again; one that fails for good is the contender’s failure', async () => {
    const vanished = new Set<string>()
    bridge.behave({
      interfere: ({ method, path }) => {
        const execution = bridge.executions.find(({ id }) => path.endsWith(`/${id}`))
        if (method !== 'GET' || !execution) return undefined
        if (execution.body.model === 'sparring:quill' && execution.key.endsWith('-1')) {
          vanished.add(execution.id)
          return { status: 404 }
        }
        if (execution.body.model !== 'sparring:quill')
          return {
            status: 200,
            body: { execution_id: execution.id, status: 'failed', code: 'content_refused', message: 'Not this.', retryable: false },
          }
      },
    })
    const id = await arena.create({ prompt: 'Vanish.' })
    const battle = await arena.until(id, ({ contenders }) => contenders.every(({ status }) => status !== 'pending'))
    expect(battle.contenders).toMatchObject([
      { status: 'submitted', submission: { content_text: 'Bridged: Vanish.' }, job: { attempts: 2 } },
      { status: 'failed', error: { code: 'content_refused' } },
    ])
    expect([
      vanished.size,
      of('Vanish')
        .map(({ key }) => key.slice(-2))
        .sort(),
    ]).toEqual([1, ['-1', '-1', '-2']])
  })

  test('a cancelled battle reaches the bridge', async () => {
    const id = await arena.create({ prompt: 'Wait to be cancelled.' })
    await arena.until(id, (battle) => battle.contenders.every(({ submission }) => submission?.artifact_id))
    expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(200)
    await expect.poll(() => of('cancelled').map(({ cancelled }) => cancelled), { timeout: 20_000 }).toEqual([true, true])
  })

  test('an answer that was lost on its way is asked for under the same key, and a worker killed while it waits loses nothing', async () => {
    let lost = 0
    bridge.behave({ lose: ({ method }) => (method === 'POST' && lost++ < 2 ? 'close' : undefined) })
    const id = await arena.create({ prompt: 'Wait for a wire.' })
    await arena.until(id, (battle) => battle.contenders.every(({ submission }) => submission?.artifact_id))
    expect([of('wire').length, lost]).toEqual([2, 4])
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    await start('found')
    await forgetLeases()
    for (const execution of of('wire')) bridge.end(execution)
    const battle = await arena.settled(id)
    expect([battle.status, of('wire').length]).toEqual(['closed', 2])
    expect(battle.contenders.map(({ job }) => job!.reclaims)).toEqual([0, 0])
  })
})

test('the bridge of the docs is one', async () => {
  const page = await readFile(join(projectDir, 'docs/execution-bridge.md'), 'utf8')
  const [, code] = page.match(/<!-- a bridge -->\n```js\n([\s\S]*?)```/)!
  const script = join(projectDir, 'tests/worker', `example-${process.pid}.mjs`)
  await writeFile(script, code!)
  const example = spawn(process.execPath, [script], { env: { PATH: process.env.PATH, BRIDGE_TOKEN: 'example-token', PORT: '0' } })
  running.push(example)
  try {
    const [line] = (await once(example.stdout, 'data')) as [Buffer]
    const origin = `http://127.0.0.1:${String(line).match(/\d+/)![0]}`
    await start('example', { AGON_BRIDGE_URL: origin, AGON_BRIDGE_TOKEN: 'example-token', AGON_OUTBOUND_ALLOW: origin })
    expect(texts(await arena.settled(await arena.create({ prompt: 'Who?' })))).toEqual(Array(2).fill('You asked: Who?'))
  } finally {
    await rm(script, { force: true })
  }
})

test('a worker that cannot use its bridge does not start, and says why', async () => {
  const { worker, output } = startWorkerOf(arena, 'wrong', { ...settings(), AGON_OUTBOUND_ALLOW: '' })
  const [code] = await once(worker, 'exit')
  expect([code, output()]).toEqual([2, expect.stringContaining('AGON_BRIDGE_URL cannot be called')])
})
