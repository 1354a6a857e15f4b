import { describe, expect, test } from 'vitest'
import { type Client, rows, untilWaiting, useDatabase, value } from '../support/database.ts'
import { act, type EngineStage, look, setEngineStage } from './engine-stage.ts'

// Two connections that meet on a job that waits for a provider, goes on from a checkpoint, or is held.

const database = useDatabase()
let stage: EngineStage
let open: Client[] = []

/** A job in the hand of a driver. */
async function inHand(): Promise<{ id: number; token: number }> {
  stage = await setEngineStage(database.sql, 1)
  open = await database.connectMany(3)
  await act.enqueue(database.sql, stage, { queue: 'open', owner: 0, count: 1, priority: 0, delayed: false })
  const [job] = await act.claim(database.sql, 'work', 1)
  return { id: job!.job_id, token: job!.lease_token }
}

/** A job that a provider works on. */
async function parked(): Promise<{ id: number; token: number }> {
  const { id, token } = await inHand()
  expect(await act.park(database.sql, stage, id, token)).toBe(true)
  return { id, token }
}

/** Does the first in a transaction that stays open until the second waits for it, or has ended without waiting. */
async function meet<A, B>(first: (client: Client) => Promise<A>, second: (client: Client) => Promise<B>): Promise<[A, B]> {
  const [one, two, observer] = open as [Client, Client, Client]
  await one.query('begin')
  const before = await first(one)
  const after = second(two)
  await untilWaiting(observer, two, after)
  await one.query('commit')
  return [before, await after]
}

/** Where the jobs are, those aside that only tell a provider to stop. */
const places = async () =>
  (await look(database.sql))
    .filter(({ errand }) => !errand)
    .map(({ state, ready, later, leases, open_tasks }) => ({ state, ready, later, leases, open_tasks }))

describe('park and cancel', () => {
  test('a job that is parked first is cancelled where it waits, and its task with it', async () => {
    const { id, token } = await inHand()
    expect(
      await meet(
        (client) => act.park(client, stage, id, token),
        (client) => act.cancel(client, id),
      ),
    ).toEqual([true, 1])
    expect(await places()).toMatchObject([{ state: 'cancelled', leases: 0, open_tasks: 0 }])
    await act.fallDue(database.sql)
    expect((await act.claim(database.sql, 'poll', 5)).map(({ job_id }) => job_id)).not.toContain(id)
    expect(await rows(database.sql, 'select state from execution.async_tasks')).toEqual([{ state: 'cancelled' }])
  })

  test('a job that is cancelled first is not parked, and no task is opened', async () => {
    const { id, token } = await inHand()
    expect(
      await meet(
        (client) => act.cancel(client, id),
        (client) => act.park(client, stage, id, token),
      ),
    ).toEqual([1, false])
    expect(await places()).toEqual([{ state: 'cancelled', ready: 0, later: 0, leases: 0, open_tasks: 0 }])
  })
})

describe('callback and poll', () => {
  test('a callback while a driver claims the due poll: it is polled once', async () => {
    const { id } = await parked()
    await act.fallDue(database.sql)
    const [taken, noted] = await meet(
      (client) => act.claim(client, 'poll', 5),
      (client) => act.callback(client, id, 'done'),
    )
    expect([taken.map(({ job_id }) => job_id), noted]).toEqual([[id], 'noted'])
    expect(await places()).toEqual([{ state: 'active', ready: 0, later: 0, leases: 1, open_tasks: 1 }])
    expect(await act.claim(database.sql, 'poll', 5)).toEqual([])
  })

  test('a claim while a callback makes the poll due: it waits in one place, and is taken once', async () => {
    const { id } = await parked()
    await act.fallDue(database.sql)
    const [noted, taken] = await meet(
      (client) => act.callback(client, id, 'done'),
      (client) => act.claim(client, 'poll', 5),
    )
    expect(noted).toBe('noted')
    const after = await act.claim(database.sql, 'poll', 5)
    expect([...taken, ...after].map(({ job_id }) => job_id)).toEqual([id])
  })

  test('the poll that ends the task and the callback: the callback waits, and finds it ended', async () => {
    const { id } = await parked()
    await act.fallDue(database.sql)
    const [poll] = await act.claim(database.sql, 'poll', 1)
    expect(
      await meet(
        (client) => act.complete(client, id, poll!.lease_token),
        (client) => act.callback(client, id, 'done'),
      ),
    ).toEqual([true, 'ended'])
    expect(await places()).toEqual([{ state: 'completed', ready: 0, later: 0, leases: 0, open_tasks: 0 }])
  })

  test('the callback and the poll that ends the task: the submission is final once', async () => {
    const { id } = await parked()
    await act.fallDue(database.sql)
    const [poll] = await act.claim(database.sql, 'poll', 1)
    expect(
      await meet(
        (client) => act.callback(client, id, 'done'),
        (client) => act.complete(client, id, poll!.lease_token),
      ),
    ).toEqual(['noted', true])
    expect(await places()).toEqual([{ state: 'completed', ready: 0, later: 0, leases: 0, open_tasks: 0 }])
  })

  test('one event twice at once: noted once', async () => {
    const { id } = await parked()
    expect(
      await meet(
        (client) => act.callback(client, id, 'done'),
        (client) => act.callback(client, id, 'done'),
      ),
    ).toEqual(['noted', 'replayed'])
    expect(await places()).toMatchObject([{ ready: 1, later: 0 }])
  })
})

