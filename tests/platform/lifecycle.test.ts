import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LogEntry, startPlatform } from '../../packages/local-platform/src/index.ts'
import { copyCluster } from '../../packages/local-platform/src/postgres/cluster.ts'
import { findProcessOwner, prepareOwnedDirectory } from '../../packages/local-platform/src/postgres/owner.ts'
import { beginningAs } from '../support/clusters.ts'
import { copyOf, isAlive, query, type RunningMain, spawnMain, startMain, until } from './support.ts'

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
