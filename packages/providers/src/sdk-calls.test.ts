import { ok } from '@agon/runner-core'
import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import type { ConfiguredProvider } from './configuration.ts'
import { type LoadedSdk, sdkCalls } from './sdk-calls.ts'
import { answering, anthropicWire, call, openaiWire, providerBorder, request } from './testing/wires.ts'

const server = providerBorder()

describe.each([openaiWire, anthropicWire])('the $wire wire', (wire) => {
  const failing = (status: number, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    answering(server, wire, body, { status, headers })
  const answeringRaw = (body: string, contentType = 'application/json') =>
    server.use(http.post(wire.url, () => new HttpResponse(body, { headers: { 'content-type': contentType } })))
  const generate = (...parameters: Partial<Parameters<ReturnType<typeof wire.provider>['generateText']>>) =>
    wire.provider().generateText(parameters[0] ?? request(), parameters[1] ?? call())

  test('an answer carries its text, its usage and the model that answered', async () => {
    answering(server, wire, wire.answer('Old pond'))
    expect(await generate()).toEqual({
      ok: true,
      value: { text: 'Old pond', finishReason: 'stop', wireModel: 'answering-model', inputTokens: 11, outputTokens: 7 },
    })
  })

  test('an answer without usage or model is an answer still, of the model that was asked', async () => {
    const { usage: _usage, model: _model, ...bare } = wire.answer('Old pond')
    answering(server, wire, bare)
    expect(await generate()).toStrictEqual({ ok: true, value: { text: 'Old pond', finishReason: 'stop', wireModel: 'asked-model' } })
  })

  test('an answer cut at max_tokens keeps its text and says so', async () => {
    answering(server, wire, wire.answer('Old po', 'length'))
    expect(await generate()).toMatchObject({ ok: true, value: { text: 'Old po', finishReason: 'length' } })
  })

  test('an empty answer cut at max_tokens is rejected, with the advice to raise it', async () => {
    answering(server, wire, wire.answer('', 'length'))
    const result = await generate()
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_rejected' } })
    expect(result).toHaveProperty('error.message', expect.stringContaining('Raise max_tokens'))
  })

  test('a model that ends by itself without a word has answered with nothing', async () => {
    answering(server, wire, wire.answer(''))
    expect(await generate()).toMatchObject({ ok: true, value: { text: '', finishReason: 'stop' } })
  })

  test('every request carries the key, the bound, the prompts and the idempotency key of the job', async () => {
    const received = answering(server, wire, wire.answer('Old pond'))
    await generate(request({ system: 'You are Basho.' }))
    expect(received).toHaveLength(1)
    const [{ headers, body }] = received as [(typeof received)[number]]
    expect(headers.get('idempotency-key')).toBe('job-7')
    expect(headers.get('authorization')).toBe('Bearer test-key-0123456789')
    expect(body.model).toBe('asked-model')
    expect(JSON.stringify(body)).toContain('You are Basho.')
    expect(JSON.stringify(body)).toContain('Write a haiku.')
    expect(body).not.toHaveProperty('temperature')
  })

  test('a provider without a JSON-schema mode is not sent a schema', async () => {
    const received = answering(server, wire, wire.answer('{}'))
    await wire
      .provider({ jsonSchema: false })
      .generateText(request({ jsonSchema: { name: 'verdict', schema: { type: 'object' } } }), call())
    expect(Object.keys(received[0]?.body ?? {}).sort()).toEqual(
      ['max_tokens', 'messages', 'model'].map((key) => (wire.wire === 'openai' && key === 'max_tokens' ? 'max_completion_tokens' : key)),
    )
  })

  test('a 429 waits the seconds of Retry-After, and is asked once', async () => {
    const received = failing(429, wire.error('Slow down', 'rate_limit_error'), { 'retry-after': '7' })
    expect(await generate()).toEqual({
      ok: false,
      error: { code: 'provider_rate_limited', message: `${wire.wire} answered 429: Slow down`, retryAfterMs: 7_000 },
    })
    expect(received).toHaveLength(1)
  })

  test.each<[string, number, Record<string, string>, number[]]>([
    [
      'an answer that was the last for a while',
      200,
      { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' },
      [360_000],
    ],
    ['an answer that leaves some', 200, { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '6m0s' }, []],
    ['a 429 that says when', 429, { 'retry-after': '7' }, [7_000]],
    ['a 429 that does not', 429, {}, []],
    ['a refusal that was the last for a while', 400, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1s' }, [1_000]],
    ['an overload, which is no limit of ours', 503, { 'retry-after': '7' }, []],
  ])('%s is told', async (_name, status, headers, told) => {
    answering(server, wire, status === 200 ? wire.answer('Old pond') : wire.error('No'), { status, headers })
    const limits: number[] = []
    await generate(request(), call({ onRateLimit: ({ retryAfterMs }) => limits.push(retryAfterMs) }))
    expect(limits).toEqual(told)
  })

  test('a 429 waits until the HTTP date of Retry-After', async () => {
    failing(429, wire.error('Slow down'), { 'retry-after': new Date(Date.now() + 60_000).toUTCString() })
    const result = await generate()
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_rate_limited' } })
    const waitMs = result.ok ? Number.NaN : result.error.retryAfterMs
    expect(waitMs).toBeGreaterThan(50_000)
    expect(waitMs).toBeLessThanOrEqual(60_000)
  })

  test.each([
    [400, 'provider_rejected'],
    [401, 'provider_auth'],
    [403, 'provider_auth'],
    [404, 'provider_rejected'],
    [408, 'provider_unavailable'],
    [409, 'provider_unavailable'],
    [413, 'provider_rejected'],
    [422, 'provider_rejected'],
    [500, 'provider_unavailable'],
    [503, 'provider_unavailable'],
    [504, 'provider_timeout'],
    [529, 'provider_unavailable'],
  ])('a %i is %s, with what the provider said, and is asked once', async (status, code) => {
    const received = failing(status, wire.error('Because of reasons'))
    const result = await generate()
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(result).toHaveProperty('error.message', expect.stringContaining(`answered ${status}: Because of reasons`))
    expect(received).toHaveLength(1)
  })

  test('a refused key names its variable and is not repeated', async () => {
    failing(401, wire.error('Incorrect API key provided: test-key-0123456789, not sk-other-key either'))
    const result = await generate()
    expect(result).toHaveProperty('error.message', expect.stringContaining(`${wire.wire.toUpperCase()}_API_KEY`))
    expect(JSON.stringify(result)).not.toMatch(/0123456789|sk-other/)
  })

  test('an error page in HTML is told apart by its status', async () => {
    server.use(http.post(wire.url, () => HttpResponse.html('<h1>Bad gateway</h1>', { status: 502 })))
    expect(await generate()).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
  })

  test('a body that is not JSON is malformed, and not quoted', async () => {
    answeringRaw('the contender says hello {')
    const result = await generate()
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_malformed' } })
    expect(JSON.stringify(result)).not.toContain('the conten')
  })

  test.each([
    ['text', 'hello', 'text/plain'],
    ['an empty body', '', 'application/json'],
    ['another object', '{"hello":"world"}', 'application/json'],
    ['null', 'null', 'application/json'],
  ])('a 200 with %s is malformed', async (_name, body, contentType) => {
    answeringRaw(body, contentType)
    expect(await generate()).toMatchObject({ ok: false, error: { code: 'provider_malformed' } })
  })

  test('a provider that cannot be reached is unavailable', async () => {
    server.use(http.post(wire.url, () => HttpResponse.error()))
    expect(await generate()).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
  })

  // Inside its answer: see tests/providers, over real sockets, since undici trips over an abort inside a mocked body.
  describe('a provider that hangs before its answer', () => {
    const hang = () => {
      const started = Promise.withResolvers<void>()
      server.use(
        http.post(wire.url, () => {
          started.resolve()
          return new Promise<never>(() => {})
        }),
      )
      return started.promise
    }

    test('is a timeout when the deadline of the call passes', async () => {
      hang()
      expect(await generate(request(), call({ timeoutMs: 60 }))).toEqual({
        ok: false,
        error: { code: 'provider_timeout', message: `${wire.wire} did not answer within 60 ms.` },
      })
    })

    test('is a timeout when the configured bound is the shorter', async () => {
      hang()
      expect(await wire.provider({ timeoutMs: 60 }).generateText(request(), call())).toMatchObject({
        ok: false,
        error: { code: 'provider_timeout', message: `${wire.wire} did not answer within 60 ms.` },
      })
    })

    test('is a lost lease when the signal aborts', async () => {
      const lease = new AbortController()
      const started = hang()
      const result = generate(request(), call({ signal: lease.signal }))
      await started
      lease.abort()
      expect(await result).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
    })
  })

  test('nothing is asked for a job whose lease is lost already', async () => {
    const received = answering(server, wire, wire.answer('Old pond'))
    expect(await generate(request(), call({ signal: AbortSignal.abort() }))).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
    expect(received).toHaveLength(0)
  })
})

describe('the SDK behind a wire', () => {
  const settings: ConfiguredProvider = { id: 'acme', wire: 'openai', jsonSchema: false, baseUrl: 'https://acme.test', timeoutMs: 1_000 }
  class Unused extends Error {}
  const errors = { APIError: Unused, APIConnectionError: Unused, APIConnectionTimeoutError: Unused }

  const answering = (load: () => Promise<LoadedSdk<string>>) => {
    const calls = sdkCalls(settings, load)
    return () => calls(call(), async ({ client }) => ok(client))
  }

  test('is loaded once, for two first calls at the same time and a later one', async () => {
    let loads = 0
    const ask = answering(async () => {
      loads += 1
      return { client: `client ${loads}`, errors }
    })
    const first = await Promise.all([ask(), ask()])
    for (const result of [...first, await ask()]) expect(result).toEqual({ ok: true, value: 'client 1' })
    expect(loads).toBe(1)
  })

  test('is loaded again by the call after one that could not load it', async () => {
    let loads = 0
    const ask = answering(async () => {
      loads += 1
      if (loads === 1) throw new TypeError('Module not found')
      return { client: 'client', errors }
    })
    expect(await ask()).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(await ask()).toMatchObject({ ok: true })
  })
})
