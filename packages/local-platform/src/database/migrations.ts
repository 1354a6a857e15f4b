import { createHash } from 'node:crypto'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type pg from 'pg'
import type { Log } from '../log.ts'
import { PlatformError } from '../platform-error.ts'
import { type StandIns, standInOf } from './bootstrap.ts'
import { type Statement, splitStatements } from './split-statements.ts'

const fileName = /^(\d{14})_(.+)\.sql$/

interface Migration {
  version: string
  name: string
  file: string
  statements: Statement[]
}

function readMigrations(folder: string): Migration[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const match = fileName.exec(file)
      if (!match) return []
      return [{ version: match[1]!, name: match[2]!, file, statements: splitStatements(readFileSync(join(folder, file), 'utf8')) }]
    })
}

/** `create extension pg_net` and the like mean nothing where the platform itself stands in for that extension. */
export function isStoodInFor(sql: string, standIns: StandIns): boolean {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim()
  const extension = /^(?:create|drop|alter) extension (?:if (?:not )?exists )?"?(\w+)"?/i.exec(bare.replace(/\s+/g, ' '))?.[1]
  const standIn = extension && standInOf[extension.toLowerCase()]
  return standIn ? standIns[standIn] : false
}

/** The line within the statement PostgreSQL pointed at, counted in the file. */
function lineOfError(statement: Statement, error: unknown): number {
  const position = Number((error as { position?: string }).position)
  if (!position) return statement.line
  return statement.line + statement.sql.slice(0, position - 1).split('\n').length - 1
}

async function runStatements(client: pg.Client, statements: Statement[], file: string, kind: 'migration' | 'seed'): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    try {
      await client.query(statement.sql)
    } catch (cause) {
      const { message, code, detail, hint } = cause as pg.DatabaseError
      const more = [detail, hint].filter(Boolean).join(' ')
      throw new PlatformError(
        `${kind}_failed`,
        `${file}, line ${lineOfError(statement, cause)} (statement ${index + 1}): ${message} (${code ?? 'no code'})${more ? ` ${more}` : ''}\n  ${statement.sql.split('\n', 3).join('\n  ')}`,
        { cause },
      )
    }
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  try {
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
  // A migration may change session settings; the next one starts from a clean session, as with the CLI.
  await client.query('reset session authorization')
  await client.query('reset all')
}

export interface AppliedMigrations {
  applied: string[]
  /** True when no migration had been applied before this start. */
  fresh: boolean
}

/** Applies what is not yet in the history, in order, each file in one transaction, and records it as the Supabase CLI does. */
export async function applyMigrations(client: pg.Client, supabaseDir: string, standIns: StandIns, log: Log): Promise<AppliedMigrations> {
  // As one text each: every start reads them, and an array of them takes far longer to be read than to be compared.
  const { rows } = await client.query<{ version: string; recorded: string | null }>(
    `select version, array_to_string(statements, ';') as recorded from supabase_migrations.schema_migrations`,
  )
  const history = new Map(rows.map((row) => [row.version, row.recorded]))
  const applied: string[] = []
  let changed: string | undefined
  for (const migration of readMigrations(join(supabaseDir, 'migrations'))) {
    const texts = migration.statements.map((statement) => statement.sql)
    if (history.has(migration.version)) {
      const recorded = history.get(migration.version)
      if (typeof recorded === 'string' && recorded !== texts.join(';')) {
        changed ??= migration.file
        log({
          source: 'platform',
          level: 'warning',
          message: `${migration.file} has changed since it was applied; the database keeps the old version. Add a new migration instead.`,
        })
      }
      continue
    }
    const apply = inTransaction(client, async () => {
      const needed = migration.statements.filter((statement) => !isStoodInFor(statement.sql, standIns))
      await runStatements(client, needed, `supabase/migrations/${migration.file}`, 'migration')
      await client.query('insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)', [
        migration.version,
        migration.name,
        texts,
      ])
    })
    await apply.catch((error: unknown) => {
      if (!changed || !(error instanceof PlatformError)) throw error
      const remedy = `This database was made when ${changed} said something else. Remove its data folder to begin anew; what is in it is lost.`
      throw new PlatformError('migration_failed', `${error.message}\n${remedy}`, { cause: error })
    })
    applied.push(migration.file)
  }
  return { applied, fresh: history.size === 0 }
}

/** Runs the seed files of a fresh database, recorded by hash as the CLI records them. */
export async function applySeeds(client: pg.Client, supabaseDir: string, paths: string[]): Promise<string[]> {
  const files = paths.flatMap((path) => globSync(path, { cwd: supabaseDir }).sort())
  for (const file of files) {
    const path = join(supabaseDir, file)
    const text = readFileSync(path, 'utf8')
    await inTransaction(client, async () => {
      await runStatements(client, splitStatements(text), `supabase/${relative(supabaseDir, path)}`, 'seed')
      await client.query(
        `insert into supabase_migrations.seed_files (path, hash) values ($1, $2)
         on conflict (path) do update set hash = excluded.hash`,
        [`supabase/${relative(supabaseDir, path)}`, createHash('sha256').update(text).digest('hex')],
      )
    })
  }
  return files
}
