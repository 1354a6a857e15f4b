import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../packages/local-platform/src/index.ts'
import { fixture, type Listener, listen, until } from './support.ts'

let platform: Platform
let database: pg.Client
let second: pg.Client

beforeAll(async () => {
  process.env.PLATFORM_TEST_VAULT_VALUE = 'from the environment'
  platform = await startPlatform({
    projectDir: fixture('basic'),
    temporary: true,
    vault: { worker_key: ({ secretKeys }) => secretKeys.worker!, plain: 'as it is' },
  })
  ;[database, second] = [new pg.Client(platform.dbUrl), new pg.Client(platform.dbUrl)]
  await Promise.all([database.connect(), second.connect()])
})

afterAll(async () => {
  delete process.env.PLATFORM_TEST_VAULT_VALUE
  await Promise.all([database?.end(), second?.end()])
  await platform?.stop()
})

const one = async (sql: string, values: unknown[] = []) => (await database.query(sql, values)).rows[0]
const response = (id: unknown) => until(`request ${id} is answered`, () => one('select * from net._http_response where id = $1', [id]))

describe('net', () => {
  let listener: Listener
  beforeEach(async () => {
    listener = await listen((request, answer) => {
      if (request.url?.startsWith('/slow')) return
      answer.writeHead(201, { 'content-type': 'text/plain', 'x-answer': 'yes' }).end('made')
    })
  })
  afterEach(() => listener.close())

  it('sends a post after commit, within milliseconds, and keeps the answer', async () => {
    await database.query('begin')
    const { id } = await one('select net.http_post($1, $2, $3, $4) as id', [
      `${listener.url}/hook`,
      { a: [1] },
      { q: 'ä b' },
      { 'Content-Type': 'application/json', apikey: 'k' },
    ])
    await second.query('select pg_sleep(0.05)') // long enough for a sender that does not wait for the commit
    expect(listener.received).toHaveLength(0)
    await database.query('commit')
    const committed = performance.now()
    const [request] = await until('the request arrives', () => listener.received.length > 0 && listener.received)
    expect(request).toMatchObject({ method: 'POST', url: '/hook?q=%C3%A4%20b', body: '{"a": [1]}' })
    expect(request?.headers).toMatchObject({ apikey: 'k', 'content-type': 'application/json' })
    expect(request!.at - committed).toBeLessThan(250)
    expect(await response(id)).toMatchObject({
      status_code: 201,
      content: 'made',
      content_type: 'text/plain',
      timed_out: false,
      error_msg: null,
    })
  })

  it('sends nothing that was rolled back', async () => {
    await database.query('begin')
    await database.query('select net.http_get($1)', [`${listener.url}/rolled-back`])
    await database.query('rollback')
    const { id } = await one('select net.http_get($1) as id', [`${listener.url}/after`])
    await response(id)
    expect(listener.received.map((request) => request.url)).toEqual(['/after'])
  })

  it('sends each of many requests exactly once, from several sessions at a time', async () => {
    const queue = (client: pg.Client, from: number) =>
      client.query(`select net.http_get($1 || n) from generate_series($2::int, $2::int + 149) n`, [`${listener.url}/many/`, from])
    await Promise.all([queue(database, 0), queue(second, 150)])
    await until('all have arrived', () => listener.received.length >= 300)
    await until(
      'all answers are kept',
      async () => (await one(`select count(*)::int as n from net._http_response where content = 'made'`)).n >= 300,
    )
    const urls = listener.received.map((request) => request.url)
    expect(urls).toHaveLength(300)
    expect(new Set(urls).size).toBe(300)
    expect((await one('select count(*)::int as n from net.http_request_queue')).n).toBe(0)
  })

  it('closes the connection when the time is up, and says so', async () => {
    const { id } = await one(`select net.http_get($1, timeout_milliseconds := 100) as id`, [`${listener.url}/slow`])
    expect(await response(id)).toMatchObject({
      timed_out: true,
      status_code: null,
      error_msg: expect.stringMatching(/^Timeout of 100 ms reached/),
    })
    await until('the connection is closed', () => listener.received[0]?.closedEarly)
  })

  it('keeps the error when nobody listens', async () => {
    const { url, close } = await listen()
    await close()
    const { id } = await one('select net.http_delete($1) as id', [url])
    expect(await response(id)).toMatchObject({ status_code: null, error_msg: "Couldn't connect to server", timed_out: false })
  })

  it('posts JSON only', async () => {
    await expect(database.query(`select net.http_post($1, headers := '{"content-type": "text/plain"}')`, [listener.url])).rejects.toThrow(
      'Content-Type header must be "application/json"',
    )
  })

  it.each(['anon', 'authenticated'])('is closed to %s: headers in the queue carry keys', async (role) => {
    await second.query('begin')
    await second.query(`set local role ${role}`)
    await expect(second.query('select * from net.http_request_queue')).rejects.toMatchObject({ code: '42501' })
    await second.query('rollback')
  })
})

