import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { git } from './git.ts'
import { openTree, removeTree } from './remove-tree.ts'

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

  /**
   * What the source's branches are stands under `refs/remotes/origin`, as in any clone. Under `refs/heads` are those that contenders made
   * in their worktrees, which all share: a fetch into there would be refused while one stands on such a branch, or prune it under its feet.
   */
  const branches = 'refs/remotes/origin'
  const fetchInto = (mirror: string, source: string) =>
    git(
      [
        ...['--git-dir', mirror, 'fetch', '--prune', '--quiet', '--force', source],
        ...[`+refs/heads/*:${branches}/*`, '+refs/tags/*:refs/tags/*'],
      ],
      { env: trusting(mirror, source) },
    )

  /**
   * The operator named the source, so it may be another user's: git refuses such a repository as of dubious ownership, and what an operator
   * would be told to configure is not read here.
   */
  function trusting(mirror: string, source: string): Record<string, string> {
    const path = source.startsWith('file://') ? fileURLToPath(source) : source
    if (!existsSync(path)) return {}
    const real = realpathSync(path)
    const file = `${mirror.replace(/\.git$/, '')}.gitconfig`
    const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
    writeFileSync(file, ['[safe]', ...[real, join(real, '.git')].map((trusted) => `directory = ${quoted(trusted)}`), ''].join('\n'))
    return { GIT_CONFIG_GLOBAL: file }
  }

  async function refresh(source: string, mirror: string): Promise<Result<void, StepError>> {
    if (existsSync(mirror)) {
      const fetched = await fetchInto(mirror, source)
      return fetched.ok ? ok(undefined) : fetched
    }
    mkdirSync(join(folder, 'repositories'), { recursive: true, mode: 0o700 })
    const half = `${mirror}.${process.pid}.${Date.now()}`
    const env = trusting(mirror, source)
    const cloned = await git(['clone', '--bare', '--quiet', '--no-hardlinks', '--template=', '--', source, half], { env })
    const fetched = cloned.ok ? await fetchInto(half, source) : cloned
    const named = fetched.ok ? await tracked(half) : fetched
    if (!named.ok) {
      rmSync(half, { recursive: true, force: true })
      return named
    }
    try {
      renameSync(half, mirror) // whole or not at all: a worker may be killed while it clones
    } catch {
      rmSync(half, { recursive: true, force: true }) // another worker of this machine was first
    }
    return ok(undefined)
  }

  /** Makes a new mirror one where a contender finds the source's branches as in its own clone: `origin/main`, and a `main` that begins there. */
  async function tracked(mirror: string): Promise<Result<unknown, StepError>> {
    const configured = await git(['--git-dir', mirror, 'config', 'remote.origin.fetch', `+refs/heads/*:${branches}/*`])
    if (!configured.ok) return configured
    const heads = await git(['--git-dir', mirror, 'for-each-ref', '--format=delete %(refname)', 'refs/heads'])
    return heads.ok ? git(['--git-dir', mirror, 'update-ref', '--stdin'], { input: heads.value }) : heads
  }

  /** A commit, a tag, a branch of the source's, or its default branch: never a branch of a contender's. */
  const resolve = async (mirror: string, ref: string): Promise<string | undefined> => {
    for (const each of await meanings(mirror, ref)) {
      const found = await git(['--git-dir', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${each}^{commit}`])
      if (found.ok) return found.value.trim()
    }
    return undefined
  }

  async function meanings(mirror: string, ref: string): Promise<string[]> {
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return [ref]
    if (/^HEAD(?=$|[~^])/.test(ref)) {
      const head = await git(['--git-dir', mirror, 'symbolic-ref', 'HEAD'])
      return [head.ok ? ref.replace('HEAD', head.value.trim().replace(/^refs\/heads/, branches)) : ref]
    }
    if (ref.startsWith('refs/heads/')) return [ref.replace('refs/heads', branches)]
    if (ref.startsWith('refs/')) return ref.startsWith('refs/tags/') ? [ref] : []
    return [`refs/tags/${ref}`, `${branches}/${ref}`, ...(/^[0-9a-f]{4,64}(?=$|[~^])/.test(ref) ? [ref] : [])]
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
    act: (look: Look) => Promise<Result<T, StepError>>,
  ): Promise<Result<T, StepError>> {
    const own = join(scratch, `looking-${process.pid}-${Date.now()}.git`)
    try {
      const made = await git(['init', '--bare', '--quiet', '--template=', own])
      if (!made.ok) return made
      mkdirSync(join(own, 'objects/info'), { recursive: true })
      writeFileSync(join(own, 'objects/info/alternates'), `${join(mirrorOf(source), 'objects')}\n`)
      const look: Look = (args, { within = '', input } = {}) =>
        git(args, {
          cwd: join(path, within),
          env: {
            GIT_DIR: own,
            GIT_WORK_TREE: join(path, within),
            ...(within !== '' && { GIT_INDEX_FILE: join(own, 'of-nothing') }), // or a name would be known from the worktree's own top
          },
          ...(input !== undefined && { input }),
        })
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
        removeTree(path)
        await git(['--git-dir', mirror, 'worktree', 'prune'])
        const added = await git(['--git-dir', mirror, 'worktree', 'add', '--detach', '--force', '--quiet', path, commit])
        return added.ok ? ok(undefined) : added
      }),

    removeWorktree: (source: string, path: string): Promise<void> =>
      inTurn(mirrorOf(source), async () => {
        removeTree(path)
        await git(['--git-dir', mirrorOf(source), 'worktree', 'prune'])
      }),

    /** All that differs from the commit, new files too and ignored ones not; of a binary file, that it does. */
    diff: (source: string, path: string, commit: string, scratch: string, maxBytes: number): Promise<Result<Diff, StepError>> =>
      looking(source, path, commit, scratch, async (look) => {
        let added = await addAll(look)
        if (!added.ok && /Permission denied/.test(added.error.message)) {
          openTree(path) // a file that a contender shut away is a part of what it did
          added = await addAll(look)
        }
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

/** git on a worktree, or on a folder within it as if that were one. */
type Look = (args: readonly string[], options?: { within?: string; input?: string }) => Promise<Result<string, StepError>>

/**
 * Puts all that is in the worktree into the index. A contender that made repositories of its own in there (a generator of projects does) has
 * their files in its diff: git itself would refuse one without a commit, and of one with commits know a number and no file.
 */
async function addAll(look: Look): Promise<Result<string, StepError>> {
  const found = await filesWithin(look, '')
  if (!found.ok) return found
  const { nested, files } = found.value
  const added = await look(['add', '--all', '--', '.', ...nested.map((path) => `:(exclude,literal)${path}`)])
  if (!added.ok || files.length === 0) return added
  return look(['update-index', '--add', '-z', '--stdin'], { input: files.map((path) => `${path}\0`).join('') })
}

/** Repositories within a folder, which git says with a slash at the end, and the files of those. */
async function filesWithin(look: Look, within: string): Promise<Result<{ nested: string[]; files: string[] }, StepError>> {
  const said = await look(['ls-files', '--others', '--exclude-standard', '-z'], { within })
  if (!said.ok) return said
  const all = said.value.split('\0').filter(Boolean)
  const nested = all.filter((path) => path.endsWith('/')).map((path) => `${within}${path}`)
  const files = within === '' ? [] : all.filter((path) => !path.endsWith('/')).map((path) => `${within}${path}`)
  for (const each of nested) {
    const deeper = await filesWithin(look, each)
    if (!deeper.ok) return deeper
    files.push(...deeper.value.files)
  }
  return ok({ nested, files })
}

function cut(text: string, maxBytes: number): { text: string; isCut: boolean } {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return { text, isCut: false }
  const end = bytes.lastIndexOf(10, maxBytes - 64)
  return {
    text: `${bytes.subarray(0, Math.max(end, 0)).toString('utf8')}\n[cut: ${bytes.length - Math.max(end, 0)} bytes more]\n`,
    isCut: true,
  }
}
