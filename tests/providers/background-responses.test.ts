import type { Provider, Result, StepError, TextCheckpoint, TextOutcome, TextStream } from '@agon/runner-core'
import { LLMock } from '@copilotkit/aimock'
import { afterEach, describe, expect, test } from 'vitest'
import { providerConfiguration } from '../../packages/providers/src/configuration.ts'
import { createTextProviders } from '../../packages/providers/src/text-providers.ts'
import { type OpenaiOptions, startWireOpenai } from '../support/wire-openai.ts'

const essay = Array.from({ length: 200 }, (_, nth) => `${['Thus', 'wave', '潮', 'and', 'so'][nth % 5]}${nth}`).join(' ')

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function starting(options: OpenaiOptions = {}) {
  const openai = await startWireOpenai({ answer: () => essay, ...options })
  closing.push(openai.stop)
  const found = createTextProviders(providerConfiguration({ OPENAI_BASE_URL: openai.url, OPENAI_API_KEY: 'openai-key-0123' }))('openai')
  if (!found.ok) throw new Error(found.error.message)
  return { ...openai, provider: found.value as Required<Provider> }
}

const call = (options: Partial<TextStream> = {}) => ({
  signal: new AbortController().signal,
  timeoutMs: 10_000,
  idempotencyKey: 'job-7',
  ...options,
})

async function stream(
  provider: Required<Provider>,
  { resume, ...options }: Partial<TextStream> & { resume?: TextCheckpoint } = {},
): Promise<{ outcome: Result<TextOutcome, StepError>; shown: TextCheckpoint[] }> {
  const shown: TextCheckpoint[] = []
  const outcome = await provider.streamText(
    {
      wireModel: 'gpt-5-mini',
      system: 'You are Basho.',
      prompt: 'Write an essay.',
      maxTokens: 4_000,
      temperature: 1,
      ...(resume && { resume }),
    },
    { pause: new AbortController().signal, onText: (checkpoint) => shown.push(checkpoint), ...call(options), ...(options as object) },
  )
  return { outcome, shown }
}

const pausedAfter = (characters: number) => {
  const pause = new AbortController()
  return { pause: pause.signal, onText: ({ text }: TextCheckpoint) => void (text.length >= characters && pause.abort()) }
}

function partial(outcome: Result<TextOutcome, StepError>): TextCheckpoint {
  if (!outcome.ok || outcome.value.kind !== 'partial') throw new Error(`no partial outcome: ${JSON.stringify(outcome)}`)
  return JSON.parse(JSON.stringify(outcome.value.checkpoint))
}

const whole = {
  ok: true,
  value: { kind: 'done', text: essay, finishReason: 'stop', wireModel: 'gpt-5-mini', inputTokens: 11, outputTokens: 7 },
}

