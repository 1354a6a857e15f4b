import { allowedOrigins, createOutbound } from '@agon/outbound'
import type { CallOptions, ExecutionState, RateLimit } from '@agon/runner-core'
import type { StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBridge } from '../../apps/worker/src/bridge/create-bridge.ts'
import { modelGlobs } from '../../apps/worker/src/bridge/model-globs.ts'
import { type Answer, startExecutionBridge, type TestBridge } from '../support/execution-bridge.ts'

// The worker's side of docs/execution-bridge.md against the other side, on the wire.

let server: TestBridge
const limits: RateLimit[] = []

beforeAll(async () => {
  server = await startExecutionBridge({ takesMs: ({ prompt }) => (prompt === 'Wait.' ? 'never' : 0) })
})
afterEach(() => {
  server.behave({})
  limits.length = 0
})
afterAll(() => server.stop())

const bridge = (token = server.token, allow = server.origin) =>
  createBridge({
    url: `${server.url}/`,
    token,
    models: modelGlobs('openai:*'),
    outbound: createOutbound({ allow: allowedOrigins(allow) }),
    now: () => Date.parse('2026-11-20T12:00:00Z'),
  })
const call = (key = 'key', overrides: Partial<CallOptions> = {}): CallOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 2_000,
  idempotencyKey: key,
  onRateLimit: (limit) => limits.push(limit),
  ...overrides,
})
const request = { modelKey: 'openai:gpt-5-mini', prompt: 'A colour?', maxTokens: 50, deadlineMs: 60_000 }
const code = (result: Result<unknown, StepError>) => (result.ok ? 'ok' : result.error.code)
const instead = (answer: Answer | 'hang') => server.behave({ interfere: () => answer })
const submitted = async (prompt = 'A colour?', key: string = prompt): Promise<string> => {
  const taken = await bridge().submit({ ...request, prompt }, call(key))
  return taken.ok && taken.value.kind === 'running' ? taken.value.executionId : expect.unreachable(JSON.stringify(taken))
}

test('it takes the models it was given', () => {
  expect([bridge().takes('openai:gpt-5'), bridge().takes('anthropic:claude')]).toEqual([true, false])
})

test('an execution is handed over with what a model is told, under its key, and with the token', async () => {
  await bridge().submit({ ...request, prompt: 'Once', system: 'Be brief.', temperature: 0.3 }, call('once'))
  const sent = server.seen.at(-1)!
  expect([sent.method, sent.path]).toEqual(['POST', '/v1/executions'])
  expect(sent.headers).toMatchObject({
    authorization: 'Bearer bridge-token',
    'idempotency-key': 'once',
    'content-type': 'application/json',
  })
  expect(JSON.parse(sent.body)).toEqual({
    model: 'openai:gpt-5-mini',
    system_prompt: 'Be brief.',
    prompt: 'Once',
    max_tokens: 50,
    temperature: 0.3,
    deadline: '2026-11-20T12:01:00.000Z',
  })
  await bridge().submit({ ...request, prompt: 'Once' }, call('once'))
  expect(server.executions.filter(({ key }) => key === 'once')).toHaveLength(1)
})

test('it is asked for until it is over, and stopped', async () => {
  const id = await submitted('Wait.')
  expect(await bridge().ask(id, call())).toEqual({ ok: true, value: { kind: 'running', executionId: id } })
  const execution = server.executions.find((one) => one.id === id)!
  execution.state = { execution_id: id, status: 'running', progress: 0.25, poll_after_ms: 900 }
  expect(await bridge().ask(id, call())).toMatchObject({ value: { progress: 0.25, pollAfterMs: 900 } })
  server.end(execution)
  expect(await bridge().ask(id, call())).toEqual({
    ok: true,
    value: {
      kind: 'succeeded',
      completion: { text: 'Bridged: Wait.', finishReason: 'stop', inputTokens: 7, outputTokens: 11, costUsd: 0.25 },
    },
  })
  expect(code(await bridge().cancel(id, call()))).toBe('ok')
  expect(execution.cancelled).toBe(true)
  for (const status of [404, 409, 410]) {
    instead({ status })
    expect(code(await bridge().cancel(id, call()))).toBe('ok')
  }
})

