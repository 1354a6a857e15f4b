import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateCostUsd, estimateJudgingUsd, tokensAtMost } from './cost-estimate.ts'
import { mediaPrices } from './media-prices.ts'
import { costUsd, findModel, type Model } from './models.ts'

const model = (key: string): Model => {
  const found = findModel(key)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}
const mini = model('openai:gpt-5-mini') // 0.25 and 2 USD per million tokens

describe('what a call may cost', () => {
  it('is its prompt at two bytes a token, and all the tokens it may write', () => {
    expect(estimateCostUsd(mini, { texts: ['x'.repeat(1800)], maxTokens: 1000 })).toBe(0.00225)
  })

  it('counts a text by its bytes: a letter half a token, a Chinese character one and a half', () => {
    expect([
      tokensAtMost('sea'.repeat(10)),
      tokensAtMost('海'.repeat(10)),
      tokensAtMost('é'.repeat(10)),
      tokensAtMost('🌊'.repeat(10)),
    ]).toEqual([115, 115, 110, 120])
  })

  it('is nothing on this machine or by a stand-in', () => {
    for (const key of ['ollama:llama3.2', 'sparring:quill']) {
      expect(estimateCostUsd(model(key), { texts: ['x'], maxTokens: 1_000_000 })).toBe(0)
      expect(estimateJudgingUsd(model(key), { texts: ['x'], contenders: 2, maxTokens: 4096 })).toBe(0)
    }
  })

  it('is unknown where the price is', () => {
    for (const key of ['compatible:some-model', 'mistral:mistral-small-latest']) {
      expect(estimateCostUsd(model(key), { texts: [''], maxTokens: 1 })).toBeUndefined()
      expect(estimateJudgingUsd(model(key), { texts: [''], contenders: 2, maxTokens: 1 })).toBeUndefined()
    }
    expect(estimateCostUsd({ ...mini, key: 'openai:unheard-of', kind: 'video' }, { texts: [''], maxTokens: 1 })).toBeUndefined()
  })

  it('of media is so much an image, a second or a thousand characters', () => {
    const media = (key: string, kind: Model['kind'], prompt = '') =>
      estimateCostUsd({ ...mini, key, kind, local: false }, { texts: [prompt], maxTokens: 1 })
    expect(media('openai:dall-e-3', 'image')).toBe(0.04)
    expect(media('openai:sora-2', 'video')).toBe(0.4)
    expect(media('openai:tts-1', 'audio', 'x'.repeat(2500))).toBe(0.0375)
    for (const { usd, per, most } of Object.values(mediaPrices)) {
      expect(usd).toBeGreaterThan(0)
      expect(most === undefined).toBe(per === 'thousand_characters')
    }
  })

  it('is never below the cost of an answer within its tokens, and never less for more', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 500 })
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (a, b, maxTokens, share) => {
          const estimate = estimateCostUsd(mini, { texts: [a, b], maxTokens })!
          expect(costUsd(mini, Math.floor(tokensAtMost(a, b) * share), Math.floor(maxTokens * share))).toBeLessThanOrEqual(estimate)
          expect(estimateCostUsd(mini, { texts: [`${a}x`, b], maxTokens: maxTokens + 1 })!).toBeGreaterThanOrEqual(estimate)
        },
      ),
    )
  })
})

it('a judging is estimated for both presentations, every answer and two verdicts of full length', () => {
  const two = estimateJudgingUsd(mini, { texts: ['task'], contenders: 2, maxTokens: 1000 })!
  expect(two).toBe(0.035319)
  expect(estimateJudgingUsd(mini, { texts: ['task'], contenders: 3, maxTokens: 1000 })! - two).toBeCloseTo((2 * 1500 * 0.25) / 1_000_000, 9)
  const speech = estimateJudgingUsd(mini, { texts: ['x'.repeat(1200)], contenders: 2, maxTokens: 1000, recordings: 2 })!
  expect(speech - estimateJudgingUsd(mini, { texts: ['x'.repeat(1200)], contenders: 2, maxTokens: 1000 })!).toBeCloseTo(2 * 2 * 0.003, 6)
  const [long, longer] = [100_000, 1_000_000].map((maxTokens) => estimateJudgingUsd(mini, { texts: [], contenders: 2, maxTokens }))
  expect(longer).toBe(long)
})