describe('an answer OpenAI keeps, streamed', () => {
  test('comes whole, in the background, with what it was asked', async () => {
    const { provider, responses } = await starting()
    const { outcome, shown } = await stream(provider)
    expect(outcome).toEqual(whole)
    expect(shown.at(-1)).toMatchObject({ text: essay, cursor: { response_id: responses[0]!.id } })
    expect(responses[0]).toMatchObject({ authorization: 'Bearer openai-key-0123', idempotencyKey: 'job-7' })
    expect(responses[0]!.asked).toEqual({
      model: 'gpt-5-mini',
      instructions: 'You are Basho.',
      input: [{ role: 'user', content: 'Write an essay.' }],
      max_output_tokens: 4_000,
      store: true,
      background: true,
      stream: true,
    })
  })

  test('is one answer over many pauses, streamed from its cursor on', async () => {
    const { provider, responses, calls } = await starting({ deltaMs: 1 })
    let resume: TextCheckpoint | undefined
    for (let characters = 200; ; characters += 200) {
      const { outcome } = await stream(provider, { ...(resume && { resume }), ...pausedAfter(characters) })
      if (!outcome.ok || outcome.value.kind !== 'partial') {
        expect(outcome).toEqual(whole)
        break
      }
      resume = partial(outcome)
      expect(essay.startsWith(resume.text)).toBe(true)
    }
    expect(responses).toHaveLength(1)
    expect(calls.filter(({ method }) => method === 'GET').length).toBeGreaterThan(3)
  })

  test('outlives its connection', async () => {
    const { provider, responses } = await starting({ cutAfter: (nth) => (nth === 1 ? 20 : undefined) })
    const first = await stream(provider)
    expect(first.outcome).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    expect(first.shown.at(-1)!.text).toBe(essay.slice(0, 18 * 8))
    expect((await stream(provider, { resume: first.shown.at(-1)! })).outcome).toEqual(whole)
    expect(responses).toHaveLength(1)
  })

  test('a pause before its first word keeps hold of it', async () => {
    const { provider, responses } = await starting({ streamDelayMs: 100 })
    const pause = new AbortController()
    const paused = stream(provider, { pause: pause.signal })
    await expect.poll(() => responses.length, { interval: 5 }).toBe(1)
    pause.abort()
    const checkpoint = partial((await paused).outcome)
    expect(checkpoint).toMatchObject({ text: '', chunks: 1, cursor: { response_id: responses[0]!.id } })
    expect((await stream(provider, { resume: checkpoint })).outcome).toEqual(whole)
    expect(responses).toHaveLength(1)
  })

  test('that was forgotten is asked anew, from its text so far', async () => {
    const begun = essay.slice(0, 400)
    const { provider, responses, forget } = await starting({
      answer: ({ input }) => {
        const said = (input as { role: string; content: string }[]).find(({ role }) => role === 'assistant')?.content
        return said === undefined ? essay : essay.slice(said.length - 40)
      },
    })
    const resume = { text: begun, chunks: 1, inputTokens: 30, outputTokens: 100, cursor: { response_id: 'resp_gone', sequence_number: 52 } }
    const paused = partial((await stream(provider, { resume, ...pausedAfter(600) })).outcome)
    expect(paused).toMatchObject({ chunks: 2, cursor: { begun_at: 400, prior_input_tokens: 30, prior_output_tokens: 100 } })
    expect(responses[0]!.asked).toMatchObject({ max_output_tokens: 3_900 })
    const { outcome } = await stream(provider, { resume: paused })
    expect(outcome).toMatchObject({ ok: true, value: { kind: 'done', text: essay, inputTokens: 41, outputTokens: 107 } })
    expect(responses).toHaveLength(1)
    forget(responses[0]!.id)
  })

  test('that failed at OpenAI is asked anew by the next attempt, and not found failed again', async () => {
    const { provider, responses } = await starting({ ending: () => ({ code: 'server_error', message: 'Out of luck' }) })
    const { outcome, shown } = await stream(provider)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'provider_unavailable', message: expect.stringMatching(/Out of luck/) } })
    expect(shown.at(-1)).toMatchObject({ text: essay })
    expect(shown.at(-1)).not.toHaveProperty('cursor')
    await stream(provider, { resume: shown.at(-1)! })
    expect(responses).toHaveLength(2)
  })

  test('cut at its bound says so', async () => {
    const { provider } = await starting({ ending: () => 'incomplete' })
    expect((await stream(provider)).outcome).toMatchObject({ ok: true, value: { kind: 'done', text: essay, finishReason: 'length' } })
  })

  test('that cannot be streamed any more is read, or waited for', async () => {
    const refuses = { status: 400, body: { error: { message: 'This response can no longer be streamed.' } } }
    const { provider, responses } = await starting({
      answer: () => essay,
      deltaMs: 1,
      interfere: ({ method, nth }) => (method === 'GET' && nth % 2 === 0 ? refuses : undefined),
    })
    const resume = partial((await stream(provider, pausedAfter(200))).outcome)
    const [kept] = responses
    expect((await stream(provider, { resume })).outcome).toMatchObject({ ok: true, value: { kind: 'pending', task: { taskId: kept!.id } } })
    await expect.poll(() => kept!.status).toBe('completed')
    expect((await stream(provider, { resume })).outcome).toEqual(whole)
  })

  test('a continuation that cannot be streamed any more is waited for, since a task would not know what came before it', async () => {
    const refuses = { status: 400, body: { error: { message: 'This response can no longer be streamed.' } } }
    const { provider, responses } = await starting({ deltaMs: 5, interfere: ({ nth }) => (nth === 2 ? refuses : undefined) })
    await provider.startText({ wireModel: 'gpt-5-mini', prompt: 'p', maxTokens: 100 }, call())
    const cursor = { response_id: responses[0]!.id, sequence_number: 3, begun_at: 4 }
    const resume = { text: 'Thus', chunks: 1, cursor }
    const { outcome } = await stream(provider, { resume, pause: AbortSignal.timeout(50) })
    expect(partial(outcome)).toMatchObject({ text: 'Thus', cursor })
  })

  test('a server that numbers no events is paused at once, and asked anew from the text so far', async () => {
    const mock = new LLMock({ port: 0 })
    await mock.start()
    closing.push(() => mock.stop())
    mock.on({}, { content: essay }, { latency: 10, chunkSize: 8 })
    const found = createTextProviders(providerConfiguration({ OPENAI_BASE_URL: `${mock.url}/v1`, OPENAI_API_KEY: 'key-1' }))('openai')
    if (!found.ok) throw new Error(found.error.message)
    const checkpoint = partial((await stream(found.value as Required<Provider>, pausedAfter(80))).outcome)
    expect(checkpoint.text.length).toBeLessThan(essay.length)
    expect(essay.startsWith(checkpoint.text)).toBe(true)
    expect(checkpoint).not.toHaveProperty('cursor')
    await stream(found.value as Required<Provider>, { resume: checkpoint })
    expect(mock.getLastRequest()?.body).toMatchObject({ messages: [{}, {}, { role: 'assistant', content: checkpoint.text }, {}] })
  })

  test('a server without the Responses API is asked by chat completions, and not tried again', async () => {
    const { provider, calls } = await starting({ interfere: ({ path }) => (path === '/v1/responses' ? { status: 404 } : undefined) })
    await stream(provider)
    await stream(provider)
    expect(calls.map(({ path }) => path)).toEqual(['/v1/responses', '/v1/chat/completions', '/v1/chat/completions'])
    const unknownModel = { status: 404, body: { error: { message: 'No such model', code: 'model_not_found' } } }
    const other = await starting({ interfere: () => unknownModel })
    expect((await stream(other.provider)).outcome).toMatchObject({ ok: false, error: { code: 'provider_rejected' } })
    expect(other.calls).toHaveLength(1)
  })

  test('models that keep none are asked by chat completions', async () => {
    const { provider, calls } = await starting()
    await provider.streamText(
      { wireModel: 'gpt-4.1', prompt: 'p', maxTokens: 10 },
      { ...call(), pause: new AbortController().signal, onText: () => {} },
    )
    expect(calls.at(-1)!.path).toBe('/v1/chat/completions')
  })
})

