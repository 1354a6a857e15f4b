import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { jobKinds } from '@agon/runner-core/job-kinds'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { ourSchemasInSql } from '../../scripts/our-schemas.ts'
import { beginningAs } from './clusters.ts'

/*
 * A PostgreSQL 17 for tests. One cluster serves a whole vitest run (tests/support/postgres-keeper.ts), every test file has a
 * database of its own, copied from a migrated template, and every test begins with it empty. Nothing is mocked, nothing sleeps:
 * a lease is lost by writing its expiry into the past.
 */

// Ids and tokens stay far below 2^53 in a test.
const types = pg.types as unknown as Record<'getTypeParser' | 'setTypeParser', (oid: number, parse?: unknown) => (text: string) => string[]>
const int8 = 20
const int8Array = 1016 // in no list of names: the arrays have none
const parseTextArray = types.getTypeParser(int8Array)
types.setTypeParser(int8, Number)
types.setTypeParser(int8Array, (text: string) => parseTextArray(text).map(Number))

export type Client = pg.Client
export const projectUrl = 'http://platform.test'
export const workerKey = 'sb_secret_worker_of_the_tests'

async function clusterUrl(): Promise<string> {
  // One folder a run: named after vitest's own process, which is our parent in a process pool and ourselves in a thread pool.
  const vitestPid = isMainThread ? process.ppid : process.pid
  const folder = join(tmpdir(), `agon-tests-${vitestPid}`)
  const report = join(folder, 'ready.json')
  try {
    mkdirSync(folder)
    const keeper = fileURLToPath(new URL('./postgres-keeper.ts', import.meta.url))
    spawn(process.execPath, [keeper, folder, String(vitestPid)], { detached: true, stdio: 'ignore' }).unref()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another test file was first
  }
  const deadline = performance.now() + 90_000
  while (!existsSync(report)) {
    if (performance.now() > deadline) throw new Error(`no PostgreSQL after 90 s in ${folder}`)
    await delay(10)
  }
  const { url, error } = JSON.parse(readFileSync(report, 'utf8')) as { url?: string; error?: string }
  if (!url) throw new Error(`the test database could not be made: ${error}`)
  return url
}

export interface TestDatabase {
  url: string
  /** The file's first connection. A test called concurrent opens more with connect(). */
  sql: Client
  connect(): Promise<Client>
  /** Connections for a race, all of them open before it begins. */
  connectMany(count: number): Promise<Client[]>
}

async function open(url: string): Promise<Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/**
 * The empty database of this test file: call it once, at the top, and use it inside tests. kept: a test finds what the one before left.
 * alone: on a server of its own, without autovacuum, for what counts pages: an open transaction in any database of a server keeps old rows there.
 */
export function useDatabase({ kept = false, alone = false } = {}): TestDatabase {
  const name = `agon_${randomUUID().replaceAll('-', '')}`
  const clients: Client[] = []
  let adminUrl = ''
  const database: TestDatabase = {
    url: '',
    get sql(): Client {
      return clients[0]!
    },
    async connect() {
      const client = await open(database.url)
      clients.push(client)
      return client
    },
    connectMany: (count) => Promise.all(Array.from({ length: count }, () => database.connect())),
  }
  let server: EmbeddedPostgres | undefined
  let folder = ''
  beforeAll(async () => {
    if (alone) {
      folder = mkdtempSync(join(tmpdir(), 'agon-alone-'))
      chmodSync(folder, 0o755) // PostgreSQL's user has to walk through it
      server = await startEmbeddedPostgres(join(folder, 'postgres'), () => undefined, beginningAs('database').template)
    }
    adminUrl = server?.url ?? (await clusterUrl())
    const admin = await open(adminUrl)
    if (alone) {
      await admin.query('alter system set autovacuum = off')
      await admin.query('select pg_reload_conf()')
    }
    await admin.query(`create database ${name} template agon_template strategy file_copy`)
    // Database settings are not copied with a template.
    const settings = await rows<{ setting: string }>(
      admin,
      `select unnest(setconfig) as setting from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase and s.setrole = 0
       where d.datname = 'agon_template'`,
    )
    for (const { setting } of settings) {
      const [key, text] = setting.split(/=(.*)/s)
      await admin.query(`alter database ${name} set ${key} = ${key === 'search_path' ? text : admin.escapeLiteral(text!)}`)
    }
    await admin.end()
    database.url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href
    await database.connect()
  })
  beforeEach(async () => {
    if (kept) return
    await Promise.all(clients.splice(1).map((client) => client.end()))
    await empty(database.sql)
  })
  afterAll(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)))
    if (server) {
      await server.stop()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    }
    if (!adminUrl || server) return
    const admin = await open(adminUrl)
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })
  return database
}

