// Runs on whatever Node the machine has (20 and newer): installs what is missing and hands over to the toolchain's Node 24.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = dirname(fileURLToPath(import.meta.url))
const root = dirname(bench)
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
/** @type {import('node:child_process').SpawnSyncOptions} */
const options = { stdio: 'inherit', shell: process.platform === 'win32' }

if (!existsSync(node)) {
  console.error('Run `npm install` in the repository first: it brings Node 24 and PostgreSQL 17.')
  process.exit(1)
}
if (['graphile-worker', 'pg-boss', 'pg'].some((peer) => !existsSync(join(bench, 'node_modules', peer)))) {
  console.error('Installing the engines to compare with (bench/package.json) …')
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ...options, cwd: bench })
  if (install.status !== 0) process.exit(install.status ?? 1)
}
const run = spawnSync(node, ['--disable-warning=ExperimentalWarning', join(bench, 'src', 'main.ts'), ...process.argv.slice(2)], options)
process.exit(run.status ?? 1)
