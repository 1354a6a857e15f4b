import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { engineSql } from './engines/agon.ts'
import { findPgbench } from './pgbench.ts'
import type { BenchPostgres } from './postgres.ts'

const versionOf = (peer: string): string =>
  JSON.parse(readFileSync(new URL(`../node_modules/${peer}/package.json`, import.meta.url), 'utf8')).version

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', cwd: new URL('../..', import.meta.url) }).trim()
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'supabase', 'packages') ? ' with uncommitted changes' : ''}`
  } catch {
    return 'unknown'
  }
}

const shown = [
  'shared_buffers',
  'fsync',
  'synchronous_commit',
  'jit',
  'wal_level',
  'max_wal_size',
  'autovacuum',
  'shared_preload_libraries',
]

/** What a number means nothing without. */
export async function describeEnvironment(postgres: BenchPostgres) {
  const client = await postgres.client('postgres')
  const { rows } = await client.query(`select name, current_setting(name) as value from pg_settings where name = any ($1)`, [shown])
  const { rows: version } = await client.query('show server_version')
  await client.end()
  return {
    taken: new Date().toISOString(),
    agon: { commit: commit(), sql_sha256: createHash('sha256').update(engineSql().join('')).digest('hex').slice(0, 16) },
    peers: Object.fromEntries(['graphile-worker', 'pg-boss', 'pg'].map((peer) => [peer, versionOf(peer)])) as Record<string, string>,
    node: process.version,
    postgres: version[0].server_version as string,
    settings: Object.fromEntries(rows.map(({ name, value }) => [name, value as string])) as Record<string, string>,
    pgbench: findPgbench()?.version ?? null,
    cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    foreign_load: await foreignLoad(),
  }
}

export type Environment = Awaited<ReturnType<typeof describeEnvironment>>

/** The share of the machine's processor time that is in use while we do nothing: a noisy machine is said to be one. */
export async function foreignLoad(ms = 500): Promise<number> {
  const read = () => {
    let busy = 0
    let all = 0
    for (const { times } of cpus()) {
      const total = times.user + times.nice + times.sys + times.idle + times.irq
      busy += total - times.idle
      all += total
    }
    return { busy, all }
  }
  const before = read()
  await new Promise((resolve) => setTimeout(resolve, ms))
  const after = read()
  return (after.busy - before.busy) / Math.max(1, after.all - before.all)
}
