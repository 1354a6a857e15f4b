import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Arena, projectDir, simpleProvider, startArena } from '../support/arena.ts'
import { dump } from '../support/database.ts'
import { type ReceivedEvent, startReceiver, verify } from '../support/webhook-receiver.ts'

interface Webhook {
  webhook_id: string
  secret: string
  status: string
  disabled_reason: string | null
  consecutive_failures: number
}
interface Delivery {
  delivery_id: string
  type: string
  status: string
  response_status: number | null
  next_attempt_at: string | null
  attempts: { response_status?: number; error?: { code: string; message: string } }[]
}

const secrets = { AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }), AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*' }
let arena: Arena
let receiver: Awaited<ReturnType<typeof startReceiver>>
/** What the receiver answers at a path; 204 elsewhere. */
const answers: Record<string, (event: ReceivedEvent) => number | 'silence'> = {}
let worker: ChildProcess | undefined

beforeAll(async () => {
  receiver = await startReceiver((event) => answers[event.path]?.(event) ?? 204)
  arena = await startArena({ functionEnv: secrets })
  simpleProvider(arena.provider)
})
afterEach(async () => {
  worker?.kill('SIGKILL')
  await arena.database.query('delete from webhooks.subscriptions')
  await arena.database.query(`update execution.job_kinds set wake_function = 'deliver-webhooks' where kind = 'webhook_delivery'`)
})
afterAll(async () => {
  await arena.stop()
  await receiver.stop()
})

