import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { missingMends } from './mended-postgres-js.ts'

it('finds every line it mends in the installed postgres.js', () => {
  const main = createRequire(import.meta.url).resolve('postgres')
  const read = (file: string) => readFileSync(main.replace('/cjs/src/index.js', `/src/${file}`), 'utf8')
  expect(missingMends(read)).toEqual([])
})
