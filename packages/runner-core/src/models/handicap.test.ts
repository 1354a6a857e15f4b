import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { enforceHandicap, handicapSchema } from './handicap.ts'

const messages = (value: unknown): string[] => handicapSchema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

describe('the handicap schema', () => {
  it('takes an empty handicap and a full one', () => {
    const full = {
      max_context_tokens: 1000,
      max_prompt_chars: 2000,
      on_long_prompt: 'trim',
      allowed_model_tier: 'paid',
      injected_delay_ms: 0,
      time_budget_ms: 60_000,
    }
    expect(handicapSchema.parse({})).toEqual({})
    expect(handicapSchema.parse(full)).toEqual(full)
  })

  it('refuses an unknown key by name', () => {
    expect(messages({ max_tokens: 5 }).join()).toContain('max_tokens')
    expect(messages({ maxContextTokens: 5 }).join()).toContain('maxContextTokens')
  })

  it('says unit and bounds of a value that does not fit', () => {
    expect(messages({ time_budget_ms: 0 })).toEqual(['expected a whole number of milliseconds from 1 to 86400000'])
    expect(messages({ max_context_tokens: 1.5 })).toEqual(['expected a whole number of tokens from 1 to 1000000'])
    expect(messages({ max_prompt_chars: '9' })).toEqual(['expected a whole number of characters from 1 to 1000000'])
    expect(messages({ injected_delay_ms: 86_400_001 })).toEqual(['expected a whole number of milliseconds from 0 to 86400000'])
    expect(messages({ allowed_model_tier: 'gold' })).toEqual(['expected one of free, paid, enterprise'])
  })
})

const call = { maxTokens: 4000, prompt: 'x'.repeat(100), modelTier: 'paid' } as const

describe('a handicap on a call', () => {
  it('that is empty changes nothing', () => {
    expect(enforceHandicap(call, {})).toEqual({ ok: true, value: { maxTokens: 4000, prompt: call.prompt, notes: [] } })
  })

  it('lowers max_tokens and never raises it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (maxTokens, max_context_tokens) => {
        const allowed = enforceHandicap({ ...call, maxTokens }, { max_context_tokens })
        expect(allowed.ok && allowed.value.maxTokens).toBe(Math.min(maxTokens, max_context_tokens))
      }),
    )
  })

  it('refuses a long prompt unless told to trim', () => {
    const refused = enforceHandicap(call, { max_prompt_chars: 99 })
    expect(refused).toMatchObject({ ok: false, error: { code: 'handicap_violated' } })
    expect(!refused.ok && refused.error.message).toContain('100 characters; max_prompt_chars is 99')
    expect(enforceHandicap(call, { max_prompt_chars: 100 }).ok).toBe(true)
  })

  it('trims a long prompt to its cap, says so, and splits no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2 }), fc.integer({ min: 1, max: 30 }), (prompt, max_prompt_chars) => {
        const allowed = enforceHandicap({ ...call, prompt }, { max_prompt_chars, on_long_prompt: 'trim' })
        if (!allowed.ok) throw new Error(allowed.error.message)
        expect(prompt.startsWith(allowed.value.prompt)).toBe(true)
        expect(allowed.value.prompt.length).toBeLessThanOrEqual(max_prompt_chars)
        expect(allowed.value.prompt.isWellFormed()).toBe(prompt.isWellFormed())
        expect(allowed.value.notes.length).toBe(prompt.length > max_prompt_chars ? 1 : 0)
      }),
    )
  })

  it('orders the tiers free, paid, enterprise', () => {
    const tiers = ['free', 'paid', 'enterprise'] as const
    for (const [a, modelTier] of tiers.entries()) {
      for (const [b, allowed_model_tier] of tiers.entries()) {
        expect(enforceHandicap({ ...call, modelTier }, { allowed_model_tier }).ok).toBe(a <= b)
      }
    }
  })

  it('takes an unknown tier for a violation under a cap, and lets it pass without one', () => {
    expect(enforceHandicap({ ...call, modelTier: undefined }, { allowed_model_tier: 'enterprise' })).toMatchObject({
      ok: false,
      error: { code: 'handicap_violated' },
    })
    expect(enforceHandicap({ ...call, modelTier: undefined }, {}).ok).toBe(true)
  })
})
