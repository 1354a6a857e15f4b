import pg from 'pg'
import { PlatformError } from '../platform-error.ts'
import { platformApplicationName } from '../postgres/orphan.ts'

export type Client = pg.Client

export function createClient(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, application_name: platformApplicationName, connectionTimeoutMillis: 10_000 })
  // Without a listener a lost connection would end the process; whoever uses the client sees its query fail.
  client.on('error', () => undefined)
  return client
}

export async function connect(url: string): Promise<pg.Client> {
  const client = createClient(url)
  await client.connect()
  return client
}

/** Connects and checks that this is a PostgreSQL the platform can stand on. */
export async function connectChecked(url: string, remedy: string): Promise<pg.Client> {
  const client = createClient(url)
  try {
    await client.connect()
  } catch (cause) {
    const place = describePlace(url)
    throw new PlatformError(
      'database_unreachable',
      `No PostgreSQL answers at ${place}: ${(cause as Error).message || String(cause)}. ${remedy}`,
      {
        cause,
      },
    )
  }
  const { rows } = await client.query(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  )
  try {
    requireVersion(rows[0].number, rows[0].version, describePlace(url))
  } catch (error) {
    await client.end()
    throw error
  }
  return client
}

/** 15 is the oldest version a hosted project runs. */
export function requireVersion(number: number, version: string, place: string): void {
  if (number >= 150_000) return
  throw new PlatformError(
    'database_too_old',
    `PostgreSQL ${version} at ${place} is too old: version 15 or newer is needed. Leave dbUrl (--db-url) out to use the embedded PostgreSQL 17.`,
  )
}

function describePlace(url: string): string {
  try {
    const parsed = new URL(url)
    return `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}`
  } catch {
    return 'the given address'
  }
}
