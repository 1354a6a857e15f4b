import type { Provider, Result, StepError, TextCheckpoint, TextOutcome, TextStream } from '@agon/runner-core'
import { LLMock } from '@copilotkit/aimock'
import { afterEach, describe, expect, test } from 'vitest'
import { providerConfiguration } from '../../packages/providers/src/configuration.ts'
import { createTextProviders } from '../../packages/providers/src/text-providers.ts'
import { startWireText, type TextOptions } from '../support/wire-text.ts'

const saga = Array.from(
  { length: 300 },
  (_, nth) => `${nth % 17 === 16 ? '\n\n' : ''}${['The', 'wave', 'сказала', '潮', '"so be it"'][nth % 5]}${nth}`,
).join(' ')

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Both wires over HTTP, by their real SDKs. */
describe.each(['openai', 'anthropic'] as const)('a streamed answer on the %s wire', (wire) => {
  const starting = async (options: Partial<TextOptions> = {}) => {
    const model = await startWireText({ answer: saga, ...options })
    closing.push(model.stop)
    return { ...model, provider: providerAt(model.url) }
  }
  const providerAt = (url: string): Required<Provider> => {
    const environment = { SPARRING_BASE_URL: `${url}/v1`, SPARRING_ANTHROPIC_BASE_URL: url }
    const found = createTextProviders(providerConfiguration(environment))(wire === 'openai' ? 'sparring' : 'sparring-anthropic')
    if (!found.ok) throw new Error(found.error.message)
    return found.value as Required<Provider>
  }
  const stream = async (
    provider: Required<Provider>,
    { resume, maxTokens = 100_000, ...options }: Partial<TextStream> & { resume?: TextCheckpoint; maxTokens?: number } = {},
  ): Promise<{ outcome: Result<TextOutcome, StepError>; shown: TextCheckpoint[] }> => {
    const shown: TextCheckpoint[] = []
    const outcome = await provider.streamText(
      { wireModel: 'poet', prompt: 'Write a saga.', maxTokens, ...(resume && { resume }) },
      {
        signal: new AbortController().signal,
        timeoutMs: 10_000,
        idempotencyKey: 'job-7',
        pause: new AbortController().signal,
        onText: (checkpoint) => shown.push(checkpoint),
        ...options,
      },
    )
    for (const [nth, checkpoint] of shown.entries()) {
      expect(saga.startsWith(checkpoint.text)).toBe(true)
      expect(checkpoint.text.length).toBeGreaterThanOrEqual(shown[nth - 1]?.text.length ?? 0)
    }
    return { outcome, shown }
  }
  /** Pauses a call once it has shown so much. */
  const pausedAfter = (characters: number) => {
    const pause = new AbortController()
    return { pause: pause.signal, onText: ({ text }: TextCheckpoint) => text.length >= characters && pause.abort() }
  }

  test('comes whole, as it grows, with its usage at the end', async () => {
    const { provider } = await starting()
    const { outcome, shown } = await stream(provider)
    const outputTokens = Math.ceil(saga.length / 4)
    expect(outcome).toEqual({
      ok: true,
      value: { kind: 'done', text: saga, finishReason: 'stop', wireModel: 'poet', inputTokens: 5, outputTokens },
    })
    expect(shown.length).toBeGreaterThan(100)
    expect(shown.at(-1)).toMatchObject({ text: saga, chunks: 1 })
  })

  test('stops at the pause with what has come, and gives the connection up', async () => {
    const { provider, calls } = await starting({ deltaMs: 2 })
    const { outcome } = await stream(provider, pausedAfter(400))
    expect(outcome).toMatchObject({ ok: true, value: { kind: 'partial', checkpoint: { chunks: 1 } } })
    const checkpoint = partial(outcome)
    expect(saga.startsWith(checkpoint.text)).toBe(true)
    expect(checkpoint.text.length).toBeGreaterThanOrEqual(400)
    expect(checkpoint.text.length).toBeLessThan(saga.length / 2)
    expect(checkpoint.outputTokens).toBeGreaterThan(90)
    await calls[0]!.closed
    expect(calls[0]!.deltas * 8).toBeLessThan(saga.length / 2)
  })

  test.each(['anchor', 'nothing', 'more'] as const)(
    'goes on over many pauses with nothing lost and nothing repeated, when a continuation repeats %s',
    async (repeats) => {
      const { provider, calls } = await starting({ repeats })
      let resume: TextCheckpoint | undefined
      for (let characters = 300; ; characters += 300) {
        const { outcome } = await stream(provider, { ...(resume && { resume }), ...pausedAfter(characters) })
        if (!outcome.ok || outcome.value.kind !== 'partial') {
          expect(outcome).toMatchObject({ ok: true, value: { kind: 'done', text: saga, finishReason: 'stop' } })
          expect(outcome.ok && outcome.value.kind === 'done' && outcome.value.outputTokens).toBeGreaterThanOrEqual(
            Math.ceil(saga.length / 4),
          )
          break
        }
        expect(outcome.value.checkpoint.chunks).toBe(calls.length)
        resume = outcome.value.checkpoint
      }
      expect(calls.length).toBeGreaterThan(5)
      expect(calls.slice(0, 3).map(({ idempotencyKey }) => idempotencyKey)).toEqual(['job-7', 'job-7-1', 'job-7-2'])
      // Every continuation was asked for where the one before had stopped.
      expect(calls.map(({ from }) => from)).toEqual(calls.map(({ from }) => from).toSorted((a, b) => a - b))
    },
  )

  test('keeps to its bound over all chunks', async () => {
    const { provider, calls } = await starting()
    const first = partial((await stream(provider, { maxTokens: 300, ...pausedAfter(400) })).outcome)
    const { outcome } = await stream(provider, { resume: first, maxTokens: 300 })
    expect(calls[1]!.maxTokens).toBe(300 - first.outputTokens!)
    expect(outcome).toMatchObject({ ok: true, value: { kind: 'done', finishReason: 'length', outputTokens: 300 } })
    const spent = await stream(provider, { resume: { ...first, outputTokens: 300 }, maxTokens: 300 })
    expect(spent.outcome).toMatchObject({ ok: true, value: { kind: 'done', text: first.text, finishReason: 'length' } })
    expect(calls).toHaveLength(2)
  })

  test('that breaks off is a coded failure, after everything before it was shown, and goes on from there', async () => {
    const { provider } = await starting({ cutAfter: (nth) => (nth < 3 ? 60 : undefined) })
    const first = await stream(provider)
    expect(first.outcome).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    expect(first.shown.at(-1)!.text).toBe(saga.slice(0, 480))
    // The second breaks off, too, behind its seam.
    const second = await stream(provider, { resume: first.shown.at(-1)! })
    expect(second.outcome).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    expect(second.shown.at(-1)!.text.length).toBeGreaterThan(700)
    const third = await stream(provider, { resume: second.shown.at(-1)! })
    expect(third.outcome).toMatchObject({ ok: true, value: { kind: 'done', text: saga } })
  })

  test('that breaks off within its seam has lost nothing', async () => {
    const { provider } = await starting({ cutAfter: (nth) => [undefined, 60, 5, 11][nth] })
    const first = await stream(provider)
    const second = await stream(provider, { resume: first.shown.at(-1)! })
    expect(second.outcome).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    const third = await stream(provider, { resume: second.shown.at(-1) ?? first.shown.at(-1)! })
    expect(third.shown.at(-1)!.text.length).toBeGreaterThan(480)
    expect((await stream(provider, { resume: third.shown.at(-1)! })).outcome).toMatchObject({ ok: true, value: { text: saga } })
  })

  test('that fails in the middle tells why', async () => {
    const error =
      wire === 'openai' ? { message: 'Too busy', code: 'rate_limit_exceeded' } : { message: 'Too busy', type: 'rate_limit_error' }
    const { provider } = await starting({ failAfter: () => ({ deltas: 10, error }) })
    const { outcome, shown } = await stream(provider)
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'provider_rate_limited', message: expect.stringMatching(/broke off its answer: Too busy$/) },
    })
    expect(shown.at(-1)!.text).toBe(saga.slice(0, 80))
  })

  test('ends at its deadline, with everything shown', async () => {
    const { provider, calls } = await starting({ deltaMs: 20 })
    const { outcome, shown } = await stream(provider, { timeoutMs: 800 })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
    expect(shown.length).toBeGreaterThan(2)
    await calls[0]!.closed
  })

  test('ends at its deadline within the seam, with everything shown', async () => {
    const { provider } = await starting({ deltaMs: 40, repeats: 'nothing' })
    const resume = { text: saga.slice(0, 400), chunks: 1 }
    const { outcome, shown } = await stream(provider, { timeoutMs: 800, resume })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
    expect(shown).toHaveLength(1)
    expect(shown[0]!.text.length).toBeGreaterThan(430)
  })

  test('is given up when the lease is lost', async () => {
    const { provider, calls } = await starting({ deltaMs: 5 })
    const lease = new AbortController()
    const { outcome } = await stream(provider, { signal: lease.signal, onText: () => lease.abort() })
    expect(outcome).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
    await calls[0]!.closed
  })

  test('asks nothing when the pause was there first', async () => {
    const { provider, calls } = await starting()
    const resume = { text: 'The0', chunks: 3 }
    expect((await stream(provider, { pause: AbortSignal.abort(), resume })).outcome).toEqual({
      ok: true,
      value: { kind: 'partial', checkpoint: resume },
    })
    expect((await stream(provider, { pause: AbortSignal.abort() })).outcome).toEqual({
      ok: true,
      value: { kind: 'partial', checkpoint: { text: '', chunks: 0 } },
    })
    expect(calls).toHaveLength(0)
  })

  test('tells a rate limit its headers speak of', async () => {
    const headers: Record<string, string> =
      wire === 'openai'
        ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }
        : {
            'anthropic-ratelimit-requests-remaining': '0',
            'anthropic-ratelimit-requests-reset': new Date(Date.now() + 360_000).toISOString(),
          }
    const { provider } = await starting({ headers })
    const limits: number[] = []
    await stream(provider, { onRateLimit: ({ retryAfterMs }) => limits.push(retryAfterMs) })
    expect(limits).toHaveLength(1)
    expect(limits[0]).toBeGreaterThan(355_000)
    expect(limits[0]).toBeLessThanOrEqual(360_000)
  })

  test('is read from a mock of the provider as well', async () => {
    const mock = new LLMock({ port: 0 })
    await mock.start()
    closing.push(() => mock.stop())
    mock.on({ sequenceIndex: 0 }, { content: 'The0', usage: { prompt_tokens: 11, completion_tokens: 7 } })
    mock.on({ sequenceIndex: 1 }, { error: { message: 'Slow down' }, status: 429, retryAfter: 7 })
    const limits: number[] = []
    const onRateLimit = ({ retryAfterMs }: { retryAfterMs: number }) => limits.push(retryAfterMs)
    expect((await stream(providerAt(mock.url), { onRateLimit })).outcome).toMatchObject({
      ok: true,
      value: { kind: 'done', text: 'The0', outputTokens: 7 },
    })
    expect((await stream(providerAt(mock.url), { onRateLimit })).outcome).toMatchObject({
      ok: false,
      error: { code: 'provider_rate_limited' },
    })
    expect(limits).toEqual([7_000])
  })
})

function partial(outcome: Result<TextOutcome, StepError>): TextCheckpoint {
  if (!outcome.ok || outcome.value.kind !== 'partial') throw new Error(`no partial outcome: ${JSON.stringify(outcome)}`)
  // As it is stored.
  return JSON.parse(JSON.stringify(outcome.value.checkpoint))
}
