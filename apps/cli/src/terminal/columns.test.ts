import { expect, test } from 'vitest'
import { columns, table, wrap } from './columns.ts'

test('columns stay aligned beside text that is two cells wide', () => {
  const text = columns(
    [
      { heading: 'A', body: '海の水は塩辛い' },
      { heading: 'B', body: 'second' },
    ],
    90,
  )
  expect(text.split('\n')[1]).toBe(`海の水は塩辛い${' '.repeat(42 - 14)}  │  second`)
})

test('wrapping keeps indentation and breaks words that are longer than a line', () => {
  expect(wrap('    indented code goes on', 16)).toBe('    indented\n    code goes on')
  expect(wrap('abcdefghij', 4)).toBe('abcd\nefgh\nij')
  expect(wrap('one\n\ntwo', 10)).toBe('one\n\ntwo')
})

test('numbers stand right in a table', () => {
  expect(
    table(
      [
        ['a', '1'],
        ['bb', '10'],
      ],
      [1],
    ),
  ).toBe('a    1\nbb  10')
})
