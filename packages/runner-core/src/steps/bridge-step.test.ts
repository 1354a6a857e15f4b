import { describe, expect, test } from 'vitest'
import type { StepError } from '../errors.ts'
import { type ErrorCode, stepError } from '../errors.ts'
import type { CallOptions, DelegatedJob, ExecutionBridge, ExecutionRequest, ExecutionState, OpenTask, SealedKey } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { battleJob, bounds, taskJob, testWorld } from '../testing/samples.ts'
import { type BridgeStore, bridgeStep, delegatingBattleJobs } from './bridge-step.ts'

const completion = { text: 'Teal.', finishReason: 'stop', inputTokens: 3, outputTokens: 2, costUsd: 0.5 } as const
const answered: ExecutionState = { kind: 'succeeded', completion }
const running: ExecutionState = { kind: 'running', executionId: 'e1' }
const ended = (code: ErrorCode): ExecutionState => ({ kind: 'failed', executionId: 'e1', error: stepError(code, 'no') })
const open: OpenTask = { providerTaskId: 'e1', details: {}, polls: 4, ageMs: 9_000 }

const delegated = (overrides: Partial<DelegatedJob> = {}): DelegatedJob => ({
  ...taskJob({ modelKey: 'sparring:quill', taskPrompt: 'Name a colour.', limitKey: 'bridge' }),
  systemPrompt: null,
  temperature: null,
  byTimeBudget: false,
  ...overrides,
})

function bridgeOf(answer: Result<ExecutionState, StepError> = ok(running)) {
  const calls: { method: string; of: ExecutionRequest | string; call: CallOptions }[] = []
  const reply =
    <T>(method: string, result: T) =>
    async (of: ExecutionRequest | string, call: CallOptions) => {
      calls.push({ method, of, call })
      return result
    }
  const bridge: ExecutionBridge = {
    takes: (key) => key === 'sparring:quill',
    submit: reply('submit', answer),
    ask: reply('ask', answer),
    cancel: reply('cancel', answer.ok ? ok(undefined) : answer),
  }
  return { bridge, calls }
}

/** Delegates a contender's job, as the worker's own line does. */
async function delegate(job = battleJob(), answer?: Result<ExecutionState, StepError>, held: Result<boolean, StepError> = ok(true)) {
  const { bridge, calls } = bridgeOf(answer)
  const { store, world } = testWorld({ providers: () => ok({ generateText: async () => ok({ ...completion, wireModel: 'quill' }) }) })
  const order: string[] = []
  let parked = 0
  const kept: BridgeStore = {
    delegate: async () => {
      order.push(`delegated after ${calls.length} calls`)
      return held
    },
    claim: async () => ok({ jobs: [], leaseMs: 30_000, nextDueMs: null }),
  }
  await delegatingBattleJobs({ bridge, store: kept, parked: () => parked++ }).step(job, world, bounds)
  return { calls, store, order, parked, methods: store.calls.map(({ method }) => method) }
}

async function step(job: DelegatedJob, answer: Result<ExecutionState, StepError>) {
  const { bridge, calls } = bridgeOf(answer)
  const { store, world } = testWorld({})
  await bridgeStep(job, world, bounds, bridge)
  return { calls, store, last: store.calls.at(-1)! }
}

describe('a contender whose model the bridge takes', () => {
  test('is delegated before the bridge hears of it, and its execution is parked', async () => {
    const { calls, store, order, parked } = await delegate()
    expect(order).toEqual(['delegated after 0 calls'])
    expect(calls.map(({ method, call }) => [method, call.idempotencyKey])).toEqual([['submit', 'agon-job-1-1']])
    expect(store.calls).toEqual([{ method: 'parkBattleJob', args: [1, 1, { taskId: 'e1', pollAfterMs: 2_000 }, 'text'] }])
    expect(parked).toBe(1)
  })

  test('is told to the bridge as what a model is told, and no more', async () => {
    const { calls } = await delegate(
      battleJob({ systemPrompt: 'Be brief.', temperature: 0.5, taskPrompt: 'Name {{ thing }}.', inputs: { thing: 'a tree' } }),
    )
    expect(calls[0]!.of).toEqual({
      modelKey: 'sparring:quill',
      system: 'Be brief.',
      prompt: 'Name a tree.',
      maxTokens: 100,
      temperature: 0.5,
      deadlineMs: 300_000,
    })
    const short = await delegate(battleJob({ deadlineMs: 4_000 }))
    expect(short.calls[0]).toMatchObject({ of: { deadlineMs: 4_000 }, call: { timeoutMs: 4_000 } })
  })

  test('that is lost meanwhile is left alone', async () => {
    for (const held of [ok(false), fail(stepError('storage_refused', 'no database'))]) {
      const { calls, methods } = await delegate(battleJob(), ok(running), held)
      expect([calls, methods]).toEqual([[], []])
    }
  })

  test('is answered at once when the bridge does', async () => {
    const { store } = await delegate(battleJob(), ok(answered))
    expect(store.calls).toMatchObject([
      { method: 'completeBattleJob', args: [1, 1, { contentText: 'Teal.', costUsd: 0.5, wireModel: expect.any(String) }] },
    ])
  })

  test('of an execution that failed at once is parked all the same: what has ended has to be on record', async () => {
    const { store } = await delegate(battleJob(), ok(ended('provider_task_failed')))
    expect(store.calls).toEqual([{ method: 'parkBattleJob', args: [1, 1, { taskId: 'e1', pollAfterMs: 0 }, 'text'] }])
  })
})

