import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, type BattleDocument, startArena } from '../support/arena.ts'

// How the API behaves whatever is asked of it: methods, caching, repeats, limits.

const most = 40
let arena: Arena
let draft: string
const body = {
  prompt: 'Name a colour.',
  contenders: [{ model: 'sparring:quill' }, { model: 'sparring:ember' }],
  judge: { model: 'sparring:arbiter' },
}
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_WRITES_PER_MINUTE: String(most) } })
  draft = ((await (await arena.post('/battles', body)).json()) as BattleDocument).battle_id
})
afterAll(() => arena.stop())

const get = (path: string, headers: Record<string, string> = {}) => arena.api(path, { headers: { ...arena.asOwner, ...headers } })

test.each(['/battles', '/leaderboard', '/models', '/errors'])(
  'GET %s answers 304 to who has it already, and 200 to who has something else',
  async (path) => {
    const first = await get(path)
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^W\/"[0-9a-f]{40}"$/)
    const again = await get(path, { 'if-none-match': etag })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    expect(again.headers.get('access-control-allow-origin')).toBe('*')
    expect((await get(path, { 'if-none-match': 'W/"something else"' })).status).toBe(200)
  },
)

test('a battle is told anew when it has changed, and is nobody else’s to keep', async () => {
  const first = await get(`/battles/${draft}`)
  expect(first.headers.get('cache-control')).toBe('private, no-cache')
  expect(first.headers.get('vary')).toContain('authorization')
  const etag = first.headers.get('etag')!
  expect((await get(`/battles/${draft}`, { 'if-none-match': etag })).status).toBe(304)
  await arena.database.query('update battles.battles set title = $2 where battle_id = $1', [draft, 'another'])
  const changed = await get(`/battles/${draft}`, { 'if-none-match': etag })
  expect([changed.status, ((await changed.json()) as { title: string }).title]).toEqual([200, 'another'])
  expect((await get('/models')).headers.get('cache-control')).toBe('public, max-age=300')
})

test('HEAD is GET without its body, OPTIONS is answered for any origin, and another method says which are served', async () => {
  const head = await arena.api(`/battles/${draft}`, { method: 'HEAD', headers: arena.asOwner })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(head.headers.get('etag')).toBe((await get(`/battles/${draft}`)).headers.get('etag'))
  const options = await arena.api('/battles', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'idempotency-key',
    },
  })
  expect(options.status).toBe(204)
  expect(options.headers.get('access-control-allow-methods')).toContain('POST')
  expect(options.headers.get('access-control-allow-headers')).toContain('idempotency-key')
  for (const [path, method, allowed] of [
    ['/battles', 'PATCH', 'POST, GET, HEAD, OPTIONS'],
    [`/battles/${draft}/publish`, 'GET', 'POST, OPTIONS'],
    ['/leaderboard', 'DELETE', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const refused = await arena.api(path, { method, headers: arena.asOwner })
    expect([refused.status, refused.headers.get('allow'), ((await refused.json()) as { code: string }).code]).toEqual([
      405,
      allowed,
      'method_not_allowed',
    ])
  }
})

test('an act that says it may be a repeat is answered as the first was; without that it is told that it came too late', async () => {
  const act = async (path: string, key?: string) => {
    const answer = await arena.post(`/battles/${draft}/${path}`, undefined, key ? { 'idempotency-key': key } : {})
    return [answer.status, ((await answer.json()) as { status: string | number }).status]
  }
  await arena.post('/battles', body)
  await arena.database.query(`select execution.fn_operator_switch('system', '', true)`)
  expect(await act('publish', 'p1')).toEqual([200, 'executing'])
  expect(await act('publish', 'p1')).toEqual([200, 'executing'])
  expect(await act('publish')).toEqual([409, 409])
  expect(await act('cancel', 'c1')).toEqual([200, 'cancelled'])
  expect(await act('cancel', 'c1')).toEqual([200, 'cancelled'])
  expect(await act('cancel')).toEqual([409, 409])
  expect(await act('publish', 'p1')).toEqual([409, 409]) // what was cancelled is not published
})

