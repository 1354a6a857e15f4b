import { createHash } from 'node:crypto'
import { chmodSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPlatform } from '@agon/local-platform'
import { ensureVaultKey } from '../../packages/local-platform/src/data-directory.ts'
import { bootstrap } from '../../packages/local-platform/src/database/bootstrap.ts'
import { connect } from '../../packages/local-platform/src/database/connect.ts'
import { applyMigrations } from '../../packages/local-platform/src/database/migrations.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { ourSchemas } from '../../scripts/our-schemas.ts'

/*
 * A cluster takes seconds to make, initdb and every migration, and some eighty tests want one. Each kind is made once for each state of the
 * code (tests/support/setup.ts), kept in .agon, and copied: what a copy holds is what a start would have made of an empty folder. The way from
 * the empty folder itself is what tests/platform, tests/e2e/existing-database.test.ts and tests/cli/battle.test.ts go.
 */

/** bare: as initdb leaves it. platform: as a first start leaves it. database: with the migrated template that useDatabase copies. */
export type ClusterKind = 'bare' | 'platform' | 'database'

export const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const variable = 'AGON_TEST_CLUSTERS'
const silent = () => undefined

/** What a platform is started with to begin as that cluster. Nothing outside of Vitest, where each makes its own. */
export function beginningAs(kind: ClusterKind): { template?: string } {
  const made = process.env[variable]
  return made ? { template: join(made, kind) } : {}
}

/** Makes the clusters of the code as it is now, unless they are there, and names their folder to every process of the run. */
export async function makeClusters(): Promise<void> {
  const all = join(projectDir, '.agon/test-clusters')
  const folder = join(all, stateOfTheCode())
  if (!existsSync(folder)) {
    mkdirSync(all, { recursive: true })
    const work = mkdtempSync(join(tmpdir(), 'agon-clusters-'))
    try {
      chmodSync(work, 0o755)
      await make(work)
      // Moved to its place whole: another run may look for it, or be making it, at this moment.
      const part = mkdtempSync(join(all, 'part-'))
      for (const kind of ['bare', 'platform', 'database'] satisfies ClusterKind[])
        await cp(join(work, kind), join(part, kind), { recursive: true })
      await rename(part, folder).catch(() => rm(part, { recursive: true, force: true }))
    } finally {
      rmSync(work, { recursive: true, force: true, maxRetries: 3 })
    }
    const hourAgo = Date.now() - 3_600_000
    for (const name of readdirSync(all))
      if (join(all, name) !== folder && statSync(join(all, name)).mtimeMs < hourAgo)
        rmSync(join(all, name), { recursive: true, force: true })
  }
  process.env[variable] = folder
}

async function make(work: string): Promise<void> {
  const [bare, platform, database] = [join(work, 'bare'), join(work, 'platform'), join(work, 'database')]
  await within(bare, async ({ url }) => {
    const admin = await connect(url)
    // No test survives the machine, so nothing waits for a disk. What a killed server has committed stays committed.
    await admin.query('alter system set fsync = off')
    await admin.query('alter system set full_page_writes = off')
    await admin.end()
  })
  const starting = startPlatform({ projectDir, dataDir: platform, template: bare, functionsEnabled: false, cronEnabled: false })
  await Promise.all([starting.then((started) => started.stop()), within(database, makeTemplate, bare)])
}

async function within(dataDir: string, work: (server: EmbeddedPostgres) => Promise<void>, template?: string): Promise<void> {
  const server = await startEmbeddedPostgres(dataDir, silent, template)
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

async function makeTemplate({ url, dataDir, owner }: EmbeddedPostgres): Promise<void> {
  ensureVaultKey(dataDir, owner)
  const admin = await connect(url)
  // These are no tests of a server that is killed.
  await admin.query('alter system set synchronous_commit = off')
  await admin.query('create database agon_template')
  await admin.end()

  const templateUrl = Object.assign(new URL(url), { pathname: '/agon_template' }).href
  const client = await connect(templateUrl)
  const standIns = await bootstrap(
    client,
    {
      serviceSql: ['create schema auth; create schema storage;'], // no service runs, so none needs its tables
      vaultKeyFile: true,
      exposeNewTables: false,
      exposedSchemas: ['public', ...ourSchemas],
    },
    silent,
  )
  await client.end()
  const migrator = await connect(templateUrl)
  await applyMigrations(migrator, join(projectDir, 'supabase'), standIns, silent)
  await migrator.end()
}

/** Everything a cluster is made of: the migrations, the platform that applies them, and the versions of what they use. */
function stateOfTheCode(): string {
  const hash = createHash('sha256')
  const parts = [
    'supabase/migrations/*.sql',
    'supabase/config.toml',
    'packages/local-platform/src/**/*.{ts,sql}',
    'package-lock.json',
    'tests/support/clusters.ts',
  ]
  for (const part of parts)
    for (const path of globSync(part, { cwd: projectDir }).sort()) hash.update(path).update(readFileSync(join(projectDir, path)))
  return hash.digest('hex').slice(0, 16)
}
