import type { LogEntry } from '@agon/local-platform'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import type { KeyDocument } from '../support/funding.ts'
import { disguisesOf, rowsThatShow } from '../support/planted-secrets.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { startWireProvider } from '../support/wire-provider.ts'

// A secret in every input, a provider that says it back in every way it can fail, and then a look into every place there is.

/** In each of them, and nowhere else: whatever is kept of a secret, a piece of it is found. */
const mark = 'PLANTED'
const secrets = {
  user: `mk-${mark}-user-0123456789`,
  rotated: `mk-${mark}-rotated-0123456789`,
  platform: `mk-${mark}-platform-0123456789`,
  // Master keys are random: this one begins so in base64, and in its bytes.
  master: Buffer.from(`${mark}-master-key-of-32-bytes!`.padEnd(32, '.')).toString('base64'),
}
const disguises = disguisesOf(mark)
const found = (text: string) => disguises.filter((disguise) => text.toLowerCase().includes(disguise.toLowerCase()))

let wire: Awaited<ReturnType<typeof startWireProvider>>
let receiver: Awaited<ReturnType<typeof startReceiver>>
let arena: Arena
const logged: LogEntry[] = []
const answered: string[] = []

/** Each failure a provider can make, with the key it was called with in it. */
const echoes: Record<string, (key: string) => [status: number, body: string, headers?: Record<string, string>]> = {
  'an error message': (key) => [
    401,
    JSON.stringify({ error: { message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' } }),
  ],
  'an error code': (key) => [400, JSON.stringify({ error: { message: 'no', code: key, type: key, param: key } })],
  'a message of another shape': (key) => [403, JSON.stringify({ message: `${key} may not`, detail: [{ msg: key }] })],
  'a page': (key) => [500, `<html><body>Bearer ${key}</body></html>`],
  headers: (key) => [
    429,
    '{"error":{"message":"slow down"}}',
    { 'retry-after': '0', 'x-request-id': key, 'www-authenticate': `Bearer ${key}` },
  ],
  'an error in a 200': (key) => [200, JSON.stringify({ error: { message: `bad key ${key}`, code: 401 } })],
  'an answer that is none': (key) => [200, JSON.stringify({ authorization: key })],
  'what is not JSON': (key) => [200, `{"choices": [ ${key}`],
}

beforeAll(async () => {
  const behaviours = Object.fromEntries(
    Object.entries(echoes).map(([, echo], nth): [string, Parameters<typeof startWireProvider>[0][string]] => [
      `echo-${nth}`,
      ({ request, response }) => {
        const [status, body, headers] = echo(request.headers.authorization?.replace('Bearer ', '') ?? '')
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
      },
    ]),
  )
  wire = await startWireProvider({
    ...behaviours,
    cut: ({ request, response }) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '900' })
        .write(`{"k": "${request.headers.authorization}`)
      setTimeout(() => response.destroy(), 20)
    },
  })
  receiver = await startReceiver(() => 500)
  arena = await startArena({
    functionEnv: {
      AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*',
      COMPATIBLE_BASE_URL: wire.url,
      COMPATIBLE_API_KEY: secrets.platform,
      AGON_SEALING_KEYS: JSON.stringify({ k1: secrets.master }),
    },
    log: (entry) => logged.push(entry),
  })
  simpleProvider(arena.provider)
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
  await receiver.stop()
})

