import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import { answering, anthropicWire, call, openaiWire, providerBorder, request } from './testing/wires.ts'

const server = providerBorder()
const images = [
  { url: 'https://project.test/a.png', mimeType: 'image/png', label: 'Answer 1' },
  { url: 'data:image/png;base64,AAAA', mimeType: 'image/png', label: 'Answer 2' },
]

describe('images beside a prompt', () => {
  test('reach a chat completion after the prompt, each under its label', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('{}'))
    expect(await openaiWire.provider().generateText(request({ attachments: images }), call())).toMatchObject({ ok: true })
    expect(received[0]?.body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Write a haiku.' },
          { type: 'text', text: 'Answer 1:' },
          { type: 'image_url', image_url: { url: 'https://project.test/a.png' } },
          { type: 'text', text: 'Answer 2:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ])
  })

  test('reach the Messages API, which takes a data URL apart', async () => {
    const received = answering(server, anthropicWire, anthropicWire.answer('{}'))
    expect(await anthropicWire.provider().generateText(request({ attachments: images }), call())).toMatchObject({ ok: true })
    expect(received[0]?.body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Write a haiku.' },
          { type: 'text', text: 'Answer 1:' },
          { type: 'image', source: { type: 'url', url: 'https://project.test/a.png' } },
          { type: 'text', text: 'Answer 2:' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
    ])
  })

  test('leave a prompt without them as it was', async () => {
    const received = answering(server, anthropicWire, anthropicWire.answer('x'))
    await anthropicWire.provider().generateText(request(), call())
    expect(received[0]?.body.messages).toEqual([{ role: 'user', content: 'Write a haiku.' }])
  })
})

describe('a recording', () => {
  const url = 'https://openai.test/v1/audio/transcriptions'
  const recording = { bytes: new Uint8Array([0xff, 0xfb, 1, 2]), mimeType: 'audio/mpeg' }

  test('is sent as a file and comes back as words', async () => {
    let sent: FormData | undefined
    server.use(
      http.post(url, async ({ request: received }) => {
        sent = await received.formData()
        return HttpResponse.json({ text: 'Old pond.', usage: { type: 'tokens', input_tokens: 40, output_tokens: 3 } })
      }),
    )
    const said = await openaiWire.provider().transcribe!({ wireModel: 'gpt-4o-mini-transcribe', recording }, call())
    expect(said).toEqual({ ok: true, value: { text: 'Old pond.', wireModel: 'gpt-4o-mini-transcribe', inputTokens: 40, outputTokens: 3 } })
    expect(sent?.get('model')).toBe('gpt-4o-mini-transcribe')
    const file = sent?.get('file') as File
    expect([file.name, file.size]).toEqual(['recording.mp3', 4])
  })

  test('of an unknown format, or answered with anything else, is a coded error', async () => {
    const transcribe = openaiWire.provider().transcribe!
    expect(await transcribe({ wireModel: 'x', recording: { ...recording, mimeType: 'audio/midi' } }, call())).toMatchObject({
      ok: false,
      error: { code: 'provider_rejected' },
    })
    server.use(http.post(url, () => HttpResponse.json({ words: [] })))
    expect(await transcribe({ wireModel: 'x', recording }, call())).toMatchObject({ ok: false, error: { code: 'provider_malformed' } })
  })

  test('is transcribed by nobody but OpenAI', () => {
    expect(openaiWire.provider({ id: 'groq' }).transcribe).toBeUndefined()
    expect(anthropicWire.provider().transcribe).toBeUndefined()
  })
})
