import { describe, expect, test } from 'vitest'
import type { StepWorld } from '../engine/step.ts'
import { stepError } from '../errors.ts'
import type { NodeJob, NodeNote, NodeResult } from '../ports/index.ts'
import { fail, ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { bounds, fedBy, nodeJob, testWorld } from '../testing/samples.ts'
import { envelopeOf } from './envelope.ts'
import type { NodeContext, NodeRunner } from './node-runner.ts'
import { nodeStep } from './node-step.ts'

const says =
  (value: unknown): NodeRunner =>
  async () => ({ kind: 'completed', result: { envelope: envelopeOf(value), ports: ['output'] } })

function scene(runner: NodeRunner, more: Partial<StepWorld> & { store?: ReturnType<typeof fakeStore> } = {}) {
  const seen: NodeContext[] = []
  const { clock, store, world } = testWorld(more)
  const step = nodeStep({
    prompt_template: async (context) => {
      seen.push(context)
      return runner(context)
    },
    http_request: runner,
  })
  const failure = () => {
    const call = store.calls.find(({ method }) => method === 'failWorkflowNode')
    const [, error, backoffMs, notes] = (call?.args ?? []) as [
      unknown,
      { code: string; message: string; costUsd?: number },
      number | null,
      NodeNote[],
    ]
    return call && { code: error.code, message: error.message, costUsd: error.costUsd, backoffMs, notes }
  }
  const result = () => store.calls.find(({ method }) => method === 'completeWorkflowNode')?.args[1] as NodeResult | undefined
  const run = (job: Partial<NodeJob> = {}) => step(nodeJob(job), world, bounds)
  return { clock, store, seen, run, step, world, failure, result }
}

describe('what goes into a node', () => {
  test('what it does outside has one key in all its attempts, and another once it was done and is to be done again', async () => {
    const { run, seen } = scene(says('done'))
    for (const job of [{}, { jobId: 8, attempts: 1 }, { jobId: 9, doneBefore: 1 }, { jobId: 10, doneBefore: 2 }]) await run(job)
    const [first, retried, ...again] = seen.map(({ idempotencyKey }) => idempotencyKey)
    expect(retried).toBe(first)
    expect(again).toEqual([`${first}-2`, `${first}-3`])
  })

  test('its runner sees the inputs by label and the prompt rendered, and the record keeps both', async () => {
    const { run, seen, result } = scene(says('done'))
    await run({ ...fedBy({ topic: 'rain', input: [1, 2] }), config: { template: 'On [[topic]]: {{ input | size }}' } })
    expect(seen[0]).toMatchObject({ inputs: { topic: 'rain', input: [1, 2] }, prompt: 'On rain: 2' })
    expect(result()).toMatchObject({ resolvedInput: { inputs: { topic: 'rain', input: [1, 2] }, prompt: 'On rain: 2' }, ports: ['output'] })
  })

  test('a value that looks like a template is data, and is not expanded', async () => {
    const { run, seen } = scene(says('done'))
    await run({ ...fedBy({ topic: '[[other]] {{ x }} [ x ]' }), config: { template: 'On [[topic]]' } })
    expect(seen[0]!.prompt).toBe('On [[other]] {{ x }} [ x ]')
  })

  test('more than 512 KB is refused by bytes, before anybody is called', async () => {
    const { run, seen, failure } = scene(says('done'))
    await run({ ...fedBy({ topic: 'ü'.repeat(256 * 1024) }), config: { template: 'x' } })
    expect([seen.length, failure()?.code]).toEqual([0, 'context_too_large'])
  })

  test('inputs that break the contract of its lens fail the node, and the log says so', async () => {
    const { run, seen, failure } = scene(says('done'))
    await run({
      lens: { kind: 'text', template: 'x', input_contract: { parameters: { topic: { type: 'string', required: true } }, strict: false } },
    })
    expect([seen.length, failure()?.code]).toEqual([0, 'input_contract_violation'])
    expect(failure()!.notes).toEqual([expect.objectContaining({ type: 'contract.violated' })])
  })

  test('a node that its key or its budget does not allow calls nobody', async () => {
    const { run, seen, failure } = scene(says('done'))
    await run({ refused: stepError('budget_spent', 'spent') })
    expect([seen.length, failure()?.code, failure()?.backoffMs]).toEqual([0, 'budget_spent', null])
  })

  test('in a dry run nothing outside is touched', async () => {
    let called = 0
    const { run, failure } = scene(async () => {
      called++
      return says('x')({} as NodeContext)
    })
    await run({ nodeType: 'http_request', config: { url: 'https://x.example', method: 'POST' }, dryRun: true })
    expect([called, failure()?.code]).toEqual([0, 'side_effect_refused'])
  })
})

describe('time', () => {
  const sleeps =
    (ms: number, listens = true): NodeRunner =>
    async ({ world, signal }) => {
      await world.clock.sleep(ms, listens ? signal : undefined)
      if (listens && signal.aborted) throw new DOMException('aborted', 'AbortError')
      return { kind: 'completed', result: { envelope: envelopeOf('late'), ports: ['output'] } }
    }

  test.each([
    ['that listens to its signal', true],
    ['that listens to nothing', false],
  ])('a runner %s is ended at timeout_ms: a timeout, no cancel', async (_, listens) => {
    const { clock, run, failure } = scene(sleeps(30_000, listens))
    const stepped = run({ config: { timeout_ms: 1000 } })
    await clock.advance(1000)
    await stepped
    expect([failure()?.code, failure()?.backoffMs, clock.now()]).toEqual(['node_timeout', null, 1000])
  })

  test('a timeout is tried again where retry_on has timeout', async () => {
    const { clock, run, failure } = scene(sleeps(30_000))
    const stepped = run({ config: { timeout_ms: 1000, retry: { attempts: 3 } } })
    await clock.advance(1000)
    expect(await stepped).toEqual({ dueInMs: failure()!.backoffMs })
    expect(failure()).toMatchObject({ code: 'node_timeout', backoffMs: 375 })
  })

  test('a lease that is lost in mid-act records nothing, whatever the runner does', async () => {
    for (const listens of [true, false]) {
      const held = new AbortController()
      const { clock, step, world, store } = scene(sleeps(30_000, listens))
      const stepped = step(nodeJob({ config: { timeout_ms: 10_000 } }), world, { timeoutMs: 45_000, signal: held.signal })
      await clock.advance(500)
      held.abort()
      await clock.advance(20_000)
      expect(await stepped).toEqual({})
      expect(store.calls).toEqual([])
    }
  })

  test('a provider that times out at the node’s own deadline is the node’s timeout', async () => {
    const { clock, run, failure } = scene(async ({ world, timeoutMs }) => {
      await world.clock.sleep(timeoutMs)
      return { kind: 'failed', error: stepError('provider_timeout', 'slow') }
    })
    const stepped = run({ config: { timeout_ms: 2000 } })
    await clock.advance(2000)
    await stepped
    expect(failure()?.code).toBe('node_timeout')
  })

  test('a deadline that is shared and over is final, though retries are left', async () => {
    const { run, seen, failure } = scene(says('x'))
    await run({ deadlineMs: 0, config: { retry: { attempts: 5 } } })
    expect([seen.length, failure()?.code, failure()?.backoffMs]).toEqual([0, 'node_timeout', null])
  })
})

describe('retry', () => {
  const fails =
    (code: Parameters<typeof stepError>[0], retryAfterMs?: number): NodeRunner =>
    async () => ({ kind: 'failed', error: stepError(code, 'x', retryAfterMs) })

  test.each([
    ['provider_unavailable', {}, null],
    ['provider_unavailable', { attempts: 3 }, 375],
    ['provider_unavailable', { attempts: 3, retry_on: ['timeout'] }, null],
    ['provider_rate_limited', { attempts: 3 }, 20_000],
    ['output_contract_violation', { attempts: 3 }, null],
    ['output_contract_violation', { attempts: 3, retry_on: ['contract_violated'] }, 375],
    ['provider_auth', { attempts: 3 }, null],
  ] as const)('%s with retry %j waits %s ms', async (code, retry, backoffMs) => {
    const { run, failure } = scene(fails(code, code === 'provider_rate_limited' ? 20_000 : undefined))
    await run({ config: { retry } })
    expect(failure()).toMatchObject({ code, backoffMs })
  })

  test('waits double up to max_backoff_ms, and attempts are counted in all', async () => {
    const waits: (number | null | undefined)[] = []
    for (let attempts = 0; attempts < 5; attempts++) {
      const { run, failure } = scene(fails('provider_unavailable'))
      await run({ attempts, config: { retry: { attempts: 5, backoff_ms: 1000, max_backoff_ms: 3000 } } })
      waits.push(failure()?.backoffMs)
    }
    expect(waits).toEqual([750, 1500, 2250, 2250, null])
  })

  test('what a runner throws is a failure of ours', async () => {
    const { run, failure } = scene(async () => {
      throw new TypeError('undefined is no function')
    })
    await run()
    expect(failure()).toMatchObject({ code: 'internal', message: expect.stringContaining('undefined is no function') })
  })
})

describe('moderation and contracts', () => {
  const judged = (answer: Awaited<ReturnType<NonNullable<StepWorld['moderation']>['check']>>) => {
    const texts: string[] = []
    return {
      texts,
      moderation: {
        check: async ({ text }: { text: string }) => {
          texts.push(text)
          return answer
        },
      },
    }
  }

  test('moderation sees the rendered prompt and the output, and passes both', async () => {
    const { texts, moderation } = judged(ok({ flagged: false, categories: [] }))
    const { run, result } = scene(says('answer'), { moderation })
    await run({ config: { template: 'Say it.', moderation: 'both' } })
    expect(texts).toEqual(['Say it.', 'answer'])
    expect(result()).toBeDefined()
  })

  test('a violation of the input calls nobody; one of the output is not handed on', async () => {
    for (const side of ['input', 'output'] as const) {
      const { moderation } = judged(ok({ flagged: true, categories: ['violence'] }))
      const { run, seen, failure, result } = scene(says('answer'), { moderation })
      await run({ config: { template: 'x', moderation: side } })
      expect([seen.length, failure()?.code, result()]).toEqual([side === 'input' ? 0 : 1, 'moderation_blocked', undefined])
      expect(failure()!.notes).toContainEqual({
        type: 'moderation.flagged',
        data: { side, categories: ['violence'], tag: 'policy_violation' },
      })
    }
  })

  test('it fails closed: without moderation, and when it cannot be asked', async () => {
    const { moderation } = judged(fail(stepError('provider_unavailable', 'down')))
    for (const world of [{}, { moderation }]) {
      const { run, seen, failure } = scene(says('answer'), world)
      await run({ config: { template: 'x', moderation: 'input', retry: { attempts: 2 } } })
      expect([seen.length, failure()?.code, failure()?.backoffMs]).toEqual([0, 'moderation_unavailable', 375])
    }
  })

  test('a node that goes on is not looked at twice', async () => {
    const { texts, moderation } = judged(ok({ flagged: false, categories: [] }))
    const { run } = scene(says('answer'), { moderation })
    await run({
      config: { template: 'x', moderation: 'input' },
      wait: { for: 'delay', waitedMs: 1, expired: true, answer: null, state: {} },
    })
    expect(texts).toEqual([])
  })

  test('an output that breaks the contract fails the node with what it cost', async () => {
    const { run, failure } = scene(async () => ({
      kind: 'completed',
      result: { envelope: envelopeOf({ a: 1 }), ports: ['output'], costUsd: 0.25 },
    }))
    await run({ lens: { kind: 'text', template: 'x', output_contract: { schema: { type: 'object', required: ['b'] } } } })
    expect(failure()).toMatchObject({ code: 'output_contract_violation', costUsd: 0.25, notes: [{ type: 'contract.violated' }] })
  })
})

describe('the record', () => {
  test('a wait, a task, a look at it and a chunk each go to where they are kept', async () => {
    const cases: [Awaited<ReturnType<NodeRunner>>, string, object][] = [
      [{ kind: 'waiting', wait: { for: 'delay', expiresInMs: 500, state: {} } }, 'suspendWorkflowNode', { dueInMs: 500 }],
      [{ kind: 'waiting', wait: { for: 'approval', expiresInMs: 500, state: {} } }, 'suspendWorkflowNode', {}],
      [{ kind: 'pending', task: { taskId: 't' }, pollAfterMs: 700 }, 'openNodeTask', { dueInMs: 700 }],
      [{ kind: 'pending', pollAfterMs: 800, progress: 0.5 }, 'reparkNodeTask', { dueInMs: 800 }],
      [
        { kind: 'partial', progress: { checkpoint: { text: 'a', chunks: 1, elapsedMs: 1 }, delta: { offset: 0, text: 'a' } } },
        'checkpointNode',
        { dueInMs: 0 },
      ],
    ]
    for (const [outcome, method, report] of cases) {
      const { run, store } = scene(async () => outcome)
      expect(await run()).toEqual(report)
      expect(store.calls.map((call) => call.method)).toEqual([method])
    }
  })

  test('what was paid for is written again when the database could not be reached', async () => {
    let tries = 0
    const store = fakeStore({
      completeWorkflowNode: async () => (++tries < 3 ? fail(stepError('store_unavailable', 'gone')) : ok(true)),
    })
    const { clock, run } = scene(says('x'), { store })
    const stepped = run()
    await clock.advance(5000)
    await stepped
    expect(tries).toBe(3)
  })

  test('an errand tells the provider, and a provider that was told is recorded', async () => {
    const told: unknown[] = []
    const { step, store, world } = scene(says('x'), {
      providers: () =>
        ok({
          generateText: async () => fail(stepError('internal', 'no')),
          cancelTask: async (task) => {
            told.push(task.taskId)
            return ok(undefined)
          },
        }),
    })
    const { jobId, leaseToken } = nodeJob()
    await step(
      {
        ...nodeJob(),
        kind: 'workflow_media',
        cancels: true,
        modelKey: 'fal:veo-3.1',
        task: { providerTaskId: 'video-1', details: {}, polls: 3, ageMs: 0 },
      },
      world,
      bounds,
    )
    expect(told).toEqual(['video-1'])
    expect(store.calls).toEqual([{ method: 'completeTaskCancel', args: [jobId, leaseToken] }])
  })

  test('a type that this driver’s bundle does not carry is a failure that says so', async () => {
    const { run, failure } = scene(says('x'))
    await run({ nodeType: 'toString' })
    expect(failure()).toMatchObject({ code: 'node_unknown', backoffMs: null })
  })
})
