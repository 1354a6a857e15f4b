import { expect, test } from 'vitest'
import { momentOf, spell } from './ago.ts'

test('a length of time is told in its largest unit', () => {
  expect([0, 999, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000 * 3].map(spell)).toEqual([
    '0 s',
    '0 s',
    '59 s',
    '1 m',
    '59 m',
    '1 h',
    '3 d',
  ])
})

test('a moment is a timestamp or how long ago', () => {
  const now = Date.parse('2026-11-20T03:00:00Z')
  expect(momentOf('90m', now)).toBe('2026-11-20T01:30:00.000Z')
  expect(momentOf('1d', now)).toBe('2026-11-19T03:00:00.000Z')
  expect(momentOf('2026-11-20T02:00:00+01:00', now)).toBe('2026-11-20T01:00:00.000Z')
  expect(momentOf('yesterday', now)).toBeUndefined()
})
