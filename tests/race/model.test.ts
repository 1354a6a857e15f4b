import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeQueue } from '../support/battles.ts'
import { type Client, empty, rows, useDatabase, value } from '../support/database.ts'

/*
 * The step engine against a model of it: random histories of enqueue, claim, heartbeat, lost lease, completion, failure, cancel and
 * revival from several connections. First one command at a time, where the model says exactly what must come out; then several at
 * once, where it says what may never happen.
 */

const database = useDatabase()
const connections = 4
const limit = 2

type Command =
  | { do: 'enqueue'; on: number; count: number; priority: number; lane: boolean; delayed: boolean }
  | { do: 'claim'; on: number; most: number }
  | { do: 'heartbeat'; on: number; token: number }
  | { do: 'lose'; on: number; token: number }
  | { do: 'fall due'; on: number }
  | { do: 'complete'; on: number; token: number; jobs: number }
  | { do: 'fail'; on: number; token: number; job: number; again: boolean }
  | { do: 'cancel'; on: number; job: number }
  | { do: 'revive'; on: number; job: number }

const on = fc.nat(connections - 1)
/** Which of the tokens and jobs seen so far, counted from the newest: small numbers are the live ones, large ones stale. */
const pick = fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) })
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      on,
      count: fc.integer({ min: 1, max: 4 }),
      priority: fc.integer({ min: -1, max: 1 }),
      lane: fc.boolean(),
      delayed: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('claim' as const), on, most: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('heartbeat' as const), on, token: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), on, token: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fall due' as const), on }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('complete' as const), on, token: pick, jobs: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), on, token: pick, job: fc.nat(3), again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), on, job: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revive' as const), on, job: fc.nat(40) }) },
)

const final = ['completed', 'failed', 'cancelled']

interface SeenJob {
  job_id: number
  state: string
  attempts: number
  reclaims: number
  /** Where it is: rows in ready, in later, in leases. */
  ready: number
  later: number
  leases: number
  token: number | null
  row: string
}

/** Everything the engine holds, one row a job. */
const look = (client: Client) =>
  rows<SeenJob>(
    client,
    `select j.job_id, j.state::text, j.attempts, j.reclaims,
       (select count(*)::int from execution.ready r where r.job_id = j.job_id) as ready,
       (select count(*)::int from execution.later w where w.job_id = j.job_id) as later,
       (select count(*)::int from execution.leases l where j.job_id = any (l.job_ids)) as leases,
       (select max(l.lease_token) from execution.leases l where j.job_id = any (l.job_ids)) as token, j::text as row
     from execution.jobs j order by j.job_id`,
  )

/** What is true after any history: a live job is in one place, a final one is in no lease and never changes again. */
function checkInvariants(jobs: SeenJob[], ended: Map<number, string>, known: number): void {
  expect(jobs).toHaveLength(known)
  for (const job of jobs) {
    if (final.includes(job.state)) {
      const before = ended.get(job.job_id)
      if (before !== undefined) expect(job.row, `job ${job.job_id} is final and changed`).toBe(before)
      ended.set(job.job_id, job.row)
      // Only a cancelled job may leave its ready row behind, to the claim that meets it.
      if (job.state !== 'cancelled') expect([job.ready, job.later, job.leases], JSON.stringify(job)).toEqual([0, 0, 0])
    } else {
      expect(job.ready + job.later + job.leases, `places of ${JSON.stringify(job)}`).toBe(1)
    }
    expect(job.attempts).toBeLessThanOrEqual(3)
    expect(job.reclaims).toBeLessThanOrEqual(3)
  }
}

interface Run {
  clients: Client[]
  queues: { open: number; lane: number }
}

async function begin(): Promise<Run> {
  const { sql } = database
  await empty(sql)
  return {
    clients: [],
    queues: { open: await makeQueue(sql), lane: await makeQueue(sql, 'plain', { concurrency_key: 'lane', concurrency_limit: limit }) },
  }
}

type Claimed = { lease_token: number; job_id: number }

