import { createServer, type IncomingMessage, type Server } from 'node:http'
import { cpuUsage } from 'node:process'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createModeration } from './moderation.ts'
import { judgedByWords } from './moderation-words.ts'

describe('the list of words', () => {
  // What lists that look for letters find in words: places, names, and what people work at.
  test.each(
    [
      ['whatever', 'Scunthorpe', 'Penistone', 'Lightwater', 'Essex', 'Sussex', 'Cockburn', 'Hitchcock', 'Hancock', 'Lipshitz', 'Dickens'],
      [
        'class assignment',
        'assassin',
        'embassy',
        'passion',
        'assess',
        'bass',
        'compass',
        'Picasso',
        'classic analysis',
        'cocktail',
        'peacock',
        'shuttlecock',
      ],
      [
        'document',
        'circumstances',
        'cumulative',
        'magna cum laude',
        'grape',
        'therapist',
        'drape',
        'rapeseed oil',
        'scrape',
        'title',
        'titan',
        'constitution',
      ],
      [
        'Shiitake',
        'push it',
        'wish it were',
        'raccoon',
        'tycoon',
        'suspicion',
        'spice',
        'homogeneous',
        'Niger',
        'Nigeria',
        'niggardly',
        'snigger',
        'Montenegro',
      ],
      [
        'sex education',
        'breast cancer screening',
        'a penis is an organ',
        'fire retardant',
        'the basement',
        'horsemen',
        'swank',
        'button',
        'manuscript',
      ],
      ['ファイル', '你好', 'Füße', '', ' ', 'https://example.com/a?b=c', '{"a": [1, 2]}', '$$$', '***'],
    ].flat(),
  )('%j passes', async (text) => {
    expect(await judgedByWords(text)).toEqual({ flagged: false, categories: [], by: ['words'] })
    expect(await judgedByWords(`Today: ${text}, and more.`)).toMatchObject({ flagged: false })
  })

  test.each([
    'fuck',
    'Fuck you',
    'fuuuuck',
    'ʃṳ𝒸𝗄',
    'sh1t',
    'bullshit',
    'motherfucker',
    'fucking',
    'bitches',
    'asshole',
    'nigger',
    'you cunt',
    'faggot',
    '“shit”',
    'oh-fuck-no',
  ])('%j does not', async (text) => {
    expect(await judgedByWords(`He said: ${text}!`)).toEqual({ flagged: true, categories: ['profanity'], by: ['words'] })
  })

  test('a text as long as a node may have is looked at in a second or two of the processor’s time, and a longer one does not pass', async () => {
    const long = 'The quick brown fox assesses documents. '.repeat(13_000)
    const from = cpuUsage()
    expect(await judgedByWords(long)).toMatchObject({ flagged: false })
    expect(await judgedByWords(`${long} fuck`)).toMatchObject({ flagged: true })
    expect(cpuUsage(from).user / 1000).toBeLessThan(8_000)
    expect(await judgedByWords('a'.repeat(600_001))).toMatchObject({ flagged: true, categories: ['too_long_to_check'] })
  })
})

