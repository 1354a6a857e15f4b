import { describe, expect, test } from 'vitest'
import { type ErrorCode, stepError } from '../errors.ts'
import type { MediaRequest, MediaResult, MediaStore, OpenTask, Provider } from '../ports/index.ts'
import { fail, ok } from '../result.ts'
import { bounds, taskJob, testWorld } from '../testing/samples.ts'
import { asyncStep } from './async-step.ts'

const film: MediaResult = { source: { url: 'https://fal.test/a.mp4' }, mimeType: 'video/mp4', wireModel: 'veo' }
const open: OpenTask = { providerTaskId: 't1', details: { endpoint: 'e' }, polls: 4, ageMs: 60_000 }

const kept: MediaStore = {
  isOwn: () => true,
  copy: async (_media, { path, kind }) => ok({ url: `https://project/${path}.${kind}`, path, mimeType: 'video/mp4', bytes: 1 }),
}
const broken = (code: ErrorCode): MediaStore => ({ isOwn: () => true, copy: async () => fail(stepError(code, 'no')) })

const world = (provider: Partial<Provider>, media: MediaStore = kept) =>
  testWorld({ providers: () => ok({ generateText: async () => fail(stepError('internal', 'no text')), ...provider }), media })

const done = { pollTask: async () => ok({ kind: 'done' as const, media: film }) }
const gone = (code: ErrorCode, retryAfterMs?: number) => ({ pollTask: async () => fail(stepError(code, 'no', retryAfterMs)) })

describe('a task to submit', () => {
  test('that is done at once is copied, and the submission is final', async () => {
    const { store, world: at } = world({ generateMedia: async () => ok({ kind: 'done', media: film }) })
    await asyncStep(taskJob({ modelKey: 'fal:lyria2' }), at, bounds)
    expect(store.calls).toEqual([
      {
        method: 'completeBattleJob',
        args: [
          1,
          1,
          expect.objectContaining({
            mediaUrl: 'https://project/00000000-0000-4000-8000-000000000001/contender-a.music',
            mimeType: 'video/mp4',
            outputModality: 'audio',
          }),
        ],
      },
    ])
  })

  test('costs what its provider says, else its list price, else nobody knows', async () => {
    const costOf = async (modelKey: string, media: MediaResult) => {
      const { store, world: at } = world({ generateMedia: async () => ok({ kind: 'done', media }) })
      await asyncStep(taskJob({ modelKey }), at, bounds)
      return (store.calls[0]!.args[2] as { costUsd?: number }).costUsd
    }
    expect(await costOf('fal:veo-3.1', { ...film, costUsd: 1.5 })).toBe(1.5)
    expect(await costOf('fal:veo-3.1', film)).toBeCloseTo(3.2)
    expect(await costOf('fal:lyria2', film)).toBeUndefined()
  })

  test('that the provider keeps is parked, and asked for when the provider says', async () => {
    const requests: MediaRequest[] = []
    const keys: string[] = []
    const { store, world: at } = world({
      generateMedia: async (request, { idempotencyKey }) => {
        requests.push(request)
        keys.push(idempotencyKey)
        return ok({ kind: 'pending', task: { taskId: 't1', details: { endpoint: 'e' }, pollAfterMs: 15_000 } })
      },
    })
    expect(await asyncStep(taskJob(), { ...at, callbackUrl: 'https://p/functions/v1/provider-callback' }, bounds)).toEqual({
      dueInMs: 15_000,
    })
    await asyncStep(taskJob({ endedTasks: 1 }), at, bounds)
    expect(store.calls[0]).toEqual({
      method: 'parkBattleJob',
      args: [1, 1, { taskId: 't1', details: { endpoint: 'e' }, pollAfterMs: 15_000 }, 'video'],
    })
    expect(requests[0]).toMatchObject({ kind: 'video', prompt: 'A wave.', callbackUrl: 'https://p/functions/v1/provider-callback/fal' })
    expect(requests[1]).not.toHaveProperty('callbackUrl')
    expect(keys).toEqual(['agon-job-1', 'agon-job-1-1']) // a task that ended is not to be had again under its own key
  })

  test('obeys the handicap as text does', async () => {
    const { store, world: at } = world({ generateMedia: async () => ok({ kind: 'done', media: film }) })
    await asyncStep(taskJob({ handicap: { max_prompt_chars: 3 } }), at, bounds)
    expect(store.calls).toMatchObject([{ method: 'deadLetterBattleJob', args: [1, 1, { code: 'handicap_violated' }] }])
  })

  test('that failed is an attempt', async () => {
    const { store, world: at } = world({ generateMedia: async () => fail(stepError('provider_unavailable', 'down')) })
    await asyncStep(taskJob(), at, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['requeueBattleJob'])
  })
})

