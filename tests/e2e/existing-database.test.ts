import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { projectDir, simpleProvider, startArena } from '../support/arena.ts'

// A PostgreSQL 17 that is there already, with nothing in it: the platform is a guest, brings the product and leaves it there.

const folder = mkdtempSync(join(tmpdir(), 'existing-database-'))
let server: EmbeddedPostgres
let dbUrl: string
beforeAll(async () => {
  chmodSync(folder, 0o755)
  server = await startEmbeddedPostgres(join(folder, 'server'), () => undefined)
  const admin = await open(server.url)
  await admin.query('create database arena')
  await admin.end()
  dbUrl = Object.assign(new URL(server.url), { pathname: '/arena' }).href
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

const startGuest = async (owner: string) => {
  const arena = await startArena({ owner, dbUrl, dataDir: join(folder, 'guest') })
  simpleProvider(arena.provider)
  return arena
}

test('a battle runs on a PostgreSQL the platform did not start, and is still there for the next platform', async () => {
  const first = await startGuest('first')
  let id: string
  try {
    expect(first.platform.dbUrl).toBe(dbUrl)
    expect(first.platform.restartDatabase).toBeUndefined()
    const { rows } = await first.database.query<{ version: string }>(
      'select version from supabase_migrations.schema_migrations order by version',
    )
    const migrations = readdirSync(join(projectDir, 'supabase/migrations')).filter((name) => name.endsWith('.sql'))
    expect(rows.map(({ version }) => version)).toEqual(migrations.map((name) => name.split('_')[0]).sort())

    id = await first.create({ prompt: 'Name a colour, and say why.' })
    expect(await first.settled(id)).toMatchObject({
      status: 'closed',
      outcome: 'winner',
      winner_slot: 'A',
      contenders: [{ rating: { before: 1000, after: 1016 } }, { rating: { before: 1000, after: 984 } }],
    })
  } finally {
    await first.stop()
  }

  // The guest has gone: no cluster of its own, nobody connected, and the server runs on.
  expect(existsSync(join(folder, 'guest'))).toBe(false)
  expect(readFileSync(join(folder, 'server/postmaster.pid'), 'utf8').split('\n')[7]?.trim()).toBe('ready')
  const visitor = await open(dbUrl)
  try {
    const { rows } = await visitor.query(
      'select application_name, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    expect(rows).toEqual([])
    const battles = await visitor.query('select battle_id, status::text from battles.battles')
    expect(battles.rows).toEqual([{ battle_id: id, status: 'closed' }])
  } finally {
    await visitor.end()
  }

  const second = await startGuest('second')
  try {
    const again = await second.create({ prompt: 'Name another.' })
    expect(await second.settled(again)).toMatchObject({
      status: 'closed',
      contenders: [{ rating: { before: 1016 } }, { rating: { before: 984 } }],
    })
  } finally {
    await second.stop()
  }
})
