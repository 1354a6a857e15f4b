import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startPassage } from '../chaos/passage.ts'
import { agon } from '../cli/support.ts'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { startWorkerOf } from '../support/worker.ts'

// How a worker is operated, as processes of their own.

let arena: Arena
let wire: Awaited<ReturnType<typeof startWireProvider>>
const workers: ChildProcess[] = []
const quick = { AGON_POLL_MS: '200', AGON_SWEEP_MS: '200', AGON_HEARTBEAT_MS: '200' }

beforeAll(async () => {
  wire = await startWireProvider({ hanging: ({ text, nth }) => void (nth > 1 && text('Ultramarine, at last.')) })
  arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: wire.url } })
  simpleProvider(arena.provider)
  await arena.database.query('update execution.job_kinds set wake_function = null')
})
afterEach(() => {
  for (const worker of workers.splice(0)) if (worker.exitCode === null) worker.kill('SIGKILL')
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
})

function start(id: string, settings: Record<string, string> = {}) {
  const running = startWorkerOf(arena, id, { COMPATIBLE_BASE_URL: wire.url, ...quick, ...settings })
  workers.push(running.worker)
  return running
}
const portOf = async (output: () => string) => {
  await expect.poll(output, { timeout: 30_000 }).toMatch(/"event":"health_served"/)
  return Number(output().match(/"event":"health_served","host":"127.0.0.1","port":(\d+)/)![1])
}
const ask = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return { code: response.status, ...((await response.json()) as object) }
}

test('asked to stop, a worker is alive but not ready, cuts off what outlasts its patience, and gives it back for the next', async () => {
  const { worker, output } = start('worker-cut-off', { AGON_HEALTH_PORT: '0', AGON_DRAIN_MS: '3000' })
  const port = await portOf(output)
  await expect.poll(() => ask(port, '/ready'), { timeout: 20_000 }).toMatchObject({ code: 200 })
  const id = await arena.create({ contenders: [{ model: 'compatible:hanging' }, { model: 'sparring:quill' }] })
  await arena.until(id, ({ contenders }) => wire.of('hanging').length > 0 && contenders[1]!.status === 'submitted')
  worker.kill('SIGTERM')
  await expect.poll(() => ask(port, '/ready')).toMatchObject({ code: 503, why: 'the worker is draining' })
  expect(await ask(port, '/health')).toMatchObject({ code: 200, state: 'draining', running: 1 })
  expect((await agon(['worker', 'status'], operator())).out).toMatch(/worker-cut-off +healthy +draining/)
  const [code] = await once(worker, 'exit')
  expect(code).toBe(0)
  expect(output()).toContain('"event":"worker_stopped","cut_off":1')
  expect((await arena.database.query('select 1 from execution.leases')).rowCount).toBe(0)
  expect((await arena.battle(id)).contenders[0]!.job).toMatchObject({ status: 'queued', attempts: 0, reclaims: 0 })

  start('worker-after')
  expect((await arena.settled(id)).contenders[0]).toMatchObject({ status: 'submitted', job: { status: 'completed', reclaims: 0 } })
})

test('a worker whose project does not answer is alive, and not ready, and says why', async () => {
  const { output } = start('worker-nowhere', { AGON_HEALTH_PORT: '0', AGON_WORKER_KEY: 'sb_secret_of_nobody' })
  const port = await portOf(output)
  await expect
    .poll(() => ask(port, '/ready'), { timeout: 20_000 })
    .toMatchObject({ code: 503, why: expect.stringContaining('the project answered 401') })
  expect((await ask(port, '/health')).code).toBe(200)
  expect((await ask(port, '/')).code).toBe(404)
})

const operator = () => ({ AGON_URL: arena.platform.url, AGON_SECRET_KEY: arena.platform.secretKeys.default! })

test('its status shows what it runs and can do, and that it has gone', async () => {
  const { worker } = start('worker-seen', { AGON_WORKERS: 'battle-jobs,heartbeat', AGON_SLOTS: '7' })
  const shown = async () => (await agon(['worker', 'status'], operator())).out
  await expect.poll(shown, { timeout: 30_000, interval: 500 }).toMatch(/worker-seen +healthy +running +\S+ s? +.* 7 /)
  expect(await shown()).toMatch(/worker-seen runs battle-jobs, heartbeat(; it can do ffmpeg)?/)
  const { workers: told } = JSON.parse((await agon(['worker', 'status', '--json'], operator())).out)
  expect(told).toContainEqual(expect.objectContaining({ worker_id: 'worker-seen', health: 'healthy', pid: worker.pid, slots: 7 }))
  const { kinds } = (told as { worker_id: string; kinds: string[] }[]).find(({ worker_id }) => worker_id === 'worker-seen')!
  expect(kinds).toEqual(expect.arrayContaining(['battle_job', 'battle_judging']))
  expect(kinds).not.toContain('team_run')
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  expect(await shown()).toMatch(/worker-seen +stopped +stopped/)
  const refused = await arena.api('/workers', { headers: arena.asOwner })
  expect(refused.status, 'of no user').toBeGreaterThanOrEqual(400)
})