describe('cron', () => {
  beforeEach(async () => {
    await database.query('create table if not exists ran (job text, started timestamptz default clock_timestamp(), ended timestamptz)')
  })
  afterEach(async () => {
    await database.query('select cron.unschedule(jobid) from cron.job')
  })
  const runs = async (job: string) => (await database.query('select * from ran where job = $1 order by started', [job])).rows

  it('runs a job every so many seconds and keeps how it went', async () => {
    const { id } = await one(`select cron.schedule('each-second', '1 second', $$insert into ran (job) values ('each')$$) as id`)
    const found = await until('it ran twice', async () => {
      const rows = await runs('each')
      return rows.length >= 2 && rows
    })
    const gap = found[1].started - found[0].started
    expect(gap).toBeGreaterThan(900)
    expect(gap).toBeLessThan(3000)
    const details = await until('the run is recorded', () =>
      one(`select * from cron.job_run_details where jobid = $1 and status = 'succeeded' order by runid limit 1`, [id]),
    )
    expect(details).toMatchObject({ return_message: 'INSERT', database: 'postgres', username: 'postgres' })
    expect(details.end_time >= details.start_time).toBe(true)
  })

  it('keeps the message of a job that failed', async () => {
    const { id } = await one(`select cron.schedule('fails', '1 second', 'select 1/0') as id`)
    const details = await until('it failed', () => one(`select * from cron.job_run_details where jobid = $1 and status = 'failed'`, [id]))
    expect(details.return_message).toBe('ERROR: division by zero')
  })

  it('runs a job with the rights of its user, and not at all when those cannot be taken', async () => {
    const { id } = await one(`select cron.schedule('rights', '1 second', $$insert into ran (job) values (session_user)$$) as id`)
    await database.query(`update cron.job set username = 'anon' where jobid = $1`, [id])
    const refused = await until('it failed', () => one(`select * from cron.job_run_details where jobid = $1 and status = 'failed'`, [id]))
    expect(refused.return_message).toMatch(/permission denied for table ran/)
    await database.query(`update cron.job set username = 'gone' where jobid = $1`, [id])
    const failed = await until('it failed without rights', () =>
      one(`select * from cron.job_run_details where jobid = $1 and status = 'failed' and username = 'gone'`, [id]),
    )
    expect(failed.return_message).toMatch(/role "gone" does not exist/)
    expect(await runs('postgres')).toEqual([])
  })

  it('never lets a job overlap itself, and runs a missed turn once', async () => {
    await one(`select cron.schedule('slow', '1 second', $$
      insert into ran (job) values ('slow'); select pg_sleep(1.3);
      insert into ran (job, started, ended) values ('slow-end', clock_timestamp(), clock_timestamp())$$)`)
    // The statements of one command are one transaction: they become visible when it ends.
    const rows = await until('three runs are over', async () => {
      const ends = await runs('slow-end')
      return ends.length >= 3 && { starts: await runs('slow'), ends }
    })
    for (let turn = 1; turn < 3; turn += 1) {
      const idle = rows.starts[turn].started - rows.ends[turn - 1].started
      expect(idle).toBeGreaterThanOrEqual(0)
      expect(idle).toBeLessThan(1000)
    }
  })

  it('changes a job that is scheduled again under its name, at once', async () => {
    const first = await one(`select cron.schedule('named', '0 0 1 1 *', 'select 1') as id`)
    const again = await one(`select cron.schedule('named', '1 second', $$insert into ran (job) values ('named')$$) as id`)
    expect(again.id).toBe(first.id)
    expect((await one(`select count(*)::int as n from cron.job where jobname = 'named'`)).n).toBe(1)
    await until('the new command ran', async () => (await runs('named')).length > 0)
  })

  it('stops a job that is unscheduled or set inactive', async () => {
    const { id } = await one(`select cron.schedule('ends', '1 second', $$insert into ran (job) values ('ends')$$) as id`)
    await until('it ran', async () => (await runs('ends')).length > 0)
    await database.query('select cron.alter_job($1, active := false)', [id])
    await until(
      'the turn that was running is over',
      async () => (await one(`select count(*)::int as n from cron.job_run_details where jobid = $1 and status = 'running'`, [id])).n === 0,
    )
    const before = (await runs('ends')).length
    await second.query('select pg_sleep(1.5)')
    expect((await runs('ends')).length).toBeLessThanOrEqual(before + 1)
    expect((await one(`select cron.unschedule('ends') as done`)).done).toBe(true)
    await expect(database.query(`select cron.unschedule('ends')`)).rejects.toThrow(`could not find valid entry for job 'ends'`)
  })

  it.each(['1 second', '59 seconds', '* * * * *', '*/15 0-6 1,15 jan-mar mon', '0 0 $ * *', '*/5 * * * * *', '@daily'])(
    'accepts %j',
    async (schedule) => {
      expect((await one('select cron.schedule($1, $2) as id', [schedule, 'select 1'])).id).toMatch(/^\d+$/)
    },
  )

  it.each(['60 seconds', '0 seconds', '5 minutes', '* * * *', '61 * * * *', '* 24 * * *', '* * 0 * *', '*/0 * * * *', '', 'soon'])(
    'refuses %j in the words of pg_cron',
    async (schedule) => {
      await expect(database.query('select cron.schedule($1, $2)', [schedule, 'select 1'])).rejects.toMatchObject({
        message: `invalid schedule: ${schedule}`,
        hint: "Use cron format (e.g. 5 4 * * *), or interval format '[1-59] seconds'",
        code: '22023',
      })
    },
  )
})

