import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LogEntry, type Platform, startPlatform } from '../../packages/local-platform/src/index.ts'
import { copyCluster } from '../../packages/local-platform/src/postgres/cluster.ts'
import { findProcessOwner, prepareOwnedDirectory } from '../../packages/local-platform/src/postgres/owner.ts'
import { beginningAs } from '../support/clusters.ts'
import { copyOf, type RunningMain, spawnMain, startMain, until } from './support.ts'

let project: ReturnType<typeof copyOf>
let dataDir: string
const running: RunningMain[] = []

beforeEach(() => {
  project = copyOf('basic')
  dataDir = join(project.dir, 'data', 'postgres')
})

afterEach(async () => {
  for (const main of running.splice(0)) {
    if (main.process.exitCode === null && main.process.signalCode === null) main.process.kill('SIGINT')
    await main.exited
  }
  project.remove()
})

/** Where nothing is, a cluster that initdb has made: what it makes of nothing is the first test's, and that of each temporary platform. */
async function initialised(): Promise<void> {
  const { template } = beginningAs('bare')
  if (!template || existsSync(dirname(dataDir))) return
  const owner = findProcessOwner()
  mkdirSync(dirname(dataDir))
  prepareOwnedDirectory(dataDir, owner)
  await copyCluster(template, dataDir, owner)
}

async function start({ fresh = false } = {}): Promise<RunningMain> {
  if (!fresh) await initialised()
  const main = await startMain(['--project-dir', project.dir, '--data-dir', dataDir, '--quiet'])
  running.push(main)
  return main
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
/** Processes of this test's own that run PostgreSQL or a function. */
const children = () =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map(Number)
    .filter((pid) => pid && isAlive(pid))

/** How long a stop took, in milliseconds; `Infinity` when it had to be given up. */
async function timeToStop(platform: Platform): Promise<number> {
  const began = performance.now()
  const stopped = await Promise.race([platform.stop().then(() => true), delay(15_000, false)])
  return stopped ? performance.now() - began : Number.POSITIVE_INFINITY
}

const postmaster = () => Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
const script = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url))
const migration = (name: string, sql: string) => writeFileSync(join(project.dir, 'supabase/migrations', name), sql)