test('asked to stop, it leaves though the ways to its project and to the database have gone quiet, and finds another to say so', async () => {
  const toProject = await startPassage(Number(new URL(arena.platform.url).port))
  const toDatabase = await startPassage(Number(new URL(arena.platform.dbUrl).port))
  const through = (url: string, { port }: { port: number }) => Object.assign(new URL(url), { port: String(port) }).href
  const { worker, output } = start('worker-unheard', {
    SUPABASE_URL: through(arena.platform.url, toProject),
    AGON_DATABASE_URL: through(arena.platform.dbUrl, toDatabase),
    AGON_DRAIN_MS: '1000',
  })
  const known = async () => (await arena.database.query(`select from execution.capabilities where driver = 'worker-unheard'`)).rowCount
  try {
    await expect.poll(known, { timeout: 30_000 }).toBeGreaterThan(0)
    // Its loops and its claims are in the middle of what they ask: an answer is waited for while it drains, and what is cut off ends.
    toProject.swallow()
    toDatabase.swallow()
    const began = performance.now()
    worker.kill('SIGTERM')
    const [code] = await once(worker, 'exit')
    expect(code).toBe(0)
    expect(performance.now() - began).toBeLessThan(12_000)
    expect(output()).toContain('"event":"worker_stopped"')
    expect(await known()).toBe(0)
  } finally {
    await toProject.close()
    await toDatabase.close()
  }
})

test('its configuration is printed with secrets as set or not set, and what is wrong is named', async () => {
  const { worker, output } = start('worker-printed', { AGON_WEIGHTS: 'battle_job=three', AGON_LOG_LEVEL: 'loud', AGON_WORKERS: '-sweepr' })
  expect((await once(worker, 'exit'))[0]).toBe(2)
  expect(output()).toMatch(/AGON_WORKERS has no sub-worker sweepr. Did you mean sweeper\?/)
  expect(output()).toMatch(/AGON_WEIGHTS must be kind=weight/)
  expect(output()).toMatch(/AGON_LOG_LEVEL must be/)
})

test('traces and metrics go to an OTLP receiver: a span a step with a span a call in it, queues, tokens and cost', async () => {
  const received: { path: string; body: Record<string, unknown> }[] = []
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ path: request.url!, body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening))
  const { worker, output } = start('worker-measured', {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=tests',
  })
  await arena.settled(await arena.create({ prompt: 'Name the colour of secrecy.' }))
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  collector.close()

  interface Span {
    name: string
    traceId: string
    spanId: string
    parentSpanId?: string
  }
  const of = (path: string) => received.filter((one) => one.path === path).map(({ body }) => body)
  const spans = of('/v1/traces').flatMap((body) =>
    (body.resourceSpans as { scopeSpans: { spans: Span[] }[] }[]).flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  )
  const step = spans.find(({ name }) => name === 'step battle_job')!
  expect(step, output()).toBeDefined()
  const call = spans.find(({ parentSpanId }) => parentSpanId === step.spanId)!
  expect(call).toMatchObject({ name: expect.stringMatching(/^(streamText|generateText) sparring/), traceId: step.traceId })

  const metrics = of('/v1/metrics').flatMap((body) =>
    (body.resourceMetrics as { scopeMetrics: { metrics: { name: string }[] }[] }[]).flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((scope) => scope.metrics),
    ),
  )
  expect(new Set(metrics.map(({ name }) => name))).toEqual(
    new Set([
      'agon.queue.depth',
      'agon.queue.oldest_ready_age',
      'agon.worker.running',
      'agon.step.duration',
      'agon.provider.latency',
      'agon.tokens',
      'agon.cost',
    ]),
  )
  const everything = JSON.stringify(received)
  expect(everything).toContain('"deployment.environment"')
  for (const secret of ['colour of secrecy', 'Ultramarine', arena.platform.secretKeys.worker!]) expect(everything).not.toContain(secret)
})

test('a receiver of telemetry that is not there, or never answers, is told of once, and keeps nobody from leaving', async () => {
  const deaf = createServer(() => undefined)
  await new Promise<void>((listening) => deaf.listen(0, '127.0.0.1', listening))
  const workersOf = [1, (deaf.address() as AddressInfo).port].map((port, nth) =>
    start(`worker-untold-${nth}`, { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_METRIC_EXPORT_INTERVAL: '500' }),
  )
  try {
    for (const { output } of workersOf) await expect.poll(output, { timeout: 40_000 }).toContain('"event":"telemetry_not_sent"')
    const began = performance.now()
    for (const { worker } of workersOf) worker.kill('SIGTERM')
    for (const { worker, output } of workersOf) {
      if (worker.exitCode === null) await once(worker, 'exit')
      expect(worker.exitCode).toBe(0)
      expect(output().split('telemetry_not_sent').length - 1, 'once a minute, and as it leaves').toBeLessThanOrEqual(3)
    }
    expect(performance.now() - began).toBeLessThan(30_000)
  } finally {
    deaf.closeAllConnections()
    deaf.close()
  }
}, 90_000)
