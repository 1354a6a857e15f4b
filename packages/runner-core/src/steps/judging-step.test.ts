import { expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import type { TextRequest, VerdictRecord } from '../ports/index.ts'
import { ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { bounds, judgingJob, scriptedProvider, testWorld, textAnswer } from '../testing/samples.ts'
import { judgingStep } from './judging-step.ts'

/** A judge that prefers ultramarine wherever it stands. */
function preferUltramarine({ prompt }: TextRequest): string {
  const first = prompt.indexOf('Ultramarine') < prompt.indexOf('Beige')
  return JSON.stringify({
    reasoning: 'It has more colour.',
    scores: [
      { label: 1, score: first ? 9 : 4 },
      { label: 2, score: first ? 4 : 9 },
    ],
    verdict: first ? '1' : '2',
  })
}

const verdicts = (store: ReturnType<typeof fakeStore>) =>
  store.calls.filter((call) => call.method === 'recordVerdict').map((call) => call.args[2] as VerdictRecord)

test('both orders are asked, each verdict recorded, the battle closed in a call of its own', async () => {
  const { providers, requests } = scriptedProvider(preferUltramarine)
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob(), world, bounds)
  expect(store.calls.map((call) => call.method)).toEqual(['recordVerdict', 'recordVerdict', 'completeBattleJudging', 'finalizeBattle'])
  const [one, other] = verdicts(store)
  expect([...one!.slotOrder].reverse().join('')).toBe(other!.slotOrder)
  expect([one!.winnerContenderId, other!.winnerContenderId]).toEqual(['contender-a', 'contender-a'])
  expect(requests[0]!.prompt).not.toBe(requests[1]!.prompt)
  expect(one!.scores.find((score) => score.contenderId === 'contender-a')).toMatchObject({ score: 9, place: 1 })
})

test('a judge on one machine is asked one order at a time, a provider both at once', async () => {
  for (const [judgeModelKey, most] of [
    ['ollama:llama3.2', 1],
    ['sparring:arbiter', 2],
  ] as const) {
    const { clock, world } = testWorld()
    const seen = { running: 0, most: 0 }
    const { providers } = scriptedProvider(async (request) => {
      seen.most = Math.max(seen.most, ++seen.running)
      await clock.sleep(100)
      seen.running--
      return preferUltramarine(request)
    })
    const judged = judgingStep(judgingJob({ judgeModelKey }), { ...world, providers }, bounds)
    await clock.advance(1000)
    await judged
    expect(seen.most).toBe(most)
  }
})

test('a presentation already paid for is not asked again', async () => {
  const { providers, requests } = scriptedProvider(preferUltramarine)
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob({ recorded: [{ part: 'all', presentation: 0 }] }), world, bounds)
  expect(requests).toHaveLength(1)
  expect(verdicts(store).map((verdict) => verdict.presentation)).toEqual([1])
  await judgingStep(judgingJob({ recorded: [0, 1].map((presentation) => ({ part: 'all', presentation })) }), world, bounds)
  expect(requests).toHaveLength(1)
  expect(store.count('finalizeBattle')).toBe(2)
})

test('when one order fails, the other is kept and the job tried again', async () => {
  const { providers } = scriptedProvider((request, nth) =>
    nth === 1 ? stepError('provider_unavailable', 'down') : preferUltramarine(request),
  )
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob(), world, bounds)
  expect(store.calls.map((call) => call.method)).toEqual(['recordVerdict', 'requeueBattleJob'])
})

test('an unreadable verdict is asked again, and abstains when three could not be read: never a tie', async () => {
  const { providers } = scriptedProvider(() => 'I like them both, in their way.')
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob(), world, bounds)
  expect(store.calls.map((call) => call.method)).toEqual(['requeueBattleJob'])
  await judgingStep(judgingJob({ attempts: 4, maxAttempts: 6, unreadableVerdicts: 2 }), world, bounds)
  expect(verdicts(store).map((verdict) => [verdict.outcome, verdict.rawText, verdict.scores])).toEqual([
    ['abstain', 'I like them both, in their way.', []],
    ['abstain', 'I like them both, in their way.', []],
  ])
})

test('an outage before it does not take an unreadable verdict its second chance', async () => {
  const { providers } = scriptedProvider(() => 'I like them both, in their way.')
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob({ attempts: 4, maxAttempts: 6, unreadableVerdicts: 0 }), world, bounds)
  expect(store.calls.map((call) => call.method)).toEqual(['requeueBattleJob'])
})

test('the very last attempt abstains rather than lose the verdict', async () => {
  const { providers } = scriptedProvider(() => 'I like them both, in their way.')
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob({ attempts: 5, maxAttempts: 6, unreadableVerdicts: 0 }), world, bounds)
  expect(verdicts(store).map((verdict) => verdict.outcome)).toEqual(['abstain', 'abstain'])
})

test('a judge that lost its lease closes nothing', async () => {
  const { providers } = scriptedProvider(preferUltramarine)
  const store = fakeStore({ recordVerdict: async () => ok('lost' as const) })
  const { world } = testWorld({ providers, store })
  await judgingStep(judgingJob(), world, bounds)
  expect(store.count('completeBattleJudging') + store.count('finalizeBattle')).toBe(0)
})

test('a name never reaches the judge: slots, models and ids stay out of the prompt', async () => {
  const { providers, requests } = scriptedProvider(preferUltramarine)
  const { world } = testWorld({ providers })
  await judgingStep(
    judgingJob({
      answers: [
        { ...textAnswer('Q', 'Ultramarine.'), contenderId: 'id-xx' },
        { ...textAnswer('Z', 'Beige.'), contenderId: 'id-yy' },
      ],
    }),
    world,
    bounds,
  )
  for (const { system, prompt } of requests) {
    const shown = `${system}\n${prompt}`
    for (const secret of ['id-xx', 'id-yy', 'sparring', 'arbiter', judgingJob().battleId]) expect(shown).not.toContain(secret)
    expect(shown).not.toMatch(/\b[QZ]\b/)
  }
})