test('lists are filtered, and a filter that is none is refused by name', async () => {
  const titles = async (query: string) =>
    ((await (await get(`/battles?${query}`)).json()) as { battles: { title: string }[] }).battles.length
  expect(await titles('model=sparring:quill&battle_type=ai_vs_ai&mine=true')).toBe(2)
  expect(await titles('model=sparring:nobody')).toBe(0)
  expect(await titles(`created_after=${new Date(Date.now() + 60_000).toISOString()}`)).toBe(0)
  expect(await titles(`mine=true&created_before=${new Date(Date.now() + 60_000).toISOString()}`)).toBe(2)
  const refused = async (path: string) => {
    const answer = await get(path)
    return [answer.status, ((await answer.json()) as { errors: { path: string }[] }).errors.map((error) => error.path)]
  }
  expect(await refused('/battles?modle=x')).toEqual([422, ['/modle']])
  expect(await refused('/battles?created_after=yesterday')).toEqual([422, ['/created_after']])
  expect(await refused('/leaderboard?cursor=nonsense')).toEqual([422, ['/cursor']])
})

test('a battle’s log is read page by page from where the last one ended, and ends with the battle; a stranger’s draft has none', async () => {
  const whole = ((await (await get(`/battles/${draft}`)).json()) as BattleDocument).events
  const seen: { event_id: number }[] = []
  for (let after = 0, ended = false; !ended; ) {
    const page = (await (await get(`/battles/${draft}/events?after=${after}&limit=2`)).json()) as {
      events: typeof seen
      cursor: number
      more: boolean
      ended: boolean
    }
    seen.push(...page.events)
    expect(page.more).toBe(page.events.length === 2)
    after = page.cursor
    ended = page.ended
  }
  expect(seen).toEqual(whole)
  const hidden = ((await (await arena.post('/battles', body)).json()) as BattleDocument).battle_id
  expect((await arena.api(`/battles/${hidden}/events`, { headers: { apikey: arena.platform.publishableKey } })).status).toBe(404)
  expect((await get(`/battles/${hidden}/events?after=-1`)).status).toBe(422)
})

test('a user writes so often a minute, is told how often is left, and then when to come again; others and reads go on', async () => {
  const write = (headers: Record<string, string>) => arena.api(`/battles/${draft}/cancel`, { method: 'POST', headers })
  const headers = { ...arena.asOwner, authorization: `Bearer ${await arena.signUp('eager')}` }
  const answers: Response[] = []
  for (let n = 0; n < most + 2; n++) answers.push(await write(headers))
  expect(answers.map(({ status }) => status)).toEqual([...Array(most).fill(404), 429, 429])
  expect(answers[0]!.headers.get('ratelimit-policy')).toBe(`"writes";q=${most};w=60`)
  expect(answers[0]!.headers.get('ratelimit')).toMatch(new RegExp(`^"writes";r=${most - 1};t=(59|60)$`))
  const refused = answers.at(-1)!
  expect(refused.headers.get('ratelimit')).toMatch(/^"writes";r=0;t=\d+$/)
  const claim = await arena.api('/local-executions/claim', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ providers: ['openai'] }),
  })
  expect([claim.status, claim.headers.get('ratelimit-policy')]).toEqual([200, `"leased";q=${10 * most};w=60`])
  const wait = Number(refused.headers.get('retry-after'))
  expect(wait).toBeGreaterThan(30)
  expect(wait).toBeLessThanOrEqual(60)
  expect(await refused.json()).toMatchObject({
    code: 'rate_limited',
    status: 429,
    detail: expect.stringContaining(`${most} writes a minute`),
  })
  expect((await arena.api('/battles', { headers })).status).toBe(200)
  expect((await write({ ...arena.asOwner, authorization: `Bearer ${await arena.signUp('calm')}` })).status).toBe(404)
})
