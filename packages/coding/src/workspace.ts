import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { git } from './git.ts'

export interface Diff {
  text: string
  isCut: boolean
  files: number
}

/** The repositories of a machine: a bare mirror of each, and worktrees of it. */
export function createWorkspace(folder: string) {
  const turns = new Map<string, Promise<unknown>>()
  const mirrorOf = (source: string) => join(folder, 'repositories', `${createHash('sha256').update(source).digest('hex').slice(0, 16)}.git`)

  /** One after the other: two fetches into one mirror, or a worktree added while another is pruned, trip over git's locks. */
  function inTurn<T>(mirror: string, act: () => Promise<T>): Promise<T> {
    const next = (turns.get(mirror) ?? Promise.resolve()).then(act, act)
    turns.set(
      mirror,
      next.catch(() => undefined),
    )
    return next
  }

  async function refresh(source: string, mirror: string): Promise<Result<void, StepError>> {
    if (existsSync(mirror)) {
      const fetched = await git([
        '--git-dir',
        mirror,
        'fetch',
        '--prune',
        '--quiet',
        'origin',
        '+refs/heads/*:refs/heads/*',
        '+refs/tags/*:refs/tags/*',
      ])
      return fetched.ok ? ok(undefined) : fetched
    }
    mkdirSync(join(folder, 'repositories'), { recursive: true, mode: 0o700 })
    const half = `${mirror}.${process.pid}.${Date.now()}`
    const cloned = await git(['clone', '--bare', '--quiet', '--no-hardlinks', '--template=', '--', source, half])
    if (!cloned.ok) {
      rmSync(half, { recursive: true, force: true })
      return cloned
    }
    try {
      renameSync(half, mirror) // whole or not at all: a worker may be killed while it clones
    } catch {
      rmSync(half, { recursive: true, force: true }) // another worker of this machine was first
    }
    return ok(undefined)
  }

  const resolve = async (mirror: string, ref: string): Promise<string | undefined> => {
    const found = await git(['--git-dir', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
    return found.ok ? found.value.trim() : undefined
  }

  /**
   * git on a worktree, through a repository and an index of our own that only borrow the mirror's objects: what a contender staged, or wrote
   * into the configuration that all worktrees share (a filter, a monitor, a diff driver), is not asked.
   */
  async function looking<T>(
    source: string,
    path: string,
    commit: string,
    scratch: string,
    act: (look: (args: readonly string[]) => Promise<Result<string, StepError>>) => Promise<Result<T, StepError>>,
  ): Promise<Result<T, StepError>> {
    const own = join(scratch, `looking-${process.pid}-${Date.now()}.git`)
    try {
      const made = await git(['init', '--bare', '--quiet', '--template=', own])
      if (!made.ok) return made
      mkdirSync(join(own, 'objects/info'), { recursive: true })
      writeFileSync(join(own, 'objects/info/alternates'), `${join(mirrorOf(source), 'objects')}\n`)
      const look = (args: readonly string[]) => git(args, { cwd: path, env: { GIT_DIR: own, GIT_WORK_TREE: path } })
      const read = await look(['read-tree', commit])
      return read.ok ? await act(look) : read
    } finally {
      rmSync(own, { recursive: true, force: true })
    }
  }

  return {
    /** What a ref stands for now. Errors: repository_unavailable, ref_unknown. */
    commitOf: (source: string, ref: string): Promise<Result<string, StepError>> =>
      inTurn(mirrorOf(source), async () => {
        const mirror = mirrorOf(source)
        const fresh = await refresh(source, mirror)
        if (!fresh.ok) return fresh
        const commit = await resolve(mirror, ref)
        return commit ? ok(commit) : fail(stepError('ref_unknown', `The repository has no commit ${ref}`))
      }),

    /** A worktree of its own at a commit, without a branch. What stood there before is gone. */
    addWorktree: (source: string, commit: string, path: string): Promise<Result<void, StepError>> =>
      inTurn(mirrorOf(source), async () => {
        const mirror = mirrorOf(source)
        if (!existsSync(mirror) || (await resolve(mirror, commit)) === undefined) {
          const fresh = await refresh(source, mirror)
          if (!fresh.ok) return fresh
        }
        rmSync(path, { recursive: true, force: true })
        await git(['--git-dir', mirror, 'worktree', 'prune'])
        const added = await git(['--git-dir', mirror, 'worktree', 'add', '--detach', '--force', '--quiet', path, commit])
        return added.ok ? ok(undefined) : added
      }),

    removeWorktree: (source: string, path: string): Promise<void> =>
      inTurn(mirrorOf(source), async () => {
        rmSync(path, { recursive: true, force: true, maxRetries: 3 })
        await git(['--git-dir', mirrorOf(source), 'worktree', 'prune'])
      }),

    /** All that differs from the commit, new files too and ignored ones not; of a binary file, that it does. */
    diff: (source: string, path: string, commit: string, scratch: string, maxBytes: number): Promise<Result<Diff, StepError>> =>
      looking(source, path, commit, scratch, async (look) => {
        const added = await look(['add', '--all', '--', '.'])
        if (!added.ok) return added
        const names = await look(['diff', '--cached', '--name-only', '-z', '--no-renames', commit])
        if (!names.ok) return names
        const text = await look(['diff', '--cached', '--no-color', '--no-ext-diff', '--no-textconv', commit])
        if (!text.ok) return text
        return ok({ ...cut(text.value, maxBytes), files: names.value.split('\0').filter(Boolean).length })
      }),

    /**
     * Puts paths back as they were at the commit, and removes what was added there. git does it, which follows no symbolic link out of the
     * worktree.
     */
    restore: (source: string, path: string, commit: string, paths: readonly string[], scratch: string): Promise<Result<void, StepError>> =>
      looking(source, path, commit, scratch, async (look) => {
        for (const each of paths) {
          const known = await look(['ls-tree', '--name-only', commit, '--', each.replace(/\/$/, '')])
          const back = known.ok && known.value !== '' ? await look(['checkout', '--force', commit, '--', each]) : known
          if (!back.ok) return back
          const cleaned = await look(['clean', '-ffdxq', '--', each])
          if (!cleaned.ok) return cleaned
        }
        return ok(undefined)
      }),
  }
}

export type Workspace = ReturnType<typeof createWorkspace>

function cut(text: string, maxBytes: number): { text: string; isCut: boolean } {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return { text, isCut: false }
  const end = bytes.lastIndexOf(10, maxBytes - 64)
  return {
    text: `${bytes.subarray(0, Math.max(end, 0)).toString('utf8')}\n[cut: ${bytes.length - Math.max(end, 0)} bytes more]\n`,
    isCut: true,
  }
}
