import { z } from 'zod'
import { type StepError, stepError } from '../errors.ts'
import { fail, ok, type Result } from '../result.ts'
import type { ModelTier } from './models.ts'

export interface Handicap {
  /** Upper bound put on max_tokens. */
  max_context_tokens?: number
  /** Longest prompt, in characters. */
  max_prompt_chars?: number
  on_long_prompt?: 'refuse' | 'trim'
  allowed_model_tier?: ModelTier
  /** Not-before of the job, in milliseconds after publishing. */
  injected_delay_ms?: number
  /** Deadline of the job, in milliseconds after it may start. */
  time_budget_ms?: number
}

const DAY_MS = 86_400_000

const whole = (unit: string, least: number, most: number) => {
  const error = `expected a whole number of ${unit} from ${least} to ${most}`
  return z.int(error).min(least, error).max(most, error).optional()
}

const oneOf = <const T extends [string, ...string[]]>(values: T) => z.enum(values, `expected one of ${values.join(', ')}`).optional()

/** A handicap as the API takes it. Unknown keys are refused by name: a misspelt handicap would be no handicap. */
export const handicapSchema: z.ZodType<Handicap> = z.strictObject({
  max_context_tokens: whole('tokens', 1, 1_000_000),
  max_prompt_chars: whole('characters', 1, 1_000_000),
  on_long_prompt: oneOf(['refuse', 'trim']),
  allowed_model_tier: oneOf(['free', 'paid', 'enterprise']),
  injected_delay_ms: whole('milliseconds', 0, DAY_MS),
  time_budget_ms: whole('milliseconds', 1, DAY_MS),
})

const rank: Record<ModelTier, number> = { free: 0, paid: 1, enterprise: 2 }

/** One provider call, as it would be made without a handicap. */
export interface HandicappedCall {
  maxTokens: number
  prompt: string
  /** Undefined: the tier of the model is not known. */
  modelTier: ModelTier | undefined
}

/** The call as the handicap allows it, and what it changed, one sentence each. */
export interface AllowedCall {
  maxTokens: number
  prompt: string
  notes: string[]
}

const violated = (message: string) => fail(stepError('handicap_violated', message))

/** Cuts at the end, and never through a character that takes two code units. */
function firstChars(text: string, most: number): string {
  const last = text.charCodeAt(most - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most)
}

/**
 * Applied to every provider call. The delay and the time budget are not its business: the queue holds them as not-before and
 * deadline of the job. Errors: `handicap_violated`, never retried.
 *
 * @example enforceHandicap({ maxTokens: 4000, prompt, modelTier: 'paid' }, { max_context_tokens: 1000 }) // maxTokens 1000
 */
export function enforceHandicap(call: HandicappedCall, handicap: Handicap): Result<AllowedCall, StepError> {
  const { max_context_tokens, max_prompt_chars, allowed_model_tier: cap } = handicap
  if (cap && call.modelTier === undefined) return violated(`The tier of this model is unknown; allowed_model_tier is ${cap}.`)
  if (cap && call.modelTier && rank[call.modelTier] > rank[cap]) {
    return violated(`This model is of tier ${call.modelTier}; allowed_model_tier is ${cap}.`)
  }

  const notes: string[] = []
  let { maxTokens, prompt } = call
  if (max_prompt_chars !== undefined && prompt.length > max_prompt_chars) {
    const told = `${prompt.length} characters; max_prompt_chars is ${max_prompt_chars}`
    if (handicap.on_long_prompt !== 'trim') return violated(`The prompt has ${told}.`)
    prompt = firstChars(prompt, max_prompt_chars)
    notes.push(`The prompt was trimmed: it had ${told}.`)
  }
  if (max_context_tokens !== undefined && maxTokens > max_context_tokens) {
    notes.push(`max_tokens was lowered from ${maxTokens} to max_context_tokens, ${max_context_tokens}.`)
    maxTokens = max_context_tokens
  }
  return ok({ maxTokens, prompt, notes })
}
