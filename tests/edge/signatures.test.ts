import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the signatures of callbacks are verified in Deno', async () => {
  const config = 'supabase/functions/provider-callback/deno.json'
  const { stdout } = await promisify(execFile)(
    'node_modules/.bin/deno',
    ['test', '--no-lock', '--no-check', '--allow-env', '--allow-read', '--config', config, 'tests/edge/signatures.deno.ts'],
    { cwd: root, env: { ...process.env, DENO_NO_PACKAGE_JSON: '1', DENO_TLS_CA_STORE: 'system,mozilla', NO_COLOR: '1' } },
  )
  expect(stdout).toMatch(/3 passed \| 0 failed/)
})
