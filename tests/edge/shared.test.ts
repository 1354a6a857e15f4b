import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('what the functions share keeps its promises in Deno', async () => {
  const { stdout } = await promisify(execFile)(
    'node_modules/.bin/deno',
    [
      'test',
      '--no-lock',
      '--no-check',
      '--allow-env',
      '--allow-read',
      '--config',
      'supabase/functions/api/deno.json',
      'tests/edge/shared.deno.ts',
    ],
    { cwd: root, env: { ...process.env, DENO_NO_PACKAGE_JSON: '1', DENO_TLS_CA_STORE: 'system,mozilla', NO_COLOR: '1' } },
  )
  expect(stdout).toMatch(/5 passed \| 0 failed/)
})