const act = {
  enqueue: (client: Client, queue: number, count: number, priority: number, delayed: boolean) =>
    value<number[]>(
      client,
      `select execution.enqueue($1, array_fill('{}'::jsonb, array[$2::int]), priority => $3::smallint, run_after => case when $4 then now() + interval '1 hour' end)`,
      [queue, count, priority, delayed],
    ),
  claim: (client: Client, most: number) =>
    rows<Claimed>(client, `select lease_token, job_id from execution.fn_worker_claim_jobs('plain', 'driver', $1)`, [most]),
  heartbeat: (client: Client, token: number) => value<number[]>(client, 'select execution.fn_worker_heartbeat($1)', [token]),
  async lose(client: Client, token: number): Promise<number> {
    await client.query(`update execution.leases set expires_at = now() - interval '1 second' where lease_token = $1`, [token])
    return value<number>(client, `select (execution.sweep() ->> 'reclaimed')::int`)
  },
  fallDue: (client: Client) => client.query(`update execution.later set run_after = now() - interval '1 second'`),
  complete: (client: Client, token: number, ids: number[]) =>
    value<number[]>(client, 'select execution.fn_worker_complete_jobs($1, $2)', [token, ids]),
  fail: (client: Client, token: number, id: number, backoffMs: number | null) =>
    value<string>(client, `select execution.fail_attempt($1, $2, '{"code":"timeout","message":""}', $3)`, [id, token, backoffMs]),
  cancel: (client: Client, id: number) => value<number>(client, 'select execution.cancel_jobs(array[$1::bigint])', [id]),
  revive: (client: Client, id: number) => value<boolean>(client, 'select execution.revive($1)', [id]),
}

const byId = (a: number, b: number) => a - b