describe('a held job', () => {
  test('held while a driver parks it: nothing of it waits, and the task stays open for the release', async () => {
    const { id, token } = await inHand()
    expect(
      await meet(
        (client) => act.park(client, stage, id, token),
        (client) => act.hold(client, id),
      ),
    ).toEqual([true, 1])
    expect(await places()).toEqual([{ state: 'held', ready: 0, later: 0, leases: 0, open_tasks: 1 }])
    expect(await act.release(database.sql, id)).toBe(1)
    expect((await act.claim(database.sql, 'poll', 5)).map(({ job_id }) => job_id)).toEqual([id])
  })

  test('held while a callback makes it ready: it is taken out again', async () => {
    const { id } = await parked()
    expect(
      await meet(
        (client) => act.callback(client, id, 'done'),
        (client) => act.hold(client, id),
      ),
    ).toEqual(['noted', 1])
    expect(await places()).toMatchObject([{ state: 'held', ready: 0, later: 0, leases: 0 }])
  })

  test('a callback while it is being held does not let it go', async () => {
    const { id } = await parked()
    expect(
      await meet(
        (client) => act.hold(client, id),
        (client) => act.callback(client, id, 'done'),
      ),
    ).toEqual([1, 'noted'])
    expect(await places()).toMatchObject([{ state: 'held', ready: 0, later: 0, leases: 0 }])
  })

  test('held while a driver claims it: the claim comes away with a lease that is taken from it', async () => {
    const { id } = await parked()
    await act.fallDue(database.sql)
    const [taken, stopped] = await meet(
      (client) => act.claim(client, 'poll', 5),
      (client) => act.hold(client, id),
    )
    expect([taken.length, stopped]).toEqual([1, 1])
    expect(await places()).toMatchObject([{ state: 'held', ready: 0, later: 0, leases: 0 }])
    expect(await act.complete(database.sql, id, taken[0]!.lease_token)).toBe(false)
  })

  test('released and cancelled at once: whoever is first decides, and nothing runs', async () => {
    const { id } = await parked()
    await act.hold(database.sql, id)
    expect(
      await meet(
        (client) => act.release(client, id),
        (client) => act.cancel(client, id),
      ),
    ).toEqual([1, 1])
    expect((await act.claim(database.sql, 'poll', 5)).map(({ job_id }) => job_id)).not.toContain(id)
  })
})

describe('a yield', () => {
  test('that comes while the job is taken back changes nothing, and the checkpoint is there for the next', async () => {
    const { id, token } = await inHand()
    expect(await act.checkpoint(database.sql, id, token)).toBe(true)
    await database.sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
    expect(
      await meet(
        (client) => act.sweep(client),
        (client) => act.yield(client, id, token),
      ),
    ).toEqual([{ promoted: 0, reclaimed: 1 }, false])
    expect(await act.checkpoint(database.sql, id, token)).toBe(false)
    expect(await value(database.sql, `select (state ->> 'token')::bigint from execution.checkpoints`)).toBe(token)
    expect(await places()).toMatchObject([{ ready: 1, leases: 0 }])
  })
})
