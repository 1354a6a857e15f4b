import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeWhole } from './journal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agon-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a file is written whole', () => {
  writeWhole(join(folder, 'a/b.json'), '{"a":"ä"}')
  expect(readFileSync(join(folder, 'a/b.json'), 'utf8')).toBe('{"a":"ä"}')
  expect(readdirSync(join(folder, 'a'))).toEqual(['b.json'])
})

test('one that cannot be put in its place leaves no half behind', () => {
  mkdirSync(join(folder, 'taken/inside'), { recursive: true })
  expect(() => writeWhole(join(folder, 'taken'), 'x')).toThrow(/taken/)
  expect(readdirSync(folder)).toEqual(['taken'])
})
