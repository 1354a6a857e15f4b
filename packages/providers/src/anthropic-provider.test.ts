import { describe, expect, test } from 'vitest'
import { answering, anthropicWire, call, providerBorder, request } from './testing/wires.ts'

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
