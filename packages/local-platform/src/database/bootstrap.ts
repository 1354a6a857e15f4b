import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { Log } from '../log.ts'
import { PlatformError } from '../platform-error.ts'

/** Which of our stand-ins are in use. False: the database has the real extension, and ours stays out of its way. */
export interface StandIns {
  cron: boolean
  net: boolean
  vault: boolean
}

export const standInOf: Record<string, keyof StandIns> = { pg_cron: 'cron', pg_net: 'net', supabase_vault: 'vault' }

const readSql = (name: string) => readFileSync(new URL(`../sql/${name}.sql`, import.meta.url), 'utf8')

/** The real extension is used when it is installed, or can be; an extension that is listed but cannot be created is stood in for. */
async function useExtension(client: pg.Client, name: string, log: Log): Promise<boolean> {
  const { rows } = await client.query(
    `select installed_version is not null as installed from pg_catalog.pg_available_extensions where name = $1
     union all select true from pg_catalog.pg_extension where extname = $1`,
    [name],
  )
  if (rows.length === 0) return false
  if (rows.some((row) => row.installed)) return true
  try {
    await client.query(`create extension if not exists "${name}" cascade`)
    return true
  } catch (error) {
    log({
      source: 'platform',
      level: 'warning',
      message: `extension ${name} is available but cannot be created (${(error as Error).message}); the platform's own stands in`,
    })
    return false
  }
}

export interface BootstrapOptions {
  /** The schemas of the auth and storage services, as those services ship them. */
  serviceSql: string[]
  /** True where the vault's key is a file of ours in the data directory. */
  vaultKeyFile: boolean
  exposeNewTables: boolean
  /** What the REST service exposes; the advisors and linters of the Supabase CLI read it from the database. */
  exposedSchemas: string[]
}

/** Brings a plain PostgreSQL to where a hosted project stands before its own first migration. Safe to run at every start. */
export async function bootstrap(client: pg.Client, options: BootstrapOptions, log: Log): Promise<StandIns> {
  await createRoles(client)
  const hosted = await client.query(
    "select to_regclass('auth.users') is not null and to_regclass('auth.schema_migrations') is not null as yes",
  )
  // A hosted-like database has auth and storage of its own making: it is used as it is.
  if (!hosted.rows[0].yes) {
    await client.query(options.serviceSql.join('\n'))
    await client.query(readSql('platform'))
    await nameExposedSchemas(client, options.exposedSchemas)
  }
  const standIns: StandIns = {
    cron: !(await useExtension(client, 'pg_cron', log)),
    net: !(await useExtension(client, 'pg_net', log)),
    vault: !(await useExtension(client, 'supabase_vault', log)),
  }
  if (standIns.cron) await client.query(readSql('cron'))
  if (standIns.net) await client.query(readSql('net'))
  if (standIns.vault) await createVault(client, options.vaultKeyFile)
  if (options.exposeNewTables) await client.query(exposeNewTablesSql)
  await client.query(readSql('schema-reload')).catch((error: Error) => {
    log({ source: 'platform', level: 'warning', message: `the REST API will not see later schema changes by itself: ${error.message}` })
  })
  return standIns
}

/** A role that passes row-level security is made by a superuser, or by a role that passes it itself. */
async function createRoles(client: pg.Client): Promise<void> {
  try {
    await client.query(readSql('roles'))
  } catch (cause) {
    if ((cause as pg.DatabaseError).code !== '42501') throw cause
    const { rows } = await client.query('select current_user as name')
    const user = client.escapeIdentifier(rows[0].name)
    throw new PlatformError(
      'roles_missing',
      `The user ${user} of this database may not make the roles a hosted project has (${(cause as Error).message}). As a superuser, run ` +
        `packages/local-platform/src/sql/roles.sql and then: grant anon, authenticated, service_role, authenticator to ${user} with admin option;`,
      { cause },
    )
  }
}

/** Only a superuser may store a setting PostgreSQL does not know; without it the advisors are silent and all else works. */
async function nameExposedSchemas(client: pg.Client, schemas: string[]): Promise<void> {
  const { rows } = await client.query('select current_database() as name, rolsuper from pg_catalog.pg_roles where rolname = current_user')
  if (!rows[0]?.rolsuper) return
  await client.query(
    `alter database ${client.escapeIdentifier(rows[0].name)} set pgrst.db_schemas = ${client.escapeLiteral(schemas.join(','))}`,
  )
}

async function createVault(client: pg.Client, keyFile: boolean): Promise<void> {
  const { rows } = await client.query(
    "select n.nspname as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pgcrypto'",
  )
  if (rows.length === 0) {
    throw new PlatformError(
      'extension_missing',
      'This database has neither supabase_vault nor pgcrypto, so secrets cannot be encrypted. Install pgcrypto (package postgresql-contrib) or leave dbUrl (--db-url) out.',
    )
  }
  await client.query(readSql(keyFile ? 'vault-key-file' : 'vault-key-table'))
  await client.query(readSql('vault').replaceAll('extensions.pgp_sym_', `${rows[0].schema}.pgp_sym_`))
}

const exposeNewTablesSql = `
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
  alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
`
