import { expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import type { BattleJob, Provider, SavedText, TextCheckpoint, TextProgress } from '../ports/index.ts'
import { fail, ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { battleJob, testWorld } from '../testing/samples.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { battleStep } from './battle-step.ts'

const bounds = (timeoutMs = 45_000) => ({ timeoutMs, signal: new AbortController().signal })

/** A provider that keeps an answer of `totalMs` and writes ten characters of it a second, as long as it is listened to or not. */
function keptAnswer(clock: ReturnType<typeof virtualClock>, totalMs: number) {
  const whole = Array.from({ length: totalMs / 1000 }, (_, second) => `${String(second).padStart(9, '.')} `).join('')
  const calls: { resume?: TextCheckpoint }[] = []
  const beganAt = clock.now()
  const streamText: Provider['streamText'] = async ({ resume, wireModel }, { onText, pause, signal }) => {
    calls.push({ ...(resume && { resume }) })
    const chunks = (resume?.chunks ?? 0) + 1
    let text = resume?.text ?? ''
    for (;;) {
      if (signal.aborted) return fail(stepError('lease_lost', 'abandoned'))
      const written = whole.slice(0, Math.floor((clock.now() - beganAt) / 1000) * 10)
      if (written.length > text.length) {
        text = written
        onText({ text, chunks, cursor: { response_id: 'r', sequence_number: text.length }, outputTokens: text.length / 4 })
      }
      if (text === whole) return ok({ kind: 'done', text, finishReason: 'stop', wireModel, inputTokens: 5, outputTokens: text.length / 4 })
      if (pause.aborted)
        return ok({ kind: 'partial', checkpoint: { text, chunks, cursor: { response_id: 'r', sequence_number: text.length } } })
      const stop = AbortSignal.any([pause, signal])
      await clock.sleep(250, stop)
    }
  }
  return { whole, calls, providers: () => ok({ generateText: async () => fail(stepError('internal', 'not streamed')), streamText }) }
}

/** What the database does with progress, as tests/database/chunks.test.ts proves it. */
function keeper() {
  let held = ''
  let saved: SavedText | null = null
  const deltas: string[] = []
  const keep = ({ checkpoint, delta }: TextProgress) => {
    if (delta.offset > held.length) throw new Error('a gap')
    const fresh = delta.text.slice(held.length - delta.offset)
    held += fresh
    if (fresh !== '') deltas.push(fresh)
    saved = { ...checkpoint, text: held }
    return ok(true)
  }
  return { keep, deltas, saved: () => saved }
}

test('an answer of half an hour passes through slices of a minute, and nothing is lost or repeated though drivers are killed in between', async () => {
  const clock = virtualClock()
  const { whole, calls, providers } = keptAnswer(clock, 1_800_000)
  const { keep, deltas, saved } = keeper()
  let final = ''
  const store = fakeStore({
    showProgress: async (_job, _lease, progress) => keep(progress),
    checkpointBattleJob: async (_job, _lease, progress) => keep(progress),
    completeBattleJob: async (_job, _lease, output) => {
      final = output.contentText!
      return ok(true)
    },
  })
  const { world } = testWorld({ store, providers })
  for (let slice = 0; final === '' && slice < 100; slice++) {
    const killed = new AbortController()
    const job: BattleJob = battleJob({ leaseToken: slice, checkpoint: saved() })
    const step = battleStep(job, { ...world, clock }, { timeoutMs: 57_000, signal: killed.signal })
    if (slice % 5 === 3) {
      await clock.advance(20_300)
      killed.abort() // its slice dies in the middle; the next driver has what was shown last
    }
    await clock.advance(60_000)
    await step
  }
  expect(final).toBe(whole)
  expect(whole.startsWith(deltas.join(''))).toBe(true)
  expect(calls.length).toBeGreaterThan(25)
  for (const { resume } of calls) expect(whole.startsWith(resume?.text ?? '')).toBe(true)
  expect(store.count('requeueBattleJob') + store.count('deadLetterBattleJob')).toBe(0)
})

test('a short answer costs no call but its own end', async () => {
  const clock = virtualClock()
  const { providers } = keptAnswer(clock, 1_000)
  const { store, world } = testWorld({ providers })
  const step = battleStep(battleJob(), { ...world, clock }, bounds())
  await clock.advance(1_000)
  await step
  expect(store.calls.map(({ method }) => method)).toEqual(['completeBattleJob'])
})

test('a longer one is shown about once a second', async () => {
  const clock = virtualClock()
  const { providers } = keptAnswer(clock, 10_000)
  const { store, world } = testWorld({ providers })
  const step = battleStep(battleJob(), { ...world, clock }, bounds())
  await clock.advance(10_000)
  await step
  expect(store.count('showProgress')).toBeGreaterThanOrEqual(8)
  expect(store.count('showProgress')).toBeLessThanOrEqual(10)
})

test('progress that the database did not take is sent again with what came since', async () => {
  const clock = virtualClock()
  const { whole, providers } = keptAnswer(clock, 6_000)
  const { keep, deltas } = keeper()
  let nth = 0
  const store = fakeStore({
    showProgress: async (_job, _lease, progress) => {
      nth++
      if (nth === 2) return fail(stepError('store_unavailable', 'reset'))
      keep(progress)
      return nth === 3 ? fail(stepError('store_unavailable', 'the answer was lost, the write was not')) : ok(true)
    },
  })
  const { world } = testWorld({ store, providers })
  const step = battleStep(battleJob(), { ...world, clock }, bounds())
  await clock.advance(7_000)
  await step
  expect(whole.startsWith(deltas.join(''))).toBe(true)
  expect(store.count('completeBattleJob')).toBe(1)
})

test('a driver that hears of another one stops its call and records nothing more', async () => {
  const clock = virtualClock()
  const { providers } = keptAnswer(clock, 60_000)
  const store = fakeStore({ showProgress: async () => ok(false) })
  const { world } = testWorld({ store, providers })
  const step = battleStep(battleJob(), { ...world, clock }, bounds())
  await clock.advance(3_000)
  await step
  expect(store.calls.map(({ method }) => method)).toEqual(['showProgress'])
})

const streaming =
  (streamText: NonNullable<Provider['streamText']>, rest: Partial<Provider> = {}) =>
  () =>
    ok({ generateText: async () => fail(stepError('internal', 'not streamed')), streamText, ...rest } satisfies Provider)

test('a stream that broke keeps what was said: it is an attempt, and the next begins there', async () => {
  const providers = streaming(async (_request, { onText }) => {
    onText({ text: 'So far', chunks: 1, outputTokens: 2 })
    return fail(stepError('provider_unavailable', 'cut'))
  })
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds())
  expect(store.calls.map(({ method }) => method)).toEqual(['showProgress', 'requeueBattleJob'])
  expect(store.calls[0]!.args[2]).toMatchObject({ checkpoint: { text: 'So far', chunks: 1 }, delta: { offset: 0, text: 'So far' } })
})

test('half a character is held back until it is whole', async () => {
  const providers = streaming(async (_request, { onText }) => {
    onText({ text: 'Wave \ud83c', chunks: 1 })
    return fail(stepError('provider_unavailable', 'cut'))
  })
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds())
  expect(store.calls[0]!.args[2]).toMatchObject({ delta: { offset: 0, text: 'Wave ' } })
})

