import { expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import { fail, ok } from '../result.ts'
import { fireStep } from './fire-step.ts'
import { refillStep } from './refill-step.ts'
import type { FireJob, RefillJob, TriggerStore } from './trigger-store.ts'

const lease = { leaseToken: 7, jobId: 1, attempts: 0, maxAttempts: 3, reclaims: 0, inLane: false, triggerId: 'one' }
const nowMs = Date.parse('2026-11-20T12:00Z')
const refillJob = (config: Record<string, unknown>, more: Partial<RefillJob> = {}): RefillJob => ({
  ...lease,
  revision: 3,
  config,
  nowMs,
  fromMs: nowMs,
  ...more,
})

function world(store: Partial<TriggerStore>) {
  const written: unknown[] = []
  const events: string[] = []
  const all = {
    writeDues: async (_job: RefillJob, refilled: unknown) => {
      written.push(refilled)
      return ok(true)
    },
    ...store,
  } as TriggerStore
  return {
    store: all,
    written,
    events,
    ports: {
      clock: { now: () => 0, sleep: async () => undefined },
      random: () => 0.5,
      log: ({ event }: { event: string }) => void events.push(event),
    },
  }
}

test('a refill counts from the database’s now, and names the revision it was asked for', async () => {
  const { store, written, ports } = world({})
  await refillStep(refillJob({ cron_expr: '0 9 * * *', timezone: 'Europe/Berlin' }), store, ports)
  expect(written).toEqual([{ revision: 3, dues: expect.arrayContaining([Date.parse('2026-11-21T08:00Z')]), missedUntilMs: null }])
})

test.each([
  ['skip', 1],
  ['run_once', 1],
  ['run_all', 4],
])('a refill after an outage keeps of what was missed what the policy %s may run', async (missed, kept) => {
  const { store, written, ports } = world({})
  const config = { cron_expr: '0 * * * *', timezone: 'UTC', missed, missed_limit: 4 }
  await refillStep(refillJob(config, { fromMs: nowMs - 86_400_000 }), store, ports)
  const [{ dues, missedUntilMs }] = written as [{ dues: number[]; missedUntilMs: number }]
  expect(dues.filter((due) => due <= nowMs)).toHaveLength(kept)
  expect(missedUntilMs).toBe(nowMs - kept * 3_600_000)
})

test('a schedule that can no longer be read is said to be invalid, and not tried for ever', async () => {
  const { store, written, ports } = world({})
  await refillStep(refillJob({ cron_expr: '0 9 * * *', timezone: 'Europe/Atlantis' }), store, ports)
  await refillStep(refillJob({ cron: '0 9 * * *' }), store, ports)
  expect(written).toEqual([
    { revision: 3, invalid: expect.stringContaining('timezone: Europe/Atlantis') },
    { revision: 3, invalid: expect.stringContaining('cron_expr: ') },
  ])
})

test('an event whose start could not be recorded is tried again, one the database refuses is given up', async () => {
  const failures: (number | null)[] = []
  const failing = (code: 'store_unavailable' | 'store_refused') =>
    world({
      fire: async () => fail(stepError(code, 'no')),
      failJob: async (_job, backoffMs) => {
        failures.push(backoffMs)
        return ok(backoffMs === null ? 'dead_lettered' : 'requeued')
      },
    })
  const job: FireJob = lease
  const down = failing('store_unavailable')
  expect(await fireStep(job, down.store, down.ports)).toEqual({ dueInMs: expect.any(Number) })
  const refused = failing('store_refused')
  expect(await fireStep(job, refused.store, refused.ports)).toEqual({})
  expect(failures).toEqual([expect.any(Number), null])
})

test('a driver that lost its lease says so, and records nothing', async () => {
  const lost = world({ fire: async () => ok(null) })
  await fireStep(lease, lost.store, lost.ports)
  expect(lost.events).toEqual(['trigger_lease_lost'])
})
