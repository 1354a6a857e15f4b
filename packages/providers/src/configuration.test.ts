import { describe, expect, test } from 'vitest'
import { configuredProviders, defaultProviderTimeoutMs, providerConfiguration } from './configuration.ts'

/** These need neither a key nor a variable: they stand on this machine by default. */
const local = ['ollama', 'llama-swap', 'lmstudio']

describe('the provider configuration', () => {
  test('a provider is configured by its key, with its default base URL', () => {
    const { configured } = providerConfiguration({ OPENAI_API_KEY: 'sk-0123456789', MISTRAL_API_KEY: 'mistral-key' })
    expect(configured.openai).toEqual({
      id: 'openai',
      wire: 'openai',
      jsonSchema: true,
      baseUrl: 'https://api.openai.com/v1',
      keyVariable: 'OPENAI_API_KEY',
      apiKey: 'sk-0123456789',
      timeoutMs: defaultProviderTimeoutMs,
    })
    expect(configured.mistral).toMatchObject({ baseUrl: 'https://api.mistral.ai/v1', apiKey: 'mistral-key' })
  })

  test('without any variable only the providers of this machine are configured', () => {
    expect(configuredProviders(providerConfiguration({}))).toEqual(local)
  })

  test('every other provider names the variable it waits for', () => {
    expect(providerConfiguration({}).missing).toEqual({
      openai: 'OPENAI_API_KEY',
      anthropic: 'ANTHROPIC_API_KEY',
      google: 'GOOGLE_AI_API_KEY',
      mistral: 'MISTRAL_API_KEY',
      fal: 'FAL_KEY',
      compatible: 'COMPATIBLE_BASE_URL',
      sparring: 'SPARRING_BASE_URL',
      'sparring-anthropic': 'SPARRING_ANTHROPIC_BASE_URL',
    })
  })

  test("a provider that lacks the platform's key alone can be called with a user's", () => {
    const { configured, keyless } = providerConfiguration({ OPENAI_API_KEY: 'key-1', FAL_BASE_URL: 'http://127.0.0.1:4010/fal/' })
    expect(Object.keys(keyless)).toEqual(['anthropic', 'google', 'mistral', 'fal'])
    expect(keyless.fal).toMatchObject({ wire: 'fal', baseUrl: 'http://127.0.0.1:4010/fal', keyVariable: 'FAL_KEY' })
    expect(keyless.fal).not.toHaveProperty('apiKey')
    expect(configured.openai).toBeDefined()
  })

  test('sparring and compatible servers are configured by their base URL alone', () => {
    const configuration = providerConfiguration({
      SPARRING_BASE_URL: 'http://127.0.0.1:4010/v1',
      SPARRING_ANTHROPIC_BASE_URL: 'http://127.0.0.1:4010',
      COMPATIBLE_BASE_URL: 'https://llm.example/v1',
    })
    expect(configuredProviders(configuration)).toEqual([...local, 'compatible', 'sparring', 'sparring-anthropic'])
    expect(configuration.configured['sparring-anthropic']).toMatchObject({ wire: 'anthropic', baseUrl: 'http://127.0.0.1:4010' })
    expect(configuration.configured.compatible).not.toHaveProperty('apiKey')
  })

  test('the key of a compatible server is sent when it is set', () => {
    const { configured } = providerConfiguration({ COMPATIBLE_BASE_URL: 'https://llm.example/v1', COMPATIBLE_API_KEY: 'key-1' })
    expect(configured.compatible).toMatchObject({ apiKey: 'key-1', keyVariable: 'COMPATIBLE_API_KEY' })
  })

  test('a base URL takes the place of the default, without its trailing slash', () => {
    const { configured } = providerConfiguration({ ANTHROPIC_API_KEY: 'key-1', ANTHROPIC_BASE_URL: ' https://proxy.example/anthropic// ' })
    expect(configured.anthropic?.baseUrl).toBe('https://proxy.example/anthropic')
  })

  test('an empty variable counts as unset, and the line break after a secret is no part of it', () => {
    const { configured, missing } = providerConfiguration({ OPENAI_API_KEY: '  ', ANTHROPIC_API_KEY: 'key-1\n', OPENAI_BASE_URL: '' })
    expect(missing.openai).toBe('OPENAI_API_KEY')
    expect(configured.anthropic?.apiKey).toBe('key-1')
  })

  test('the timeout holds for every provider', () => {
    const { configured } = providerConfiguration({ OPENAI_API_KEY: 'key-1', AGON_PROVIDER_TIMEOUT_MS: '30000' })
    expect([configured.openai?.timeoutMs, configured.ollama?.timeoutMs]).toEqual([30_000, 30_000])
  })

  test.each([
    ['OPENAI_BASE_URL', 'api.openai.com/v1'],
    ['OPENAI_BASE_URL', 'ftp://api.openai.com'],
    ['ANTHROPIC_BASE_URL', 'https://user:password@proxy.example'],
    ['OPENAI_API_KEY', 'two words'],
    ['OPENAI_API_KEY', 'schlüssel'],
    ['AGON_PROVIDER_TIMEOUT_MS', 'soon'],
    ['AGON_PROVIDER_TIMEOUT_MS', '0'],
    ['AGON_PROVIDER_TIMEOUT_MS', '1.5'],
  ])('an invalid %s is refused by name, without its value (%s)', (variable, value) => {
    const reading = () => providerConfiguration({ [variable]: value })
    expect(reading).toThrow(variable)
    expect(reading).not.toThrow(`${variable} ${value}`)
    try {
      reading()
    } catch (error) {
      if (value.length > 4) expect(String(error)).not.toContain(value)
    }
  })

  test('every invalid variable is named at once', () => {
    expect(() => providerConfiguration({ OPENAI_BASE_URL: 'x', AGON_PROVIDER_TIMEOUT_MS: 'x' })).toThrow(
      /AGON_PROVIDER_TIMEOUT_MS.*; OPENAI_BASE_URL/,
    )
  })

  test('is frozen', () => {
    const configuration = providerConfiguration({ OPENAI_API_KEY: 'key-1' })
    expect(
      [configuration, configuration.configured, configuration.configured.openai, configuration.keyless, configuration.missing].every(
        Object.isFrozen,
      ),
    ).toBe(true)
  })
})
