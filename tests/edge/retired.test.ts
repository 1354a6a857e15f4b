import { findModel } from '@agon/runner-core'
import { expect, test } from 'vitest'
import { retiredSince } from '../../supabase/functions/api/battles/retired.ts'

const model = (key: string) => {
  const found = findModel(key)
  if (!found.ok) throw new Error(found.error.message)
  return found.value
}
const on = (day: string, variables: Record<string, string> = {}) =>
  retiredSince(
    (name) => variables[name],
    () => day,
  )

test('a model is refused from the day its maker shuts it down, and not before', () => {
  const dallE3 = model('openai:dall-e-3')
  expect(['2026-05-11', '2026-05-12', '2027-01-01'].map((day) => on(day)(dallE3))).toEqual([undefined, '2026-05-12', '2026-05-12'])
  expect(on('2099-01-01')(model('openai:gpt-image-2'))).toBeUndefined()
})

test('another server behind its base URL may still serve it', () => {
  expect(on('2027-01-01', { OPENAI_BASE_URL: 'https://gateway.test/v1' })(model('openai:sora-2'))).toBeUndefined()
  expect(on('2027-01-01', { OPENAI_BASE_URL: ' ' })(model('openai:sora-2'))).toBe('2026-09-24')
})
