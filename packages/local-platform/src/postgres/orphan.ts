import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../log.ts'
import { PlatformError } from '../platform-error.ts'
import { databaseUrl } from './cluster.ts'

/** Every connection of a running platform carries this name; a server without one has lost its platform. */
export const platformApplicationName = 'local-platform'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readPostmaster(dataDir: string): { pid: number; port: number } | undefined {
  try {
    const [pid, , , port] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(pid), port: Number(port) }
  } catch {
    return undefined
  }
}

async function connectedPlatforms(port: number): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl(port), connectionTimeoutMillis: 2000, application_name: 'platform-probe' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query('select count(*)::int as n from pg_stat_activity where application_name = $1', [
      platformApplicationName,
    ])
    return rows[0].n
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Stops a PostgreSQL that a killed platform left running on this folder. A platform that is alive is not disturbed: its connections
 * show, and then the start is refused. A stale postmaster.pid needs nothing: PostgreSQL itself sees that no such process exists and recovers.
 */
export async function stopOrphan(dataDir: string, log: Log): Promise<void> {
  const found = readPostmaster(dataDir)
  if (!found || !isAlive(found.pid)) return

  // The kernel closes a killed platform's sockets at once, but a backend in the middle of a statement notices only at its end.
  const deadline = Date.now() + 3000
  let platforms = await connectedPlatforms(found.port)
  if (platforms === undefined) return // not a server we can speak to: a reused process id, PostgreSQL decides
  while (platforms && Date.now() < deadline) {
    await delay(50)
    platforms = (await connectedPlatforms(found.port)) ?? 0
  }
  if (platforms) {
    throw new PlatformError(
      'database_in_use',
      `Another platform is running on ${dataDir} (PostgreSQL process ${found.pid}, port ${found.port}). Stop it, or use another dataDir (--data-dir) or temporary (--temporary).`,
    )
  }
  log({ source: 'postgres', level: 'warning', message: `stopping PostgreSQL ${found.pid}, left behind by a platform that was killed` })
  process.kill(found.pid, 'SIGINT')
  const gone = Date.now() + 15_000
  while (isAlive(found.pid)) {
    if (Date.now() > gone) process.kill(found.pid, 'SIGQUIT')
    await delay(10)
  }
}
