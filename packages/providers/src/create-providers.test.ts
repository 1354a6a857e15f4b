import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import { configuredProviders, createProviders, providerConfiguration } from './index.ts'
import { anthropicWire, call, openaiWire, providerBorder, request } from './testing/wires.ts'

const server = providerBorder()

describe('the providers', () => {
  const configuration = providerConfiguration({
    OPENAI_API_KEY: 'openai-key-1',
    OPENAI_BASE_URL: 'https://openai.test/v1',
    SPARRING_ANTHROPIC_BASE_URL: 'https://anthropic.test',
  })

  test('each configured one speaks its wire, with its own key', async () => {
    const keys: (string | null)[] = []
    server.use(
      ...[openaiWire, anthropicWire].map((wire) =>
        http.post(wire.url, ({ request: sent }) => {
          keys.push(sent.headers.get('authorization'))
          return HttpResponse.json(wire.answer(`from ${wire.wire}`))
        }),
      ),
    )
    const providers = createProviders(configuration)
    for (const [id, text] of [
      ['openai', 'from openai'],
      ['sparring-anthropic', 'from anthropic'],
    ] as const) {
      const provider = providers(id)
      if (!provider.ok) throw new Error(provider.error.message)
      expect(await provider.value.generateText(request(), call())).toMatchObject({ ok: true, value: { text } })
    }
    expect(keys).toEqual(['Bearer openai-key-1', 'Bearer none'])
  })

  test('every configured one is there, and is made once', () => {
    const providers = createProviders(configuration)
    const ids = configuredProviders(configuration)
    expect(ids).toHaveLength(5)
    for (const id of ids) {
      const [first, second] = [providers(id), providers(id)]
      if (!first.ok || !second.ok) throw new Error(`${id} is missing`)
      expect(second.value).toBe(first.value)
    }
  })

  test('one that is not configured names the variable to set', () => {
    expect(createProviders(configuration)('mistral')).toEqual({
      ok: false,
      error: { code: 'provider_key_missing', message: 'Set MISTRAL_API_KEY to call mistral.' },
    })
  })

  test.each(['nonsense', 'toString', '__proto__', 'stability'])(
    'one that takes no text calls is an error that lists those that do: %s',
    (id) => {
      const result = createProviders(configuration)(id)
      expect(result).toMatchObject({ ok: false, error: { code: 'provider_key_missing' } })
      expect(result).toHaveProperty('error.message', expect.stringContaining(`"${id}", only to openai, `))
    },
  )
})
