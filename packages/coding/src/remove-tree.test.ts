import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

// Root removes anything: as root, another user's process does it here.
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const asUser = (script: string) => execFileSync(process.execPath, ['--input-type=module', '--eval', script], { ...other, cwd: tmpdir() })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agon-tree-'))
  chmodSync(folder, 0o777)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const removes = (path: string) =>
  asUser(`import { removeTree } from '${new URL('remove-tree.ts', import.meta.url)}'; removeTree('${path}')`)

test('a module cache whose folders nobody may write is removed, by a user who is not root', () => {
  const run = join(folder, 'run')
  asUser(`import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
    mkdirSync('${run}/home/go/pkg/mod/left-pad@1', { recursive: true })
    writeFileSync('${run}/home/go/pkg/mod/left-pad@1/pad.go', 'package pad', { mode: 0o444 })
    for (const sealed of ['left-pad@1', '']) chmodSync('${run}/home/go/pkg/mod/' + sealed, 0o555)`)
  removes(run)
  expect(existsSync(run)).toBe(false)
})

test('what a link leads to is left as it is', () => {
  const kept = join(folder, 'kept')
  mkdirSync(kept)
  writeFileSync(join(kept, 'file'), 'x')
  const run = join(folder, 'run')
  asUser(`import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
    mkdirSync('${run}/sealed', { recursive: true }); symlinkSync('${kept}', '${run}/sealed/link'); chmodSync('${run}/sealed', 0o500)`)
  symlinkSync(kept, join(folder, 'itself'))
  removes(run)
  removes(join(folder, 'itself'))
  expect([existsSync(run), existsSync(join(folder, 'itself')), existsSync(join(kept, 'file'))]).toEqual([false, false, true])
})

test('what is not there is no mistake', () => {
  removes(join(folder, 'nothing'))
})

test('what a program shut away can be read again by its owner, and keeps its other rights', () => {
  const work = join(folder, 'work')
  asUser(`import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
    mkdirSync('${work}/shut/inner', { recursive: true })
    for (const [name, mode] of [['script', 0o311], ['plain', 0o644], ['shut/inner/file', 0]]) { writeFileSync('${work}/' + name, name); chmodSync('${work}/' + name, mode) }
    symlinkSync('/etc/hostname', '${work}/link')
    chmodSync('${work}/shut', 0)`)
  asUser(`import { openTree } from '${new URL('remove-tree.ts', import.meta.url)}'; openTree('${work}')
    import { readFileSync } from 'node:fs'
    for (const name of ['script', 'plain', 'shut/inner/file']) if (readFileSync('${work}/' + name, 'utf8') !== name) throw new Error(name)`)
  expect(['script', 'plain', 'shut/inner/file', 'shut'].map((name) => (statSync(join(work, name)).mode & 0o777).toString(8))).toEqual([
    '711',
    '644',
    '400',
    '700',
  ])
})