async function call<T>(method: string, path: string, body?: unknown, expected = 200): Promise<T> {
  const response =
    method === 'POST'
      ? await arena.post(path, body)
      : await arena.api(path, {
          method,
          headers: { ...arena.asOwner, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
  const answer = await response.json()
  expect(response.status, JSON.stringify(answer)).toBe(expected)
  return answer as T
}
const add = (path: string, more: object = {}) => call<Webhook>('POST', '/webhooks', { url: `${receiver.url}${path}`, ...more }, 201)
const ping = (webhook: Webhook) => call<{ delivery_id: string }>('POST', `/webhooks/${webhook.webhook_id}/test`, undefined, 202)
const deliveries = async (webhook: Webhook) =>
  (await call<{ deliveries: Delivery[] }>('GET', `/webhooks/${webhook.webhook_id}/deliveries?limit=100`)).deliveries

async function until<T>(look: () => T | Promise<T>, wished: (seen: T) => boolean): Promise<T> {
  for (let end = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 25))) {
    const seen = await look()
    if (wished(seen)) return seen
    if (Date.now() > end) throw new Error(`It did not get there: ${JSON.stringify(seen, null, 1)}`)
  }
}

/** Waits for a failed attempt to be put off, and lets its time come. */
async function hasten(): Promise<void> {
  await until(
    async () => (await arena.database.query(`update execution.later set run_after = now() where run_after > now()`)).rowCount,
    (moved) => moved! > 0,
  )
  await arena.database.query('select execution.sweep()')
}

async function startWorker(id: string) {
  worker = spawn(process.execPath, [join(projectDir, 'apps/worker/src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      SUPABASE_URL: arena.platform.url,
      AGON_WORKER_KEY: arena.platform.secretKeys.worker!,
      AGON_DATABASE_URL: arena.platform.dbUrl,
      AGON_WORKER_ID: id,
      ...secrets,
    },
    stdio: 'ignore',
  })
  return worker
}

test('a battle tells a receiver every event, signed, and each once', async () => {
  const { secret } = await add('/every-event')
  const id = await arena.create({})
  const battle = await arena.settled(id)
  expect(battle.status).toBe('closed')
  const received = await until(
    () => receiver.at('/every-event'),
    (events) => events.length >= battle.events.length,
  )
  for (const event of received) {
    expect(verify(secret, event)).toEqual(event.payload)
    expect(event.payload.data.battle_id).toBe(id)
    expect(event.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Agon/0.1' })
  }
  const inOrder = received.toSorted((a, b) => a.payload.data.event_id! - b.payload.data.event_id!)
  expect(inOrder.map(({ payload }) => payload.type)).toEqual(battle.events.map(({ type }) => type))
  expect(new Set(received.map(({ id }) => id)).size).toBe(battle.events.length)
  expect(inOrder.at(-1)!.payload.data).toMatchObject({ event_id: battle.events.at(-1)!.event_id })
})

test('a secret is shown once, and stands nowhere in the database', async () => {
  const webhook = await add('/secrecy')
  expect(webhook.secret).toMatch(/^whsec_/)
  const shown = JSON.stringify([await call('GET', '/webhooks'), await call('GET', `/webhooks/${webhook.webhook_id}`)])
  expect(shown).not.toContain(webhook.secret)
  expect(shown).not.toContain('sealed')
  await ping(webhook)
  await until(
    () => receiver.at('/secrecy'),
    (events) => events.length === 1,
  )
  const everything = await dump(arena.database)
  expect(everything).toContain(webhook.webhook_id)
  expect(everything).not.toContain(webhook.secret.slice('whsec_'.length))
})

test('a receiver that fails three times and then accepts gets one message, under one id, each time freshly signed', async () => {
  let failures = 0
  answers['/fails-first'] = () => (failures++ < 3 ? 500 : 200)
  const webhook = await add('/fails-first')
  const { delivery_id } = await ping(webhook)
  for (let nth = 0; nth < 3; nth++) await hasten()
  const [delivery] = await until(
    () => deliveries(webhook),
    ([one]) => one!.status === 'delivered',
  )
  expect(delivery!.attempts.map((attempt) => attempt.response_status)).toEqual([500, 500, 500, 200])
  const received = receiver.at('/fails-first')
  expect(received.map(({ id }) => id)).toEqual(Array(4).fill(delivery_id))
  expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  for (const event of received) verify(webhook.secret, event)
})

test('a delivery nobody accepts is dead after eight attempts; redriven, it arrives under its old id', async () => {
  answers['/down'] = () => 503
  const webhook = await add('/down', { event_types: ['battle.closed'] })
  const { delivery_id } = await ping(webhook)
  for (let nth = 0; nth < 7; nth++) await hasten()
  const [dead] = await until(
    () => deliveries(webhook),
    ([one]) => one!.status === 'dead',
  )
  expect(dead!.attempts).toHaveLength(8)
  expect(await call<Webhook>('GET', `/webhooks/${webhook.webhook_id}`)).toMatchObject({ status: 'enabled', consecutive_failures: 1 })
  const path = `/webhooks/${webhook.webhook_id}/deliveries/${delivery_id}/redrive`
  answers['/down'] = () => 204
  expect(await call('POST', path, undefined, 202)).toEqual({ redriven: 1 })
  await until(
    () => deliveries(webhook),
    ([one]) => one!.status === 'delivered',
  )
  expect(receiver.at('/down').at(-1)!.id).toBe(delivery_id)
  expect(await call<Webhook>('GET', `/webhooks/${webhook.webhook_id}`)).toMatchObject({ consecutive_failures: 0 })
  expect(await call('POST', path, undefined, 409)).toMatchObject({ code: 'delivery_state' })
})

test('a redirect is a failed attempt that names it, and is not followed', async () => {
  answers['/moved'] = () => 308
  const webhook = await add('/moved')
  await ping(webhook)
  const [delivery] = await until(
    () => deliveries(webhook),
    ([one]) => one!.attempts.length > 0,
  )
  expect(delivery!.attempts[0]).toMatchObject({
    response_status: 308,
    error: { code: 'webhook_rejected', message: expect.stringMatching(/308, a redirect/) },
  })
  expect(delivery).toMatchObject({ status: 'pending', next_attempt_at: expect.any(String) })
})

test('a receiver that is gone is disabled at once; enabled and redriven, all of it arrives', async () => {
  answers['/gone'] = () => 410
  const webhook = await add('/gone')
  await ping(webhook)
  const path = `/webhooks/${webhook.webhook_id}`
  await until(
    () => call<Webhook>('GET', path),
    ({ status }) => status === 'disabled',
  )
  expect(await call<Webhook>('GET', path)).toMatchObject({ disabled_reason: 'gone' })
  expect(await call('POST', `${path}/test`, undefined, 409)).toMatchObject({ code: 'webhook_disabled' })
  expect(await call('POST', `${path}/redrive`, undefined, 409)).toMatchObject({ code: 'webhook_disabled' })
  answers['/gone'] = () => 204
  expect(await call('PATCH', path, { status: 'enabled' })).toMatchObject({ status: 'enabled', disabled_reason: null })
  expect(await call('POST', `${path}/redrive`, undefined, 202)).toEqual({ redriven: 1 })
  await until(
    () => deliveries(webhook),
    ([one]) => one!.status === 'delivered',
  )
})

test('an address inside the network is refused at the door, and again where it would be called; five such deaths disable the webhook', async () => {
  for (const url of [
    'http://example.com/hook',
    'https://169.254.169.254/',
    'https://localhost/',
    'https://user:pass@example.com/',
    'nonsense',
  ]) {
    expect(await call('POST', '/webhooks', { url }, 422)).toMatchObject({ code: 'outbound_refused', errors: [{ path: '/url' }] })
  }
  const webhook = await add('/inner')
  expect(await call('PATCH', `/webhooks/${webhook.webhook_id}`, { url: 'https://10.0.0.1/' }, 422)).toMatchObject({
    code: 'outbound_refused',
  })
  await arena.database.query(`update webhooks.subscriptions set url = 'https://10.0.0.1/'`)
  for (let nth = 1; nth <= 5; nth++) {
    await ping(webhook)
    await until(
      () => deliveries(webhook),
      (all) => all.length === nth && all.every(({ status }) => status === 'dead'),
    )
  }
  expect((await deliveries(webhook))[0]!.attempts).toMatchObject([
    { error: { code: 'outbound_refused', message: expect.stringContaining('private') } },
  ])
  expect(await call<Webhook>('GET', `/webhooks/${webhook.webhook_id}`)).toMatchObject({ status: 'disabled', disabled_reason: 'failing' })
})

test('while a secret is rotated, the old and the new one both verify', async () => {
  const webhook = await add('/rotating')
  const rotated = await call<Webhook>('POST', `/webhooks/${webhook.webhook_id}/rotate-secret`)
  expect(rotated.secret).not.toBe(webhook.secret)
  await ping(webhook)
  const [event] = await until(
    () => receiver.at('/rotating'),
    (events) => events.length === 1,
  )
  for (const secret of [webhook.secret, rotated.secret]) expect(verify(secret, event!)).toMatchObject({ type: 'ping' })
})

test('a worker that is killed in mid-delivery leaves it to the next, which delivers it again under the same id', async () => {
  await arena.database.query(`update execution.job_kinds set wake_function = null where kind = 'webhook_delivery'`)
  answers['/killing'] = () => 'silence'
  const webhook = await add('/killing')
  const dying = await startWorker('worker-dying')
  const { delivery_id } = await ping(webhook)
  await until(
    () => receiver.at('/killing'),
    (events) => events.length === 1,
  )
  dying.kill('SIGKILL')
  await once(dying, 'exit')
  answers['/killing'] = () => 200
  await arena.database.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  await startWorker('worker-heir')
  const [delivery] = await until(
    () => deliveries(webhook),
    ([one]) => one!.status === 'delivered',
  )
  expect(receiver.at('/killing').map(({ id }) => id)).toEqual([delivery_id, delivery_id])
  expect(delivery!.attempts).toHaveLength(1)
})

test('bad input names the field; a webhook of somebody else is not there', async () => {
  expect(await call('POST', '/webhooks', { url: receiver.url, event_types: ['battle'] }, 422)).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: '/event_types/0', message: expect.stringContaining('battle.closed') }],
  })
  expect(await call('POST', '/webhooks', {}, 422)).toMatchObject({ errors: [{ path: '/url' }] })
  const webhook = await add('/mine')
  expect(await call('PATCH', `/webhooks/${webhook.webhook_id}`, {}, 422)).toMatchObject({ code: 'invalid_request' })
  expect(await call('PATCH', `/webhooks/${webhook.webhook_id}`, { description: 'x', secret: 'x' }, 422)).toMatchObject({
    errors: [{ path: '/secret' }],
  })
  const other = { authorization: `Bearer ${await arena.signUp('webhook-stranger')}`, apikey: arena.platform.publishableKey }
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/test'],
    ['POST', '/rotate-secret'],
    ['GET', '/deliveries'],
    ['POST', '/redrive'],
  ] as const) {
    const response = await arena.api(`/webhooks/${webhook.webhook_id}${path}`, { method, headers: other })
    expect([method, path, response.status]).toEqual([method, path, 404])
  }
  expect(await (await arena.api('/webhooks', { headers: other })).json()).toEqual({ webhooks: [] })
  expect((await arena.api('/webhooks', { headers: { apikey: arena.platform.publishableKey } })).status).toBe(401)
  expect(await call('DELETE', `/webhooks/${webhook.webhook_id}`)).toEqual({ webhook_id: webhook.webhook_id, removed: true })
  expect(await call('DELETE', `/webhooks/${webhook.webhook_id}`, undefined, 404)).toMatchObject({ code: 'not_found' })
})