describe('OpenAI’s moderation', () => {
  let server: Server
  let url: string
  let asked: { path: string; body: { model: string; input: unknown[] } }[] = []
  let answer: (input: unknown[]) => { status?: number; headers?: Record<string, string>; body: unknown } | 'silence'
  const result = (input: unknown[], word = 'evil') =>
    input.map((each) => ({
      flagged: JSON.stringify(each).includes(word),
      categories: { harassment: JSON.stringify(each).includes(word), violence: false },
      category_scores: {},
    }))
  const read = async (request: IncomingMessage) => {
    let text = ''
    for await (const chunk of request) text += chunk
    return JSON.parse(text)
  }
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = await read(request)
      asked.push({ path: request.url!, body })
      const said = answer(body.input)
      if (said === 'silence') return
      response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers })
      response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
    answer = (input) => ({ body: { id: 'm', model: 'omni', results: result(input) } })
  })
  const bounds = { signal: new AbortController().signal, timeoutMs: 2_000 }
  const moderation = (mode?: string) =>
    createModeration({ OPENAI_API_KEY: 'sk-test-key', OPENAI_BASE_URL: url, ...(mode && { AGON_MODERATION: mode }) })

  test('is asked with the latest model, and says what it flags', async () => {
    expect(await moderation('openai').check({ text: 'something evil' }, bounds)).toEqual({
      ok: true,
      value: { flagged: true, categories: ['harassment'], by: ['omni-moderation-latest'] },
    })
    expect(await moderation('openai').check({ text: 'something nice' }, bounds)).toEqual({
      ok: true,
      value: { flagged: false, categories: [], by: ['omni-moderation-latest'] },
    })
    expect(asked[0]).toEqual({ path: '/v1/moderations', body: { model: 'omni-moderation-latest', input: ['something evil'] } })
  })

  test('looks at pictures, by their address', async () => {
    expect(await moderation('openai').check({ text: '', mediaUrl: 'https://example.com/evil.png' }, bounds)).toMatchObject({
      value: { flagged: true },
    })
    expect(asked.map(({ body }) => body.input)).toEqual([[{ type: 'image_url', image_url: { url: 'https://example.com/evil.png' } }]])
  })

  test('sees the end of a long text, and what stands where it is cut', async () => {
    for (const at of [0, 9_998, 10_000, 150_000, 199_996]) {
      const text = `${'x'.repeat(at)}evil${'x'.repeat(200_000 - at)}`
      expect(await moderation('openai').check({ text }, bounds), String(at)).toMatchObject({ value: { flagged: true } })
    }
  })

  test('is not shown what the list flagged already; both look at what it did not', async () => {
    expect(await moderation('both').check({ text: 'fuck this' }, bounds)).toMatchObject({ value: { flagged: true, by: ['words'] } })
    expect(asked).toEqual([])
    expect(await moderation().check({ text: 'evil' }, bounds)).toMatchObject({
      value: { flagged: true, categories: ['harassment'], by: ['words', 'omni-moderation-latest'] },
    })
  })

  test.each<[string, typeof answer]>([
    ['a failure', () => ({ status: 500, body: { error: { message: 'no' } } })],
    ['a limit', () => ({ status: 429, headers: { 'retry-after': '7' }, body: { error: { message: 'slow down' } } })],
    ['a wrong key', () => ({ status: 401, body: { error: { message: 'wrong key' } } })],
    ['no JSON', () => ({ body: 'ok' })],
    ['no results', () => ({ body: { results: [] } })],
    ['results that say nothing', () => ({ body: { results: [{}] } })],
    ['another document', () => ({ body: { choices: [] } })],
    ['silence', () => 'silence'],
  ])('that answers with %s lets nothing pass', async (_, failing) => {
    answer = failing
    const judged = await moderation('openai').check({ text: 'nice' }, { ...bounds, timeoutMs: 400 })
    expect(judged).toMatchObject({ ok: false, error: { code: 'moderation_unavailable', message: expect.stringMatching(/\.$|openai/) } })
    expect(JSON.stringify(judged)).not.toContain('sk-test-key')
  })

  test('that asks for time is given it', async () => {
    answer = () => ({ status: 429, headers: { 'retry-after': '7' }, body: { error: { message: 'slow down' } } })
    expect(await moderation('openai').check({ text: 'nice' }, bounds)).toMatchObject({ error: { retryAfterMs: 7_000 } })
  })

  test('that was asked for and has no key lets nothing pass; where nobody asked for it, the list looks alone', async () => {
    for (const mode of ['openai', 'both'])
      expect(await createModeration({ AGON_MODERATION: mode }).check({ text: 'nice' }, bounds)).toMatchObject({
        ok: false,
        error: { code: 'moderation_unavailable', message: expect.stringContaining('OPENAI_API_KEY') },
      })
    expect(await createModeration({}).check({ text: 'nice' }, bounds)).toEqual({
      ok: true,
      value: { flagged: false, categories: [], by: ['words'] },
    })
    expect(() => createModeration({ AGON_MODERATION: 'none' })).toThrow(/AGON_MODERATION must be one of openai, words, both/)
  })
})
