import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Client, empty, rows, useDatabase } from '../support/database.ts'
import {
  act,
  type EngineStage,
  inLane,
  type Kind,
  kindOf,
  laneLimit,
  look,
  type QueueName,
  queueNames,
  type SeenJob,
  setEngineStage,
} from './engine-stage.ts'

/*
 * The whole engine against a model of it: two fair kinds with owners, lanes, provider keys, tasks that a provider keeps, checkpoints, holds,
 * switches and rate limits. First one command at a time, where the model says exactly what must come out; then six at once, where it says
 * what may never happen. A deadlock is an error of the query, and any error fails the history.
 */

const database = useDatabase()
const connections = 6
const ownerCount = 3

const on = fc.nat(connections - 1)
/** Which of the tokens and jobs seen so far, counted from the newest: small numbers are the live ones, large ones stale. */
const pick = fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(60) })
const held = <Do extends string>(what: Do) => fc.record({ do: fc.constant(what), on, token: pick, job: fc.nat(3) })
const one = <Do extends string>(what: Do) => fc.record({ do: fc.constant(what), on, job: fc.nat(30) })
const weigh = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const command = fc.oneof(
  weigh(
    5,
    fc.record({
      do: fc.constant('enqueue' as const),
      on,
      queue: fc.constantFrom(...queueNames.filter((name) => name !== 'poll')),
      owner: fc.nat(ownerCount - 1),
      count: fc.integer({ min: 1, max: 3 }),
      priority: fc.integer({ min: -1, max: 1 }),
      delayed: fc.boolean(),
    }),
  ),
  weigh(
    7,
    fc.record({
      do: fc.constant('claim' as const),
      on,
      kind: fc.constantFrom<Kind>('work', 'work', 'poll'),
      most: fc.integer({ min: 1, max: 5 }),
    }),
  ),
  weigh(1, held('heartbeat' as const)),
  weigh(2, held('lose' as const)),
  weigh(1, fc.record({ do: fc.constant('fall due' as const), on })),
  weigh(3, held('complete' as const)),
  weigh(3, fc.record({ do: fc.constant('fail' as const), on, token: pick, job: fc.nat(3), again: fc.boolean() })),
  weigh(4, held('park' as const)),
  weigh(2, held('yield' as const)),
  weigh(2, held('checkpoint' as const)),
  weigh(2, one('hold' as const)),
  weigh(3, one('release' as const)),
  weigh(1, one('cancel' as const)),
  weigh(2, one('redrive' as const)),
  weigh(3, fc.record({ do: fc.constant('callback' as const), on, job: fc.nat(30), event: fc.nat(5) })),
  weigh(
    1,
    fc.record({
      do: fc.constant('switch' as const),
      on,
      scope: fc.constantFrom('system' as const, 'provider' as const),
      off: fc.boolean(),
    }),
  ),
  weigh(1, fc.record({ do: fc.constant('limit' as const), on, blocked: fc.boolean() })),
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

const final = ['completed', 'failed', 'cancelled']

/** What is true after any history: a live job is in one place, a held one in none, and a final one is over, for ever. */
function checkInvariants(jobs: SeenJob[], ended: Map<number, string>, known: number): void {
  expect(jobs).toHaveLength(known)
  for (const job of jobs) {
    const places = job.ready + job.later + job.leases
    const said = JSON.stringify(job)
    if (final.includes(job.state)) {
      const before = ended.get(job.job_id)
      if (before !== undefined) expect(job.row, `job ${job.job_id} is final and changed`).toBe(before)
      ended.set(job.job_id, job.row)
      // Only a cancelled job may leave a row behind, to the claim or the heartbeat that meets it.
      if (job.state !== 'cancelled') expect(places, said).toBe(0)
      expect(job.open_tasks + job.checkpoints, `left by ${said}`).toBe(0)
    } else {
      expect(places, `places of ${said}`).toBe(job.state === 'held' ? 0 : 1)
    }
    expect(job.leases, said).toBeLessThanOrEqual(1)
    expect(job.open_tasks, said).toBeLessThanOrEqual(1)
    expect(job.attempts).toBeLessThanOrEqual(3)
    expect(job.reclaims).toBeLessThanOrEqual(3)
  }
}

const begin = async (): Promise<EngineStage> => {
  await empty(database.sql)
  return setEngineStage(database.sql, ownerCount)
}

/** Connections that find a deadlock at once instead of after a second. */
async function impatient(count: number): Promise<Client[]> {
  const clients = await database.connectMany(count)
  for (const client of clients) await client.query(`set deadlock_timeout = '20ms'`)
  return clients
}

describe('one command at a time', () => {
  interface ModelJob {
    state: string
    attempts: number
    reclaims: number
    place: 'ready' | 'later' | 'due' | 'leased' | 'held' | 'ended'
    token: number | null
    queue: QueueName
    /** Where it was when its provider took its task, and where it belongs again when that ends. */
    home: QueueName
    priority: number
    task: boolean
    checkpoint: boolean
    errand: boolean
  }

  test('whatever the history, the engine answers and holds what the model does', async () => {
    const clients = await impatient(connections)
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 60, maxLength: 60 }), async (commands: Command[]) => {
        const stage = await begin()
        const jobs = new Map<number, ModelJob>()
        const granted: { token: number; ids: number[] }[] = []
        const ended = new Map<number, string>()
        const off = new Set<string>()
        const receipts = new Set<string>()
        let limited = false
        const jobAt = (nth: number) => [...jobs.keys()].at(-1 - (nth % jobs.size))!
        const isOpen = ({ queue }: ModelJob) =>
          !(limited && queue.endsWith('of p')) && !(off.has('provider') && queue !== 'open' && queue !== 'poll')
        const move = (id: number, place: ModelJob['place'], state = 'active') => {
          const job = Object.assign(jobs.get(id)!, { place, state, token: null })
          return place === 'ended' ? endTask(job) : job
        }
        const endTask = (job: ModelJob) => Object.assign(job, { task: false, checkpoint: false, queue: job.task ? job.home : job.queue })
        /** Errands to a provider that the last command gave rise to. */
        let errands = 0
        const promote = (kind?: Kind) => {
          for (const job of jobs.values()) if (job.place === 'due' && (!kind || kindOf(job.queue) === kind)) job.place = 'ready'
        }

        for (const each of commands) {
          const client = clients[each.on]!
          errands = 0
          switch (each.do) {
            case 'enqueue':
              for (const id of await act.enqueue(client, stage, each)) {
                const place = each.delayed ? 'later' : 'ready'
                const { queue, priority } = each
                jobs.set(id, {
                  state: 'active',
                  attempts: 0,
                  reclaims: 0,
                  place,
                  token: null,
                  queue,
                  home: queue,
                  priority,
                  task: false,
                  checkpoint: false,
                  errand: false,
                })
              }
              break
            case 'claim': {
              if (!off.has('system')) promote(each.kind)
              const ready = [...jobs.values()].filter((job) => job.place === 'ready' && kindOf(job.queue) === each.kind && isOpen(job))
              const lane = (job: ModelJob) => job.queue.startsWith('lane')
              const busy = [...jobs.values()].filter((job) => lane(job) && job.token !== null).length
              const laneRoom = Math.min(laneLimit - busy, ready.filter(lane).length)
              const wanted = off.has('system') ? 0 : Math.min(each.most, laneRoom + ready.filter((job) => !lane(job)).length)
              // A cancelled job that is still in line counts where the claim reads ahead, so the order is exact only without one.
              const inOrder = !(await look(client)).some((job) => job.state === 'cancelled' && job.ready + job.later > 0)
              const taken = await act.claim(client, each.kind, each.most)
              expect(taken, `a claim takes all it may: ${JSON.stringify([...jobs])}`).toHaveLength(wanted)
              expect(taken.filter(({ job_id }) => lane(jobs.get(job_id)!)).length).toBeLessThanOrEqual(Math.max(0, laneRoom))
              for (const { job_id, lease_token } of taken) {
                expect(ready, 'what is claimed may be claimed').toContain(jobs.get(job_id))
                Object.assign(jobs.get(job_id)!, { place: 'leased', token: lease_token })
                const lease = granted.find(({ token }) => token === lease_token)
                if (lease) lease.ids.push(job_id)
                else granted.push({ token: lease_token, ids: [job_id] })
              }
              if (!inOrder) break
              const worst = Math.max(...taken.map(({ job_id }) => jobs.get(job_id)!).flatMap((job) => (lane(job) ? [] : [job.priority])))
              for (const job of ready) {
                if (job.place === 'ready' && !lane(job))
                  expect(job.priority, 'a job of a better priority was left').toBeGreaterThanOrEqual(worst)
              }
              break
            }
            case 'fall due':
              await act.fallDue(client)
              for (const job of jobs.values()) if (job.place === 'later') job.place = 'due'
              break
            case 'switch':
              expect(await act.switch(client, each.scope, each.off)).toBe(each.off ? 'off' : 'on')
              if (each.off) off.add(each.scope)
              else off.delete(each.scope)
              break
            case 'limit':
              await act.limit(client, each.blocked)
              limited = each.blocked
              break
            case 'hold':
            case 'release':
            case 'cancel':
            case 'redrive':
            case 'callback': {
              if (jobs.size === 0) break
              const id = jobAt(each.job)
              const job = jobs.get(id)!
              if (each.do === 'hold') {
                expect(await act.hold(client, id)).toBe(job.state === 'active' ? 1 : 0)
                if (job.state === 'active') move(id, 'held', 'held')
              } else if (each.do === 'release') {
                expect(await act.release(client, id)).toBe(job.state === 'held' ? 1 : 0)
                if (job.state === 'held') move(id, 'ready')
              } else if (each.do === 'cancel') {
                const live = !final.includes(job.state)
                expect(await act.cancel(client, id)).toBe(live ? 1 : 0)
                if (live) {
                  errands += Number(job.task)
                  move(id, 'ended', 'cancelled')
                }
              } else if (each.do === 'redrive') {
                expect(await act.redrive(client, id)).toBe(job.state === 'failed')
                if (job.state === 'failed') {
                  Object.assign(move(id, 'ready'), { attempts: 0, reclaims: 0 })
                  ended.delete(id)
                }
              } else {
                const event = `${id} ${each.event}`
                const had = await rows(client, 'select from execution.async_tasks where job_id = $1', [id])
                const wanted = had.length === 0 ? 'unknown_task' : receipts.has(event) ? 'replayed' : job.task ? 'noted' : 'ended'
                expect(await act.callback(client, id, event)).toBe(wanted)
                if (had.length > 0) receipts.add(event)
                if (wanted === 'noted' && (job.place === 'later' || job.place === 'due')) move(id, 'ready')
              }
              break
            }
            default: {
              if (granted.length === 0) break
              const { token, ids } = granted.at(-1 - (each.token % granted.length))!
              const id = ids[each.job % ids.length]!
              const job = jobs.get(id)!
              const mine = job.token === token
              const of = [...jobs].filter(([, other]) => other.token === token).map(([other]) => other)
              if (each.do === 'heartbeat') {
                expect((await act.heartbeat(client, token)).toSorted((a, b) => a - b)).toEqual(of)
              } else if (each.do === 'lose') {
                promote() // a sweep promotes
                expect(await act.lose(client, token)).toBe(of.length)
                for (const lost of of) {
                  if (++jobs.get(lost)!.reclaims < 3) move(lost, 'ready')
                  else {
                    errands += Number(jobs.get(lost)!.task)
                    move(lost, 'ended', 'failed')
                  }
                }
              } else if (each.do === 'complete') {
                expect(await act.complete(client, id, token)).toBe(mine)
                if (mine) Object.assign(move(id, 'ended', 'completed'), { attempts: Math.min(3, job.attempts + 1) })
              } else if (each.do === 'fail') {
                const dead = mine && (!each.again || job.attempts === 2)
                expect(await act.fail(client, id, token, each.again)).toBe(mine ? (dead ? 'dead_lettered' : 'requeued') : 'lost')
                if (mine) {
                  job.attempts++
                  if (dead) {
                    errands += Number(job.task) // a deadline ends a job too, and its provider does not know
                    move(id, 'ended', 'failed')
                  } else {
                    if (job.task) endTask(job) // the provider ended it, and need not be told
                    move(id, 'later')
                  }
                }
              } else if (each.do === 'park') {
                const parked = mine && !job.errand
                expect(await act.park(client, stage, id, token)).toBe(parked)
                if (parked)
                  Object.assign(move(id, 'later'), { home: job.task ? job.home : job.queue, queue: 'poll', task: true, reclaims: 0 })
              } else if (each.do === 'yield') {
                expect(await act.yield(client, id, token)).toBe(mine)
                if (mine) Object.assign(move(id, 'ready'), { reclaims: 0 })
              } else {
                expect(await act.checkpoint(client, id, token)).toBe(mine)
                if (mine) Object.assign(job, { checkpoint: true, reclaims: 0 })
              }
            }
          }
          const seen = await look(client)
          const sent = seen.filter((row) => row.errand && !jobs.has(row.job_id))
          expect(sent, `errands after ${JSON.stringify(each)}`).toHaveLength(errands)
          for (const { job_id } of sent)
            jobs.set(job_id, {
              state: 'active',
              attempts: 0,
              reclaims: 0,
              place: 'ready',
              token: null,
              queue: 'poll',
              home: 'poll',
              priority: 0,
              task: false,
              checkpoint: false,
              errand: true,
            })
          checkInvariants(seen, ended, jobs.size)
          for (const row of seen) {
            const { state, attempts, reclaims, token, queue, task, checkpoint } = jobs.get(row.job_id)!
            const wanted = {
              state,
              attempts,
              reclaims,
              token,
              queue_id: stage.queues[queue],
              open_tasks: Number(task),
              checkpoints: Number(checkpoint),
            }
            expect(row, `after ${JSON.stringify(each)}`).toMatchObject(wanted)
          }
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('six commands at once', () => {
  test('whatever the interleaving: no deadlock, no job in two places, no stale token records, no turn twice, and all of it ends', async () => {
    const clients = await impatient(connections)
    const observer = await database.connect()
    const batch = fc.array(command, { minLength: connections, maxLength: connections })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 15, maxLength: 15 }), async (batches: Command[][]) => {
        const stage = await begin()
        const known: number[] = []
        const granted: { token: number; ids: number[] }[] = []
        const tokens = new Set<number>()
        const ended = new Map<number, string>()
        /** Which (token, job) has been spent: each may record one outcome, ever. */
        const spent = new Set<string>()
        /** Jobs that have not been touched since they were enqueued, and whose they are: they stand at the turn they took. */
        const untouched = new Map<number, number>()
        const completions = new Map<number, number>()
        const receipts = new Map<string, number>()
        /** Everything the engine holds; the errands it has given rise to are known from here on. */
        const lookAgain = async (): Promise<SeenJob[]> => {
          const seen = await look(observer)
          for (const { job_id, errand } of seen) if (errand && !known.includes(job_id)) known.push(job_id)
          return seen
        }

        for (const commands of batches) {
          const jobAt = (nth: number) => known.at(-1 - (nth % known.length))!
          const after: (() => void)[] = []
          const run = async (each: Command, client: Client): Promise<void> => {
            if (each.do === 'enqueue') {
              const ids = await act.enqueue(client, stage, each)
              after.push(() => {
                known.push(...ids)
                if (!each.delayed) for (const id of ids) untouched.set(id, each.owner)
              })
            } else if (each.do === 'claim') {
              const taken = await act.claim(client, each.kind, each.most)
              for (const { job_id } of taken) after.push(() => untouched.delete(job_id))
              for (const [token, mine] of Map.groupBy(taken, ({ lease_token }) => lease_token)) {
                expect(tokens.has(token), `token ${token} was minted twice`).toBe(false)
                tokens.add(token)
                granted.push({ token, ids: mine.map(({ job_id }) => job_id) })
              }
            } else if (each.do === 'fall due') await act.fallDue(client)
            else if (each.do === 'switch') await act.switch(client, each.scope, each.off)
            else if (each.do === 'limit') await act.limit(client, each.blocked)
            else if ('token' in each) {
              if (granted.length === 0) return
              const { token, ids } = granted.at(-1 - (each.token % granted.length))!
              const id = ids[each.job % ids.length]!
              const spend = () => {
                expect(spent.has(`${token} ${id}`), `token ${token} recorded job ${id} twice`).toBe(false)
                spent.add(`${token} ${id}`)
              }
              if (each.do === 'heartbeat') for (const mine of await act.heartbeat(client, token)) expect(ids).toContain(mine)
              if (each.do === 'lose') await act.lose(client, token)
              if (each.do === 'checkpoint') await act.checkpoint(client, id, token)
              if (each.do === 'complete' && (await act.complete(client, id, token))) {
                completions.set(id, (completions.get(id) ?? 0) + 1)
                after.push(spend)
              }
              if (each.do === 'fail' && (await act.fail(client, id, token, each.again)) !== 'lost') after.push(spend)
              if (each.do === 'park' && (await act.park(client, stage, id, token))) after.push(spend)
              if (each.do === 'yield' && (await act.yield(client, id, token))) after.push(spend)
            } else {
              if (known.length === 0) return
              const id = jobAt(each.job)
              if (each.do === 'hold') await act.hold(client, id)
              if (each.do === 'release') await act.release(client, id)
              if (each.do === 'cancel') await act.cancel(client, id)
              if (each.do === 'redrive' && (await act.redrive(client, id))) after.push(() => ended.delete(id))
              if (each.do === 'callback') {
                const event = `${id} ${each.event}`
                const answer = await act.callback(client, id, event)
                if (answer === 'noted') receipts.set(event, (receipts.get(event) ?? 0) + 1)
                expect(receipts.get(event) ?? 0, `${event} was taken twice`).toBeLessThanOrEqual(1)
              } else after.push(() => untouched.delete(id))
            }
          }
          await Promise.all(commands.map((each, nth) => run(each, clients[nth]!)))
          for (const settle of after) settle()
          const seen = await lookAgain()
          checkInvariants(seen, ended, known.length)
          expect(await inLane(observer), 'leases in the lane').toBeLessThanOrEqual(laneLimit)
          const turns = await rows<{ job_id: number; turn: string }>(
            observer,
            'select job_id, (position >> 22)::text as turn from execution.ready where job_id = any ($1)',
            [[...untouched.keys()]],
          )
          const taken = turns.map(({ job_id, turn }) => `owner ${untouched.get(job_id)} at ${turn}`)
          expect(taken, 'a turn was given twice').toHaveLength(new Set(taken).size)
        }

        // Whatever is left can be brought to an end by drivers that do their work.
        await act.switch(observer, 'system', false)
        await act.switch(observer, 'provider', false)
        await act.limit(observer, false)
        for (const id of known) await act.release(observer, id)
        await act.fallDue(observer)
        await observer.query(`update execution.leases set expires_at = now() - interval '1 second'`)
        await act.sweep(observer)
        for (const kind of ['work', 'poll'] as const) {
          for (let taken = await act.claim(observer, kind, 50); taken.length > 0; taken = await act.claim(observer, kind, 50)) {
            for (const { job_id, lease_token } of taken) {
              expect(await act.complete(observer, job_id, lease_token)).toBe(true)
              completions.set(job_id, (completions.get(job_id) ?? 0) + 1)
            }
          }
        }
        const jobs = await lookAgain() // the sweep may have ended a task, and sent an errand
        checkInvariants(jobs, ended, known.length)
        for (const job of jobs) {
          expect(final, JSON.stringify(job)).toContain(job.state)
          expect(completions.get(job.job_id) ?? 0, `completions of ${JSON.stringify(job)}`).toBe(job.state === 'completed' ? 1 : 0)
        }
      }),
      { numRuns: 30 },
    )
  })
})
