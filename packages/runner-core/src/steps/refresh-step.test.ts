import { describe, expect, it } from 'vitest'
import { createDispatcher } from '../engine/dispatcher.ts'
import type { StepWorld } from '../engine/step.ts'
import { stepError } from '../errors.ts'
import { board } from '../rating/board.ts'
import { fail, ok } from '../result.ts'
import {
  type BoardStore,
  boardWork,
  type ComputedBoard,
  comparisonsOf,
  type RefreshJob,
  ratingRefreshes,
  refreshBudget,
  refreshStep,
  type SlicePage,
} from './refresh-step.ts'

const job: RefreshJob = {
  leaseToken: 1,
  jobId: 1,
  attempts: 0,
  maxAttempts: 3,
  reclaims: 0,
  inLane: false,
  version: 4,
  source: 'judge',
  kind: 'text',
  category: null,
  since: null,
  style: false,
}

/** Pages of comparisons of two, each after the other. */
const page = (count: number, next: number | null, style: number[] | null = null): SlicePage => ({
  a: Array.from({ length: count }, () => 'x'),
  b: Array.from({ length: count }, () => 'y'),
  outcome: Array.from({ length: count }, (_, nth) => (['a', 'b', 'tie', 'both_bad'] as const)[nth % 4]!),
  weight: Array.from({ length: count }, () => 1),
  cluster: Array.from({ length: count }, (_, nth) => `q${nth}`),
  style: Array.from({ length: count }, () => style),
  next,
})

function fakeStore(pages: SlicePage[], more: Partial<BoardStore> = {}) {
  const recorded: ComputedBoard[] = []
  const told: string[] = []
  const store: BoardStore = {
    claimRefreshes: async () => ok({ jobs: [], leaseMs: 30_000, nextDueMs: null }),
    slice: async (_, after) => ok(pages[after]!),
    uncountedAnswers: async () => ok([]),
    recordStyles: async (styles) => ok(styles.length),
    recordBoard: async (_, made) => {
      recorded.push(made)
      return ok(true)
    },
    leaveBoard: async () => {
      told.push('left')
      return ok(true)
    },
    failRefresh: async (_, backoffMs, { code }) => {
      told.push(`${code} ${backoffMs === null ? 'for good' : 'again'}`)
      return ok(backoffMs === null ? 'dead_lettered' : 'requeued')
    },
    ...more,
  }
  return { store, recorded, told }
}

const world = { clock: { now: () => 0, sleep: async () => undefined }, random: () => 0.5, log: () => undefined }
const bounds = { signal: new AbortController().signal }

describe('a refresh', () => {
  it('records the board of all the pages', async () => {
    const pages = [page(8, 1), page(5, 2), page(3, null)]
    const { store, recorded } = fakeStore(pages)
    await refreshStep(job, store, world, {}, bounds)
    const all = pages.flatMap((one) => comparisonsOf(one, false))
    expect(recorded).toEqual([{ ...board(all), since: null, coefficients: null, penalty: null, unfinished: false }])
  })

  it('leaves a board of more work than it may do, whether of comparisons or of competitors', async () => {
    const { store, recorded, told } = fakeStore([page(8, 1), page(5, null)])
    const work: number[] = []
    await refreshStep(job, store, world, { limit: 12, onWork: (one) => work.push(one) }, bounds)
    expect([recorded, told, work]).toEqual([[], ['left'], [13]])
    expect(boardWork(10, 300)).toBeGreaterThan(90_000)
  })

  it('at equal style leaves out what is not counted yet, and says that it is not finished', async () => {
    const { store, recorded } = fakeStore([page(8, 1, [0.1, 0, 0, 0]), page(4, null)], {
      uncountedAnswers: async () => ok([{ contenderId: 'c', contentText: 'text' }]),
    })
    await refreshStep({ ...job, style: true }, store, world, { stylePages: 2 }, bounds)
    expect(recorded).toMatchObject([{ comparisons: 8, unfinished: true, penalty: 1 }])
  })

  it('that cannot read is tried again, and given up when the database refuses', async () => {
    for (const [code, expected] of [
      ['store_unavailable', 'store_unavailable again'],
      ['store_refused', 'store_refused for good'],
    ] as const) {
      const { store, told } = fakeStore([], { slice: async () => fail(stepError(code, 'no')) })
      await refreshStep(job, store, world, {}, bounds)
      expect(told).toEqual([expected])
    }
  })

  it('that lost its lease records nothing', async () => {
    const lost = new AbortController()
    const { store, recorded, told } = fakeStore([page(8, 1), page(5, null)], {
      slice: async () => {
        lost.abort()
        return ok(page(8, 1))
      },
    })
    await refreshStep(job, store, world, {}, { signal: lost.signal })
    expect([recorded, told]).toEqual([[], []])
  })
})

describe('an invocation that computes boards', () => {
  it('begins no further board once half its limit is done, and wakes the next invocation', async () => {
    let ready = 5
    const { store, recorded } = fakeStore([page(8, 1), page(4, null)], {
      claimRefreshes: async (_, most) =>
        ok({ jobs: Array.from({ length: Math.min(most, ready) }, () => ({ ...job, jobId: ready-- })), leaseMs: 30_000, nextDueMs: null }),
    })
    const woken: string[] = []
    const budget = refreshBudget({ limit: 40 })
    const dispatcher = createDispatcher({
      lines: [ratingRefreshes(store, { limit: 40, onWork: (work) => budget.spend(work) })],
      world: {
        ...world,
        clock: { now: () => 0, sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())) },
        store: {
          wake: async (kind: string) => {
            woken.push(kind)
            return ok(true)
          },
          heartbeat: async () => ok([]),
        } as unknown as StepWorld['store'],
        providers: () => fail(stepError('internal', 'none')),
      },
      driver: 'test',
      slots: 1,
    })
    expect(await dispatcher.wake(budget)).toEqual({ claimed: 2, ended: 'budget' })
    expect(recorded).toHaveLength(2)
    expect(woken).toEqual(['rating_refresh'])
  })
})
