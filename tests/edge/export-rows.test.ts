import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { header, written } from '../../supabase/functions/api/boards/export-rows.ts'

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '"', '""', ',', '\r\n', '\n', 'a "quoted", word\r\n', '=1+1', '\ufeff', ' padded '),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
)

test('a CSV export is read back as it was, whatever its cells hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ battle_id: fc.uuid(), voter: cell, choice: cell, weight: cell, counted: cell, voted_on: cell }), {
        maxLength: 8,
      }),
      (rows) => {
        const table = parse(header('votes', 'csv') + written('votes', rows, 'csv'), { columns: true }) as Record<string, string>[]
        expect(table).toEqual(
          rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? '' : String(value)]))),
        )
      },
    ),
  )
})

test('numbers come back to the last bit, style in columns of its own, what is nested as JSON', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 4, maxLength: 4 }),
      fc.double({ min: 0.001, noNaN: true, noDefaultInfinity: true }),
      (style, weight) => {
        const [row] = parse(header('comparisons', 'csv') + written('comparisons', [{ weight, style }], 'csv'), { columns: true }) as Record<
          string,
          string
        >[]
        expect([row!.weight, row!.style_length, row!.style_headers, row!.style_lists, row!.style_bold].map(Number)).toEqual(
          [weight, ...style].map((one) => one + 0),
        )
      },
    ),
  )
  const contenders = [{ slot: 'A', model: 'x,"y"' }]
  const [battle] = parse(header('battles', 'csv') + written('battles', [{ contenders }], 'csv'), { columns: true }) as Record<
    string,
    string
  >[]
  expect(JSON.parse(battle!.contenders!)).toEqual(contenders)
})

test('JSON lines have a line a row', () => {
  expect(written('votes', [{ voter: 'a\nb' }, { voter: 'c' }], 'jsonl')).toBe('{"voter":"a\\nb"}\n{"voter":"c"}\n')
  expect(header('votes', 'jsonl')).toBe('')
})
