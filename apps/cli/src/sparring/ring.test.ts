import { createProviders, providerConfiguration } from '@agon/providers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRing, type Ring } from './ring.ts'

let ring: Ring
let ask: (provider: string, wireModel: string, prompt?: string, system?: string) => Promise<unknown>

beforeAll(async () => {
  ring = await openRing({ thinksMs: 1 })
  const providers = createProviders(providerConfiguration({ ...ring.environment }))
  ask = async (id, wireModel, prompt = 'Write a haiku about the ocean.', system) => {
    const provider = providers(id)
    if (!provider.ok) throw new Error(provider.error.message)
    return provider.value.generateText(
      { wireModel, prompt, maxTokens: 100, ...(system !== undefined && { system }) },
      { signal: new AbortController().signal, timeoutMs: 5000, idempotencyKey: 'k' },
    )
  }
})
afterAll(() => ring.close())

test('each partner speaks its wire format, with the tokens it used', async () => {
  const answered = { ok: true, value: { finishReason: 'stop', inputTokens: expect.any(Number), outputTokens: expect.any(Number) } }
  for (const [provider, model] of [['sparring', 'quill'] as const, ['sparring-anthropic', 'ember'] as const]) {
    const answer = await ask(provider, model)
    expect(answer).toMatchObject(answered)
    expect((answer as { value: { outputTokens: number } }).value.outputTokens).toBeGreaterThan(10)
  }
})

test('the stumbler is rate limited the first time and answers the second', async () => {
  expect(await ask('sparring', 'stumbler', 'stumble')).toMatchObject({ ok: false, error: { code: 'provider_rate_limited' } })
  expect(await ask('sparring', 'stumbler', 'stumble')).toMatchObject({ ok: true })
})

test('the scribe answers with JSON that fits the schema it was told', async () => {
  const system =
    'Answer with one JSON value and nothing else. It fits this JSON Schema:\n{"type":"object","properties":{"title":{"type":"string","maxLength":20},"ready":{"type":"boolean"}}}'
  const answer = (await ask('sparring', 'scribe', 'Name a harbour.', system)) as { value: { text: string } }
  expect(JSON.parse(answer.value.text)).toEqual({ title: expect.stringMatching(/^.{1,20}$/), ready: true })
})

test('the mute is refused, and so is an unknown partner', async () => {
  expect(await ask('sparring', 'mute')).toMatchObject({ ok: false, error: { code: 'provider_rejected' } })
  expect(await ask('sparring', 'nobody')).toMatchObject({ ok: false })
})
