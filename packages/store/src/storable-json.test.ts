import { expect, test } from 'vitest'
import { storableJson } from './storable-json.ts'

test('what PostgreSQL takes is left as it is, to the letter', () => {
  const json = JSON.stringify({ text: 'Ünï 🌊 \\u0000 as text, "quoted"\n', list: [1.5, null, true] })
  expect(storableJson(json.replace('\\\\u0000', '\\\\n'))).toBe(json.replace('\\\\u0000', '\\\\n'))
  expect(JSON.parse(storableJson(json))).toEqual(JSON.parse(json)) // a backslash before u0000 is text, not an escape
})

test('a NUL and half a surrogate pair are replaced, wherever they stand, and no text gets shorter', () => {
  const json = JSON.stringify({ output: { content_text: 'a\0b', scores: ['\ud83c', 'x\udf0a'] }, n: 1 })
  expect(JSON.parse(storableJson(json))).toEqual({ output: { content_text: 'a\ufffdb', scores: ['\ufffd', 'x\ufffd'] }, n: 1 })
})
