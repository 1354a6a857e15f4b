import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { useDatabase } from '../support/database.ts'
import { supabase } from '../support/supabase-cli.ts'

const database = useDatabase()

test('the database types in packages/store are what the CLI generates from the migrations: npm run generate refreshes them', async () => {
  const kept = readFileSync(new URL('../../packages/store/src/database.types.ts', import.meta.url), 'utf8')
  const generated = await supabase(
    database.url,
    'gen',
    'types',
    '--schema=battles',
    '--schema=content',
    '--schema=execution',
    '--schema=lensers',
    '--schema=lenses',
    '--schema=ratings',
    '--schema=webhooks',
  )
  expect(generated).toContain('fn_worker_claim_battle_job')
  expect(kept).toBe(generated)
})
