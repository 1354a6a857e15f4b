import { expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import { fail, ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { battleJob, bounds, scriptedProvider, testWorld } from '../testing/samples.ts'
import { battleStep } from './battle-step.ts'

test('an answer is recorded with its usage under the lease the job was claimed with', async () => {
  const { store, world } = testWorld()
  await battleStep(battleJob({ jobId: 4, leaseToken: 9 }), world, bounds)
  expect(store.calls).toEqual([
    {
      method: 'completeBattleJob',
      args: [4, 9, expect.objectContaining({ contentText: 'Blue.', inputTokens: 3, outputTokens: 2, finishReason: 'stop' })],
    },
  ])
})

test('a failure worth another attempt goes back to the queue with the backoff the provider asked for', async () => {
  const { providers } = scriptedProvider(() => stepError('provider_rate_limited', 'slow down', 20_000))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds)
  expect(store.calls.map((call) => call.method)).toEqual(['requeueBattleJob'])
  expect(store.calls[0]!.args[2]).toBeGreaterThanOrEqual(20_000)
})

test.each([
  ['the last attempt', battleJob({ attempts: 2 }), stepError('provider_unavailable', 'down')],
  ['a refusal that no attempt mends', battleJob(), stepError('provider_auth', 'bad key')],
])('%s ends in the dead letters', async (_, job, error) => {
  const { providers } = scriptedProvider(() => error)
  const { store, world } = testWorld({ providers })
  await battleStep(job, world, bounds)
  expect(store.calls).toEqual([{ method: 'deadLetterBattleJob', args: [1, 1, error] }])
})

test('a lost lease is nobody’s failure: nothing is recorded', async () => {
  const { providers } = scriptedProvider(() => stepError('lease_lost', 'aborted'))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob(), world, bounds)
  expect(store.calls).toEqual([])
})

test('an answer that was paid for is written again when the database was out of reach', async () => {
  let broken = 2
  const store = fakeStore({ completeBattleJob: async () => (broken-- > 0 ? fail(stepError('store_unavailable', 'reset')) : ok(true)) })
  const { clock, world } = testWorld({ store })
  const done = battleStep(battleJob(), world, bounds)
  await clock.advance(5000)
  await done
  expect(store.count('completeBattleJob')).toBe(3)
})

test('the handicap clamps max_tokens and the persona reaches the provider', async () => {
  const { providers, requests } = scriptedProvider(() => 'Blue.')
  const { world } = testWorld({ providers })
  await battleStep(battleJob({ handicap: { max_context_tokens: 20 }, systemPrompt: 'You are terse.' }), world, bounds)
  expect(requests[0]).toMatchObject({ maxTokens: 20, system: 'You are terse.', prompt: 'Name a colour.' })
})

test('a prompt is a template only when the battle has inputs', async () => {
  const { providers, requests } = scriptedProvider(() => 'Blue.')
  const { world } = testWorld({ providers })
  await battleStep(battleJob({ taskPrompt: 'Explain {{ x }} in Jinja.' }), world, bounds)
  await battleStep(battleJob({ taskPrompt: 'Name a {{ x }}.', inputs: { x: 'colour {{ y }}' } }), world, bounds)
  expect(requests.map((request) => request.prompt)).toEqual(['Explain {{ x }} in Jinja.', 'Name a colour {{ y }}.'])
})

test('a contender whose time budget ended is timed out, not cancelled and not retried', async () => {
  const { providers } = scriptedProvider(() => stepError('provider_timeout', 'no answer'))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob({ deadlineMs: 100 }), world, bounds)
  await battleStep(battleJob({ deadlineMs: -5 }), world, bounds)
  expect(store.calls.map((call) => [call.method, (call.args[2] as { code: string }).code])).toEqual([
    ['deadLetterBattleJob', 'deadline_exceeded'],
    ['deadLetterBattleJob', 'deadline_exceeded'],
  ])
})

test('a provider timeout short of the time budget is tried again', async () => {
  const { providers } = scriptedProvider(() => stepError('provider_timeout', 'no answer'))
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob({ deadlineMs: 90_000 }), world, bounds)
  expect(store.calls[0]!.method).toBe('requeueBattleJob')
})

test('an unknown model is an error of its own, never taken for text', async () => {
  const { providers, requests } = scriptedProvider(() => 'Blue.')
  const { store, world } = testWorld({ providers })
  await battleStep(battleJob({ modelKey: 'openai:no-such-model' }), world, bounds)
  expect(requests).toEqual([])
  expect(store.calls[0]).toMatchObject({ method: 'deadLetterBattleJob', args: [1, 1, { code: 'model_unknown' }] })
})
