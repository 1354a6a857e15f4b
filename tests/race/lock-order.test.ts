import { expect, test } from 'vitest'
import {
  type Battle,
  cancel,
  claim,
  claimJudging,
  claimOne,
  complete,
  completeJudging,
  deadLetter,
  expireLease,
  finalize,
  type HeldJob,
  type HeldJudging,
  makeDue,
  publish,
  recordVerdict,
  requeue,
  startBattle,
  startJudging,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { type Client, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'

/*
 * battle -> contender -> lease -> job -> submission. Whatever ends, judges or takes back a job waits for the battle while it holds
 * nothing that comes later: two writers that meet can then only queue up, never block each other.
 */

const database = useDatabase()

/** A sweep survives a deadlock and says so in the log; that no secret is in Vault here is no matter. */
const isRefusal = (warning: string) => !warning.includes('cannot wake')

interface Scene {
  battle: Battle
  job: HeldJob
  judging: HeldJudging
}

const executing = async (): Promise<Scene> => {
  const battle = await startBattle(database.sql)
  const job = await claimOne(database.sql)
  return { battle, job, judging: undefined as never }
}
const scoring = async (): Promise<Scene> => {
  const battle = await startJudging(database.sql)
  return { battle, job: undefined as never, judging: await claimJudging(database.sql) }
}

const writers: [string, () => Promise<Scene>, (client: Client, scene: Scene) => Promise<unknown>][] = [
  ['an answer', executing, (client, { job }) => complete(client, job)],
  ['a retry', executing, (client, { job }) => requeue(client, job, 0)],
  ['a dead letter', executing, (client, { job }) => deadLetter(client, job)],
  [
    'an answer in progress',
    executing,
    (client, { job }) =>
      value(client, `select battles.fn_worker_upsert_battle_submission($1, $2, '{"content_text":"so far"}')`, [
        job.job_id,
        job.lease_token,
      ]),
  ],
  ['a cancel', executing, (client, { battle }) => cancel(client, battle)],
  ['a publish', executing, (client, { battle }) => publish(client, battle)],
  [
    'a reclaim',
    async () => {
      const scene = await executing()
      await expireLease(database.sql, scene.job.lease_token)
      return scene
    },
    (client) => sweep(client),
  ],
  [
    'a redrive',
    async () => {
      const scene = await executing()
      await deadLetter(database.sql, scene.job)
      await claimOne(database.sql)
      return scene
    },
    (client) => value(client, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters'),
  ],
  ['a verdict', scoring, (client, { judging }) => recordVerdict(client, judging, verdictOf(judging, 0, ['A', 'B']))],
  ['the end of a judging', scoring, (client, { judging }) => completeJudging(client, judging)],
  ['a judging given up', scoring, (client, { judging }) => deadLetter(client, judging)],
  ['a finalisation', scoring, (client, { battle }) => finalize(client, battle)],
]

for (const [what, set, write] of writers) {
  test(`${what} waits for the battle before it touches a contender, a lease, a job or a submission`, async () => {
    const { sql } = database
    const [holder, writer, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const scene = await set()
    await holder.query('begin')
    await holder.query('select from battles.battles where battle_id = $1 for update', [scene.battle.battleId])
    const warnings = await warningsDuring(writer, async () => {
      const writing = write(writer, scene)
      await untilWaiting(observer, writer)
      for (const table of ['battles.contenders', 'execution.leases', 'execution.jobs', 'execution.ready', 'battles.submissions']) {
        const all = await value<number>(sql, `select count(*) from ${table}`)
        const free = await value<number>(observer, `select count(*) from (select from ${table} for update skip locked) t`)
        expect(free, `rows of ${table} that are not locked`).toBe(all)
      }
      await holder.query('commit')
      await writing
    })
    expect(warnings.filter(isRefusal)).toEqual([])
  })
}

test('a driver in the middle of recording and a sweep that gives the job up do not wait in a circle', async () => {
  const { sql } = database
  const [driver, sweeper, observer] = (await database.connectMany(3)) as [Client, Client, Client]
  await startBattle(sql)
  const job = await claimOne(sql)
  await sql.query('update execution.jobs set reclaims = 2')
  await expireLease(sql, job.lease_token)
  await driver.query('begin')
  await driver.query('select battles.lock_job_owners(array[$1::bigint])', [job.job_id]) // what recording does first
  const warnings = await warningsDuring(sweeper, async () => {
    const swept = sweep(sweeper)
    await untilWaiting(observer, sweeper)
    expect(await complete(driver, job)).toBe(true)
    await driver.query('commit')
    expect(await swept).toEqual({ promoted: 0, reclaimed: 0 })
  })
  expect(warnings.filter(isRefusal)).toEqual([])
})

const lateWrites: [string, (client: Client, job: HeldJob) => Promise<unknown>, unknown][] = [
  ['an answer', (client, job) => complete(client, job), false],
  ['a retry', (client, job) => requeue(client, job, 0), 'lost'],
  ['a dead letter', (client, job) => deadLetter(client, job), 'lost'],
]

for (const [what, write, refusal] of lateWrites) {
  test(`${what} under a lease its job has left does not wait for that lease, which a sweep has taken that waits for the battle`, async () => {
    const { sql } = database
    const [driver, sweeper, observer] = (await database.connectMany(3)) as [Client, Client, Client]
    const [staying, leaving] = [await startBattle(sql), await startBattle(sql)]
    const shared = await claim(sql, 4)
    const left = shared.filter((job) => job.battle_id === leaving.battleId)
    for (const job of left) await requeue(sql, job, 0)
    await makeDue(sql)
    const again = await claim(sql, 4)
    expect(again.map((job) => job.battle_id)).toEqual([leaving.battleId, leaving.battleId])
    expect(shared.filter((job) => job.battle_id === staying.battleId)).toHaveLength(2)
    await sql.query(
      `update execution.leases set expires_at = now() - case lease_token when $1 then interval '2 seconds' else interval '1 second' end`,
      [left[0]!.lease_token],
    )
    await driver.query('begin')
    await driver.query('select battles.lock_job_owners(array[$1::bigint])', [left[0]!.job_id])
    const warnings = await warningsDuring(sweeper, async () => {
      const swept = sweep(sweeper) // has taken the first lease, and waits at the second for the battle whose jobs were in both
      await untilWaiting(observer, sweeper)
      expect(await write(driver, left[0]!)).toBe(refusal)
      await driver.query('commit')
      expect(await swept).toEqual({ promoted: 0, reclaimed: 4 })
    })
    expect(warnings.filter(isRefusal)).toEqual([])
  })
}
