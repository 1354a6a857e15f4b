import { expect, it } from 'vitest'
import { requireVersion } from './connect.ts'

it('a PostgreSQL older than 15 is refused, with its place and a remedy', () => {
  expect(() => requireVersion(140_012, '14.12', 'db.example:5432')).toThrow(
    /PostgreSQL 14.12 at db.example:5432 is too old: version 15 or newer is needed.*--db-url/,
  )
  expect(() => requireVersion(150_000, '15.0', 'db.example:5432')).not.toThrow()
})
