import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import { answering, call, openaiWire, providerBorder, request, streamed, streaming } from './testing/wires.ts'

const server = providerBorder()
const choice = (message: Record<string, unknown>, finish_reason = 'stop') => ({ choices: [{ index: 0, finish_reason, message }] })

describe('a chat completion', () => {
  test('a compatible server gets max_tokens and the temperature', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    await openaiWire.provider({ id: 'groq' }).generateText(request({ temperature: 0 }), call())
    expect(received[0]?.body).toEqual({
      model: 'asked-model',
      messages: [{ role: 'user', content: 'Write a haiku.' }],
      max_tokens: 64,
      temperature: 0,
    })
  })

  test('OpenAI gets max_completion_tokens', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    await openaiWire.provider().generateText(request({ wireModel: 'gpt-4.1', temperature: 0.2, system: 'You are Basho.' }), call())
    expect(received[0]?.body).toEqual({
      model: 'gpt-4.1',
      messages: [
        { role: 'system', content: 'You are Basho.' },
        { role: 'user', content: 'Write a haiku.' },
      ],
      max_completion_tokens: 64,
      temperature: 0.2,
    })
  })

  test.each(['gpt-5', 'gpt-5.2-mini', 'o3', 'o4-mini'])('%s of OpenAI is sent no temperature', async (wireModel) => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    await openaiWire.provider().generateText(request({ wireModel, temperature: 0 }), call())
    expect(received[0]?.body).toMatchObject({ model: wireModel })
    expect(received[0]?.body).not.toHaveProperty('temperature')
  })

  test('a compatible server is sent the temperature whatever it calls its model', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    await openaiWire.provider({ id: 'compatible' }).generateText(request({ wireModel: 'o3-distilled', temperature: 0 }), call())
    expect(received[0]?.body).toMatchObject({ model: 'o3-distilled', temperature: 0 })
  })

  test('a schema is asked for strictly', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('{}'))
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    await openaiWire.provider().generateText(request({ jsonSchema: { name: 'verdict', schema } }), call())
    expect(received[0]?.body.response_format).toEqual({ type: 'json_schema', json_schema: { name: 'verdict', schema, strict: true } })
  })

  test('a server that needs no key is called without one', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    expect(await openaiWire.provider({ id: 'ollama', apiKey: undefined }).generateText(request(), call())).toMatchObject({ ok: true })
    expect(received[0]?.headers.get('authorization')).toBe('Bearer none')
  })

  test('the account of OpenAI in the environment is not sent to another provider', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    process.env.OPENAI_ORG_ID = 'org-1'
    process.env.OPENAI_PROJECT_ID = 'proj-1'
    try {
      await openaiWire.provider({ id: 'groq' }).generateText(request(), call())
    } finally {
      delete process.env.OPENAI_ORG_ID
      delete process.env.OPENAI_PROJECT_ID
    }
    expect(received).toHaveLength(1)
    expect(received[0]?.headers.get('openai-organization')).toBeNull()
    expect(received[0]?.headers.get('openai-project')).toBeNull()
  })

  test.each([
    ['a refusal', choice({ role: 'assistant', content: null, refusal: 'I cannot help with that.' })],
    ['a content filter', choice({ role: 'assistant', content: 'Half an ans' }, 'content_filter')],
  ])('%s is content_refused', async (_name, body) => {
    answering(server, openaiWire, body)
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({ ok: false, error: { code: 'content_refused' } })
  })

  test.each([
    ['a prompt refused by a filter with 400', 400, { error: { message: 'Filtered', code: 'content_filter' } }],
    ['a prompt flagged by OpenRouter with 403', 403, { error: { message: 'Flagged', code: 403, metadata: { reasons: ['violence'] } } }],
  ])('%s is content_refused', async (_name, status, body) => {
    answering(server, openaiWire, body, { status })
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({ ok: false, error: { code: 'content_refused' } })
  })

  test('an empty balance is not a rate limit: waiting does not fill it', async () => {
    answering(
      server,
      openaiWire,
      { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } },
      { status: 429 },
    )
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({ ok: false, error: { code: 'provider_rejected' } })
  })

  test('a rate limit without Retry-After waits for the exhausted window', async () => {
    answering(server, openaiWire, openaiWire.error('Slow down'), {
      status: 429,
      headers: {
        'x-ratelimit-remaining-requests': '12',
        'x-ratelimit-reset-requests': '8h0m0s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0.5s',
      },
    })
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({
      ok: false,
      error: { code: 'provider_rate_limited', retryAfterMs: 360_500 },
    })
  })

  test('an error that Google wraps in an array keeps its message and its delay', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }]
    const error = { error: { code: 429, message: 'Resource [models] has been exhausted.', status: 'RESOURCE_EXHAUSTED', details } }
    server.use(http.post(openaiWire.url, () => HttpResponse.json([error], { status: 429 })))
    expect(await openaiWire.provider({ id: 'google' }).generateText(request(), call())).toEqual({
      ok: false,
      error: {
        code: 'provider_rate_limited',
        message: 'google answered 429: Resource [models] has been exhausted.',
        retryAfterMs: 34_000,
      },
    })
  })

  test.each([
    [429, 'provider_rate_limited'],
    [401, 'provider_auth'],
    ['server_error', 'provider_unavailable'],
  ])('an error in the body of a 200 with the code %s is %s', async (code, expected) => {
    answering(server, openaiWire, { error: { message: 'Upstream failed', code } })
    const result = await openaiWire.provider({ id: 'openrouter' }).generateText(request(), call())
    expect(result).toMatchObject({ ok: false, error: { code: expected } })
    expect(result).toHaveProperty('error.message', expect.stringContaining('Upstream failed'))
  })

  test('of an answer in parts only the text is the answer', async () => {
    const content = [
      { type: 'thinking', text: 'Hmm.' },
      { type: 'text', text: 'Old ' },
      { type: 'text', text: 'pond' },
    ]
    answering(server, openaiWire, choice({ role: 'assistant', content }))
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({ ok: true, value: { text: 'Old pond' } })
  })

  test('a finish reason that is neither stop nor length is other', async () => {
    answering(server, openaiWire, choice({ role: 'assistant', content: 'Old pond' }, 'tool_calls'))
    expect(await openaiWire.provider().generateText(request(), call())).toMatchObject({ ok: true, value: { finishReason: 'other' } })
  })
})