/** A request as a user makes it; what comes back is kept for the search. */
async function ask(
  path: string,
  init: { method?: string; body?: unknown; as?: Record<string, string> } = {},
): Promise<{ status: number; text: string }> {
  const response = await arena.api(path, {
    method: init.method ?? 'GET',
    headers: { ...(init.as ?? arena.asOwner), ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(init.body === undefined ? {} : { body: typeof init.body === 'string' ? init.body : JSON.stringify(init.body) }),
  })
  const text = `${JSON.stringify([...response.headers])}\n${await response.text()}`
  answered.push(text)
  return { status: response.status, text }
}
const addKey = async (secret: string) => {
  const { text } = await ask('/keys', { method: 'POST', body: { provider: 'compatible', secret, label: 'mine' } })
  return JSON.parse(text.split('\n')[1]!) as KeyDocument
}

test('a planted secret is found in no table, log, event, error or answer, outside its sealed column', async () => {
  expect(found(secrets.master).length + found(secrets.user).length).toBeGreaterThan(1)
  const key = await addKey(secrets.user)
  expect(key.status).toBe('active')
  // A webhook's secret is shown once, to whom it belongs: that answer is not searched.
  const hook = await arena.post('/webhooks', { url: `${receiver.url}/hook`, event_types: ['battle.*'] })
  const { secret } = (await hook.json()) as { secret: string }
  expect(secret).toMatch(/^whsec_.{20,}/)
  disguises.push(secret.slice('whsec_'.length))
  // Requests that fail with a secret in them.
  for (const body of [
    { provider: 'compatible', secret: `${secrets.user} with a space` },
    { provider: secrets.user, secret: secrets.user },
    { provider: 'compatible', secret: secrets.user, expires_at: 'never' },
    { provider: 'compatible', secret: [secrets.user] },
    `{"provider": "compatible", "secret": ${secrets.user}}`,
    `{"provider": "compatible", "secret": "${secrets.user}`,
  ])
    expect((await ask('/keys', { method: 'POST', body })).status).toBeGreaterThanOrEqual(400)
  expect((await ask(`/keys/${key.key_id}/rotate`, { method: 'POST', body: { secret: secrets.rotated } })).status).toBe(200)
  await ask('/keys')

  // Every echo of the user's key and of the platform's, by contenders and by judges.
  const battles: string[] = []
  for (const model of [...Object.keys(echoes).map((_, nth) => `echo-${nth}`), 'cut']) {
    const own = { model: `compatible:${model}`, byok_key_id: key.key_id }
    battles.push(await arena.create({ contenders: [own, { model: `compatible:${model}`, identity: 'platform' }] }))
    battles.push(await arena.create({ contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }], judge: own }))
  }
  // Retries wait for seconds; their time is not what is tested.
  const hurry = setInterval(() => void arena.database.query(`update execution.later set run_after = now()`).catch(() => undefined), 100)
  const settled = await Promise.all(battles.map((id) => arena.decidedOrLeft(id)))
  clearInterval(hurry)
  expect(wire.calls.filter((call) => call.key === secrets.rotated).length).toBeGreaterThan(Object.keys(echoes).length)
  expect(wire.calls.filter((call) => call.key === secrets.platform).length).toBeGreaterThanOrEqual(Object.keys(echoes).length)
  expect(settled.flatMap((battle) => battle.contenders).filter((contender) => contender.status === 'failed').length).toBeGreaterThanOrEqual(
    2 * Object.keys(echoes).length,
  )
  expect(JSON.stringify(settled)).toContain('[redacted]')
  const stranger = { authorization: `Bearer ${await arena.signUp('stranger')}` }
  for (const id of battles) {
    await ask(`/battles/${id}`)
    await ask(`/battles/${id}`, { as: stranger })
  }
  expect(receiver.events.length).toBeGreaterThan(0)
  await ask('/webhooks')
  // While the key is there, and after it is gone.
  expect(await rowsThatShow(arena.database, found)).toEqual([])
  expect((await ask(`/keys/${key.key_id}`, { method: 'DELETE' })).status).toBe(200)
  expect(await rowsThatShow(arena.database, found)).toEqual([])

  expect(answered.filter((text) => found(text).length > 0)).toEqual([])
  expect(logged.length).toBeGreaterThan(50)
  expect(logged.filter((entry) => found(JSON.stringify(entry)).length > 0)).toEqual([])
  expect(arena.platform.functionLogs().filter((entry) => found(JSON.stringify(entry)).length > 0)).toEqual([])
})