describe('vault', () => {
  const read = async (name: string) =>
    (await one('select decrypted_secret from vault.decrypted_secrets where name = $1', [name]))?.decrypted_secret

  it('holds what config.toml, the environment and the caller name', async () => {
    expect(await read('literal')).toBe('written down')
    expect(await read('from_environment')).toBe('from the environment')
    expect(await read('project_url')).toBe(platform.url)
    expect(await read('worker_key')).toBe(platform.secretKeys.worker)
    expect(await read('plain')).toBe('as it is')
    expect(await read('unset')).toBeUndefined()
  })

  it('creates and updates secrets, stored encrypted', async () => {
    const { id } = await one(`select vault.create_secret('an open secret', 'mine', 'for a test') as id`)
    expect(await read('mine')).toBe('an open secret')
    const { secret, description } = await one('select secret, description from vault.secrets where id = $1', [id])
    expect(description).toBe('for a test')
    expect(Buffer.from(secret, 'base64').includes('open secret')).toBe(false)
    await database.query('select vault.update_secret($1, $2)', [id, 'another'])
    expect(await read('mine')).toBe('another')
  })

  it.each(['anon', 'authenticated'])('is closed to %s', async (role) => {
    await second.query('begin')
    await second.query(`set local role ${role}`)
    await expect(second.query('select * from vault.decrypted_secrets')).rejects.toMatchObject({ code: '42501' })
    await second.query('rollback')
  })

  it('reaches a function through net and the vault: what a trigger or a cron job does', async () => {
    const { id } = await one(`
      select net.http_post(
        (select decrypted_secret from vault.decrypted_secrets where name = 'project_url') || '/functions/v1/guarded',
        headers := jsonb_build_object('Content-Type', 'application/json', 'apikey',
          (select decrypted_secret from vault.decrypted_secrets where name = 'worker_key'))
      ) as id`)
    expect(await response(id)).toMatchObject({ status_code: 200, content: 'inside' })
  })
})
