import type { Client } from 'pg'
import { expect } from 'vitest'

// A secret with a mark in it is given to the product, and then it is looked for wherever something can be kept.

/** A mark as it would look in base64, at each of the three places it can begin, and in hex. */
export const disguisesOf = (mark: string): string[] => [
  mark,
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${mark}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, -4),
  ),
  Buffer.from(mark).toString('hex'),
]

/** Every row of every table of every schema that shows one of the secrets, outside the column where they are sealed. */
export async function rowsThatShow(database: Client, found: (text: string) => string[]): Promise<string[]> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lensers.byok_api_keys', 'battles.events', 'execution.dead_letters']),
  )
  const shown: string[] = []
  for (const { name } of tables) {
    const { rows } = await database.query<{ line: string }>(`select (to_jsonb(t) - 'sealed')::text as line from ${name} t`)
    for (const { line } of rows) if (found(line).length > 0) shown.push(`${name}: ${line.slice(0, 500)}`)
  }
  return shown
}
