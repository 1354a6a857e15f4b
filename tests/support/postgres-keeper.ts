import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ensureVaultKey } from '../../packages/local-platform/src/data-directory.ts'
import { bootstrap } from '../../packages/local-platform/src/database/bootstrap.ts'
import { connect } from '../../packages/local-platform/src/database/connect.ts'
import { applyMigrations } from '../../packages/local-platform/src/database/migrations.ts'
import { startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { ourSchemas } from '../../scripts/our-schemas.ts'

/**
 * Keeps one PostgreSQL for one vitest run: makes the cluster and the migrated template, says where it is in `ready.json`, and
 * removes everything once vitest is gone, however it went. Started by the first test file that asks (tests/support/database.ts).
 */
const [folder, vitestPid] = [process.argv[2]!, Number(process.argv[3])]
const supabaseDir = fileURLToPath(new URL('../../supabase', import.meta.url))
const warnings: string[] = []
const log = (entry: { message: string; level?: string }) => void (entry.level === 'warning' && warnings.push(entry.message))

function answer(report: object): void {
  writeFileSync(join(folder, 'ready.json.part'), JSON.stringify(report))
  renameSync(join(folder, 'ready.json.part'), join(folder, 'ready.json'))
}

function vitestRuns(): boolean {
  try {
    process.kill(vitestPid, 0)
    return true
  } catch {
    return false
  }
}

const urlOf = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href

async function makeTemplate(url: string): Promise<void> {
  const admin = await connect(url)
  // Nothing here survives the run, so nothing waits for a disk.
  await admin.query(`alter system set fsync = off`)
  await admin.query(`alter system set full_page_writes = off`)
  await admin.query(`alter system set synchronous_commit = off`)
  await admin.query('select pg_reload_conf()')
  await admin.query('create database agon_template')
  await admin.end()

  const client = await connect(urlOf(url, 'agon_template'))
  const standIns = await bootstrap(
    client,
    {
      serviceSql: ['create schema auth; create schema storage;'], // no service runs, so none needs its tables
      vaultKeyFile: true,
      exposeNewTables: false,
      exposedSchemas: ['public', ...ourSchemas],
    },
    log,
  )
  await client.end()
  const migrator = await connect(urlOf(url, 'agon_template'))
  await applyMigrations(migrator, supabaseDir, standIns, log)
  await migrator.end()
}

process.on('SIGINT', () => undefined) // Ctrl-C reaches vitest first; the end of vitest is what ends this
mkdirSync(folder, { recursive: true })
chmodSync(folder, 0o755) // PostgreSQL's user has to walk through it
try {
  const postgres = await startEmbeddedPostgres(join(folder, 'postgres'), log)
  try {
    ensureVaultKey(postgres.dataDir, postgres.owner)
    await makeTemplate(postgres.url)
    answer({ url: postgres.url, warnings })
    while (vitestRuns()) await delay(200)
  } finally {
    await postgres.stop()
  }
} catch (error) {
  answer({ error: (error as Error).message })
  while (vitestRuns()) await delay(200)
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