describe('a chat completion, streamed', () => {
  const delta = (content: unknown, finish_reason: string | null = null) => ({
    model: 'answering-model',
    choices: [{ index: 0, delta: { content }, finish_reason }],
  })
  const usage = { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7 } }
  const stop = delta(null, 'stop')

  test('is asked for with its usage, which Mistral tells unasked and refuses to be asked for', async () => {
    const received = streaming(server, openaiWire, [delta('Old pond'), stop, usage])
    expect((await streamed(openaiWire.provider({ id: 'groq' }))).outcome).toEqual({
      ok: true,
      value: { kind: 'done', text: 'Old pond', finishReason: 'stop', wireModel: 'answering-model', inputTokens: 11, outputTokens: 7 },
    })
    await streamed(openaiWire.provider({ id: 'mistral' }))
    expect(received[0]?.body).toMatchObject({ stream: true, stream_options: { include_usage: true }, max_tokens: 64 })
    expect(received[1]?.body).not.toHaveProperty('stream_options')
  })

  test('of a server that tells no usage has none', async () => {
    streaming(server, openaiWire, [delta('Old pond'), stop])
    const { outcome } = await streamed(openaiWire.provider({ id: 'groq' }))
    expect(outcome).toMatchObject({ ok: true, value: { text: 'Old pond' } })
    expect(outcome.ok && Object.keys(outcome.value)).not.toContain('outputTokens')
  })

  test('of thinking shows nothing', async () => {
    const thinking = { choices: [{ index: 0, delta: { reasoning_content: 'Hmm.', content: null } }] }
    const parts = delta([
      { type: 'thinking', thinking: [{ type: 'text', text: 'Hmm.' }] },
      { type: 'text', text: 'Old pond' },
    ])
    streaming(server, openaiWire, [thinking, parts, stop])
    const { outcome, shown } = await streamed(openaiWire.provider({ id: 'mistral' }))
    expect(outcome).toMatchObject({ ok: true, value: { text: 'Old pond' } })
    expect(shown).toHaveLength(1)
  })

  test.each([
    ['a filter in the middle', delta(null, 'content_filter'), 'content_refused'],
    ['a refusal', { choices: [{ index: 0, delta: { refusal: 'No' } }] }, 'content_refused'],
    ['something else', { choices: 'none' }, 'provider_malformed'],
    ['an error', { error: { message: 'Overloaded', code: 'server_error' } }, 'provider_unavailable'],
    ['nothing more', { choices: [] }, 'provider_unavailable'],
  ])('that ends in %s has shown what came before it', async (_name, last, code) => {
    streaming(server, openaiWire, [delta('Old '), delta('pond'), last])
    const { outcome, shown } = await streamed(openaiWire.provider({ id: 'groq' }))
    expect(outcome).toMatchObject({ ok: false, error: { code } })
    expect(shown.map(({ text }) => text)).toEqual(['Old ', 'Old pond'])
    expect(JSON.stringify(outcome)).not.toContain('pond')
  })

  test('cut at max_tokens before its first word is rejected, with the advice to raise it', async () => {
    streaming(server, openaiWire, [delta(null, 'length')])
    const { outcome } = await streamed(openaiWire.provider({ id: 'groq' }))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'provider_rejected', message: expect.stringContaining('Raise max_tokens') } })
  })

  test('is asked to go on with the system prompt, the bound that is left and everything said', async () => {
    const received = streaming(server, openaiWire, [delta(' and a frog'), stop])
    const resume = { text: 'An old pond in the mountains', chunks: 2, inputTokens: 20, outputTokens: 10 }
    const { outcome } = await streamed(openaiWire.provider({ id: 'groq' }), request({ system: 'You are Basho.', ...{ resume } }))
    expect(outcome).toMatchObject({ ok: true, value: { text: 'An old pond in the mountains and a frog' } })
    expect(received[0]?.body).toMatchObject({ max_tokens: 54 })
    expect((received[0]!.body.messages as { role: string }[]).map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
  })
})