test.each<[string, Parameters<typeof battleJob>[0]]>([
  ['of another model', { modelKey: 'sparring:ember' }],
  ['on a key of its owner', { byok: { keyId: 'k', ownerId: 'o', provider: 'sparring', sealed: 's' } satisfies SealedKey }],
  ['that was begun elsewhere', { checkpoint: { text: 'T', chunks: 1, elapsedMs: 1 } }],
  ['that may not be called', { refused: stepError('budget_spent', 'no') }],
  ['out of time', { deadlineMs: 0 }],
])('a contender %s is not delegated', async (_what, overrides) => {
  const { calls, order } = await delegate(battleJob(overrides))
  expect([calls, order]).toEqual([[], []])
})

describe('an execution', () => {
  test('that still runs is asked for when the bridge says, else in two seconds', async () => {
    expect((await step(delegated({ task: open }), ok(running))).last).toEqual({ method: 'reparkBattleJob', args: [1, 1, 2_000, undefined] })
    expect((await step(delegated({ task: open }), ok({ ...running, pollAfterMs: 700, progress: 0.5 }))).last.args).toEqual([1, 1, 700, 0.5])
    expect((await step(delegated({ task: open }), ok({ ...running, pollAfterMs: 0 }))).last.args[2]).toBe(250)
  })

  test('that is over is the answer, which took as long as the bridge had it', async () => {
    expect((await step(delegated({ task: open }), ok(answered))).last).toMatchObject({
      method: 'completeBattleJob',
      args: [1, 1, { contentText: 'Teal.', inputTokens: 3, outputTokens: 2, costUsd: 0.5, latencyMs: 9_000 }],
    })
  })

  test('is handed over again under its own key, and one after it under another', async () => {
    const unheard = fail(stepError('provider_timeout', 'no'))
    const key = async (job: DelegatedJob) => (await step(job, unheard)).calls[0]!.call.idempotencyKey
    expect([await key(delegated()), await key(delegated({ attempts: 2 })), await key(delegated({ endedTasks: 1 }))]).toEqual([
      'agon-job-1-1',
      'agon-job-1-1',
      'agon-job-1-2',
    ])
    expect((await step(delegated(), unheard)).last.method).toBe('requeueBattleJob')
    expect((await step(delegated({ attempts: 2 }), unheard)).last.method).toBe('deadLetterBattleJob')
  })

  test.each<[ErrorCode]>([
    ['provider_unavailable'],
    ['provider_timeout'],
    ['provider_malformed'],
    ['provider_rate_limited'],
    ['bridge_auth'],
  ])('goes on when asking ends in %s', async (code) => {
    const { last } = await step(delegated({ task: open }), fail(stepError(code, 'no', 90_000)))
    expect(last).toEqual({ method: 'reparkBattleJob', args: [1, 1, 90_000, undefined] })
  })

  test('that the bridge lost is begun again; one that it refused is not', async () => {
    expect((await step(delegated({ task: open }), fail(stepError('provider_task_gone', 'no')))).last.method).toBe('requeueBattleJob')
    expect((await step(delegated({ task: open }), ok(ended('provider_task_failed')))).last.method).toBe('requeueBattleJob')
    expect((await step(delegated({ task: open }), ok(ended('content_refused')))).last.method).toBe('deadLetterBattleJob')
  })

  test('is over at its deadline, and what the bridge has then counts', async () => {
    const late = delegated({ task: open, deadlineMs: -5 })
    const codeOf = async (job: DelegatedJob, answer: Result<ExecutionState, StepError>) => (await step(job, answer)).last
    expect(await codeOf(late, ok(running))).toMatchObject({ method: 'deadLetterBattleJob', args: [1, 1, { code: 'bridge_timeout' }] })
    expect((await codeOf({ ...late, byTimeBudget: true }, ok(running))).args[2]).toMatchObject({ code: 'deadline_exceeded' })
    expect((await codeOf(late, fail(stepError('bridge_auth', 'Refused.')))).args[2]).toMatchObject({
      message: expect.stringContaining('last: Refused.'),
    })
    expect((await codeOf(late, ok(answered))).method).toBe('completeBattleJob')
  })
})

test('an errand tells the bridge of the execution nobody waits for', async () => {
  const { bridge, calls } = bridgeOf()
  const { store, world } = testWorld({})
  const { leaseToken, jobId, attempts, maxAttempts, reclaims, inLane, limitKey } = delegated()
  const errand = {
    leaseToken,
    jobId,
    attempts,
    maxAttempts,
    reclaims,
    inLane,
    limitKey,
    cancels: true,
    modelKey: 'sparring:quill',
    task: open,
  } as const
  await bridgeStep(errand, world, bounds, bridge)
  expect(calls).toMatchObject([{ method: 'cancel', of: 'e1' }])
  expect(store.calls.map(({ method }) => method)).toEqual(['completeTaskCancel'])
})
