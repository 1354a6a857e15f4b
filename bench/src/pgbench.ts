import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freshDatabase, settle } from './databases.ts'
import { agon } from './engines/agon.ts'
import type { BenchPostgres } from './postgres.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./fused-step.sql', import.meta.url))

/** pgbench of this machine, any version, or undefined: then its column is left out. */
export function findPgbench(): { path: string; version: string } | undefined {
  const debian = '/usr/lib/postgresql'
  const installed = existsSync(debian) ? readdirSync(debian).map((version) => `${debian}/${version}/bin/pgbench`) : []
  for (const path of ['pgbench', ...installed.reverse()]) {
    try {
      return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() }
    } catch {
      // not there: the next place is looked at
    }
  }
  return undefined
}

/** The same fused step with no worker around it: what our SQL does when nothing but pgbench calls it. Jobs per second. */
export async function pgbenchDrain(
  postgres: BenchPostgres,
  pgbench: string,
  { jobs, batch, clients }: { jobs: number; batch: number; clients: number },
): Promise<number> {
  const steps = Math.floor(jobs / (batch * clients))
  const drained = steps * batch * clients
  const database = await freshDatabase(postgres, agon)
  try {
    await agon.fill(database.url, drained)
    await settle(postgres, database.name)
    const variables = { step: 0, steps, batch, lease: 0, done: '{}', hint: '-9223372036854775808' }
    const { stdout } = await run(
      pgbench,
      [
        ...['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'postgres', '-n', '-M', 'prepared', '-f', script],
        ...['-c', String(clients), '-j', String(Math.min(2, clients)), '-t', String(steps + 1)],
        ...Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
        database.name,
      ],
      { env: { ...process.env, PGPASSWORD: 'postgres' } },
    )
    const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
    const client = await postgres.client(database.name)
    await agon.verify(client, drained, drained)
    await client.end()
    return (drained * perSecond) / ((steps + 1) * clients)
  } finally {
    await database.drop()
  }
}
