import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import { fail, ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { testWorld } from '../testing/samples.ts'
import { edgeBudget, workerBudget } from './budget.ts'
import type { DispatchedJob, Line } from './dispatcher.ts'
import { createDispatcher } from './dispatcher.ts'

interface Job extends DispatchedJob {
  tookMs: number
}

/** A queue in memory, whose jobs take virtual time; it remembers the most that ran at once. */
function scene(options: { slots: number; store?: ReturnType<typeof fakeStore> }) {
  const { clock, store, world } = testWorld(options.store ? { store: options.store } : {})
  const ready: Job[] = []
  const seen = { claims: 0, running: 0, most: 0, done: [] as number[], aborted: [] as number[] }
  let dueInMs: number | null = null
  let token = 0
  const line: Line<Job> = {
    kind: 'noop',
    async claim(_store, _driver, most) {
      seen.claims++
      token++
      const jobs = ready.splice(0, most).map((job) => ({ ...job, leaseToken: token }))
      return ok({ jobs, leaseMs: 30_000, nextDueMs: jobs.length === 0 ? dueInMs : null })
    },
    async step(job, _world, { signal }) {
      seen.most = Math.max(seen.most, ++seen.running)
      await clock.sleep(job.tookMs, signal)
      seen.running--
      if (signal.aborted) seen.aborted.push(job.jobId)
      else seen.done.push(job.jobId)
      return {}
    },
  }
  const dispatcher = createDispatcher({ lines: [line], world, driver: 'test', slots: options.slots })
  let nextId = 0
  const add = (count: number, tookMs: number) => {
    for (let i = 0; i < count; i++) ready.push({ jobId: ++nextId, leaseToken: 0, inLane: false, tookMs })
  }
  return {
    clock,
    store,
    seen,
    dispatcher,
    add,
    setDue: (ms: number | null) => (dueInMs = ms),
    endless: workerBudget({ stopped: new AbortController().signal }),
  }
}

describe('slots', () => {
  test('a slot is refilled as its job ends, without waiting for the batch', async () => {
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 2 })
    add(1, 10_000)
    add(5, 1000)
    const drained = dispatcher.wake(endless)
    await clock.advance(5000)
    expect(seen.done).toEqual([2, 3, 4, 5, 6])
    await clock.advance(5000)
    expect(await drained).toEqual({ claimed: 6, ended: 'idle' })
    expect(seen.most).toBe(2)
  })

  test('two wakes share one pool of slots', async () => {
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 3 })
    add(9, 1000)
    const drained = [dispatcher.wake(endless), dispatcher.wake(endless), dispatcher.wake(endless)]
    await clock.advance(3000)
    await Promise.all(drained)
    expect([seen.most, seen.done.length]).toEqual([3, 9])
  })

  test('work that appears while slots are free is taken at its wake, not at the next end of a job', async () => {
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 2 })
    add(1, 60_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(1000)
    add(1, 100)
    void dispatcher.wake(endless)
    await clock.advance(200)
    expect(seen.done).toEqual([2])
    await clock.advance(60_000)
    await drained
  })

  test('an idle queue is asked once a wake, not polled', async () => {
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 4 })
    add(1, 20_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(30_000)
    await drained
    expect(seen.claims).toBe(1)
  })

  test('a lane’s next job is claimed as its predecessor ends', async () => {
    const { clock, world } = testWorld()
    const ran: number[] = []
    let busy = false
    const waiting = [1, 2, 3]
    const line: Line<Job> = {
      kind: 'noop',
      claim: async () => {
        const jobId = busy ? undefined : waiting.shift()
        if (jobId !== undefined) busy = true
        return ok({
          jobs: jobId === undefined ? [] : [{ jobId, leaseToken: jobId, inLane: true, tookMs: 100 }],
          leaseMs: 30_000,
          nextDueMs: null,
        })
      },
      step: async (job) => {
        await clock.sleep(job.tookMs)
        busy = false
        ran.push(clock.now())
        return {}
      },
    }
    const drained = createDispatcher({ lines: [line], world, driver: 'test', slots: 8 }).wake(
      workerBudget({ stopped: new AbortController().signal }),
    )
    await clock.advance(1000)
    expect(await drained).toEqual({ claimed: 3, ended: 'idle' })
    expect(ran).toEqual([100, 200, 300])
  })

  test('a job that a step claimed as it ended takes over the slot, without another claim', async () => {
    const { clock, world } = testWorld()
    const ran: [number, number][] = []
    let claims = 0
    let most = 0
    let running = 0
    const job = (jobId: number): Job => ({ jobId, leaseToken: jobId, inLane: false, tookMs: 100 })
    const line: Line<Job> = {
      kind: 'noop',
      claim: async () => ok({ jobs: claims++ === 0 ? [job(1)] : [], leaseMs: 30_000, nextDueMs: null }),
      step: async ({ jobId, tookMs }, _world, { successor }) => {
        most = Math.max(most, ++running)
        await clock.sleep(tookMs)
        running--
        ran.push([jobId, clock.now()])
        const goesOn = jobId < 3 && successor?.wanted() && successor.driver === 'test'
        return goesOn ? { next: { jobs: [job(jobId + 1)], leaseMs: 30_000, nextDueMs: null } } : {}
      },
    }
    const drained = createDispatcher({ lines: [line], world, driver: 'test', slots: 2 }).wake(
      workerBudget({ stopped: new AbortController().signal }),
    )
    await clock.advance(1000)
    expect(await drained).toEqual({ claimed: 3, ended: 'idle' })
    expect(ran).toEqual([
      [1, 100],
      [2, 200],
      [3, 300],
    ])
    expect([claims, most]).toEqual([1, 1])
  })

  test('a driver whose budget is spent wants no successor', async () => {
    const { clock, world } = testWorld()
    const wanted: boolean[] = []
    let left = 1
    const line: Line<Job> = {
      kind: 'noop',
      claim: async () =>
        ok({ jobs: left-- > 0 ? [{ jobId: 1, leaseToken: 1, inLane: false, tookMs: 1 }] : [], leaseMs: 30_000, nextDueMs: null }),
      step: async (_job, _world, { successor }) => {
        wanted.push(successor!.wanted())
        await clock.sleep(50_000)
        wanted.push(successor!.wanted())
        return {}
      },
    }
    const drained = createDispatcher({ lines: [line], world, driver: 'test', slots: 2 }).wake(edgeBudget({ startedAtMs: clock.now() }))
    await clock.advance(60_000)
    await drained
    expect(wanted).toEqual([true, false])
  })

  test('a wake that says of what kind asks for no other', async () => {
    const { world } = testWorld()
    const asked: string[] = []
    const lines = ['one', 'two', 'three'].map(
      (kind): Line<Job> => ({
        kind,
        claim: async () => {
          asked.push(kind)
          return ok({ jobs: [], leaseMs: 30_000, nextDueMs: null })
        },
        step: async () => ({}),
      }),
    )
    const dispatcher = createDispatcher({ lines, world, driver: 'test', slots: 2 })
    const budget = workerBudget({ stopped: new AbortController().signal })
    await dispatcher.wake(budget, 'two')
    expect(asked.splice(0)).toEqual(['two'])
    await dispatcher.wake(budget)
    expect(asked.splice(0)).toEqual(['one', 'two', 'three'])
    await dispatcher.wake(budget, 'of another driver')
    expect(asked.splice(0), 'a kind that it does not know may mean anything').toEqual(['one', 'two', 'three'])
  })

  test('however jobs and wakes fall, every job runs once and never more than the slots at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(
          fc.record({
            afterMs: fc.integer({ min: 0, max: 500 }),
            count: fc.integer({ min: 0, max: 6 }),
            tookMs: fc.integer({ min: 0, max: 900 }),
          }),
          { maxLength: 12 },
        ),
        async (slots, arrivals) => {
          const { clock, seen, dispatcher, add, endless } = scene({ slots })
          for (const { afterMs, count, tookMs } of arrivals) {
            await clock.advance(afterMs)
            add(count, tookMs)
            void dispatcher.wake(endless)
          }
          await clock.advance(100_000)
          const total = arrivals.reduce((sum, arrival) => sum + arrival.count, 0)
          expect([...seen.done].sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
          expect(seen.most).toBeLessThanOrEqual(slots)
          expect(dispatcher.running).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('budget', () => {
  test('a slice that is spent stops claiming, lets its jobs end, and posts the next invocation', async () => {
    const { clock, store, seen, dispatcher, add } = scene({ slots: 1 })
    add(100, 9000)
    const drained = dispatcher.wake(edgeBudget({ startedAtMs: 0, sliceMs: 60_000, actMs: 45_000, reserveMs: 3000, minActMs: 15_000 }))
    await clock.advance(120_000)
    expect(await drained).toEqual({ claimed: 5, ended: 'budget' })
    expect(seen.done).toHaveLength(5)
    expect(store.calls).toContainEqual({ method: 'wake', args: ['noop'] })
  })

  test('a wake that comes while the drain is leaving is not lost', async () => {
    const leaving = Promise.withResolvers<void>()
    const store = fakeStore({
      heartbeat: async () => ok([1]),
      wake: async () => {
        await leaving.promise
        return ok(false)
      },
    })
    const { clock, seen, dispatcher, add } = scene({ slots: 1, store })
    const slice = () => edgeBudget({ startedAtMs: clock.now(), sliceMs: 60_000, actMs: 45_000, reserveMs: 3000, minActMs: 15_000 })
    add(1, 50_000)
    const drained = dispatcher.wake(slice())
    await clock.advance(55_000)
    expect(store.count('wake')).toBe(1)
    add(1, 10)
    void dispatcher.wake(slice())
    leaving.resolve()
    await clock.advance(100)
    await drained
    expect(seen.done).toEqual([1, 2])
  })

  test('a later wake gives the running drain its fresh slice', async () => {
    const { clock, seen, dispatcher, add } = scene({ slots: 1 })
    add(9, 9000)
    const slice = () => edgeBudget({ startedAtMs: clock.now(), sliceMs: 60_000, actMs: 45_000, reserveMs: 3000, minActMs: 15_000 })
    const drained = dispatcher.wake(slice())
    await clock.advance(40_000)
    void dispatcher.wake(slice())
    await clock.advance(120_000)
    expect(await drained).toEqual({ claimed: 9, ended: 'idle' })
    expect(seen.done).toHaveLength(9)
  })

  test('a job due soon is waited for, one due late is left to the sweep', async () => {
    const soon = scene({ slots: 1 })
    soon.setDue(2000)
    const drained = soon.dispatcher.wake(soon.endless)
    await soon.clock.advance(1500)
    soon.add(1, 10)
    soon.setDue(null)
    await soon.clock.advance(1000)
    expect(await drained).toEqual({ claimed: 1, ended: 'idle' })

    const late = scene({ slots: 1 })
    late.setDue(60_000)
    const left = late.dispatcher.wake(late.endless)
    await late.clock.advance(0)
    expect(await left).toEqual({ claimed: 0, ended: 'idle' })
  })

  test('a job that failed and backs off is waited for by the driver that saw it fail', async () => {
    const { clock, world } = testWorld()
    const ran: number[] = []
    let due = 0
    const line: Line<Job> = {
      kind: 'noop',
      claim: async () =>
        ok({
          jobs: clock.now() >= due && ran.length < 2 ? [{ jobId: 1, leaseToken: ran.length, inLane: false, tookMs: 0 }] : [],
          leaseMs: 30_000,
          nextDueMs: null,
        }),
      step: async () => {
        ran.push(clock.now())
        due = clock.now() + 700
        return ran.length === 1 ? { dueInMs: 700 } : {}
      },
    }
    const drained = createDispatcher({ lines: [line], world, driver: 'test', slots: 4 }).wake(
      workerBudget({ stopped: new AbortController().signal }),
    )
    await clock.advance(5000)
    expect(await drained).toEqual({ claimed: 2, ended: 'idle' })
    expect(ran).toEqual([0, 700])
  })

  test('a job that backs off is still waited for when another is claimed meanwhile', async () => {
    const { clock, world } = testWorld()
    const ran: [job: number, at: number][] = []
    const queue = [{ jobId: 1, at: 0 }]
    const line: Line<Job> = {
      kind: 'noop',
      claim: async () => {
        const ready = queue.filter((job) => job.at <= clock.now())
        for (const job of ready) queue.splice(queue.indexOf(job), 1)
        return ok({
          jobs: ready.map((job) => ({ ...job, leaseToken: ran.length + 1, inLane: false, tookMs: 0 })),
          leaseMs: 30_000,
          nextDueMs: null,
        })
      },
      step: async (job) => {
        ran.push([job.jobId, clock.now()])
        if (job.jobId !== 1 || ran.length > 1) return {}
        queue.push({ jobId: 1, at: clock.now() + 400 })
        return { dueInMs: 400 }
      },
    }
    const endless = workerBudget({ stopped: new AbortController().signal })
    const dispatcher = createDispatcher({ lines: [line], world, driver: 'test', slots: 4 })
    const drained = dispatcher.wake(endless)
    await clock.advance(100)
    queue.push({ jobId: 2, at: 0 })
    void dispatcher.wake(endless)
    await clock.advance(5000)
    expect(await drained).toEqual({ claimed: 3, ended: 'idle' })
    expect(ran).toEqual([
      [1, 0],
      [2, 100],
      [1, 400],
    ])
  })

  test('a stopped worker finishes what is in hand and takes no more', async () => {
    const { clock, seen, dispatcher, add } = scene({ slots: 2 })
    const stopped = new AbortController()
    add(6, 1000)
    const drained = dispatcher.wake(workerBudget({ stopped: stopped.signal }))
    await clock.advance(500)
    stopped.abort()
    await clock.advance(5000)
    expect(await drained).toEqual({ claimed: 2, ended: 'budget' })
    expect(seen.done).toEqual([1, 2])
  })

  test('a worker that is stopped while it waits for a due job leaves at once, and wakes whoever takes that job', async () => {
    const { clock, store, seen, dispatcher, setDue } = scene({ slots: 2 })
    setDue(8000)
    const stop = new AbortController()
    const drained = dispatcher.wake(workerBudget({ stopped: stop.signal }))
    await clock.advance(1000)
    stop.abort()
    dispatcher.ring()
    await clock.advance(0)
    expect(await drained).toEqual({ claimed: 0, ended: 'budget' })
    expect(seen.claims).toBe(1)
    expect(store.count('wake')).toBe(1)
  })
})

test('a worker that is stopped between the claims of two lines makes no other', async () => {
  const { world, store } = testWorld()
  const stop = new AbortController()
  const asked: string[] = []
  const lines = ['one', 'two', 'three'].map(
    (kind): Line<Job> => ({
      kind,
      claim: async () => {
        asked.push(kind)
        if (kind === 'one') stop.abort()
        return ok({ jobs: [], leaseMs: 30_000, nextDueMs: null })
      },
      step: async () => ({}),
    }),
  )
  const dispatcher = createDispatcher({ lines, world, driver: 'test', slots: 2 })
  expect(await dispatcher.wake(workerBudget({ stopped: stop.signal }))).toEqual({ claimed: 0, ended: 'budget' })
  expect(asked).toEqual(['one'])
  expect(store.count('wake'), 'others look after the lines it did not come to').toBe(2)
})

describe('leases', () => {
  test('a lease is renewed every third of its length while a job of it runs, and no longer', async () => {
    const store = fakeStore({ heartbeat: async () => ok([1]) })
    const { clock, dispatcher, add, endless } = scene({ slots: 1, store })
    add(1, 35_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(300_000)
    await drained
    expect(store.count('heartbeat')).toBe(3)
  })

  test('a job that is cancelled in the database is aborted at the next heartbeat; its neighbours go on', async () => {
    const store = fakeStore({ heartbeat: async () => ok([2]) })
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 2, store })
    add(2, 25_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(11_000)
    expect(seen.aborted).toEqual([1])
    await clock.advance(20_000)
    await drained
    expect(seen.done).toEqual([2])
  })

  test('a lease that cannot be renewed in time is given up, because another driver may hold it now', async () => {
    const store = fakeStore({ heartbeat: async () => fail(stepError('store_unavailable', 'reset')) })
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 1, store })
    add(1, 100_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(29_000)
    expect(seen.aborted).toEqual([])
    await clock.advance(2000)
    await drained
    expect(seen.aborted).toEqual([1])
  })

  test('abort ends what is in hand', async () => {
    const { clock, seen, dispatcher, add, endless } = scene({ slots: 3 })
    add(3, 100_000)
    const drained = dispatcher.wake(endless)
    await clock.advance(10)
    dispatcher.abort()
    await clock.advance(0)
    await drained
    expect(seen.aborted).toEqual([1, 2, 3])
  })
})

test('a claim that fails ends the drain quietly: the sweep wakes it again', async () => {
  const { world } = testWorld()
  const line: Line<Job> = { kind: 'noop', claim: async () => fail(stepError('store_unavailable', 'down')), step: async () => ({}) }
  const dispatcher = createDispatcher({ lines: [line], world, driver: 'test', slots: 1 })
  expect(await dispatcher.wake(workerBudget({ stopped: new AbortController().signal }))).toEqual({ claimed: 0, ended: 'idle' })
})

test('a step that throws frees its slot and leaves the job to its lease', async () => {
  const { world } = testWorld()
  let given = false
  const line: Line<Job> = {
    kind: 'noop',
    claim: async () => {
      const jobs = given ? [] : [{ jobId: 1, leaseToken: 1, inLane: false, tookMs: 0 }]
      given = true
      return ok({ jobs, leaseMs: 30_000, nextDueMs: null })
    },
    step: async () => {
      throw new Error('a bug')
    },
  }
  const dispatcher = createDispatcher({ lines: [line], world, driver: 'test', slots: 1 })
  expect(await dispatcher.wake(workerBudget({ stopped: new AbortController().signal }))).toEqual({ claimed: 1, ended: 'idle' })
  expect(dispatcher.running).toBe(0)
})