describe('an answer OpenAI keeps, as a task', () => {
  const task = (taskId: string) => ({ taskId, wireModel: 'gpt-5-mini', kind: 'text' as const })
  const request = { wireModel: 'gpt-5-mini', prompt: 'Write an essay.', maxTokens: 4_000, callbackUrl: 'https://agon.test/callback' }

  test('is started without a stream, runs, and is read when it is done', async () => {
    const { provider, responses } = await starting({ deltaMs: 1 })
    const started = await provider.startText(request, call())
    expect(started).toEqual({ ok: true, value: { taskId: responses[0]!.id, pollAfterMs: 5_000 } })
    expect(responses[0]!.asked).toMatchObject({ background: true })
    expect(responses[0]!.asked).not.toHaveProperty('stream')
    expect(await provider.pollTask(task(responses[0]!.id), call())).toEqual({ ok: true, value: { kind: 'running' } })
    await expect.poll(() => responses[0]!.status).toBe('completed')
    const { kind: _done, ...completion } = whole.value
    expect(await provider.pollTask(task(responses[0]!.id), call())).toEqual({ ok: true, value: { kind: 'text_done', completion } })
  })

  test('is over when it failed, was cancelled or is forgotten', async () => {
    const failing = await starting({ ending: () => ({ code: 'rate_limit_exceeded', message: 'Too busy' }) })
    await failing.provider.startText(request, call())
    await expect.poll(() => failing.responses[0]!.status).toBe('failed')
    expect(await failing.provider.pollTask(task(failing.responses[0]!.id), call())).toMatchObject({
      ok: false,
      error: { code: 'provider_task_failed', message: expect.stringMatching(/Too busy$/) },
    })
    const { provider, responses } = await starting({ deltaMs: 5 })
    await provider.startText(request, call())
    expect(await provider.cancelTask(task(responses[0]!.id), call())).toEqual({ ok: true, value: undefined })
    expect(responses[0]!.status).toBe('cancelled')
    expect(await provider.pollTask(task(responses[0]!.id), call())).toMatchObject({ ok: false, error: { code: 'provider_task_gone' } })
    expect(await provider.pollTask(task('resp_unknown'), call())).toMatchObject({ ok: false, error: { code: 'provider_task_gone' } })
    expect(await provider.cancelTask(task('resp_unknown'), call())).toEqual({ ok: true, value: undefined })
  })

  test('still stands when the poll itself fails', async () => {
    const { provider } = await starting({ interfere: () => ({ status: 503, headers: { 'retry-after': '3' } }) })
    expect(await provider.pollTask(task('resp_1'), call())).toMatchObject({
      ok: false,
      error: { code: 'provider_unavailable', retryAfterMs: 3_000 },
    })
  })
})
