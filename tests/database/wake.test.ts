import { describe, expect, test } from 'vitest'
import {
  answerAll,
  cancel,
  claim,
  claimDocument,
  claimJobs,
  claimOne,
  createBattle,
  enqueue,
  expireLease,
  makeDue,
  makeQueue,
  publish,
  requeue,
  startBattle,
  statusOf,
  sweep,
} from '../support/battles.ts'
import { type Client, projectUrl, rows, useDatabase, value, warningsDuring, workerKey } from '../support/database.ts'

const database = useDatabase()

/** What an operator puts into Vault ([db.vault] in supabase/config.toml). */
async function putSecrets(
  client: Client,
  secrets: Record<string, string> = { project_url: projectUrl, agon_worker_key: workerKey },
): Promise<void> {
  for (const [name, secret] of Object.entries(secrets)) await client.query('select vault.create_secret($1, $2)', [secret, name])
}

/** The functions posted to since the last look, oldest first. */
const posted = async (client: Client) =>
  (
    await rows<{ url: string }>(
      client,
      'with gone as (delete from net.http_request_queue returning id, url) select url from gone order by id',
    )
  ).map(({ url }) => url.replace(`${projectUrl}/functions/v1/`, ''))

describe('waking a function', () => {
  test('publishing posts one empty request to dispatch-jobs, with the worker key, however many jobs became ready', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql, { contenders: 26 })
    expect(
      await rows(sql, `select method, url, headers, convert_from(body, 'UTF8') as body, timeout_milliseconds from net.http_request_queue`),
    ).toEqual([
      {
        method: 'POST',
        url: `${projectUrl}/functions/v1/dispatch-jobs`,
        headers: { 'Content-Type': 'application/json', apikey: workerKey },
        body: '{}',
        timeout_milliseconds: 5000,
      },
    ])
  })

  test('two battles published in one transaction post once, in two transactions twice', async () => {
    const { sql } = database
    await putSecrets(sql)
    const battles = [await createBattle(sql), await createBattle(sql), await createBattle(sql)]
    await sql.query('begin')
    await publish(sql, battles[0]!)
    await publish(sql, battles[1]!)
    await sql.query('commit')
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
    await publish(sql, battles[2]!)
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
  })

  test('a post that was rolled back to a savepoint is posted again by what comes after', async () => {
    const { sql } = database
    await putSecrets(sql)
    const battles = [await createBattle(sql), await createBattle(sql)]
    await sql.query('begin')
    await sql.query('savepoint before')
    await publish(sql, battles[0]!)
    await sql.query('rollback to savepoint before')
    await publish(sql, battles[1]!)
    await sql.query('commit')
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
  })

  test('nothing is posted when the transaction is rolled back', async () => {
    const { sql } = database
    await putSecrets(sql)
    const battle = await createBattle(sql)
    await sql.query('begin')
    await publish(sql, battle)
    await sql.query('rollback')
    expect(await posted(sql)).toEqual([])
    expect(await statusOf(sql, battle)).toBe('draft')
  })

  test('nothing is posted for a draft, a delayed job, a claim, an empty claim, a cancel or a lost race', async () => {
    const { sql } = database
    await putSecrets(sql)
    await createBattle(sql)
    await startBattle(sql, { handicap: { injected_delay_ms: 60_000 } })
    expect(await posted(sql)).toEqual([])
    const battle = await startBattle(sql)
    await posted(sql)
    await claim(sql, 1)
    await cancel(sql, battle)
    await claim(sql, 10)
    await publish(sql, battle)
    expect(await posted(sql)).toEqual([])
  })

  test('the last answer wakes the judge', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql)
    await posted(sql)
    await answerAll(sql)
    expect(await posted(sql)).toEqual(['ai-judge-battle'])
  })

  test('each function is posted to once when a transaction makes jobs of two kinds ready', async () => {
    const { sql } = database
    await putSecrets(sql)
    const one = await makeQueue(sql, 'one', { wake_function: 'first' })
    const two = await makeQueue(sql, 'two', { wake_function: 'second' })
    await sql.query('begin')
    for (const queue of [one, two, one, two]) await enqueue(sql, queue, { count: 3 })
    await sql.query('commit')
    expect((await posted(sql)).toSorted()).toEqual(['first', 'second'])
  })

  test('a kind without a function, and a paused queue, post nothing', async () => {
    const { sql } = database
    await putSecrets(sql)
    await enqueue(sql, await makeQueue(sql, 'quiet'))
    const paused = await makeQueue(sql, 'paused', { wake_function: 'sleeper' })
    await sql.query('update execution.queues set paused = true where queue_id = $1', [paused])
    await enqueue(sql, paused)
    await sweep(sql)
    expect(await posted(sql)).toEqual([])
  })

  test('a driver whose slice is spent posts the next invocation only when jobs are left', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql)
    await posted(sql)
    const wake = () => value<boolean>(sql, `select execution.fn_worker_wake('battle_job')`)
    expect(await wake()).toBe(true)
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
    await claim(sql, 2)
    expect(await wake()).toBe(false)
    expect(await value(sql, `select execution.fn_worker_wake('no_such_kind')`)).toBe(false)
    expect(await posted(sql)).toEqual([])
  })
})

