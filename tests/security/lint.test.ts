import { startPlatform } from '@agon/local-platform'
import { expect, test } from 'vitest'
import { ourSchemas } from '../../scripts/our-schemas.ts'
import { projectDir } from '../support/arena.ts'
import { supabase } from '../support/supabase-cli.ts'

/*
 * `supabase db lint` runs plpgsql_check, an extension that the embedded PostgreSQL does not bring. Where a PostgreSQL 15 or later has it, an empty
 * database of it is linted (AGON_LINT_DATABASE_URL; docs/chaos.md says where to get one). Without one the compiler's
 * own checks in http-matrix.test.ts are what holds.
 */
const url = process.env.AGON_LINT_DATABASE_URL

test.skipIf(!url)('supabase db lint finds nothing, at level warning, in any schema of ours', async () => {
  const platform = await startPlatform({
    projectDir,
    dbUrl: url!,
    dataDir: `${projectDir}/.agon/lint`,
    functionsEnabled: false,
    cronEnabled: false,
  })
  await platform.stop()
  const schemas = ourSchemas.flatMap((schema) => ['--schema', schema])
  // A step of the housekeeping takes what every step takes, whether it needs it or not.
  const argued = new Set(['unused parameter "keep"', 'unused parameter "most"'])
  interface Finding {
    function: string
    issues: { message: string }[]
  }
  const { results } = JSON.parse(await supabase(url!, 'db', 'lint', '--level=warning', ...schemas, '--output-format=json')) as {
    results: Finding[] | null
  }
  const found = (results ?? []).flatMap(({ function: name, issues }) =>
    issues.filter(({ message }) => !argued.has(message)).map((issue) => ({ name, ...issue })),
  )
  expect(found).toEqual([])
})
