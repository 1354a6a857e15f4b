import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LogEntry, startPlatform } from '../../packages/local-platform/src/index.ts'
import { createLog } from '../../packages/local-platform/src/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/local-platform/src/postgres/embedded.ts'
import { copyOf, listen, spawnMain, until } from './support.ts'

const project = copyOf('basic')
const folder = mkdtempSync(join(tmpdir(), 'platform-external-'))
let server: EmbeddedPostgres

beforeAll(async () => {
  chmodSync(folder, 0o755)
  server = await startEmbeddedPostgres(join(folder, 'postgres'), createLog().log)
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
  project.remove()
})

/** A database of its own on the server that is not the platform's. */
async function newDatabase(name: string, prepare = ''): Promise<string> {
  const admin = new pg.Client(server.url)
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const url = server.url.replace(/\/postgres$/, `/${name}`)
  if (prepare) {
    const client = new pg.Client(url)
    await client.connect()
    await client.query(prepare)
    await client.end()
  }
  return url
}

describe('a platform on a database that is not its own', () => {
  it('brings what a plain PostgreSQL lacks, and leaves the database running and its data in place', async () => {
    const dbUrl = await newDatabase('plain')
    const target = await listen()
    for (const round of [1, 2]) {
      const platform = await startPlatform({ projectDir: project.dir, dbUrl })
      const client = new pg.Client(dbUrl)
      await client.connect()
      try {
        expect(platform.standIns).toEqual({ cron: true, net: true, vault: true })
        expect(platform.restartDatabase).toBeUndefined()
        const response = await fetch(`${platform.url}/rest/v1/ledger?select=amount`, {
          headers: { apikey: platform.secretKeys.default!, 'accept-profile': 'shop' },
        })
        expect(await response.json()).toEqual(Array.from({ length: round }, () => ({ amount: 1 })))
        await client.query('insert into shop.ledger (amount) values (1)')
        expect(await (await fetch(`${platform.url}/functions/v1/hello`)).text()).toBe('hello')
        await client.query('select net.http_get($1)', [`${target.url}/${round}`])
        await until('the request arrives', () => target.received.length === round)
        const { rows } = await client.query(`select decrypted_secret from vault.decrypted_secrets where name = 'project_url'`)
        expect(rows).toEqual([{ decrypted_secret: platform.url }])
      } finally {
        await client.end()
        await platform.stop()
      }
    }
    await target.close()
  })

  it('uses extensions that are installed, and leaves its own out', async () => {
    // An extension of the real name with nothing in it: what counts is that nothing of ours appears beside it.
    const dbUrl = await newDatabase(
      'furnished',
      `create extension pgcrypto;
       alter extension pgcrypto set schema public;
       update pg_extension set extname = 'pg_cron' where extname = 'plpgsql'`,
    )
    const platform = await startPlatform({ projectDir: project.dir, dbUrl, migrate: false })
    const client = new pg.Client(dbUrl)
    await client.connect()
    try {
      expect(platform.standIns).toEqual({ cron: false, net: true, vault: true })
      expect((await client.query(`select to_regnamespace('cron') as cron`)).rows).toEqual([{ cron: null }])
    } finally {
      await client.end()
      await platform.stop()
    }
  })

  it('runs under a user who is no superuser', async () => {
    const dbUrl = await newDatabase(
      'modest',
      `do $$ begin
         create role modest login createrole password 'modest';
       end $$;
       alter database modest owner to modest;
       grant anon, authenticated, service_role, authenticator to modest with admin option;`,
    )
    const platform = await startPlatform({ projectDir: project.dir, dbUrl: dbUrl.replace('postgres:postgres@', 'modest:modest@') })
    try {
      const ask = (key: string) => fetch(`${platform.url}/rest/v1/ledger`, { headers: { apikey: key, 'accept-profile': 'shop' } })
      expect((await ask(platform.secretKeys.default!)).status).toBe(200)
      expect((await ask(platform.publishableKey)).status).toBe(401)
    } finally {
      await platform.stop()
    }
  })
})

it('a database that falls silent does not keep the platform from stopping', async () => {
  const target = new URL(await newDatabase('silent'))
  // Between them a wire that stays connected and, once cut, carries nothing: what a lost network looks like.
  const sockets = new Set<Socket>()
  const wire = createServer((inward) => {
    const outward = connect(Number(target.port), target.hostname)
    inward.pipe(outward).pipe(inward)
    for (const socket of [inward, outward]) sockets.add(socket.on('error', () => undefined))
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  const address = wire.address() as AddressInfo
  const entries: LogEntry[] = []
  const platform = await startPlatform({
    projectDir: project.dir,
    dbUrl: Object.assign(new URL(target), { port: String(address.port) }).href,
    log: (entry) => entries.push(entry),
  })
  expect(await (await fetch(`${platform.url}/functions/v1/hello`)).text()).toBe('hello')
  for (const socket of sockets) socket.unpipe().pause()
  try {
    const began = performance.now()
    expect(await Promise.race([platform.stop().then(() => 'stopped'), delay(15_000, 'still stopping')])).toBe('stopped')
    expect(performance.now() - began).toBeLessThan(4000)
    expect(entries.filter((entry) => entry.level === 'warning').map((entry) => entry.message)).toContainEqual(
      expect.stringMatching(/^while stopping \w+: no answer in time/),
    )
    await expect(fetch(`${platform.url}/health`)).rejects.toThrow()
  } finally {
    for (const socket of sockets) socket.destroy()
    wire.close()
  }
})

describe('a database that cannot be used', () => {
  it('because the roles are missing says which user needs what', async () => {
    const dbUrl = await newDatabase(
      'powerless',
      `create role powerless login password 'powerless'; alter database powerless owner to powerless`,
    )
    const main = spawnMain([
      '--project-dir',
      project.dir,
      '--data-dir',
      join(folder, 'guest'),
      '--db-url',
      dbUrl.replace('postgres:postgres@', 'powerless:powerless@'),
    ])
    expect(await main.exited).toMatchObject({ code: 1 })
    expect(main.errors()).toMatch(
      /The user "powerless" .* As a superuser, run \S+roles\.sql and then: grant .* to "powerless" with admin option/,
    )
    expect(main.errors()).not.toContain('    at ') // a message, not a stack
  })

  it('is named with its place and a remedy when nothing answers there', async () => {
    const dbUrl = 'postgresql://nobody:secret-word@127.0.0.1:1/nothing'
    const main = spawnMain(['--project-dir', project.dir, '--db-url', dbUrl])
    expect(await main.exited).toMatchObject({ code: 1 })
    expect(main.errors()).toMatch(/No PostgreSQL answers at 127.0.0.1:1: .*Check dbUrl \(--db-url\)/)
    expect(main.errors()).not.toContain('secret-word')
  })
})