describe('the sweep', () => {
  test('posts for what is ready, once a function', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql)
    await startBattle(sql)
    await posted(sql)
    expect(await sweep(sql)).toEqual({ promoted: 0, reclaimed: 0 })
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
  })

  test('promotes due jobs and posts for them', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql, { handicap: { injected_delay_ms: 60_000 } })
    expect(await sweep(sql)).toEqual({ promoted: 0, reclaimed: 0 })
    expect(await posted(sql)).toEqual([])
    await makeDue(sql)
    expect(await sweep(sql)).toEqual({ promoted: 2, reclaimed: 0 })
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
    expect(await claim(sql, 5)).toHaveLength(2)
  })

  test('takes back lost jobs and posts for them', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql)
    const [job] = await claim(sql, 2)
    await expireLease(sql, job!.lease_token)
    await posted(sql)
    expect(await sweep(sql)).toEqual({ promoted: 0, reclaimed: 2 })
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
  })

  test('posts nothing when idle: nothing ready, everything leased, or all of it later', async () => {
    const { sql } = database
    await putSecrets(sql)
    await sweep(sql)
    await startBattle(sql)
    const jobs = await claim(sql, 2)
    await requeue(sql, jobs[0]!, 60_000)
    await posted(sql)
    await sweep(sql)
    expect(await posted(sql)).toEqual([])
  })
})

describe('a project that is not set up', () => {
  for (const [missing, secrets] of [
    ['both secrets', {}],
    ['the key', { project_url: projectUrl }],
    ['the address', { agon_worker_key: workerKey }],
  ] as [string, Record<string, string>][]) {
    test(`without ${missing} in Vault a publish succeeds with a warning that says what to do`, async () => {
      const { sql } = database
      await putSecrets(sql, secrets)
      const battle = await createBattle(sql)
      const warnings = await warningsDuring(sql, () => publish(sql, battle))
      expect(await statusOf(sql, battle)).toBe('executing')
      expect(warnings[0]).toMatch(/cannot wake dispatch-jobs: put project_url and agon_worker_key into Vault/)
      expect(await posted(sql)).toEqual([])
      await putSecrets(
        sql,
        Object.fromEntries(Object.entries({ project_url: projectUrl, agon_worker_key: workerKey }).filter(([name]) => !(name in secrets))),
      )
      await sweep(sql)
      expect(await posted(sql)).toEqual(['dispatch-jobs'])
    })
  }

  test('a database without net or Vault publishes, claims and sweeps without a word', async () => {
    const { sql } = database
    await sql.query('begin')
    await sql.query('alter schema net rename to net_is_not_here')
    const warnings = await warningsDuring(sql, async () => {
      await startBattle(sql)
      await sweep(sql)
    })
    expect(warnings).toEqual([])
    expect(await claim(sql, 2)).toHaveLength(2)
    await sql.query('rollback')
  })
})

