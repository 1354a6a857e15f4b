import { HttpResponse, http } from 'msw'
import { describe, expect, test } from 'vitest'
import { configuredProviders, createProviders, providerConfiguration } from './index.ts'
import { createMediaProviders } from './media-providers.ts'
import { answering, anthropicWire, call, openaiWire, providerBorder, request } from './testing/wires.ts'
import { createTextProviders } from './text-providers.ts'

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
    'one without an adapter is an error that lists those with one: %s',
    (id) => {
      for (const usersKey of [undefined, 'users-key-1']) {
        const result = createProviders(configuration)(id, usersKey)
        expect(result).toMatchObject({ ok: false, error: { code: 'adapter_missing' } })
        expect(result).toHaveProperty('error.message', expect.stringContaining(`"${id}", only for openai, `))
      }
    },
  )

  test('an entry point without the adapter says that another function makes those calls', () => {
    const keys = providerConfiguration({ FAL_KEY: 'id:secret', ANTHROPIC_API_KEY: 'key-1' })
    expect(createTextProviders(keys)('fal')).toMatchObject({ ok: false, error: { code: 'adapter_missing' } })
    expect(createMediaProviders(keys)('anthropic')).toMatchObject({ ok: false, error: { code: 'adapter_missing' } })
    expect([createTextProviders(keys)('anthropic').ok, createMediaProviders(keys)('fal').ok]).toEqual([true, true])
  })
})

describe("a user's own key", () => {
  const keyless = providerConfiguration({ OPENAI_BASE_URL: 'https://openai.test/v1' })
  const asking = async (configuration: typeof keyless, usersKey: string) => {
    const provider = createProviders(configuration)('openai', usersKey)
    if (!provider.ok) throw new Error(provider.error.message)
    return provider.value.generateText(request(), call())
  }

  test('is sent where the platform has its own, or has none', async () => {
    const received = answering(server, openaiWire, openaiWire.answer('Old pond'))
    await asking(keyless, 'users-key-1')
    await asking(providerConfiguration({ OPENAI_BASE_URL: 'https://openai.test/v1', OPENAI_API_KEY: 'platform-key-1' }), 'users-key-2')
    expect(received.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer users-key-1', 'Bearer users-key-2'])
    expect(createProviders(keyless)('openai')).toMatchObject({ ok: false, error: { code: 'provider_key_missing' } })
  })

  test('is in no message, and its refusal names no variable of the platform', async () => {
    answering(server, openaiWire, openaiWire.error('Incorrect API key provided: users-key-1'), { status: 401 })
    const result = await asking(keyless, 'users-key-1')
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_auth' } })
    expect(result).toHaveProperty('error.message', expect.stringMatching(/\(the user's own key\)$/))
    expect(JSON.stringify(result)).not.toMatch(/users-key-1|OPENAI_API_KEY/)
  })

  test('makes an adapter that nobody keeps', () => {
    const providers = createProviders(keyless)
    const [first, second] = [providers('openai', 'users-key-1'), providers('openai', 'users-key-1')]
    expect(first.ok && second.ok && first.value !== second.value).toBe(true)
  })

  test('that cannot be sent is refused without being shown', () => {
    const result = createProviders(keyless)('openai', 'users\nkey-1')
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_auth' } })
    expect(JSON.stringify(result)).not.toContain('key-1')
  })
})