describe('a task to ask for', () => {
  const job = taskJob({ task: open, deadlineMs: 600_000 })

  test('that still runs waits longer with every poll, unless the provider says how long', async () => {
    const hints = [undefined, 700]
    const { store, world: at } = world({
      pollTask: async (task) => {
        expect(task).toEqual({ taskId: 't1', details: { endpoint: 'e' }, wireModel: 'fal-ai/veo3.1', kind: 'video' })
        const pollAfterMs = hints.shift()
        return ok({ kind: 'running', progress: 0.5, ...(pollAfterMs === undefined ? {} : { pollAfterMs }) })
      },
    })
    await asyncStep(job, at, bounds)
    await asyncStep(job, at, bounds)
    expect(store.calls).toEqual([
      { method: 'reparkBattleJob', args: [1, 1, Math.round(5_000 * 1.5 ** 5), 0.5] },
      { method: 'reparkBattleJob', args: [1, 1, 700, 0.5] },
    ])
  })

  test('that is done is copied and final, with the time since it was handed over', async () => {
    const { store, world: at } = world(done)
    await asyncStep(job, at, bounds)
    expect(store.calls).toMatchObject([{ method: 'completeBattleJob', args: [1, 1, { outputModality: 'video', latencyMs: 60_000 }] }])
  })

  test('that is a long text is the answer', async () => {
    const completion = { text: 'Blue.', finishReason: 'stop' as const, wireModel: 'gpt-5', inputTokens: 1_000_000, outputTokens: 0 }
    const { store, world: at } = world({ pollTask: async () => ok({ kind: 'text_done', completion }) })
    await asyncStep(taskJob({ modelKey: 'openai:gpt-5', task: open }), at, bounds)
    expect(store.calls).toMatchObject([{ method: 'completeBattleJob', args: [1, 1, { contentText: 'Blue.', costUsd: 1.25 }] }])
  })

  test.each(['provider_task_failed', 'provider_task_gone'] as const)('that ended in %s is an attempt', async (code) => {
    const { store, world: at } = world(gone(code))
    await asyncStep(job, at, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['requeueBattleJob'])
  })

  test.each(['content_refused', 'provider_rejected', 'provider_auth'] as const)('that ended in %s is given up', async (code) => {
    const { store, world: at } = world(gone(code))
    await asyncStep(job, at, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['deadLetterBattleJob'])
  })

  test('is asked for again when the poll failed and not the task, no sooner than the provider allows', async () => {
    const { store, world: at } = world(gone('provider_rate_limited', 90_000))
    await asyncStep(job, at, bounds)
    expect(store.calls).toEqual([{ method: 'reparkBattleJob', args: [1, 1, 90_000, undefined] }])
  })

  test.each(['media_unavailable', 'storage_unavailable'] as const)('is fetched again, not made again, on %s', async (code) => {
    const { store, world: at } = world(done, broken(code))
    await asyncStep(job, at, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['reparkBattleJob'])
  })

  test('is made again when its result has expired, and given up when it may not be kept', async () => {
    for (const [code, method] of [
      ['media_expired', 'requeueBattleJob'],
      ['media_refused', 'deadLetterBattleJob'],
    ] as const) {
      const { store, world: at } = world(done, broken(code))
      await asyncStep(job, at, bounds)
      expect(store.calls.map((call) => call.method)).toEqual([method])
    }
  })

  test('has one last look at its deadline: what is there counts, what is not is too late', async () => {
    const late = taskJob({ task: open, deadlineMs: 0 })
    const { store, world: at } = world(done)
    await asyncStep(late, at, bounds)
    const { store: other, world: elsewhere } = world({ pollTask: async () => ok({ kind: 'running' }) })
    await asyncStep(late, elsewhere, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['completeBattleJob'])
    expect(other.calls).toMatchObject([{ method: 'deadLetterBattleJob', args: [1, 1, { code: 'deadline_exceeded' }] }])
  })

  test('whose poll was abandoned is nobody’s failure', async () => {
    const { store, world: at } = world(gone('lease_lost'))
    await asyncStep(job, at, bounds)
    expect(store.calls).toEqual([])
  })
})

describe('a task nobody waits for', () => {
  const { deadlineMs: _, endedTasks: __, ...job } = taskJob()
  const errand = { ...job, cancels: true as const, task: open }

  test('is cancelled at its provider', async () => {
    const told: unknown[] = []
    const { store, world: at } = world({
      cancelTask: async (task) => {
        told.push(task)
        return ok(undefined)
      },
    })
    await asyncStep(errand, at, bounds)
    expect(told).toMatchObject([{ taskId: 't1', kind: 'video' }])
    expect(store.calls).toEqual([{ method: 'completeTaskCancel', args: [1, 1] }])
  })

  test('is tried again when the provider could not be told', async () => {
    const { store, world: at } = world({ cancelTask: async () => fail(stepError('provider_unavailable', 'down')) })
    await asyncStep(errand, at, bounds)
    expect(store.calls.map(({ method }) => method)).toEqual(['requeueBattleJob'])
  })
})
