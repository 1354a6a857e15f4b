import { expect, test, vi } from 'vitest'
import { createAgonClient, createAgonOperator } from './index.ts'

const answering = (body: unknown, status = 200, type = 'application/json') => {
  const requests: Request[] = []
  const fetch = async (request: Request) => {
    requests.push(request)
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'content-type': type } })
  }
  return {
    requests,
    agon: createAgonClient({ url: 'https://project.test/', publishableKey: 'sb_publishable_x', accessToken: () => 'token', fetch }),
  }
}

test('a call carries the publishable key, the user’s token and the idempotency key', async () => {
  const { agon, requests } = answering({ battle_id: 'b' }, 201)
  const made = await agon.createBattle(
    { prompt: 'p', contenders: [{ model: 'a' }, { model: 'b' }], judge: { model: 'j' } },
    { idempotencyKey: 'once' },
  )
  expect(made).toEqual({ ok: true, value: { battle_id: 'b' } })
  const [request] = requests
  expect(request?.url).toBe('https://project.test/functions/v1/api/battles')
  expect(Object.fromEntries(request!.headers)).toMatchObject({
    apikey: 'sb_publishable_x',
    authorization: 'Bearer token',
    'idempotency-key': 'once',
    'content-type': 'application/json',
  })
})

test('a problem of the API is returned, not thrown', async () => {
  const problem = {
    type: 't',
    title: 'T',
    status: 422,
    code: 'contender_count',
    detail: 'd',
    errors: [{ path: '/contenders', message: 'm' }],
  }
  const { agon } = answering(problem, 422, 'application/problem+json')
  expect(await agon.getBattle('b')).toEqual({ ok: false, problem })
})

test('an answer of something else names the URL and its status', async () => {
  const { agon } = answering('<html>Not here</html>', 404, 'text/html')
  expect(await agon.leaderboard()).toMatchObject({
    ok: false,
    problem: { code: 'unexpected_answer', status: 404, detail: expect.stringContaining('https://project.test') },
  })
  expect(await answering('no json').agon.models()).toMatchObject({ ok: false, problem: { code: 'unexpected_answer' } })
})

test('no answer is a problem that names the URL and the reason', async () => {
  const agon = createAgonClient({ url: 'http://127.0.0.1:59999', publishableKey: 'k' })
  const found = await agon.listBattles({ limit: 1 })
  expect(found).toMatchObject({
    ok: false,
    problem: { code: 'unreachable', detail: expect.stringContaining('http://127.0.0.1:59999 did not answer: ECONNREFUSED') },
  })
})

test('a call the caller gives up says so', async () => {
  const fetch = vi.fn(
    (request: Request) =>
      new Promise<Response>((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason))),
  )
  const agon = createAgonClient({ url: 'https://project.test', publishableKey: 'k', fetch })
  const controller = new AbortController()
  const call = agon.getBattle('b', { signal: controller.signal })
  setTimeout(() => controller.abort(), 5)
  expect(await call).toMatchObject({ ok: false, problem: { code: 'aborted' } })
})

test('every write carries a key of its own, so that a busy server may be asked again without doing it twice', async () => {
  const { agon, requests } = answering({})
  await agon.createBattle({ prompt: 'p', contenders: [{ model: 'a' }, { model: 'b' }], judge: { model: 'j' } })
  await agon.publishBattle('b')
  await agon.cancelBattle('b')
  await agon.redriveBattle('b')
  const keys = requests.map((request) => request.headers.get('idempotency-key'))
  expect(new Set(keys).size).toBe(4)
  for (const key of keys) expect(key).toMatch(/^[0-9a-f-]{36}$/)
})

test('a busy server is asked again, with the same key', async () => {
  const keys: (string | null)[] = []
  const fetch = async (request: Request) => {
    keys.push(request.headers.get('idempotency-key'))
    return keys.length === 1
      ? new Response('{}', { status: 503, headers: { 'retry-after': '0' } })
      : Response.json({ battle_id: 'b' }, { status: 201 })
  }
  const agon = createAgonClient({ url: 'https://project.test', publishableKey: 'k', fetch })
  expect(await agon.createBattle({ prompt: 'p', contenders: [{ model: 'a' }, { model: 'b' }], judge: { model: 'j' } })).toMatchObject({
    ok: true,
  })
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
})

test('whoever runs the project shows a secret key, and no token', async () => {
  const requests: Request[] = []
  const fetch = async (request: Request) => {
    requests.push(request)
    return Response.json({ outcomes: { redriven: 2 }, considered: 2, next_after: null })
  }
  const operator = createAgonOperator({ url: 'https://project.test/', secretKey: 'sb_secret_x', fetch })
  expect(await operator.redriveMany({ error_code: 'provider_auth' })).toMatchObject({ ok: true, value: { outcomes: { redriven: 2 } } })
  await operator.switchOff('openai', 'their outage')
  expect(requests.map(({ method, url }) => [method, url])).toEqual([
    ['POST', 'https://project.test/functions/v1/api/dead-letters/redrive'],
    ['POST', 'https://project.test/functions/v1/api/switches/off'],
  ])
  expect(requests[0]!.headers.get('apikey')).toBe('sb_secret_x')
  expect(requests[0]!.headers.get('authorization')).toBeNull()
  expect(await requests[1]!.json()).toEqual({ provider: 'openai', reason: 'their outage' })
})
