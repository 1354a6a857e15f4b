import { expect, test } from 'vitest'
import type { StepWorld } from '../engine/step.ts'
import { stepError } from '../errors.ts'
import type { PaidJob, SealedKey } from '../ports/index.ts'
import { fail, ok } from '../result.ts'
import { battleJob, bounds, judgingJob, scriptedProvider, testWorld } from '../testing/samples.ts'
import { battleStep } from './battle-step.ts'
import { judgingStep } from './judging-step.ts'

const byok = (provider: string): SealedKey => ({ keyId: 'key', ownerId: 'owner', provider, sealed: 'v1.k1.iv.text' })
type OpenKey = NonNullable<StepWorld['openKey']>
const opens: OpenKey = async () => ok('sk-of-the-user')

/** A world that notes with which key each provider was asked for. */
function keyedWorld(openKey?: OpenKey) {
  const { providers, requests } = scriptedProvider(() => 'Blue.')
  const asked: [string, string | undefined][] = []
  const { store, world } = testWorld({
    providers: (id, apiKey) => {
      asked.push([id, apiKey])
      return providers(id, apiKey)
    },
  })
  return { store, asked, requests, world: openKey ? { ...world, openKey } : world }
}

test('a job without a key of its own is called with the platform’s', async () => {
  const { asked, world } = keyedWorld(opens)
  await battleStep(battleJob({ modelKey: 'compatible:x' }), world, bounds)
  expect(asked).toEqual([['compatible', undefined]])
})

test('a job that names a user’s key is called with that key, opened', async () => {
  const { asked, world } = keyedWorld(opens)
  await battleStep(battleJob({ modelKey: 'compatible:x', byok: byok('compatible') }), world, bounds)
  await judgingStep(judgingJob({ judgeModelKey: 'compatible:x', byok: byok('compatible') }), world, bounds)
  expect(asked).toEqual([
    ['compatible', 'sk-of-the-user'],
    ['compatible', 'sk-of-the-user'],
  ])
})

const refusals: [string, PaidJob, OpenKey | undefined, string][] = [
  ['its claim refused', { refused: stepError('budget_spent', 'spent') }, opens, 'budget_spent'],
  [
    'its claim refused, whatever key comes with it',
    { refused: stepError('byok_key_expired', 'old'), byok: byok('compatible') },
    opens,
    'byok_key_expired',
  ],
  [
    'whose key cannot be opened',
    { byok: byok('compatible') },
    async () => fail(stepError('sealed_unreadable', 'changed')),
    'sealed_unreadable',
  ],
  ['whose driver has no master key', { byok: byok('compatible') }, undefined, 'sealing_key_missing'],
  ['whose key is for another provider', { byok: byok('openai') }, opens, 'byok_key_not_found'],
]

test.each(refusals)('a job %s is dead-lettered with that error: nobody is called, on no other key', async (_, paid, openKey, code) => {
  const { store, asked, requests, world } = keyedWorld(openKey)
  await battleStep(battleJob({ modelKey: 'compatible:x', ...paid }), world, bounds)
  await judgingStep(judgingJob({ judgeModelKey: 'compatible:x', ...paid }), world, bounds)
  expect([asked, requests]).toEqual([[], []])
  expect(store.calls.map(({ method, args }) => [method, (args[2] as { code: string }).code])).toEqual([
    ['deadLetterBattleJob', code],
    ['deadLetterBattleJob', code],
  ])
})

test('a job that was cancelled while it was claimed is let go', async () => {
  const { store, asked, world } = keyedWorld(opens)
  await battleStep(battleJob({ refused: stepError('lease_lost', 'cancelled') }), world, bounds)
  expect([asked, store.calls]).toEqual([[], []])
})

test('a verdict that cannot be read has cost something, and the failed attempt says how much', async () => {
  const { providers } = scriptedProvider(() => 'Both are lovely.')
  const { store, world } = testWorld({ providers })
  await judgingStep(judgingJob({ judgeModelKey: 'openai:gpt-5-mini' }), world, bounds)
  const [failed] = store.calls
  expect(failed).toMatchObject({ method: 'requeueBattleJob' })
  const { code, costUsd } = failed!.args[3] as { code: string; costUsd?: number }
  expect([code, costUsd! > 0]).toEqual(['verdict_unparseable', true])
})
