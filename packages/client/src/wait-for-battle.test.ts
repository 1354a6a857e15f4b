import { expect, test, vi } from 'vitest'
import type { Outcome } from './outcome.ts'
import type { Battle } from './shapes.ts'
import { waitForBattle } from './wait-for-battle.ts'

const state = (status: string): Outcome<Battle> => ({ ok: true, value: { status } as Battle })
const trouble = (code: string, status: number): Outcome<Battle> => ({
  ok: false,
  problem: { type: 'about:blank', title: '', status, code, detail: '' },
})

/** Answers one outcome after another, and then the last again and again. */
const reading = (...outcomes: Outcome<Battle>[]) => vi.fn(async () => (outcomes.length > 1 ? outcomes.shift()! : outcomes[0]!))

test.each(['closed', 'void', 'cancelled'])('the wait ends with a battle that is %s, and each change is told once', async (end) => {
  const onChange = vi.fn()
  const read = reading(state('executing'), state('executing'), state('scoring'), state(end))
  expect(await waitForBattle(read, { onChange, intervalMs: 1 })).toEqual(state(end))
  expect(onChange.mock.calls.map(([battle]) => battle.status)).toEqual(['executing', 'scoring', end])
})

test('the wait outlives a server that is away for a moment', async () => {
  const read = reading(state('executing'), trouble('unreachable', 0), trouble('store_unavailable', 503), state('closed'))
  expect(await waitForBattle(read, { intervalMs: 1 })).toEqual(state('closed'))
})

test('the wait gives up on a server that stays away, and at once on a refusal', async () => {
  const away = reading(trouble('unreachable', 0))
  expect(await waitForBattle(away, { intervalMs: 1, patienceMs: 5 })).toMatchObject({ ok: false, problem: { code: 'unreachable' } })
  const refused = reading(trouble('not_found', 404))
  expect(await waitForBattle(refused, { intervalMs: 1 })).toMatchObject({ ok: false, problem: { code: 'not_found' } })
  expect(refused).toHaveBeenCalledTimes(1)
})

test('an aborted wait ends without waiting for the interval', async () => {
  const controller = new AbortController()
  const read = vi.fn(async (): Promise<Outcome<Battle>> => (controller.signal.aborted ? trouble('aborted', 0) : state('executing')))
  setTimeout(() => controller.abort(), 5)
  expect(await waitForBattle(read, { signal: controller.signal, intervalMs: 60_000 })).toMatchObject({
    ok: false,
    problem: { code: 'aborted' },
  })
})
