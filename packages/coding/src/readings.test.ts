import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boundedText } from './bounded-text.ts'
import { beginningOf, resultOf, tokensOf } from './readings.ts'

test('an answer is all that was said, what stands at a path, or what was written to the file', () => {
  expect(resultOf({}, ' done \n', undefined)).toBe('done')
  expect(resultOf({ result: { json_path: 'result' } }, '{"result":"done","usage":{}}', undefined)).toBe('done')
  expect(
    resultOf({ result: { json_path: 'item.text' } }, '{"item":{"text":"first"}}\nnoise\n{"item":{"text":"last"}}\n{"end":1}', undefined),
  ).toBe('last')
  expect(resultOf({ result: { file: true } }, 'noise', 'done\n')).toBe('done')
})

test('an answer that is not where it should be is all that was said', () => {
  expect(resultOf({ result: { json_path: 'result' } }, 'error: no key', undefined)).toBe('error: no key')
  expect(resultOf({ result: { file: true } }, 'said', undefined)).toBe('said')
})

test('a path leads to what a tool said, and never to what every object inherits', () => {
  expect(resultOf({ result: { json_path: 'constructor.name' } }, '{}', undefined)).toBe('{}')
})

test.each([
  [{ regex: 'tokens: ([\\d,]+)' }, 'tokens: 1\ntokens: 12,345', 12_345],
  [{ json_path: 'usage.output_tokens' }, '{"usage":{"output_tokens":7}}', 7],
  [{ regex: 'tokens: (\\w+)' }, 'tokens: many', undefined],
  [{ json_path: 'usage' }, '{"usage":-1}', undefined],
])('tokens by %j', (tokens, said, count) => {
  expect(tokensOf({ tokens }, said)).toBe(count)
})

test('of much that is said the beginning and the end are kept', () => {
  const text = boundedText(20)
  for (let nth = 0; nth < 1000; nth++) text.add(Buffer.from(`${String(nth).padStart(4, '0')} `))
  expect(text.text()).toBe('0000 0001 \n[4980 bytes left out]\n0998 0999 ')
  expect(text.isCut).toBe(true)
})

test('little that is said is kept whole', () => {
  const text = boundedText(20)
  text.add(Buffer.from('0123456789'))
  text.add(Buffer.from('abcdefghij'))
  expect(text.text()).toBe('0123456789abcdefghij')
  expect(text.isCut).toBe(false)
})

test('of the file a program wrote its answer to, the beginning is read: a terabyte, a pipe or a folder in its place stop nobody', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agon-readings-'))
  const at = (name: string) => join(folder, name)
  try {
    writeFileSync(at('answer'), 'done')
    writeFileSync(at('empty'), '')
    writeFileSync(at('endless'), 'begin')
    truncateSync(at('endless'), 2 ** 40)
    mkdirSync(at('folder'))
    execFileSync('mkfifo', [at('pipe')])
    expect(['answer', 'empty', 'none', 'folder', 'pipe'].map((name) => beginningOf(at(name), 1024))).toEqual([
      'done',
      '',
      undefined,
      undefined,
      undefined,
    ])
    expect(beginningOf(at('endless'), 1024)).toBe(`begin${'\0'.repeat(1019)}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