describe('a claim that promotes due jobs', () => {
  test('does not post: it takes them itself', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql, { handicap: { injected_delay_ms: 60_000 } })
    await makeDue(sql)
    expect((await claimDocument(sql, 2)).jobs).toHaveLength(2)
    expect(await posted(sql)).toEqual([])
  })

  test('leaves the connection as loud as before', async () => {
    const { sql } = database
    await putSecrets(sql)
    await startBattle(sql)
    const job = await claimOne(sql)
    await requeue(sql, job, 0)
    await posted(sql)
    const other = await createBattle(sql)
    await sql.query('begin')
    await makeDue(sql)
    await claim(sql, 5)
    expect(await posted(sql)).toEqual([])
    await publish(sql, other)
    await sql.query('commit')
    expect(await posted(sql)).toEqual(['dispatch-jobs'])
  })

  test('leaves the due jobs of other kinds to the sweep, which posts for them', async () => {
    const { sql } = database
    await putSecrets(sql)
    const other = await makeQueue(sql, 'other', { wake_function: 'other-function' })
    await makeQueue(sql)
    await enqueue(sql, other, { runAfter: '1 hour' })
    await makeDue(sql)
    expect(await claimJobs(sql, 'plain')).toEqual([])
    expect(await posted(sql)).toEqual([])
    expect(await sweep(sql)).toEqual({ promoted: 1, reclaimed: 0 })
    expect(await posted(sql)).toEqual(['other-function'])
  })
})

describe('the doorbell', () => {
  /** A connection that listens. Each look returns everything heard so far. */
  async function listener(): Promise<{ heard(): Promise<string[]> }> {
    const notifications: string[] = []
    const client = await database.connect()
    client.on('notification', ({ channel, payload }) => notifications.push(`${channel} ${payload}`))
    await client.query('listen agon_ready')
    return {
      async heard() {
        await client.query('select 1') // a round trip delivers every notification committed before it
        return notifications
      },
    }
  }
  const wait = (kind: string, seconds: number) => database.sql.query('select execution.fn_worker_listen($1, $2)', [kind, seconds])

  test('rings when a driver waits for the kind, and only then', async () => {
    const { sql } = database
    const bell = await listener()
    await startBattle(sql)
    expect(await bell.heard()).toEqual([])
    await wait('battle_judging', 30)
    await startBattle(sql)
    expect(await bell.heard()).toEqual([])
    await wait('battle_job', 30)
    await startBattle(sql)
    expect(await bell.heard()).toEqual(['agon_ready battle_job'])
  })

  test('does not ring for a driver that has stopped waiting', async () => {
    const { sql } = database
    const bell = await listener()
    await wait('battle_job', -1)
    await startBattle(sql)
    expect(await bell.heard()).toEqual([])
  })

  test('of two drivers the one that waits longer is kept', async () => {
    const { sql } = database
    await wait('battle_job', 600)
    await wait('battle_job', 1)
    expect(await value(sql, `select waiting_until > now() + interval '5 minutes' from execution.waiters`)).toBe(true)
  })

  test('is rung by the sweep too, for jobs that were ready before anybody waited', async () => {
    const { sql } = database
    const bell = await listener()
    await startBattle(sql)
    await wait('battle_job', 30)
    await sweep(sql)
    expect(await bell.heard()).toEqual(['agon_ready battle_job'])
  })

  test('does not ring for what is rolled back, nor for a claim that promotes its own jobs', async () => {
    const { sql } = database
    const bell = await listener()
    await wait('battle_job', 30)
    const battle = await createBattle(sql, { handicap: { injected_delay_ms: 60_000 } })
    await sql.query('begin')
    await startBattle(sql)
    await sql.query('rollback')
    await publish(sql, battle)
    await makeDue(sql)
    expect(await claim(sql, 2)).toHaveLength(2)
    expect(await bell.heard()).toEqual([])
  })
})
