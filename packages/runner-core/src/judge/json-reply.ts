import type { z } from 'zod'
import { type StepError, stepError } from '../errors.ts'
import type { TextCompletion } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'

/** A reply is bounded by max_tokens; this bounds the search in one that is not. */
export const MOST_CHARS = 100_000
const MOST_OBJECTS = 500

export function asJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Where the object that opens at `start` closes, past its last brace; -1 when it does not. */
function closing(text: string, start: number): number {
  let depth = 0
  let quoted = false
  for (let i = start; i < text.length; i++) {
    const char = text[i]
    if (quoted) {
      if (char === '\\') i += 1
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{') depth += 1
    else if (char === '}' && --depth === 0) return i + 1
  }
  return -1
}

/** The outermost JSON objects of a text, in order: what stands inside one, such as a quoted verdict, is not one of them. */
export function jsonObjects(text: string): { value: unknown; end: number }[] {
  const found: { value: unknown; end: number }[] = []
  let start = text.indexOf('{')
  for (let tries = 0; start >= 0 && tries < MOST_OBJECTS; tries++) {
    const end = closing(text, start)
    const json = end < 0 ? undefined : asJson(text.slice(start, end))
    if (json) found.push({ ...json, end })
    start = text.indexOf('{', json ? end : start + 1)
  }
  return found
}

const refusal =
  /^\W*(i['’]?m sorry|i am sorry|sorry|i can(no|['’])t|i won['’]t|i am (not able|unable)|i['’]m (not able|unable)|as an ai)\b/i

/** Whether a text begins as models do when they decline. Asked only of a text in which nothing else was found. */
export const isRefusal = (text: string): boolean => refusal.test(text)

/**
 * Reads a reply that was asked to be one JSON object: the whole text, else the last outermost object that fits the schema. Errors:
 * `reply_unparseable`, saying whether it was cut off, empty, declined or something else, without the text.
 */
export function readReply<T>(
  what: string,
  { text, finishReason }: Pick<TextCompletion, 'text' | 'finishReason'>,
  schema: z.ZodType<T>,
): Result<T, StepError> {
  const whole = asJson(text)
  const read = whole
    ? schema.safeParse(whole.value).data
    : // Cut off, it has not said its last word: what stands there may be a draft, or quoted.
      finishReason === 'length'
      ? undefined
      : jsonObjects(text.slice(-MOST_CHARS))
          .map(({ value }) => schema.safeParse(value).data)
          .findLast((found) => found !== undefined)
  return read === undefined ? fail(stepError('reply_unparseable', `${what}: ${why(text, finishReason)}`)) : ok(read)
}

function why(text: string, finishReason: TextCompletion['finishReason']): string {
  if (finishReason === 'length') return 'the model was cut off before it had finished; raise its max_tokens.'
  if (text.trim() === '') return 'the model answered with nothing.'
  return isRefusal(text) ? 'the model declined.' : 'the model did not give the JSON it was asked for.'
}
