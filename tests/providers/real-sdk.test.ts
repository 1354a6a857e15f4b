import type { Result, StepError, TextCompletion, TextRequest } from '@agon/runner-core'
import { LLMock } from '@copilotkit/aimock'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createProviders, providerConfiguration } from '../../packages/providers/src/index.ts'

const mock = new LLMock({ port: 0 })
beforeAll(() => mock.start())
afterEach(() => mock.reset())
afterAll(() => mock.stop())

describe.each(['openai', 'anthropic'] as const)('the real %s SDK against a server', (wire) => {
  const ask = (request: Partial<TextRequest>, timeoutMs = 10_000): Promise<Result<TextCompletion, StepError>> => {
    const configuration = providerConfiguration({
      OPENAI_API_KEY: 'openai-key-0123',
      OPENAI_BASE_URL: `${mock.url}/v1`,
      ANTHROPIC_API_KEY: 'anthropic-key-0123',
      ANTHROPIC_BASE_URL: mock.url,
    })
    const provider = createProviders(configuration)(wire)
    if (!provider.ok) throw new Error(provider.error.message)
    return provider.value.generateText(
      { wireModel: 'm', prompt: 'Write a haiku.', maxTokens: 64, ...request },
      { signal: new AbortController().signal, timeoutMs, idempotencyKey: 'job-7' },
    )
  }

  test('answers by model, system prompt and prompt, and says what it used', async () => {
    mock.on(
      { model: 'poet', systemMessage: 'You are Basho.', userMessage: 'haiku' },
      {
        content: 'Old pond',
        model: 'poet-2026',
        usage: { prompt_tokens: 11, completion_tokens: 7 },
      },
    )
    expect(await ask({ wireModel: 'poet', system: 'You are Basho.' })).toEqual({
      ok: true,
      value: { text: 'Old pond', finishReason: 'stop', wireModel: 'poet-2026', inputTokens: 11, outputTokens: 7 },
    })
    const [received, ...more] = mock.getRequests()
    expect(more).toHaveLength(0)
    expect(received?.path).toBe(wire === 'openai' ? '/v1/chat/completions' : '/v1/messages')
    expect(received?.headers['idempotency-key']).toBe('job-7')
  })

  test('a judge held to a schema answers in it, by what it was shown', async () => {
    mock.on({ model: 'judge' }, (received) => {
      const shown = String(received.messages.at(-1)?.content)
      return { content: JSON.stringify({ winner: shown.includes('Old pond') ? 'A' : 'B' }) }
    })
    const schema = { type: 'object', properties: { winner: { type: 'string' } }, required: ['winner'], additionalProperties: false }
    const result = await ask({ wireModel: 'judge', prompt: 'A: Old pond', jsonSchema: { name: 'verdict', schema } })
    expect(result.ok && JSON.parse(result.value.text)).toEqual({ winner: 'A' })
    // aimock keeps no output_config of the Messages API; that it is sent is held in anthropic-provider.test.ts.
    if (wire === 'openai') {
      expect(mock.getLastRequest()?.body).toMatchObject({
        response_format: { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema } },
      })
    }
  })

  test('an answer cut at max_tokens says so', async () => {
    mock.on({}, { content: 'Old po', finishReason: 'length' })
    expect(await ask({})).toMatchObject({ ok: true, value: { text: 'Old po', finishReason: 'length' } })
  })

  test('a rate limit waits as long as it was asked to, and the next call is answered', async () => {
    mock.on({ sequenceIndex: 0 }, { error: { message: 'Slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 7 })
    mock.on({ sequenceIndex: 1 }, { content: 'Old pond' })
    expect(await ask({})).toMatchObject({ ok: false, error: { code: 'provider_rate_limited', retryAfterMs: 7_000 } })
    expect(mock.getRequests()).toHaveLength(1)
    expect(await ask({})).toMatchObject({ ok: true, value: { text: 'Old pond' } })
  })

  test.each([
    [401, 'provider_auth'],
    [400, 'provider_rejected'],
    [500, 'provider_unavailable'],
    [529, 'provider_unavailable'],
  ])('a %i is %s and is asked once', async (status, code) => {
    mock.nextRequestError(status, { message: 'Because of reasons' })
    expect(await ask({})).toMatchObject({
      ok: false,
      error: { code, message: expect.stringContaining(`${wire} answered ${status}: Because of reasons`) },
    })
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('a model nobody serves is rejected with the reason', async () => {
    expect(await ask({ wireModel: 'nobody' })).toMatchObject({
      ok: false,
      error: { code: 'provider_rejected', message: expect.stringContaining('404') },
    })
  })

  test.each([
    ['malformed JSON', { malformedRate: 1 }, 'provider_malformed'],
    ['a dropped connection', { disconnectRate: 1 }, 'provider_unavailable'],
    ['an injected failure', { dropRate: 1 }, 'provider_unavailable'],
    ['an injected rate limit', { rateLimitRate: 1 }, 'provider_rate_limited'],
  ])('%s is %s', async (_name, chaos, code) => {
    mock.on({}, { content: 'Old pond' }, { chaos })
    expect(await ask({})).toMatchObject({ ok: false, error: { code } })
    expect(mock.getRequests()).toHaveLength(1)
  })

  test('a slow answer is an answer within its deadline, and a timeout beyond it', async () => {
    mock.on({}, { content: 'Old pond' }, { chaos: { latencyMs: 300 } })
    expect(await ask({})).toMatchObject({ ok: true })
    expect(await ask({}, 100)).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
  })
})