describe('one command at a time', () => {
  interface ModelJob {
    state: string
    attempts: number
    reclaims: number
    place: 'ready' | 'later' | 'due' | 'leased' | 'ended'
    token: number | null
    lane: boolean
    priority: number
  }

  test('whatever the history, the engine answers and holds what the model does', async () => {
    const clients = await database.connectMany(connections)
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 60, maxLength: 60 }), async (commands) => {
        const { queues } = await begin()
        const jobs = new Map<number, ModelJob>()
        const granted: { token: number; ids: number[] }[] = []
        const ended = new Map<number, string>()
        const jobAt = (nth: number) => [...jobs.keys()].at(-1 - (nth % jobs.size))!
        const leaseAt = (nth: number) => granted.at(-1 - (nth % granted.length))!
        const heldBy = (token: number) => [...jobs].filter(([, job]) => job.token === token).map(([id]) => id)
        const move = (id: number, place: ModelJob['place'], state = 'active') => Object.assign(jobs.get(id)!, { place, state, token: null })

        for (const each of commands) {
          const client = clients[each.on]!
          if (each.do === 'enqueue') {
            const ids = await act.enqueue(client, each.lane ? queues.lane : queues.open, each.count, each.priority, each.delayed)
            for (const id of ids) {
              const place = each.delayed ? 'later' : 'ready'
              jobs.set(id, { state: 'active', attempts: 0, reclaims: 0, place, token: null, lane: each.lane, priority: each.priority })
            }
          } else if (each.do === 'claim') {
            for (const job of jobs.values()) if (job.place === 'due') job.place = 'ready'
            const inLane = [...jobs.values()].filter((job) => job.lane && job.token !== null).length
            const ready = (lane: boolean) => [...jobs].filter(([, job]) => job.place === 'ready' && job.lane === lane)
            const laneRoom = Math.min(limit - inLane, ready(true).length)
            const wanted = Math.min(each.most, laneRoom + ready(false).length)
            const taken = await act.claim(client, each.most)
            expect(taken, 'a claim takes all it may').toHaveLength(wanted)
            expect(taken.filter(({ job_id }) => jobs.get(job_id)!.lane).length).toBeLessThanOrEqual(laneRoom)
            for (const { job_id } of taken) expect(jobs.get(job_id)!.place).toBe('ready')
            for (const { job_id, lease_token } of taken) {
              Object.assign(jobs.get(job_id)!, { place: 'leased', token: lease_token })
              const lease = granted.find(({ token }) => token === lease_token)
              if (lease) lease.ids.push(job_id)
              else granted.push({ token: lease_token, ids: [job_id] })
            }
            for (const lane of [true, false]) {
              const worst = Math.max(
                ...taken
                  .map(({ job_id }) => jobs.get(job_id)!)
                  .filter((job) => job.lane === lane)
                  .map((job) => job.priority),
              )
              for (const [, job] of ready(lane)) expect(job.priority, 'a job of a better priority was left').toBeGreaterThanOrEqual(worst)
            }
          } else if (each.do === 'fall due') {
            await act.fallDue(client)
            for (const job of jobs.values()) if (job.place === 'later') job.place = 'due'
          } else if (each.do === 'cancel' || each.do === 'revive') {
            if (jobs.size === 0) continue
            const id = jobAt(each.job)
            const job = jobs.get(id)!
            if (each.do === 'cancel') {
              const live = job.state === 'active'
              expect(await act.cancel(client, id)).toBe(live ? 1 : 0)
              if (live) move(id, 'ended', 'cancelled')
            } else {
              const dead = job.state === 'failed'
              expect(await act.revive(client, id)).toBe(dead)
              if (dead) {
                Object.assign(move(id, 'ready'), { attempts: 0, reclaims: 0 })
                ended.delete(id)
              }
            }
          } else {
            if (granted.length === 0) continue
            const { token, ids } = leaseAt(each.token)
            const held = heldBy(token)
            if (each.do === 'heartbeat') {
              expect((await act.heartbeat(client, token)).toSorted(byId)).toEqual(held)
            } else if (each.do === 'lose') {
              for (const job of jobs.values()) if (job.place === 'due') job.place = 'ready' // a sweep promotes
              expect(await act.lose(client, token)).toBe(held.length)
              for (const id of held) {
                const job = jobs.get(id)!
                if (++job.reclaims < 3) move(id, 'ready')
                else move(id, 'ended', 'failed')
              }
            } else if (each.do === 'complete') {
              const asked = ids.filter((_, nth) => (each.jobs >> nth) & 1)
              const mine = asked.filter((id) => held.includes(id)).toSorted(byId)
              expect((await act.complete(client, token, asked)).toSorted(byId), 'completed iff the token is current').toEqual(mine)
              for (const id of mine) Object.assign(move(id, 'ended', 'completed'), { attempts: jobs.get(id)!.attempts + 1 })
            } else {
              const id = ids[each.job % ids.length]!
              const job = jobs.get(id)!
              const mine = held.includes(id)
              const dead = mine && (!each.again || job.attempts === 2)
              expect(await act.fail(client, token, id, each.again ? 3_600_000 : null)).toBe(
                mine ? (dead ? 'dead_lettered' : 'requeued') : 'lost',
              )
              if (mine) {
                job.attempts++
                if (dead) move(id, 'ended', 'failed')
                else move(id, 'later')
              }
            }
          }
          const seen = await look(client)
          checkInvariants(seen, ended, jobs.size)
          for (const job of seen) {
            const { state, attempts, reclaims, token } = jobs.get(job.job_id)!
            expect(job, `after ${JSON.stringify(each)}`).toMatchObject({ state, attempts, reclaims, token })
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('several commands at once', () => {
  test('whatever the interleaving, no job is held twice, no stale token records, and nothing is lost', async () => {
    const clients = await database.connectMany(connections)
    const observer = await database.connect()
    const batch = fc.array(command, { minLength: connections, maxLength: connections })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 15, maxLength: 15 }), async (batches) => {
        const { queues } = await begin()
        const known: number[] = []
        const granted: { token: number; ids: number[] }[] = []
        const ended = new Map<number, string>()
        /** Which (token, job) has been spent: each may record one outcome, ever. */
        const spent = new Set<string>()
        const completions = new Map<number, number>()
        const spend = (token: number, id: number) => {
          expect(spent.has(`${token} ${id}`), `token ${token} recorded job ${id} twice`).toBe(false)
          expect(granted.find((lease) => lease.token === token)?.ids, 'a token records only what it was granted').toContain(id)
          spent.add(`${token} ${id}`)
        }

        for (const commands of batches) {
          const before = new Map((await look(observer)).map((job) => [job.job_id, job.state]))
          const jobAt = (nth: number) => known.at(-1 - (nth % known.length))!
          const leaseAt = (nth: number) => granted.at(-1 - (nth % granted.length))!
          const after: (() => void)[] = []
          const run = async (each: Command, client: Client): Promise<void> => {
            if (each.do === 'enqueue') {
              const ids = await act.enqueue(client, each.lane ? queues.lane : queues.open, each.count, each.priority, each.delayed)
              after.push(() => void known.push(...ids))
            } else if (each.do === 'claim') {
              const taken = await act.claim(client, each.most)
              for (const token of new Set(taken.map((job) => job.lease_token))) {
                granted.push({ token, ids: taken.filter((job) => job.lease_token === token).map((job) => job.job_id) })
              }
            } else if (each.do === 'fall due') {
              await act.fallDue(client)
            } else if (each.do === 'cancel') {
              if (known.length > 0) await act.cancel(client, jobAt(each.job))
            } else if (each.do === 'revive') {
              if (known.length === 0) return
              const id = jobAt(each.job)
              if (await act.revive(client, id)) ended.delete(id)
            } else if (granted.length > 0) {
              const { token, ids } = leaseAt(each.token)
              if (each.do === 'heartbeat') for (const id of await act.heartbeat(client, token)) expect(ids).toContain(id)
              if (each.do === 'lose') await act.lose(client, token)
              if (each.do === 'complete') {
                const recorded = await act.complete(
                  client,
                  token,
                  ids.filter((_, nth) => (each.jobs >> nth) & 1),
                )
                for (const id of recorded) {
                  after.push(() => spend(token, id))
                  completions.set(id, (completions.get(id) ?? 0) + 1)
                  expect(['completed', 'cancelled'], 'what had ended is not completed').not.toContain(before.get(id))
                }
              }
              if (each.do === 'fail') {
                const id = ids[each.job % ids.length]!
                if ((await act.fail(client, token, id, each.again ? 3_600_000 : null)) !== 'lost') after.push(() => spend(token, id))
              }
            }
          }
          await Promise.all(commands.map((each, nth) => run(each, clients[nth]!)))
          for (const settle of after) settle()
          checkInvariants(await look(observer), ended, known.length)
          // More than the limit may never be live in the lane.
          expect(
            await value<number>(
              observer,
              `select coalesce(sum(cardinality(job_ids)), 0) from execution.leases where concurrency_key = 'lane'`,
            ),
          ).toBeLessThanOrEqual(limit)
        }
        // Whatever is left can be brought to an end by drivers that do their work.
        await act.fallDue(observer)
        await observer.query(`update execution.leases set expires_at = now() - interval '1 second'`)
        await value(observer, 'select execution.sweep()')
        for (;;) {
          const taken = await act.claim(observer, 50)
          if (taken.length === 0) break
          for (const token of new Set(taken.map((job) => job.lease_token))) {
            const ids = taken.filter((job) => job.lease_token === token).map((job) => job.job_id)
            expect((await act.complete(observer, token, ids)).toSorted(byId)).toEqual(ids.toSorted(byId))
            for (const id of ids) completions.set(id, (completions.get(id) ?? 0) + 1)
          }
        }
        const jobs = await look(observer)
        checkInvariants(jobs, ended, known.length)
        for (const job of jobs) {
          expect(final, JSON.stringify(job)).toContain(job.state)
          expect(completions.get(job.job_id) ?? 0, `completions of ${JSON.stringify(job)}`).toBe(job.state === 'completed' ? 1 : 0)
        }
      }),
      { numRuns: 40 },
    )
  })
})
