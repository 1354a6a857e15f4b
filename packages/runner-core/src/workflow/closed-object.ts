import { z } from 'zod'
import { didYouMean } from '../nearest.ts'

/** `timeoutMs` as it is kept: `timeout_ms`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** An object that takes no other keys: one that it does not know is named, with the one that was probably meant. */
export function closed<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `unknown key ${key}.${didYouMean(snakeCase(key), Object.keys(shape))}`).join(' ')
        : undefined,
  })
}

/** Other names of keys, as older documents spell them: `{ judging_mode: 'scoring_mode' }`. */
export type KeyAliases = Readonly<Record<string, string>>

/**
 * The value with its keys spelt as the schema spells them: `timeoutMs` becomes `timeout_ms` wherever the schema has such a key. What the
 * schema leaves open (data, headers, a JSON schema) keeps its spelling. A key that is there in both spellings stays, to be refused.
 */
export function snakeKeys(schema: z.ZodType, value: unknown, aliases: KeyAliases = {}): unknown {
  const inner = unwrapped(schema)
  if (Array.isArray(value)) {
    return inner instanceof z.ZodArray ? value.map((each) => snakeKeys(inner.element as z.ZodType, each, aliases)) : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (inner instanceof z.ZodRecord) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, snakeKeys(inner.valueType as z.ZodType, each)]))
  }
  if (!(inner instanceof z.ZodObject)) return value
  const shape: Record<string, z.ZodType> = inner.shape
  const kept: [string, unknown][] = Object.entries(value).map(([key, each]) => {
    const snake = snakeCase(key)
    const name = Object.hasOwn(shape, key) ? key : (aliases[snake] ?? snake)
    return Object.hasOwn(shape, name) && (name === key || !Object.hasOwn(value, name)) ? [name, snakeKeys(shape[name]!, each)] : [key, each]
  })
  return Object.fromEntries(kept)
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodPrefault
  )
    return unwrapped(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return unwrapped(schema.out as z.ZodType)
  if (schema instanceof z.ZodLazy) return unwrapped(schema.unwrap() as z.ZodType)
  return schema
}
