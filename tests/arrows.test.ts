import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

// The project's lint configuration, in an empty house with the same rooms: a line is put into a room, and the linter tells whether
// it may reach from there.

const root = fileURLToPath(new URL('..', import.meta.url))
const house = mkdtempSync(join(tmpdir(), 'agon-arrows-'))
cpSync(join(root, 'biome.json'), join(house, 'biome.json'))
execFileSync('git', ['init', '--quiet'], { cwd: house })
afterAll(() => rmSync(house, { recursive: true }))

let files = 0
function refused(room: string, code: string): boolean {
  const path = join(room, `file-${files++}.ts`)
  mkdirSync(join(house, room), { recursive: true })
  writeFileSync(join(house, path), `${code}\n`)
  const lint = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--colors=off', path], { cwd: house, encoding: 'utf8' })
  expect(lint.stderr + lint.stdout).toContain('Checked 1 file')
  return /noRestrictedImports|noRestrictedGlobals/.test(lint.stderr + lint.stdout)
}

const imports = (name: string) => `import '${name}'`

test.each([
  ['packages/runner-core/src', imports('@agon/store')],
  ['packages/runner-core/src', imports('node:fs')],
  ['packages/runner-core/src', imports('openai')],
  ['packages/runner-core/src', 'export const at = Date.now()'],
  ['packages/runner-core/src', `export const page = fetch('https://x')`],
  ['packages/runner-core/src/judge', 'setTimeout(() => {}, 1)'],
  ['packages/providers/src', imports('@agon/local-platform')],
  ['packages/store/src', imports('../../../apps/cli/src/main.ts')],
  ['packages/store/src', imports('../../../supabase/functions/api/app.ts')],
  ['packages/browser/src', imports('@agon/local-platform')],
  ['packages/browser/src', imports('node:crypto')],
  ['packages/outbound/src', imports('@agon/store')],
  ['packages/outbound/src', imports('@agon/providers/sealed-keys')],
  ['packages/outbound/src', imports('../../../supabase/functions/api/app.ts')],
  ['packages/outbound/src', imports('node:fs')],
  ['packages/outbound/src', imports('node:https')],
  ['packages/tools/src', imports('@agon/store')],
  ['packages/tools/src', imports('@agon/providers')],
  ['packages/tools/src', imports('node:fs')],
  ['packages/templates/src', imports('@agon/store')],
  ['packages/templates/src', imports('node:fs')],
  ['packages/media-tools/src', imports('@agon/outbound')],
  ['packages/coding/src', imports('@agon/store')],
  ['supabase/functions/dispatch-jobs', imports('@agon/coding')],
  ['supabase/functions/dispatch-jobs', imports('@agon/media-tools')],
  ['apps/cli/src', imports('@agon/media-tools')],
  ['apps/cli/src', imports('../../../supabase/functions/api/app.ts')],
  ['packages/client/src', imports('@agon/runner-core')],
  ['packages/local-platform/src', imports('@agon/store')],
  ['supabase/functions/api', imports('@agon/local-platform')],
  ['supabase/functions/_shared', imports('../../../apps/worker/src/worker.ts')],
  ['supabase/functions/dispatch-jobs', imports('node:fs')],
  ['apps/worker/src', imports('../../../supabase/functions/api/app.ts')],
])('in %s, %s is refused', (room, code) => {
  expect(refused(room, code)).toBe(true)
})

test.each([
  ['packages/providers/src', '@agon/runner-core'],
  ['packages/store/src', '@agon/runner-core'],
  ['packages/browser/src', '@agon/store/driver-answers'],
  ['packages/outbound/src', '@agon/runner-core/errors'],
  ['packages/templates/src', '@agon/runner-core/workflow'],
  ['packages/outbound/src', 'node:tls'],
  ['packages/tools/src', '@agon/outbound'],
  ['supabase/functions/run-tools', '@agon/tools/mail'],
  ['supabase/functions/deliver-webhooks', '@agon/outbound'],
  ['supabase/functions/api', '@agon/store/battle-store'],
  ['apps/cli/src', '@agon/client'],
  ['apps/worker/src', '@agon/store'],
  ['apps/worker/src', '@agon/media-tools'],
  ['apps/worker/src', '@agon/coding'],
  ['packages/media-tools/src', 'node:child_process'],
])('%s may import %s', (room, name) => {
  expect(refused(room, imports(name))).toBe(false)
})
