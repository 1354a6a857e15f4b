import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A machine for coding battles: a folder with a real repository, a file of backends, and where runs and results go. */
export interface CodingMachine {
  folder: string
  repository: string
  settings: Record<string, string>
  /** Writes the file of backends: scripts that node runs in the worktree, by name. */
  configure(backends: Record<string, { script: string } & Record<string, unknown>>, repository?: Record<string, unknown>): void
  /** Runs that are not over, and worktrees that git knows of. */
  runs(): string[]
  /** Every file of the results, by its path in them. */
  results(): Record<string, string>
  remove(): void
}

export const gitIn = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    // At one moment: two machines' clones of a repository have the same commits.
    env: { ...process.env, GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' },
  }).trim()

export function codingMachine(): CodingMachine {
  const folder = mkdtempSync(join(tmpdir(), 'agon-coding-'))
  const repository = join(folder, 'shop')
  mkdirSync(repository)
  gitIn(repository, 'init', '--quiet', '--initial-branch=main')
  writeFileSync(join(repository, 'price.mjs'), 'export const price = (n) => n\n')
  writeFileSync(
    join(repository, 'test.mjs'),
    'import { price } from "./price.mjs"\nif (price(2) !== 4) throw new Error("price(2) is " + price(2))\n',
  )
  writeFileSync(join(repository, '.gitignore'), 'ignored/\n')
  gitIn(repository, 'add', '--all')
  gitIn(repository, 'commit', '--quiet', '-m', 'A shop that is too cheap')
  const backendsFile = join(folder, 'backends.json')
  const coding = join(folder, 'coding')
  return {
    folder,
    repository,
    settings: { AGON_BACKENDS: backendsFile, AGON_CODING_DIR: coding, AGON_RESULTS: join(folder, 'results') },
    configure(backends, more = {}) {
      const written = Object.entries(backends).map(([name, { script, ...rest }]) => {
        const file = join(folder, `${name}.mjs`)
        writeFileSync(file, script)
        return [name, { command: [process.execPath, file, '{prompt_file}'], simulated: true, ...rest }]
      })
      writeFileSync(
        backendsFile,
        JSON.stringify({
          backends: Object.fromEntries(written),
          repositories: { shop: { source: repository, checks: { test: { command: [process.execPath, 'test.mjs'] } }, ...more } },
        }),
      )
    },
    runs: () => (existsSync(join(coding, 'runs')) ? readdirSync(join(coding, 'runs')) : []),
    results() {
      const found: Record<string, string> = {}
      const at = join(folder, 'results')
      if (!existsSync(at)) return found
      for (const entry of readdirSync(at, { recursive: true, withFileTypes: true }))
        if (entry.isFile() && !/\.\d+\.[a-z0-9]+$/.test(entry.name)) {
          // and none that is just being written, beside its place
          const path = join(entry.parentPath, entry.name)
          found[path.slice(at.length + 1)] = readFileSync(path, 'utf8')
        }
      return found
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What a scripted contender does: mends the shop, or breaks it more. */
export const mends = `import { writeFileSync } from 'node:fs'\nwriteFileSync('price.mjs', 'export const price = (n) => 2 * n\\n')\nconsole.log('Doubled the price.')\nconsole.log('tokens: 1,200')\n`
export const breaks = `import { writeFileSync } from 'node:fs'\nwriteFileSync('price.mjs', 'export const price = (n) => 3 * n\\n')\nconsole.log('Tripled the price.')\n`
