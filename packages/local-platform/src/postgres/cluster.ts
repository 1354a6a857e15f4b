import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs'
import { chown, cp, readdir, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PlatformError } from '../platform-error.ts'
import type { PostgresBinaries } from './binaries.ts'
import type { ProcessOwner } from './owner.ts'

export const superuser = 'postgres'
/** The same well-known local password as the Supabase CLI's stack; the server listens on the loopback interface only. */
export const superuserPassword = 'postgres'

const run = promisify(execFile)

const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  max_wal_size: '2GB',
}

export interface Cluster {
  process: ChildProcess
  port: number
  dataDir: string
}

export function isInitialised(dataDir: string): boolean {
  return existsSync(join(dataDir, 'PG_VERSION'))
}

export function databaseUrl(port: number): string {
  return `postgresql://${superuser}:${superuserPassword}@127.0.0.1:${port}/postgres`
}

/** Makes a new cluster. The built-in C.UTF-8 locale sorts the same on every machine. */
export async function initialiseCluster(binaries: PostgresBinaries, dataDir: string, owner: ProcessOwner | undefined): Promise<void> {
  const passwordFile = join(tmpdir(), `platform-initdb-${process.pid}-${Date.now()}`)
  await writeFile(passwordFile, superuserPassword, { mode: owner ? 0o644 : 0o600 })
  try {
    const child = spawn(
      binaries.initdb,
      [
        `--pgdata=${dataDir}`,
        '--auth=scram-sha-256',
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
        '--no-instructions',
      ],
      { ...owner, cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    if (code !== 0) throw new PlatformError('postgres_failed', `initdb could not make a cluster in ${dataDir}: ${stderr.trim()}`)
  } finally {
    await unlink(passwordFile).catch(() => undefined)
  }
}

/** A new cluster that begins as another, stopped one stands. */
export async function copyCluster(template: string, dataDir: string, owner: ProcessOwner | undefined): Promise<void> {
  if (!isInitialised(template)) throw new PlatformError('invalid_option', `template: ${template} is no PostgreSQL cluster.`)
  if (process.platform === 'linux') {
    // Some 1500 small files: the system's own tools take a quarter of what Node takes, and take it outside of this process.
    await run('cp', ['-R', `${template}/.`, dataDir])
    if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, dataDir])
    return
  }
  await cp(template, dataDir, { recursive: true, mode: constants.COPYFILE_FICLONE })
  if (!owner) return
  for (const path of await readdir(dataDir, { recursive: true })) await chown(join(dataDir, path), owner.uid, owner.gid)
}

const logFile = (dataDir: string) => join(dataDir, 'platform-postgres.log')

/** The line PostgreSQL keeps in postmaster.pid about its own state: `starting`, `ready`, `stopping`. */
function postmasterState(dataDir: string, pid: number): string | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid ? lines[7]?.trim() : undefined
  } catch {
    return undefined
  }
}

/**
 * Starts PostgreSQL and returns once it accepts connections. It logs to a file, not to a pipe, so that it survives the platform being
 * killed, and has a process group of its own, so that Ctrl-C in a terminal reaches the platform first and the database last.
 */
export async function startCluster(
  binaries: PostgresBinaries,
  dataDir: string,
  port: number,
  owner: ProcessOwner | undefined,
): Promise<Cluster> {
  const log = openSync(logFile(dataDir), 'w')
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...flags], {
    ...owner,
    cwd: tmpdir(),
    detached: true,
    stdio: ['ignore', 'ignore', log],
  })
  closeSync(log)
  let ended = false
  child.once('error', () => {
    ended = true
  })
  child.once('exit', () => {
    ended = true
  })
  const deadline = Date.now() + 60_000
  while (!ended && Date.now() < deadline) {
    if (child.pid && postmasterState(dataDir, child.pid) === 'ready') return { process: child, port, dataDir }
    await delay(5)
  }
  child.kill('SIGQUIT')
  const tail = readFileSync(logFile(dataDir), 'utf8').trim().split('\n').slice(-8).join('\n')
  throw new PlatformError('postgres_failed', `PostgreSQL did not start on ${dataDir}:\n${tail}`)
}

/** fast: open transactions are rolled back, everything is on disk. immediate: as after a crash, the next start recovers from the log. */
export type Shutdown = 'fast' | 'immediate'

export async function stopCluster(cluster: Cluster, how: Shutdown = 'fast'): Promise<void> {
  const { process: child } = cluster
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
  const slow = setTimeout(() => child.kill('SIGQUIT'), 15_000)
  await exited
  clearTimeout(slow)
}
