import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The project's lint configuration, in an empty house with the same rooms: a line is put into each room, and the linter tells, of all at once,
// whether it may reach from there.

const root = fileURLToPath(new URL('..', import.meta.url))
const imports = (name: string) => `import '${name}'`

const refusedLines: [room: string, code: string][] = [
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
]

const allowedNames: [room: string, name: string][] = [
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
]

const house = mkdtempSync(join(tmpdir(), 'agon-arrows-'))
afterAll(() => rmSync(house, { recursive: true }))
const placeOf = new Map<string, string>()
const refused = new Set<string>()

beforeAll(() => {
  cpSync(join(root, 'biome.json'), join(house, 'biome.json'))
  execFileSync('git', ['init', '--quiet'], { cwd: house })
  for (const [room, code] of [...refusedLines, ...allowedNames.map(([room, name]) => [room, imports(name)] as const)]) {
    const path = `${room}/file-${placeOf.size}.ts`
    placeOf.set(`${room} ${code}`, path)
    mkdirSync(join(house, room), { recursive: true })
    writeFileSync(join(house, path), `${code}\n`)
  }
  const lint = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--colors=off', '--max-diagnostics=none', ...placeOf.values()], {
    cwd: house,
    encoding: 'utf8',
  })
  const said = lint.stderr + lint.stdout
  expect(said).toContain(`Checked ${placeOf.size} files`)
  for (const [, path] of said.matchAll(/^(\S+):\d+:\d+ lint\/\S*\/(?:noRestrictedImports|noRestrictedGlobals)\b/gm)) refused.add(path!)
})

test.each(refusedLines)('in %s, %s is refused', (room, code) => {
  expect([...refused]).toContain(placeOf.get(`${room} ${code}`))
})

test.each(allowedNames)('%s may import %s', (room, name) => {
  const place = placeOf.get(`${room} ${imports(name)}`)
  expect(place).toBeDefined()
  expect([...refused]).not.toContain(place)
})
