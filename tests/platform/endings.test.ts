import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startPlatform } from '../../packages/local-platform/src/index.ts'
import { beginningAs } from '../support/clusters.ts'
import { copyOf, isAlive, query, startMain, until } from './support.ts'

// How a platform in this process ends, and what its database may do meanwhile. tests/platform/lifecycle.test.ts: platforms as processes.

let project: ReturnType<typeof copyOf>
let dataDir: string

beforeEach(() => {
  project = copyOf('basic')
  dataDir = join(project.dir, 'data', 'postgres')
})

afterEach(() => project.remove())

/** Processes of this test's own that run PostgreSQL or a function. */
const children = () =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map(Number)
    .filter((pid) => pid && isAlive(pid))

const migration = (name: string, sql: string) => writeFileSync(join(project.dir, 'supabase/migrations', name), sql)

describe('a platform', () => {
  it('answers again after its database was restarted', async () => {
    const platform = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare') })
    try {
      const ask = () =>
        fetch(`${platform.url}/rest/v1/rpc/secret_number`, {
          method: 'POST',
          headers: { apikey: platform.secretKeys.default!, 'content-profile': 'shop', 'content-type': 'application/json' },
          body: '{}',
        })
      expect((await ask()).status).toBe(200)
      await platform.restartDatabase?.()
      await until('the REST service answers again', async () => (await ask()).status === 200)
      // and what works beside it does too
      await query(platform.dbUrl, `select net.http_get('${platform.url}/health')`)
      await until(
        'requests are sent again',
        async () => (await query(platform.dbUrl, 'select 1 from net._http_response where status_code = 200')).length > 0,
      )
      await query(platform.dbUrl, `select cron.schedule('again', '1 second', 'select 1')`)
      await until(
        'jobs run again',
        async () => (await query(platform.dbUrl, `select 1 from cron.job_run_details where status = 'succeeded'`)).length > 0,
      )
    } finally {
      await platform.stop()
    }
  })

  it('survives a database that restarts under load, again and again, and answers as before', async () => {
    const platform = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare') })
    try {
      const ask = () =>
        fetch(`${platform.url}/rest/v1/rpc/secret_number`, {
          method: 'POST',
          headers: { apikey: platform.secretKeys.default!, 'content-profile': 'shop', 'content-type': 'application/json' },
          body: '{}',
          signal: AbortSignal.timeout(3000),
        }).then((response) => response.status === 200)
      const busy = new AbortController()
      const callers = Array.from({ length: 8 }, async () => {
        while (!busy.signal.aborted) await ask().catch(() => false)
      })
      for (let round = 0; round < 5; round++) {
        await platform.restartDatabase?.()
        await until('the REST service answers again', () => ask().catch(() => false))
      }
      busy.abort()
      await Promise.all(callers)
      // A connection that was lost in mid-request must not be handed out again.
      expect(await Promise.all(Array.from({ length: 30 }, ask))).not.toContain(false)
    } finally {
      await platform.stop()
    }
  })

  it('that was temporary and killed is cleared away by the next temporary one', async () => {
    const killed = await startMain(['--project-dir', project.dir, '--temporary', '--quiet'])
    const [{ data_directory: folder }] = (await query(killed.dbUrl, 'show data_directory')) as [{ data_directory: string }]
    const database = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
    killed.process.kill('SIGKILL')
    await killed.exited
    expect(isAlive(database)).toBe(true)
    const next = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare'), migrate: false })
    try {
      // Whichever platform of the machine starts next clears it away, and another may remove the folder while this one still stops the server.
      await until('the folder is gone', () => !existsSync(folder))
      await until('the server has stopped', () => !isAlive(database))
    } finally {
      await next.stop()
    }
  })

  it('takes its database with it when the process ends by an exception', async () => {
    const script = join(project.dir, 'throws.ts')
    writeFileSync(
      script,
      `import { startPlatform } from ${JSON.stringify(new URL('../../packages/local-platform/src/index.ts', import.meta.url).href)}
       const platform = await startPlatform({ projectDir: ${JSON.stringify(project.dir)}, dataDir: ${JSON.stringify(dataDir)}, migrate: false })
       throw new Error('unforeseen')`,
    )
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([1, expect.stringContaining('unforeseen')])
    await until('the database has ended', () => !existsSync(join(dataDir, 'postmaster.pid')))
  })

  describe('with work in flight', () => {
    const startWithWork = async () => {
      migration(
        '20260102000000_slow.sql',
        `create function shop.slow(seconds float) returns integer language sql set search_path = '' as 'select pg_catalog.pg_sleep(seconds); select 1';
         create function shop.slow_until_opened() returns integer language sql set search_path = ''
           as 'select pg_catalog.pg_advisory_xact_lock_shared(7); select 1'`,
      )
      const before = children()
      const platform = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare') })
      const folder = String((await query(platform.dbUrl, 'show data_directory'))[0]?.data_directory)
      const status = async (answer: Promise<Response>) => {
        try {
          const response = await answer
          await response.text()
          return response.status
        } catch {
          return 'cut'
        }
      }
      return {
        platform,
        /** What the platform left running or lying about. */
        left: () => [...children().filter((pid) => !before.includes(pid)), ...(existsSync(folder) ? [folder] : [])],
        rpc: (name: string, body: object = {}) =>
          status(
            fetch(`${platform.url}/rest/v1/rpc/${name}`, {
              method: 'POST',
              headers: { apikey: platform.secretKeys.default!, 'content-profile': 'shop', 'content-type': 'application/json' },
              body: JSON.stringify(body),
            }),
          ),
        life: (search: string) => status(fetch(`${platform.url}/functions/v1/life${search}`)),
        underWay: (count: number) =>
          until('the requests are with the database', async () => {
            const [row] = await query(
              platform.dbUrl,
              `select count(*)::int as n from pg_stat_activity where state = 'active' and query like '%slow%' and pid <> pg_backend_pid()`,
            )
            return row?.n === count
          }),
      }
    }

    it('answers what is nearly done, refuses the rest, and stops', async () => {
      const { platform, rpc, life, underWay, left } = await startWithWork()
      expect(await life('')).toBe(200)
      const gate = new pg.Client(platform.dbUrl)
      await gate.connect()
      await gate.query('select pg_advisory_lock(7)')
      const short = [rpc('slow_until_opened'), rpc('slow_until_opened')]
      // Ten minutes: a stop that waits for them outlasts this test.
      const endless = [rpc('slow', { seconds: 600 }), life('?wait=600000')]
      await underWay(3)
      const stopped = platform.stop()
      await gate.end() // the lock ends with its session
      await stopped
      expect(await Promise.all(short)).toEqual([200, 200])
      expect(await Promise.all(endless)).toEqual([503, 503])
      expect(left()).toEqual([])
    })

    it('answers on a kept connection that it is stopping, not that it failed', async () => {
      const { platform, rpc, underWay } = await startWithWork()
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const ask = () =>
        new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
          const asked = request(
            `${platform.url}/rest/v1/rpc/secret_number`,
            {
              agent,
              method: 'POST',
              headers: { apikey: platform.secretKeys.default!, 'content-profile': 'shop', 'content-type': 'application/json' },
            },
            (response) => {
              let body = ''
              response.on('data', (chunk) => {
                body += chunk
              })
              response.on('end', () => resolve({ status: response.statusCode, body }))
              response.on('error', reject)
            },
          )
          asked.on('error', reject)
          asked.end('{}')
        })
      try {
        const endless = rpc('slow', { seconds: 600 }) // holds the stop for as long as its patience lasts
        await underWay(1)
        expect((await ask()).status).toBe(200)
        const stopped = platform.stop()
        let last = await ask()
        while (last.status === 200) last = await ask()
        expect(last).toEqual({ status: 503, body: expect.stringContaining('"code":"platform_stopping"') })
        await stopped
        expect(await endless).toBe(503)
      } finally {
        agent.destroy()
        await platform.stop()
      }
    })

    it('stops with more requests than the database has connections, at whatever moment', async () => {
      for (const afterMs of [0, 2, 5, 10, 20]) {
        const { platform, rpc, left } = await startWithWork()
        const answers = Array.from({ length: 30 }, () => rpc('secret_number'))
        await delay(afterMs)
        await platform.stop()
        expect((await Promise.all(answers)).filter((answer) => answer !== 200 && answer !== 503)).toEqual([])
        expect(left()).toEqual([])
      }
    })
  })

  it('lets its process warn as it did before', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    const platform = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare'), migrate: false })
    try {
      process.emitWarning(new Error('a warning that is an Error, as Node itself emits them'))
      expect((await warned).message).toContain('a warning that is an Error')
    } finally {
      await platform.stop()
    }
  })

  it('leaves nothing behind when it was temporary, and can be stopped twice', async () => {
    const platform = await startPlatform({ projectDir: project.dir, temporary: true })
    const [{ data_directory: folder }] = (await query(platform.dbUrl, 'show data_directory')) as [{ data_directory: string }]
    expect(existsSync(folder)).toBe(true)
    await platform.stop()
    await platform.stop()
    expect(existsSync(folder)).toBe(false)
  })

  // Only root hands PostgreSQL to another user, who may then not get there.
  it.runIf(process.getuid?.() === 0)('says which folder keeps PostgreSQL from its data', async () => {
    const closed = join(project.dir, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    await expect(startPlatform({ projectDir: project.dir, dataDir: join(closed, 'postgres') })).rejects.toThrow(
      new RegExp(`cannot enter ${closed},.*Choose another folder with dataDir`),
    )
  })

  it('refuses a port that is taken, naming it', async () => {
    const platform = await startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare'), migrate: false })
    try {
      const port = Number(new URL(platform.url).port)
      await expect(startPlatform({ projectDir: project.dir, temporary: true, ...beginningAs('bare'), port })).rejects.toThrow(
        `Port ${port} cannot be opened: it is in use. Choose another with port (--port), or leave it out.`,
      )
    } finally {
      await platform.stop()
    }
  })
})