/** Everything a test can leave behind. What migrations put in (kinds, their own queues, schedules) stays. */
export async function empty(client: Client): Promise<void> {
  await client.query(`
    rollback; reset role; reset all;
    set session_replication_role = replica;
    do $$ declare name text; begin
      for name in select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname in ${ourSchemasInSql} and tablename not in ('job_kinds', 'queues', 'retention', 'vote_settings')
      loop execute 'delete from ' || name; end loop;
    end $$;
    delete from execution.queues where kind <> all ('{${jobKinds.join(',')}}') or concurrency_key is not null or limit_key is not null;
    delete from execution.job_kinds where kind <> all ('{${jobKinds.join(',')}}');
    reset session_replication_role;
    update execution.queues set paused = false;
    update battles.vote_settings set most_per_minute = 30, most_per_day = 500, most_per_source = 5;
    delete from vault.secrets; delete from net.http_request_queue`)
}

/** Does it in a transaction whose driver, a connection of its own, is killed before it commits. */
export async function killedIn(
  { sql, connectMany }: Pick<TestDatabase, 'sql' | 'connectMany'>,
  act: (driver: Client) => Promise<unknown>,
): Promise<void> {
  const [driver] = (await connectMany(1)) as [Client & { processID: number }]
  await driver.query('begin')
  await act(driver)
  const gone = new Promise((resolve) => driver.once('end', resolve))
  await sql.query('select pg_terminate_backend($1)', [driver.processID])
  await gone
}

/** Whoever held a lease has not been heard of since. */
export async function loseLeases(client: Client): Promise<void> {
  await client.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  await client.query('select execution.sweep()')
}

/** Runs as the API would: as one of its roles, with a signed-in user's claims when there is one. Ends by asRole(client, 'postgres'). */
export async function asRole(client: Client, role: 'anon' | 'authenticated' | 'service_role' | 'postgres', userId?: string): Promise<void> {
  await client.query(role === 'postgres' ? 'reset role' : `set role ${role}`)
  const claims = userId ? JSON.stringify({ sub: userId, role }) : ''
  await client.query(`select set_config('request.jwt.claims', $1, false)`, [claims])
}

/** One value of one row. */
export async function value<T>(client: Client, text: string, values: unknown[] = []): Promise<T> {
  const { rows } = await client.query({ text, values, rowMode: 'array' })
  return rows[0]?.[0] as T
}

export async function rows<T = Record<string, unknown>>(client: Client, text: string, values: unknown[] = []): Promise<T[]> {
  return (await client.query(text, values)).rows as T[]
}

/**
 * Returns when this connection's statement waits for another's lock: tests of two connections go on from here instead of sleeping.
 * Given the statement, it also returns when that has ended without waiting.
 */
export async function untilWaiting(observer: Client, waiter: Client, statement?: Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 10_000
  const { processID } = waiter as Client & { processID: number }
  let ended = false
  const end = () => {
    ended = true
  }
  statement?.then(end, end)
  while (!ended && !(await value<boolean>(observer, 'select cardinality(pg_blocking_pids($1)) > 0', [processID]))) {
    if (performance.now() > deadline) throw new Error('the second connection never waited for the first')
    await delay(2)
  }
}

/** Warnings this connection receives while the work runs: what the database log would say to an operator. */
export async function warningsDuring(client: Client, work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = []
  const listen = (notice: { message?: string; severity?: string }) =>
    void (notice.severity === 'WARNING' && warnings.push(notice.message ?? ''))
  client.on('notice', listen)
  await work()
  client.off('notice', listen)
  return warnings
}

/** The same again and again on one connection, in turn. */
export async function times<T>(count: number, make: (nth: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let nth = 0; nth < count; nth++) made.push(await make(nth))
  return made
}

/** What every table of our schemas holds, as text: equal dumps mean that nothing changed. */
export async function dump(client: Client): Promise<string> {
  const tables = await rows<{ name: string }>(
    client,
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname in ${ourSchemasInSql} order by 1`,
  )
  const union = tables.map(({ name }) => `select '${name}' as name, to_jsonb(t)::text as line from ${name} t`).join(' union all ')
  const lines = await rows<{ name: string; line: string }>(client, `${union} order by 1, 2`)
  return lines.map(({ name, line }) => `${name} ${line}`).join('\n')
}
