import { describe, expect, test } from 'vitest'
import { answering, anthropicWire, call, providerBorder, request, streamed, streaming } from './testing/wires.ts'

const server = providerBorder()

describe('a message', () => {
  test('is asked for with its system prompt apart, and never with a temperature', async () => {
    const received = answering(server, anthropicWire, anthropicWire.answer('Old pond'))
    await anthropicWire.provider().generateText(request({ system: 'You are Basho.', temperature: 0 }), call())
    expect(received[0]?.body).toEqual({
      model: 'asked-model',
      max_tokens: 64,
      system: 'You are Basho.',
      messages: [{ role: 'user', content: 'Write a haiku.' }],
    })
  })

  test('a schema is asked for as the output format', async () => {
    const received = answering(server, anthropicWire, anthropicWire.answer('{}'))
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    await anthropicWire.provider().generateText(request({ jsonSchema: { name: 'verdict', schema } }), call())
    expect(received[0]?.body.output_config).toEqual({ format: { type: 'json_schema', schema } })
  })

  test('max_tokens beyond what the SDK thinks fits ten minutes is left to our deadline', async () => {
    const received = answering(server, anthropicWire, anthropicWire.answer('Old pond'))
    expect(await anthropicWire.provider().generateText(request({ maxTokens: 64_000 }), call())).toMatchObject({ ok: true })
    expect(received[0]?.body.max_tokens).toBe(64_000)
  })

  test('a refusal is content_refused and names its category', async () => {
    answering(server, anthropicWire, {
      ...anthropicWire.answer('I'),
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: null },
    })
    const result = await anthropicWire.provider().generateText(request(), call())
    expect(result).toMatchObject({ ok: false, error: { code: 'content_refused' } })
    expect(result).toHaveProperty('error.message', expect.stringContaining('(cyber)'))
  })

  test('thinking is not part of the answer', async () => {
    answering(server, anthropicWire, {
      ...anthropicWire.answer(''),
      content: [
        { type: 'thinking', thinking: 'Hmm.', text: 'Hmm.', signature: 's' },
        { type: 'text', text: 'Old ' },
        { type: 'text', text: 'pond' },
      ],
    })
    expect(await anthropicWire.provider().generateText(request(), call())).toMatchObject({ ok: true, value: { text: 'Old pond' } })
  })

  test.each([
    ['stop_sequence', 'stop'],
    ['model_context_window_exceeded', 'length'],
    ['pause_turn', 'other'],
  ])('the stop reason %s is %s', async (stop_reason, finishReason) => {
    answering(server, anthropicWire, { ...anthropicWire.answer('Old pond'), stop_reason })
    expect(await anthropicWire.provider().generateText(request(), call())).toMatchObject({ ok: true, value: { finishReason } })
  })
})

describe('a message, streamed', () => {
  const start = { type: 'message_start', message: { model: 'answering-model', usage: { input_tokens: 11, output_tokens: 1 } } }
  const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
  const end = (stop_reason: string, more: Record<string, unknown> = {}) => ({
    type: 'message_delta',
    delta: { stop_reason, ...more },
    usage: { output_tokens: 7 },
  })

  test('is its text alone, with the usage told at its end', async () => {
    const received = streaming(server, anthropicWire, [
      start,
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hmm.' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      delta('Old '),
      { type: 'something_new', text: 'Hmm.' },
      delta('pond'),
      end('end_turn'),
      { type: 'message_stop' },
    ])
    const { outcome, shown } = await streamed(anthropicWire.provider())
    expect(outcome).toEqual({
      ok: true,
      value: { kind: 'done', text: 'Old pond', finishReason: 'stop', wireModel: 'answering-model', inputTokens: 11, outputTokens: 7 },
    })
    expect(shown.map(({ text }) => text)).toEqual(['Old ', 'Old pond'])
    expect(received[0]?.body).toMatchObject({ stream: true, max_tokens: 64 })
  })

  test.each([
    ['a refusal', end('refusal', { stop_details: { category: 'cyber' } }), 'content_refused'],
    ['an overload', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'provider_unavailable'],
    ['a delta that is none', { type: 'content_block_delta', delta: 'pond' }, 'provider_malformed'],
    ['nothing more', { type: 'ping' }, 'provider_unavailable'],
  ])('that ends in %s has shown what came before it', async (_name, last, code) => {
    streaming(server, anthropicWire, [start, delta('Old pond'), last])
    const { outcome, shown } = await streamed(anthropicWire.provider())
    expect(outcome).toMatchObject({ ok: false, error: { code } })
    expect(shown.map(({ text }) => text)).toEqual(['Old pond'])
    expect(JSON.stringify(outcome)).not.toContain('pond')
  })

  test('is asked to go on by a user, never by an assistant left open', async () => {
    const received = streaming(server, anthropicWire, [start, delta('An old pond in the mountains, a frog'), end('max_tokens')])
    const resume = { text: 'An old pond in the mountains', chunks: 2, inputTokens: 20, outputTokens: 10 }
    const { outcome } = await streamed(anthropicWire.provider(), { ...request(), resume })
    expect(outcome).toMatchObject({
      ok: true,
      value: { text: 'An old pond in the mountains, a frog', finishReason: 'length', inputTokens: 31, outputTokens: 17 },
    })
    expect((received[0]!.body.messages as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(received[0]?.body).toMatchObject({ max_tokens: 54 })
  })
})
