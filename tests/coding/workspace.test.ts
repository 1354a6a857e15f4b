import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWorkspace } from '@agon/coding'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CodingMachine, codingMachine, gitIn } from '../support/coding.ts'

// Worktrees of real repositories, and what contenders may do to them.

let machine: CodingMachine
let workspace: ReturnType<typeof createWorkspace>
let commit: string
let worktree: string
beforeEach(async () => {
  machine = codingMachine()
  workspace = createWorkspace(join(machine.folder, 'coding'))
  commit = got(await workspace.commitOf(machine.repository, 'main'))
  worktree = join(machine.folder, 'runs/one/worktree')
  got(await workspace.addWorktree(machine.repository, commit, worktree))
})
afterEach(() => machine.remove())

const got = <T>(result: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
const diff = async (most = 100_000) => got(await workspace.diff(machine.repository, worktree, commit, machine.folder, most))

test('a diff has what was changed, added, removed and committed, and not what is ignored', async () => {
  writeFileSync(join(worktree, 'price.mjs'), 'export const price = (n) => 2 * n\n')
  writeFileSync(join(worktree, 'new.txt'), 'new\n')
  rmSync(join(worktree, 'test.mjs'))
  mkdirSync(join(worktree, 'ignored'))
  writeFileSync(join(worktree, 'ignored/cache'), 'x')
  gitIn(worktree, 'add', '--all')
  gitIn(worktree, 'commit', '--quiet', '--message', 'Done')
  writeFileSync(join(worktree, 'later.bin'), Buffer.from([0, 1, 2, 0, 255]))
  const { text, files, isCut } = await diff()
  expect(text).toContain('+export const price = (n) => 2 * n')
  expect(text).toContain('+new')
  expect(text).toContain('deleted file mode 100644')
  expect(text).toContain('Binary files /dev/null and b/later.bin differ')
  expect(text).not.toContain('cache')
  expect([files, isCut]).toEqual([4, false])
})

test('a large diff is cut at a line, and says so', async () => {
  writeFileSync(join(worktree, 'large.txt'), 'many words on a line\n'.repeat(10_000))
  const { text, isCut } = await diff(2_000)
  expect(isCut).toBe(true)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000)
  expect(text).toMatch(/many words on a line\n\[cut: \d+ bytes more\]\n$/)
})

test('what a contender configured starts nothing when its work is looked at', async () => {
  const trap = join(machine.folder, 'sprung')
  const script = join(machine.folder, 'trap.sh')
  writeFileSync(script, `#!/bin/sh\ntouch ${trap}\ncat\n`, { mode: 0o755 })
  gitIn(worktree, 'config', 'core.fsmonitor', script)
  gitIn(worktree, 'config', 'core.hooksPath', machine.folder)
  gitIn(worktree, 'config', 'diff.external', script)
  gitIn(worktree, 'config', 'diff.spy.textconv', script)
  gitIn(worktree, 'config', 'filter.spy.clean', script)
  gitIn(worktree, 'config', 'filter.spy.smudge', script)
  writeFileSync(join(worktree, '.gitattributes'), '*.mjs diff=spy filter=spy\n')
  writeFileSync(join(worktree, 'price.mjs'), 'export const price = 1\n')
  rmSync(trap, { force: true }) // git itself looked at the monitor while it was configured
  expect((await diff()).text).toContain('+export const price = 1')
  got(await workspace.restore(machine.repository, worktree, commit, ['price.mjs'], machine.folder))
  expect(existsSync(trap)).toBe(false)
})

test('restored paths are as they were, without what was added to them, and no link leads out', async () => {
  const outside = join(machine.folder, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'test.mjs'), 'precious')
  writeFileSync(join(worktree, 'test.mjs'), 'process.exit(0)\n')
  got(await workspace.restore(machine.repository, worktree, commit, ['test.mjs'], machine.folder))
  expect(readFileSync(join(worktree, 'test.mjs'), 'utf8')).toContain('price(2) is')
  rmSync(join(worktree, 'test.mjs'))
  symlinkSync(join(outside, 'test.mjs'), join(worktree, 'test.mjs'))
  symlinkSync(outside, join(worktree, 'spec'))
  got(await workspace.restore(machine.repository, worktree, commit, ['test.mjs', 'spec'], machine.folder))
  expect(readFileSync(join(worktree, 'test.mjs'), 'utf8')).toContain('price(2) is')
  expect(readFileSync(join(outside, 'test.mjs'), 'utf8')).toBe('precious')
  expect(existsSync(join(worktree, 'spec'))).toBe(false)
})

test('what is not there is told by its code', async () => {
  expect(await workspace.commitOf(machine.repository, 'nowhere')).toMatchObject({ ok: false, error: { code: 'ref_unknown' } })
  expect(await workspace.commitOf(join(machine.folder, 'bank'), 'main')).toMatchObject({
    ok: false,
    error: { code: 'repository_unavailable' },
  })
})