describe('what the bridge says of a failure', () => {
  const failed = async (fields: object): Promise<StepError | undefined> => {
    instead({
      status: 200,
      body: { execution_id: 'e', status: 'failed', code: 'gpu_lost', message: 'The GPU\u0000 is gone', retryable: true, ...fields },
    })
    const state = await bridge().ask('e', call())
    return state.ok && state.value.kind === 'failed' ? state.value.error : undefined
  }
  test('is told, in the codes of a provider', async () => {
    expect(await failed({})).toEqual({
      code: 'provider_task_failed',
      message: 'The execution bridge ended the execution (gpu_lost: The GPU is gone).',
    })
    expect(await failed({ retryable: false })).toMatchObject({ code: 'provider_rejected' })
    expect(await failed({ code: 'content_refused', retryable: false })).toMatchObject({ code: 'content_refused' })
    expect((await failed({ message: 'x'.repeat(5_000) }))!.message.length).toBeLessThan(400)
  })
  test('holds for an answer without a word, and for one that is handed over and fails', async () => {
    const empty = { status: 'succeeded', text: ' ', tokens_in: 1, tokens_out: 9, cost_usd: 2, finish_reason: 'length' }
    expect(await failed(empty)).toMatchObject({ code: 'provider_rejected', costUsd: 2 })
    instead({ status: 200, body: { execution_id: 'e', status: 'failed', code: 'no', message: 'no', retryable: true } })
    expect(await bridge().submit(request, call())).toMatchObject({ ok: true, value: { kind: 'failed', executionId: 'e' } })
  })
})

test('429 says until when nothing is asked', async () => {
  instead({ status: 429, headers: { 'retry-after': '7' } })
  for (const refused of [await bridge().submit(request, call()), await bridge().ask('e', call())])
    expect(refused).toMatchObject({ ok: false, error: { code: 'provider_rate_limited', retryAfterMs: 7_000 } })
  expect(limits).toEqual([{ retryAfterMs: 7_000 }, { retryAfterMs: 7_000 }])
})

test('another token is refused by its code', async () => {
  const other = bridge('another')
  expect([code(await other.submit(request, call())), code(await other.ask('e', call())), code(await other.cancel('e', call()))]).toEqual(
    Array(3).fill('bridge_auth'),
  )
})

test.each<[string, Answer | 'hang', string, string]>([
  ['500', { status: 500 }, 'provider_unavailable', 'provider_unavailable'],
  ['503 with a word on when', { status: 503, headers: { 'retry-after': '3' } }, 'provider_unavailable', 'provider_unavailable'],
  ['422', { status: 422 }, 'provider_rejected', 'provider_unavailable'],
  ['404', { status: 404 }, 'provider_rejected', 'provider_task_gone'],
  ['410', { status: 410 }, 'provider_rejected', 'provider_task_gone'],
  ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, 'provider_malformed', 'provider_malformed'],
  ['no JSON', { status: 200, body: '<html>' }, 'provider_malformed', 'provider_malformed'],
  ['JSON of something else', { status: 200, body: { id: 1 } }, 'provider_malformed', 'provider_malformed'],
  [
    'tokens that are none',
    { status: 200, body: { execution_id: 'e', status: 'succeeded', text: 'x', tokens_in: -1, tokens_out: 'many', finish_reason: 'stop' } },
    'provider_malformed',
    'provider_malformed',
  ],
  ['an id that leads elsewhere', { status: 202, body: { execution_id: '../../admin' } }, 'provider_malformed', 'provider_malformed'],
  [
    'another execution',
    { status: 200, body: { execution_id: 'f', status: 'failed', code: 'x', message: 'x', retryable: true } },
    'ok',
    'provider_malformed',
  ],
  ['more than may be', { status: 200, body: `"${'x'.repeat(9 * 1024 * 1024)}"` }, 'provider_malformed', 'provider_malformed'],
  ['nothing at all', 'hang', 'provider_timeout', 'provider_timeout'],
])('%s is its code', async (_what, answer, onSubmit, onAsk) => {
  instead(answer)
  const soon = { timeoutMs: answer === 'hang' ? 200 : 5_000 }
  expect([code(await bridge().submit(request, call('key', soon))), code(await bridge().ask('e', call('key', soon)))]).toEqual([
    onSubmit,
    onAsk,
  ])
})

test('nobody there is a provider that cannot be reached; a driver that lost its lease says so', async () => {
  const nobody = createBridge({
    url: 'http://127.0.0.1:1',
    token: 't',
    models: modelGlobs('*'),
    outbound: createOutbound({ allow: allowedOrigins('http://127.0.0.1:*') }),
    now: Date.now,
  })
  expect(code(await nobody.submit(request, call()))).toBe('provider_unavailable')
  expect(code(await bridge().submit(request, call('key', { signal: AbortSignal.abort() })))).toBe('lease_lost')
})

test('an address that nobody opened is not called', async () => {
  const before = server.seen.length
  const closed: Result<ExecutionState, StepError> = await bridge(server.token, 'http://127.0.0.2:1').submit(request, call())
  expect([code(closed), server.seen.length]).toEqual(['provider_unavailable', before])
})