test('a slice without a word, of a provider that keeps nothing, is a failed attempt and not a chunk', async () => {
  const providers = streaming(async () => ok({ kind: 'partial', checkpoint: { text: '', chunks: 1 } }))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds())
  expect(store.calls.map(({ method, args }) => [method, (args[3] as { code: string }).code])).toEqual([
    ['requeueBattleJob', 'provider_timeout'],
  ])
})

test('one that thinks, and whose answer is kept, goes on thinking in the next slice, for an hour at most', async () => {
  const cursor = { response_id: 'r', sequence_number: 1 }
  const providers = streaming(async () => ok({ kind: 'partial', checkpoint: { text: '', chunks: 1, cursor } }))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds())
  const before: SavedText = { text: '', chunks: 60, cursor, elapsedMs: 3_600_000 }
  await battleStep(battleJob({ checkpoint: before }), world, bounds())
  expect(store.calls.map(({ method }) => method)).toEqual(['checkpointBattleJob', 'requeueBattleJob'])
})

test('what a provider keeps and no longer streams is asked for like any task', async () => {
  const providers = streaming(async () => ok({ kind: 'pending', task: { taskId: 'r', pollAfterMs: 5_000 } }))
  const { store, world } = testWorld({ providers })
  expect(await battleStep(battleJob(), world, bounds())).toEqual({})
  expect(store.calls).toEqual([{ method: 'parkBattleJob', args: [1, 1, { taskId: 'r', pollAfterMs: 5_000 }, 'text'] }])
})

test('a long answer is handed to its provider where slices would cut it, and streamed where they would not', async () => {
  const calls: string[] = []
  const providers = streaming(
    async () => {
      calls.push('stream')
      return ok({ kind: 'done', text: 'Blue.', finishReason: 'stop', wireModel: 'm' })
    },
    {
      startText: async () => {
        calls.push('start')
        return ok({ taskId: 'r' })
      },
    },
  )
  const { world } = testWorld({ providers })
  const job = { modelKey: 'openai:gpt-5-mini' }
  await battleStep(battleJob({ ...job, maxTokens: 100_000 }), { ...world, sliced: true }, bounds())
  await battleStep(battleJob({ ...job, maxTokens: 4096 }), { ...world, sliced: true }, bounds())
  await battleStep(battleJob({ ...job, maxTokens: 100_000 }), world, bounds())
  await battleStep(
    battleJob({ ...job, maxTokens: 100_000, checkpoint: { text: 'a', chunks: 1, elapsedMs: 1 } }),
    { ...world, sliced: true },
    bounds(),
  )
  await battleStep(battleJob({ modelKey: 'openai:gpt-4.1', maxTokens: 100_000 }), { ...world, sliced: true }, bounds())
  expect(calls).toEqual(['start', 'stream', 'stream', 'stream', 'stream'])
})

test('what a provider says of its limits is told before the step ends', async () => {
  const providers = streaming(async (_request, { onRateLimit }) => {
    onRateLimit?.({ retryAfterMs: 20_000 })
    return fail(stepError('provider_rate_limited', 'slow down', 20_000))
  })
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob({ limitKey: 'byok:1' }), world, bounds())
  await battleStep(battleJob({ limitKey: null }), world, bounds())
  expect(store.calls.map(({ method }) => method)).toEqual(['reportRateLimit', 'requeueBattleJob', 'requeueBattleJob'])
  expect(store.calls[0]!.args).toEqual(['byok:1', 20_000])
})
