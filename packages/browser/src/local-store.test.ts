import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLocalStore } from './local-store.ts'

// The routes as a page meets them: what is lost, what may pass, and what it is told by whom.

let server: Server
let agonUrl: string
const asked: { path: string; token: string | undefined; body: unknown }[] = []
let answer: (path: string) => { status: number; body?: unknown }

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const path = request.url!.replace('/functions/v1/api/local-executions', '')
    asked.push({ path, token: request.headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString()) })
    const { status, body } = answer(path)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? 'not JSON' : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  agonUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())
beforeEach(() => {
  asked.length = 0
  answer = (path) =>
    path === '/claim'
      ? { status: 200, body: { jobs: [job], lease_ms: 90_000, next_due_ms: null } }
      : { status: 200, body: { outcome: 'held' } }
})

const job = {
  job_id: 7,
  lease_token: 3,
  attempts: 0,
  reclaims: 0,
  max_attempts: 3,
  in_lane: false,
  deadline_ms: 60_000,
  battle_id: 'b',
  contender_id: 'c',
  slot: 'A',
  model_key: 'openai:gpt-4o-mini',
  system_prompt: null,
  task_prompt: 'Name a colour.',
  inputs: null,
  max_tokens: 100,
  temperature: null,
  handicap: {},
  checkpoint: null,
}
const output = { contentText: 'Teal', outputModality: 'text', wireModel: 'm', finishReason: 'stop', latencyMs: 5 } as const
const problem = (code: string) => ({ code, detail: 'why', title: 'x', status: 0, type: 'x' })
const error = { code: 'provider_auth', message: 'm'.repeat(5000) } as const

async function claimed(token: () => string = () => 't') {
  const store = createLocalStore({ agonUrl, token, patienceMs: 0 })
  const claim = await store.claimContenders('page', ['openai'], 2)
  expect(claim).toMatchObject({ ok: true, value: { leaseMs: 90_000, jobs: [{ jobId: 7, leaseToken: 3, modelKey: 'openai:gpt-4o-mini' }] } })
  return store
}

test('a lease is renewed by its job, and a lost or foreign one is nobody’s failure', async () => {
  const store = await claimed()
  expect(await store.heartbeat(3)).toEqual({ ok: true, value: [7] })
  expect(await store.heartbeat(4)).toEqual({ ok: true, value: [] })
  for (const [status, code] of [
    [409, 'lease_lost'],
    [404, 'not_found'],
  ] as const) {
    answer = () => ({ status, body: problem(code) })
    expect(await store.heartbeat(3)).toEqual({ ok: true, value: [] })
    expect(await store.completeBattleJob(7, 3, output)).toEqual({ ok: true, value: false })
    expect(await store.requeueBattleJob(7, 3, 500, error)).toEqual({ ok: true, value: 'lost' })
  }
})

test('what may pass is tried again, and what will not is said', async () => {
  const store = await claimed()
  for (const status of [401, 429, 500, 503]) {
    answer = () => ({ status, body: problem('x') })
    expect(await store.completeBattleJob(7, 3, output)).toMatchObject({ ok: false, error: { code: 'store_unavailable' } })
  }
  answer = () => ({ status: 422, body: problem('invalid_request') })
  expect(await store.completeBattleJob(7, 3, output)).toMatchObject({
    ok: false,
    error: { code: 'store_refused', message: expect.stringContaining('invalid_request: why') },
  })
  answer = () => ({ status: 200 })
  expect(await store.completeBattleJob(7, 3, output)).toMatchObject({ ok: false, error: { code: 'store_refused' } })
  const nobody = createLocalStore({ agonUrl: 'http://127.0.0.1:1', token: () => 't' })
  expect(await nobody.claimContenders('page', ['openai'], 1)).toMatchObject({ ok: false, error: { code: 'store_unavailable' } })
  const signedOut = createLocalStore({
    agonUrl,
    token: () => {
      throw new Error('signed out')
    },
  })
  expect(await signedOut.claimContenders('page', ['openai'], 1)).toMatchObject({ ok: false, error: { code: 'store_unavailable' } })
})

test('an answer that is paid for is held on to while Agon cannot be reached, and handed in once', async () => {
  const store = createLocalStore({ agonUrl, token: () => 't', patienceMs: 10_000 })
  await store.claimContenders('page', ['openai'], 1)
  answer = () => (asked.length < 4 ? { status: 503, body: problem('store_unavailable') } : { status: 200, body: { outcome: 'recorded' } })
  expect(await store.completeBattleJob(7, 3, output)).toEqual({ ok: true, value: true })
  expect(asked.filter(({ path }) => path === '/7/complete')).toHaveLength(3)
})

test('the token is asked for at every call, and a long complaint is cut', async () => {
  let nth = 0
  const store = await claimed(() => `t${nth++}`)
  answer = () => ({ status: 200, body: { outcome: 'dead_lettered' } })
  expect(await store.deadLetterBattleJob(7, 3, error)).toEqual({ ok: true, value: 'dead_lettered' })
  expect(asked.map(({ token }) => token)).toEqual(['Bearer t0', 'Bearer t1'])
  expect(asked[1]).toMatchObject({
    path: '/7/fail',
    body: { lease_token: 3, backoff_ms: null, error: { code: 'provider_auth', message: 'm'.repeat(2000) } },
  })
})

test('what is in hand is given back once, and what has ended is not', async () => {
  const store = await claimed()
  await store.giveBack([3, 9])
  await store.giveBack([3])
  expect(asked.slice(1)).toEqual([{ path: '/7/give-back', token: 'Bearer t', body: { lease_token: 3 } }])
  await store.claimContenders('page', ['openai'], 1)
  expect(await store.completeBattleJob(7, 3, output)).toEqual({ ok: true, value: true })
  await store.giveBack([3])
  expect(asked.filter(({ path }) => path === '/7/give-back')).toHaveLength(1)
})
