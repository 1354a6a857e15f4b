#!/usr/bin/env node
// Runs one of the project's tasks on a machine that has nothing but Node 20 and npm: installs what is missing or stale, then
// hands over to the pinned Node 24. Plain JavaScript without dependencies, because it runs before there are any.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Each task: what the pinned Node runs.
 * @type {Record<string, string[]>}
 */
const tasks = {
  agon: ['apps/cli/src/main.ts'],
  battle: ['apps/cli/src/main.ts', 'battle'],
  start: [
    'packages/local-platform/src/main.ts',
    '--vault',
    'agon_worker_key=worker',
    '--make-secret',
    'AGON_SEALING_KEYS={"local":"{random}"}',
    // Where agon looks for a platform of this machine.
    '--record',
    join(process.env.AGON_HOME ?? join(root, '.agon'), 'platform.json'),
  ],
  worker: ['apps/worker/src/main.ts'],
  'local-page': ['scripts/local-page.ts'],
  check: ['scripts/check.ts'],
  generate: ['scripts/generate.ts'],
  test: ['scripts/test.ts'],
  replay: ['scripts/replay.ts'],
  chaos: ['scripts/chaos.ts'],
  soak: ['scripts/soak.ts'],
  budgets: ['scripts/budgets.ts'],
  reproduce: ['scripts/reproduce.ts'],
  throughput: ['scripts/throughput.ts'],
  bench: ['bench/run.mjs'],
}

const [task = '(none)', ...args] = process.argv.slice(2)
const script = Object.hasOwn(tasks, task) ? tasks[task] : undefined
if (script === undefined) {
  console.error(`Unknown task ${task}. Use npm run with one of: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20) {
  console.error(`Agon needs Node 20 or later to begin with; this is ${process.version}.`)
  process.exit(2)
}

install()
const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
// On a machine whose own Node is new enough the pinned one may be missing (npm skips its download on some platforms).
const runtime = existsSync(node) ? node : major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined
if (runtime === undefined) {
  console.error('The pinned Node 24 was not installed: remove node_modules and run the command again with install scripts allowed.')
  process.exit(1)
}

const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules/node/bin')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
  // What was compiled once is not compiled again by the next process: a command starts in half the time.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/compiled'),
  // Deno reads neither the workspace's package.json nor, by default, the machine's own certificates.
  DENO_NO_PACKAGE_JSON: '1',
  DENO_TLS_CA_STORE: process.env.DENO_TLS_CA_STORE ?? 'system,mozilla',
}
const child = spawn(runtime, [...script, ...args], { cwd: root, env, stdio: 'inherit' })
// The child shares the terminal and gets Ctrl-C itself; this process only stays to pass on how it ended.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
// npm passes SIGTERM on to the shell it put between itself and this process; the shell dies of it and tells nobody.
if (process.env.npm_lifecycle_event) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, 250)
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))

/** Installs when the manifests differ from those of the last install. */
function install() {
  const stamp = join(root, 'node_modules/.agon-installed')
  const wanted = manifestsHash()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Installing dependencies (once; about half a minute)…')
  // `npm install --no-save` keeps to the lockfile and, unlike `npm ci`, accepts one written where optional packages of other
  // platforms could not be seen.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    console.error('npm install failed; its message is above. Nothing else was changed: run the same command again once it is mended.')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

function manifestsHash() {
  const hash = createHash('sha256')
  const manifests = ['package.json', 'package-lock.json']
  for (const folder of ['packages', 'apps'])
    for (const name of readdirSync(join(root, folder)).sort()) manifests.push(join(folder, name, 'package.json'))
  for (const path of manifests) if (existsSync(join(root, path))) hash.update(path).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}
