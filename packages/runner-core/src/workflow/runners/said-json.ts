import { type StepError, stepError } from '../../errors.ts'
import { asJson, isRefusal, jsonObjects, MOST_CHARS } from '../../judge/json-reply.ts'
import type { TextCompletion } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'

const fence = /^\s*```(?:[a-z]+)?\s*\n([\s\S]*?)\n?\s*```\s*$/i

/**
 * The JSON in a text: the whole of it, what stands in its code fence, else the last outermost object. Undefined: there is none.
 *
 * @example jsonIn('Sure!\n```json\n{"a": 1}\n```') // { value: { a: 1 } }
 */
export function jsonIn(text: string): { value: unknown } | undefined {
  const whole = asJson(text.trim()) ?? asJson(fence.exec(text)?.[1] ?? '')
  if (whole) return whole
  const last = jsonObjects(text.slice(-MOST_CHARS)).at(-1)
  return last && { value: last.value }
}

/** The JSON a model was asked for. Error: `output_contract_violation`, which is asked again where the node says so; `content_refused`. */
export function saidJson({ text, finishReason }: Pick<TextCompletion, 'text' | 'finishReason'>, what: string): Result<unknown, StepError> {
  // Cut off, it has not said its last word: what stands there may be a draft.
  if (finishReason === 'length')
    return fail(stepError('output_contract_violation', `${what}: the model was cut off before it had finished; raise max_tokens.`))
  const found = jsonIn(text)
  if (found) return ok(found.value)
  if (isRefusal(text)) return fail(stepError('content_refused', `${what}: the model declined.`))
  return fail(stepError('output_contract_violation', `${what}: the model did not give the JSON it was asked for.`))
}
