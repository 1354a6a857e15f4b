import { createSearch } from '@agon/tools/search'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json, startWireServer, type WireRequest, type WireServer } from '../support/wire-server.ts'

// The contract with Tavily's HTTP API, on a wire of our own: https://docs.tavily.com/documentation/api-reference/endpoint/search

let wire: WireServer
let asked: WireRequest[] = []
let answer: (request: WireRequest) => { status?: number; headers?: Record<string, string>; body: unknown } | 'silence'
beforeAll(async () => {
  wire = await startWireServer((request, response) => {
    asked.push(request)
    const said = answer(request)
    if (said === 'silence') return
    if (typeof said.body === 'string') response.writeHead(said.status ?? 200, said.headers).end(said.body)
    else json(response, said.status ?? 200, said.body, said.headers)
  })
})
afterAll(() => wire.stop())
const page = {
  title: 'Of tides',
  url: 'https://example.com/tides',
  content: 'They rise.',
  score: 0.93,
  raw_content: null,
  published_date: 'Fri, 13 Nov 2026 10:00:00 GMT',
}
beforeEach(() => {
  asked = []
  answer = () => ({ body: { query: 'tides', results: [page], response_time: 1.2 } })
})
const bounds = { signal: new AbortController().signal, timeoutMs: 2_000 }
const search = (environment: Record<string, string> = { AGON_TAVILY_API_KEY: 'tvly-platform' }) =>
  createSearch({ AGON_TAVILY_BASE_URL: wire.url, ...environment })

describe('Tavily', () => {
  test('is asked for a query, and finds pages with what they say', async () => {
    expect(await search().search({ query: '  tides \n today ', most: 3 }, bounds)).toEqual({
      ok: true,
      value: {
        hits: [
          {
            title: 'Of tides',
            url: 'https://example.com/tides',
            content: 'They rise.',
            score: 0.93,
            publishedAt: 'Fri, 13 Nov 2026 10:00:00 GMT',
          },
        ],
        costUsd: 0.008,
        by: 'tavily',
      },
    })
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/search', headers: { authorization: 'Bearer tvly-platform' } })
    expect(asked[0]!.json()).toEqual({
      query: 'tides today',
      search_depth: 'basic',
      max_results: 3,
      include_answer: false,
      include_raw_content: false,
    })
  })

  test('is told what to look at, and costs more where it reads more', async () => {
    const asking = {
      query: 'tides',
      most: 99,
      depth: 'advanced',
      topic: 'news',
      days: 7,
      includeDomains: ['a.example'],
      excludeDomains: ['b.example'],
    } as const
    expect(await search().search({ ...asking, includeDomains: ['a.example'], excludeDomains: ['b.example'] }, bounds)).toMatchObject({
      value: { costUsd: 0.016 },
    })
    expect(asked[0]!.json()).toMatchObject({
      search_depth: 'advanced',
      max_results: 20,
      topic: 'news',
      days: 7,
      include_domains: ['a.example'],
      exclude_domains: ['b.example'],
    })
  })

  test('is asked with a user’s own key, where there is one, and with no other', async () => {
    await search().search({ query: 'tides', most: 1 }, { ...bounds, apiKey: 'tvly-users' })
    await search({}).search({ query: 'tides', most: 1 }, { ...bounds, apiKey: 'tvly-users' })
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer tvly-users', 'Bearer tvly-users'])
    expect(await search({}).search({ query: 'tides', most: 1 }, bounds)).toMatchObject({
      error: { code: 'provider_key_missing', message: expect.stringContaining('AGON_TAVILY_API_KEY') },
    })
    expect(asked).toHaveLength(2)
  })

  test('is believed no page that nobody can open, and no more than was asked for', async () => {
    answer = () => ({
      body: { results: [{ ...page, url: 'javascript:alert(1)' }, { url: 'not a url' }, { url: 'https://bare.example/' }, page, page] },
    })
    expect(await search().search({ query: 'tides', most: 2 }, bounds)).toMatchObject({
      value: {
        hits: [{ url: 'https://bare.example/', title: 'https://bare.example/', content: '' }, { url: 'https://example.com/tides' }],
      },
    })
    const found = await search().search({ query: 'tides', most: 2 }, bounds)
    expect(found.ok && found.value.hits).toHaveLength(2)
  })

  test.each<[string, typeof answer, object]>([
    ['a wrong key', () => ({ status: 401, body: { detail: { error: 'Unauthorized: tvly-platform' } } }), { code: 'provider_auth' }],
    [
      'too many requests',
      () => ({ status: 429, headers: { 'retry-after': '3' }, body: { detail: 'slow down' } }),
      { code: 'provider_rate_limited', retryAfterMs: 3_000 },
    ],
    ['a plan that is used up', () => ({ status: 432, body: { detail: 'limit of the plan' } }), { code: 'provider_rejected' }],
    ['a failure', () => ({ status: 500, body: 'no' }), { code: 'provider_unavailable' }],
    ['a redirect', () => ({ status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' }), { code: 'provider_unavailable' }],
    ['no JSON', () => ({ body: '<html>' }), { code: 'provider_malformed' }],
    ['another document', () => ({ body: { answer: 'yes' } }), { code: 'provider_malformed' }],
    ['silence', () => 'silence', { code: 'provider_timeout' }],
  ])('that answers with %s is a coded error, without the key', async (_, failing, error) => {
    answer = failing
    const found = await search().search({ query: 'tides', most: 2 }, { ...bounds, timeoutMs: 300 })
    expect(found).toMatchObject({ ok: false, error })
    expect(JSON.stringify(found)).not.toContain('tvly-platform')
  })

  test('is left alone by a driver that lost its lease', async () => {
    const leaving = new AbortController()
    answer = () => 'silence'
    const searching = search().search({ query: 'tides', most: 2 }, { ...bounds, signal: leaving.signal })
    leaving.abort()
    expect(await searching).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
  })
})

test('the simulated search finds the same for the same query, says of every page that nobody wrote it, and asks nobody', async () => {
  const simulated = search({ AGON_SEARCH: 'simulated' })
  const found = await simulated.search({ query: 'tides in Lisbon', most: 4 }, bounds)
  expect(found).toMatchObject({ ok: true, value: { by: 'sparring', simulated: true, costUsd: 0 } })
  expect(await simulated.search({ query: 'tides in Lisbon', most: 4 }, bounds)).toEqual(found)
  if (!found.ok) return
  expect(found.value.hits).toHaveLength(4)
  for (const { title, content, url } of found.value.hits) {
    expect([title, content]).toEqual([expect.stringMatching(/^\[simulated\] .*tides in Lisbon/), expect.stringMatching(/^\[simulated\] /)])
    expect(new URL(url).hostname).toBe('simulated.example.com')
  }
  expect(asked).toEqual([])
})

test.each([
  [{ AGON_TAVILY_API_KEY: 'two words' }, 'AGON_TAVILY_API_KEY must be printable ASCII'],
  [{ AGON_TAVILY_BASE_URL: 'ftp://x' }, 'AGON_TAVILY_BASE_URL'],
  [{ AGON_SEARCH: 'google' }, 'AGON_SEARCH must be tavily or simulated'],
])('a configuration that is wrong is refused by name: %j', (environment, message) => {
  expect(() => createSearch(environment)).toThrow(message)
})
