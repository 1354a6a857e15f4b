import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
})
afterAll(() => arena.stop())

const good = {
  prompt: 'Name a colour.',
  contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }],
  judge: { model: 'sparring:arbiter' },
}

/** Each bad request, the code it earns and the field it names. */
const refused: [name: string, body: unknown, status: number, code: string, path: string][] = [
  [
    'an unknown model',
    { ...good, contenders: [{ model: 'openai:gpt-imaginary' }, good.contenders[0]] },
    422,
    'model_unknown',
    '/contenders/0/model',
  ],
  ['an unknown provider', { ...good, judge: { model: 'nobody:x' } }, 422, 'model_unknown', '/judge/model'],
  ['an image model as the judge', { ...good, judge: { model: 'openai:gpt-image-1' } }, 422, 'judge_cannot_see', '/judge/model'],
  ['one contender', { ...good, contenders: good.contenders.slice(1) }, 422, 'contender_count', '/contenders'],
  [
    '27 contenders',
    { ...good, contenders: Array.from({ length: 27 }, (_, n) => ({ model: `sparring:m${n}` })) },
    422,
    'contender_count',
    '/contenders',
  ],
  ['a duplicate contender', { ...good, contenders: [...good.contenders, good.contenders[0]] }, 422, 'duplicate_contender', '/contenders/2'],
  ['an empty prompt', { ...good, prompt: '  ' }, 422, 'invalid_request', '/prompt'],
  ['a prompt of 40,000 characters', { ...good, prompt: 'x'.repeat(40_000) }, 422, 'invalid_request', '/prompt'],
  ['a missing judge', { prompt: good.prompt, contenders: good.contenders }, 422, 'invalid_request', '/judge'],
  ['an unknown field', { ...good, promt: 'x' }, 422, 'invalid_request', '/promt'],
  ['an unknown handicap', { ...good, handicap: { max_contxt_tokens: 1 } }, 422, 'invalid_request', '/handicap/max_contxt_tokens'],
  ['a NUL in a prompt', { ...good, prompt: 'a\u0000b' }, 422, 'invalid_request', '/prompt'],
  ['half a surrogate pair in an input', { ...good, inputs: { x: ['\ud800'] } }, 422, 'invalid_request', '/inputs/x/0'],
  ['a list instead of an object', [good], 422, 'invalid_request', '/'],
]

test.each(refused)('%s is refused, the field named, and nothing written', async (_, body, status, code, path) => {
  const response = await arena.post('/battles', body)
  const problem = (await response.json()) as {
    code: string
    title: string
    detail: string
    type: string
    errors: { path: string; message: string }[]
  }
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect({ status: response.status, code: problem.code, paths: problem.errors.map((error) => error.path) }).toEqual({
    status,
    code,
    paths: expect.arrayContaining([path]),
  })
  expect(problem.detail.length).toBeGreaterThan(10)
  expect(problem.type).toMatch(new RegExp(`/errors#${code}$`))
  expect((await arena.database.query('select count(*)::int as n from battles.battles')).rows[0].n).toBe(0)
})

test('the same model under two identities is no duplicate', async () => {
  const response = await arena.post('/battles', {
    ...good,
    contenders: [
      { model: 'sparring:quill', identity: 'bold' },
      { model: 'sparring:quill', identity: 'shy' },
    ],
  })
  expect(response.status).toBe(201)
  await arena.database.query('truncate battles.battles cascade')
})

test('a body that is not JSON, has the wrong content type, or is too large says so', async () => {
  const headers = { 'content-type': 'application/json' }
  const send = async (body: string, extra: Record<string, string>) => {
    const token = await arena.signUp(`u${Math.random().toString(36).slice(2)}`)
    const response = await arena.api('/battles', {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, apikey: arena.platform.publishableKey, ...extra },
    })
    return [response.status, ((await response.json()) as { code: string }).code]
  }
  expect(await send('{"prompt":', headers)).toEqual([400, 'invalid_json'])
  expect(await send('prompt=x', { 'content-type': 'application/x-www-form-urlencoded' })).toEqual([415, 'unsupported_media_type'])
  expect(await send(`{"prompt":"${'x'.repeat(600_000)}"}`, headers)).toEqual([413, 'payload_too_large'])
})

test('who may do what: no key, a wrong key, a foreign token, a publishable key', async () => {
  const { publishableKey, secretKeys, url } = arena.platform
  const call = async (path: string, headers: Record<string, string>, method = 'GET') => {
    const response = await fetch(`${url}${path}`, { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) })
    return [response.status, ((await response.json()) as { code?: string }).code]
  }
  const api = '/functions/v1/api'
  const json = { 'content-type': 'application/json' }
  expect(await call(`${api}/leaderboard`, {})).toEqual([401, 'unauthenticated'])
  expect(await call(`${api}/leaderboard`, { apikey: 'sb_publishable_wrong' })).toEqual([401, 'unauthenticated'])
  expect(await call(`${api}/leaderboard`, { authorization: `Bearer ${foreignToken}` })).toEqual([401, 'unauthenticated'])
  expect((await call(`${api}/leaderboard`, { apikey: publishableKey }))[0]).toBe(200)
  expect(await call(`${api}/battles`, { apikey: publishableKey, ...json }, 'POST')).toEqual([401, 'unauthenticated'])
  for (const name of ['dispatch-jobs', 'ai-judge-battle']) {
    for (const key of [
      {},
      { apikey: publishableKey },
      { apikey: secretKeys.default! },
      { authorization: `Bearer ${secretKeys.worker!}` },
    ]) {
      expect(await call(`/functions/v1/${name}`, key as Record<string, string>, 'POST')).toEqual([401, 'unauthenticated'])
    }
    expect((await call(`/functions/v1/${name}`, { apikey: secretKeys.worker! }, 'POST'))[0]).toBe(202)
  }
  expect(await call(`${api}/battles/not-a-uuid`, { apikey: publishableKey })).toEqual([422, 'invalid_request'])
  expect(await call(`${api}/nowhere`, { apikey: publishableKey })).toEqual([404, 'not_found'])
})

test('anon and authenticated can call no worker RPC, and read no table of the engine', async () => {
  const token = await arena.signUp('curious')
  for (const headers of [
    { apikey: arena.platform.publishableKey },
    { apikey: arena.platform.publishableKey, authorization: `Bearer ${token}` },
  ] as Record<string, string>[]) {
    const rpc = (schema: string, name: string, args: object) =>
      fetch(`${arena.platform.url}/rest/v1/rpc/${name}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'content-profile': schema },
        body: JSON.stringify(args),
      })
    expect([401, 403]).toContain((await rpc('battles', 'fn_worker_claim_battle_job', { driver: 'me', most: 1 })).status)
    expect([401, 403]).toContain((await rpc('battles', 'fn_battles_create', { owner_id: crypto.randomUUID(), battle: {} })).status)
    expect([401, 403, 404]).toContain(
      (await rpc('execution', 'fn_worker_claim_jobs', { kind: 'battle_job', driver: 'me', most: 1 })).status,
    )
    const jobs = await fetch(`${arena.platform.url}/rest/v1/jobs`, { headers: { ...headers, 'accept-profile': 'execution' } })
    expect([401, 403]).toContain(jobs.status)
  }
})

/** Well-formed, signed by somebody else. */
const foreignToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMTExMTExMS0xMTExLTQxMTEtODExMS0xMTExMTExMTExMTEiLCJyb2xlIjoiYXV0aGVudGljYXRlZCIsImV4cCI6OTk5OTk5OTk5OX0.3cV2a0lDPJm4sbyM1m6GTu3Y2wqkkTnV5QpfEOdxOuM'