describe('a platform process', () => {
  it('that is killed leaves its data to the next one, which stops what was left running', async () => {
    const first = await start({ fresh: true })
    await query(first.dbUrl, `insert into shop.ledger (amount, note) values (42, '"kept"')`)
    const execution = await (await fetch(`${first.url}/functions/v1/life`)).text()
    const orphan = postmaster()
    first.process.kill('SIGKILL')
    await first.exited
    expect(isAlive(orphan)).toBe(true)

    const second = await start()
    expect(isAlive(orphan)).toBe(false)
    expect(second.errors()).toContain('left behind by a platform that was killed')
    expect(await query(second.dbUrl, 'select amount from shop.ledger where amount = 42')).toEqual([{ amount: '42' }])
    expect(second.secretKey).toBe(first.secretKey)
    expect(await (await fetch(`${second.url}/functions/v1/life`)).text()).not.toBe(execution)
  })

  it('that is killed takes its functions with it', async () => {
    const main = await start()
    const pids = () => {
      const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(main.process.pid)], { encoding: 'utf8' })
      return stdout.split('\n').map(Number).filter(Boolean)
    }
    const database = postmaster()
    await (await fetch(`${main.url}/functions/v1/life`)).text()
    const functions = pids().filter((pid) => pid !== database)
    expect(functions).toHaveLength(1)
    main.process.kill('SIGKILL')
    await main.exited
    await until('the function process is gone', () => !functions.some(isAlive))
  })

  it('recovers when the database was killed with it, as in a power cut', async () => {
    const first = await start()
    await query(first.dbUrl, 'insert into shop.ledger (amount) values (43)')
    const database = postmaster()
    first.process.kill('SIGKILL')
    process.kill(database, 'SIGKILL')
    await first.exited
    await until('the database is gone', () => !isAlive(database))
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(true)
    const second = await start()
    expect(await query(second.dbUrl, 'select amount from shop.ledger where amount = 43')).toHaveLength(1)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly on %s', async (signal) => {
    const main = await start()
    await (await fetch(`${main.url}/functions/v1/life`)).text()
    const database = postmaster()
    main.process.kill(signal)
    expect(await main.exited).toEqual({ code: 0, signal: null })
    expect(isAlive(database)).toBe(false)
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
  })

  it('started by npm ends when npm is told to', async () => {
    await initialised()
    // npm's part: a shell that waits for the command, and gets the signal.
    const command = `node ${JSON.stringify(script)} start --project-dir ${project.dir} --data-dir ${dataDir} --quiet; true`
    const shell = spawn('sh', ['-c', command], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    })
    let output = ''
    shell.stdout.on('data', (chunk) => {
      output += chunk
    })
    const silent = new Promise((resolve) => shell.once('close', resolve)) // the last process that could print has ended
    await until('it runs', () => output.includes('Ctrl-C stops it'))
    const database = postmaster()
    shell.kill('SIGTERM')
    await silent
    expect(isAlive(database)).toBe(false)
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false)
  })

  it('does not disturb another one on the same data', async () => {
    const first = await start()
    const second = spawnMain(['--project-dir', project.dir, '--data-dir', dataDir])
    expect(await second.exited).toMatchObject({ code: 1 })
    expect(second.errors()).toMatch(/Another platform is running on .*Stop it, or use another dataDir/)
    expect((await fetch(`${first.url}/health`)).status).toBe(200)
    expect(await query(first.dbUrl, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('says how long the first request took', async () => {
    expect((await start()).output()).toMatch(/^first request answered in \d+ ms$/m)
  })
})

describe('a bad option', () => {
  it.each([
    [['--port', 'http'], /--port is http: expected a number/],
    [['--colour'], /--colour.*See --help/s],
    [['--db-url', 'mysql://localhost/x'], /dbUrl: expected postgresql:/],
    [['--project-dir', '/nowhere-at-all'], /has no folder supabase\/.*--project-dir/],
    [['--temporary', '--data-dir', 'x'], /dataDir and temporary exclude each other/],
  ])('%j ends with 2 and says what to change', async (args, message) => {
    const main = spawnMain(args.includes('--project-dir') ? args : ['--project-dir', project.dir, ...args])
    expect(await main.exited).toEqual({ code: 2, signal: null })
    expect(main.errors()).toMatch(message)
    expect(main.errors()).not.toContain('    at ') // a message, not a stack
  })
})

describe('migrations', () => {
  const startHere = async () => {
    const entries: LogEntry[] = []
    const platform = await startPlatform({ projectDir: project.dir, dataDir, ...beginningAs('bare'), log: (entry) => entries.push(entry) })
    return { platform, entries }
  }

  it('are applied once, later ones on the next start, and the seed never again', async () => {
    const first = await startHere()
    await first.platform.stop()
    migration('20260102000000_more.sql', `create table shop.more (id int);\ninsert into shop.more values (1);`)
    const second = await startHere()
    try {
      const history = await query(second.platform.dbUrl, 'select version from supabase_migrations.schema_migrations order by 1')
      expect(history).toEqual([{ version: '20260101000000' }, { version: '20260102000000' }])
      expect(await query(second.platform.dbUrl, 'select count(*)::int as n from shop.more')).toEqual([{ n: 1 }])
      expect(await query(second.platform.dbUrl, 'select count(*)::int as n from shop.ledger')).toEqual([{ n: 1 }])
      expect(second.entries.filter((entry) => entry.level === 'warning')).toEqual([])
    } finally {
      await second.platform.stop()
    }
  })

  it('that changed after they were applied are a warning', async () => {
    await (await startHere()).platform.stop()
    const file = join(project.dir, 'supabase/migrations/20260101000000_shop.sql')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\ncreate table shop.sneaked_in ();`)
    const { platform, entries } = await startHere()
    await platform.stop()
    expect(entries.map((entry) => entry.message)).toContainEqual(
      expect.stringMatching(/20260101000000_shop.sql has changed since it was applied/),
    )
  })

  it('that fail because an earlier one was changed say that, and what to do', async () => {
    await (await startHere()).platform.stop()
    const file = join(project.dir, 'supabase/migrations/20260101000000_shop.sql')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\ncreate table shop.sneaked_in ();`)
    migration('20260102000000_later.sql', 'alter table shop.sneaked_in add column id int;')
    await expect(startHere()).rejects.toThrow(/20260101000000_shop.sql said something else. Remove its data folder/)
  })

  it('that fail name file, line and statement, and leave nothing behind', async () => {
    migration('20260102000000_wrong.sql', 'create table shop.half (id int);\n\nselect\n  nonsense\nfrom shop.half;\n')
    await expect(startHere()).rejects.toThrow(
      /supabase\/migrations\/20260102000000_wrong.sql, line 4 \(statement 2\): column "nonsense" does not exist \(42703\)/,
    )
    migration('20260102000000_wrong.sql', 'create table shop.half (id int);')
    const { platform } = await startHere()
    expect(await query(platform.dbUrl, 'select count(*)::int as n from shop.half')).toEqual([{ n: 0 }])
    await platform.stop()
  })
})

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
        `create function shop.slow(seconds float) returns integer language sql set search_path = '' as 'select pg_catalog.pg_sleep(seconds); select 1'`,
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

    it('answers what is nearly done, cuts the rest, and stops', async () => {
      const { platform, rpc, life, underWay, left } = await startWithWork()
      expect(await life('')).toBe(200)
      const short = [rpc('slow', { seconds: 0.3 }), rpc('slow', { seconds: 0.3 })]
      const endless = [rpc('slow', { seconds: 600 }), life('?wait=600000')]
      await underWay(3)
      expect(await timeToStop(platform)).toBeLessThan(3000)
      expect(await Promise.all(short)).toEqual([200, 200])
      expect((await Promise.all(endless)).every((answer) => answer !== 200)).toBe(true)
      expect(left()).toEqual([])
    })

    it('stops with more requests than the database has connections, at whatever moment', async () => {
      for (const afterMs of [0, 2, 5, 10, 20]) {
        const { platform, rpc, left } = await startWithWork()
        const answers = Array.from({ length: 30 }, () => rpc('secret_number'))
        await delay(afterMs)
        expect(await timeToStop(platform)).toBeLessThan(3000)
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