test('a commit that came later is fetched, and worktrees that are removed are forgotten', async () => {
  writeFileSync(join(machine.repository, 'more.txt'), 'more\n')
  gitIn(machine.repository, 'add', '--all')
  gitIn(machine.repository, 'commit', '--quiet', '--message', 'More')
  const later = got(await workspace.commitOf(machine.repository, 'main'))
  expect(later).not.toBe(commit)
  const other = join(machine.folder, 'runs/two/worktree')
  got(await workspace.addWorktree(machine.repository, later, other))
  expect(existsSync(join(other, 'more.txt'))).toBe(true)
  expect(existsSync(join(worktree, 'more.txt'))).toBe(false)
  await workspace.removeWorktree(machine.repository, other)
  expect(existsSync(other)).toBe(false)
  expect(gitIn(worktree, 'worktree', 'list')).not.toContain('two')
})

test('repositories that a contender made within its worktree are in its diff with their files, committed or not', async () => {
  for (const path of ['generated', 'generated/inner', 'committed', 'ignored/one']) {
    mkdirSync(join(worktree, path), { recursive: true })
    gitIn(join(worktree, path), 'init', '--quiet')
    writeFileSync(join(worktree, path, 'app.mjs'), `export const path = '${path}'\n`)
  }
  writeFileSync(join(worktree, 'generated/.gitignore'), 'dist\n')
  writeFileSync(join(worktree, 'generated/dist'), 'built\n')
  gitIn(join(worktree, 'committed'), 'add', '--all')
  gitIn(join(worktree, 'committed'), 'commit', '--quiet', '--message', 'Its own')
  writeFileSync(join(worktree, 'price.mjs'), 'export const price = (n) => 2 * n\n')
  const { text, files } = await diff()
  for (const path of ['generated', 'generated/inner', 'committed']) expect(text).toContain(`+export const path = '${path}'`)
  expect(text).toContain('2 * n')
  expect(text).not.toMatch(/Subproject|built|ignored\/one/)
  expect(files).toBe(5)
})

test('a contender’s branches are its own: a fetch for another takes none away, is refused by none, and none is a ref of the source', async () => {
  gitIn(worktree, 'checkout', '--quiet', 'main')
  const other = join(machine.folder, 'runs/two/worktree')
  got(await workspace.addWorktree(machine.repository, commit, other))
  gitIn(other, 'checkout', '--quiet', '-b', 'fix')
  gitIn(other, 'commit', '--quiet', '--allow-empty', '--message', 'A begin')
  writeFileSync(join(machine.repository, 'later.mjs'), 'later')
  gitIn(machine.repository, 'add', '--all')
  gitIn(machine.repository, 'commit', '--quiet', '--message', 'Goes on')
  gitIn(machine.repository, 'tag', 'v1')
  const next = gitIn(machine.repository, 'rev-parse', 'HEAD')
  for (const ref of ['main', 'HEAD', 'refs/heads/main', 'v1', 'refs/tags/v1', next, next.slice(0, 10)])
    expect(got(await workspace.commitOf(machine.repository, ref)), ref).toBe(next)
  expect(got(await workspace.commitOf(machine.repository, 'main~1'))).toBe(commit)
  expect(gitIn(other, 'log', '--format=%s', '-1')).toBe('A begin')
  expect(gitIn(worktree, 'rev-parse', 'HEAD')).toBe(commit)
  expect(await workspace.commitOf(machine.repository, 'fix')).toMatchObject({ ok: false, error: { code: 'ref_unknown' } })
  const refs = gitIn(worktree, 'branch', '--all', '--format=%(refname)').split('\n')
  expect(refs).toContain('refs/remotes/origin/main')
})

test('a branch that the source has no more is not known', async () => {
  gitIn(machine.repository, 'branch', 'short-lived')
  got(await workspace.commitOf(machine.repository, 'short-lived'))
  gitIn(machine.repository, 'branch', '--delete', 'short-lived')
  gitIn(machine.repository, 'branch', 'short-lived/again')
  expect(await workspace.commitOf(machine.repository, 'short-lived')).toMatchObject({ ok: false, error: { code: 'ref_unknown' } })
  got(await workspace.commitOf(machine.repository, 'short-lived/again'))
})

// Who owns what only root can change.
test.runIf(process.getuid?.() === 0).each(['checked out', 'bare'])(
  'a repository of another user’s is read, because the operator named it: %s',
  async (how) => {
    const source = join(machine.folder, 'theirs')
    gitIn(machine.folder, 'clone', '--quiet', ...(how === 'bare' ? ['--bare'] : []), machine.repository, source)
    execFileSync('chown', ['-R', '65534:65534', source])
    expect(got(await workspace.commitOf(source, 'main'))).toBe(commit)
    expect(got(await workspace.commitOf(`file://${source}`, 'main'))).toBe(commit)
  },
)

// Root reads anything: as another user this looks at what that one may not.
test('a file that a contender shut away is in its diff', async () => {
  writeFileSync(join(worktree, 'shut'), 'hidden\n', { mode: 0 })
  mkdirSync(join(worktree, 'cellar'))
  writeFileSync(join(worktree, 'cellar/deep'), 'deep\n', { mode: 0 })
  const { text } = await diff()
  expect(text).toContain('+hidden')
  expect(text).toContain('+deep')
})
