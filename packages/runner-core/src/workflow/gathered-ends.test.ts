import { expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import { fail, ok } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { testWorld } from '../testing/samples.ts'
import { gatherEnds, type NodeEnd } from './gathered-ends.ts'

const endOf = (jobId: number): NodeEnd => ({
  lease: { kind: 'workflow_node', jobId, leaseToken: 1 },
  result: { envelope: { kind: 'text', artifact_kind: 'text', output: '' }, ports: ['output'], latencyMs: 0 },
  notes: [],
})

/** A driver whose ends are told when the test lets them be. */
function scene(completeWorkflowNodes?: ReturnType<typeof fakeStore>['completeWorkflowNodes']) {
  const batches: number[][] = []
  const store = fakeStore({
    completeWorkflowNodes: async (ends) => {
      batches.push(ends.map(({ lease }) => lease.jobId))
      return completeWorkflowNodes ? completeWorkflowNodes(ends) : ok(ends.map(({ lease }) => lease.jobId))
    },
  })
  const { world } = testWorld({ store, clock: { now: () => 0, sleep: async () => {} } })
  const tell = gatherEnds()
  const alone: number[] = []
  const waiting: (() => void)[] = []
  return {
    batches,
    alone,
    /** Lets whatever is being told alone be over, and what follows from it. */
    async goOn() {
      for (const go of waiting.splice(0)) go()
      await new Promise((resolve) => setImmediate(resolve))
    },
    tell: (jobId: number, rootRunId = 'a tree') =>
      tell({ rootRunId }, endOf(jobId), world, async () => {
        alone.push(jobId)
        await new Promise<void>((resolve) => waiting.push(resolve))
        return ok(jobId)
      }),
  }
}

test('an end with no other before it is told at once, alone', async () => {
  const { tell, goOn, batches } = scene()
  const told = tell(1)
  await goOn()
  expect([await told, batches]).toEqual([ok({ alone: 1 }), []])
  const later = tell(2)
  await goOn()
  expect([await later, batches]).toEqual([ok({ alone: 2 }), []])
})

test('those that come while one is being told are told together, and the last looks for what they unlocked', async () => {
  const { tell, goOn, alone, batches } = scene()
  const told = [1, 2, 3].map((id) => tell(id))
  expect([alone, batches]).toEqual([[1], []])
  await goOn()
  expect(await Promise.all(told)).toEqual([
    ok({ alone: 1 }),
    ok({ together: { recorded: true, more: false } }),
    ok({ together: { recorded: true, more: true } }),
  ])
  expect([alone, batches]).toEqual([[1], [[2, 3]]])
})

test('one that waited by itself is told alone, and another tree waits for nobody', async () => {
  const { tell, goOn, alone, batches } = scene()
  const told = [tell(1), tell(2), tell(9, 'another tree')]
  expect(alone).toEqual([1, 9])
  await goOn()
  await goOn()
  expect(await Promise.all(told)).toEqual([ok({ alone: 1 }), ok({ alone: 2 }), ok({ alone: 9 })])
  expect(batches).toEqual([])
})

test('at most 32 go together', async () => {
  const { tell, goOn, batches } = scene()
  const told = Array.from({ length: 70 }, (_, id) => tell(id))
  await goOn()
  await goOn()
  await Promise.all(told)
  expect(batches.map((batch) => batch.length)).toEqual([32, 32, 5])
})

test('who lost the lease is told so, and the others are recorded', async () => {
  const { tell, goOn } = scene(async () => ok([2]))
  const told = [1, 2, 3].map((id) => tell(id))
  await goOn()
  expect((await Promise.all(told)).slice(1)).toEqual([
    ok({ together: { recorded: true, more: false } }),
    ok({ together: { recorded: false, more: true } }),
  ])
})

test('an end that the database does not take costs the others nothing: each is told alone', async () => {
  const { tell, goOn, alone } = scene(async () => fail(stepError('store_refused', 'no')))
  const told = [1, 2, 3].map((id) => tell(id))
  for (let round = 0; round < 3; round++) await goOn()
  expect(await Promise.all(told)).toEqual([ok({ alone: 1 }), ok({ alone: 2 }), ok({ alone: 3 })])
  expect(alone).toEqual([1, 2, 3])
})

test('a database that is away is asked again, and then each is told that nothing was recorded', async () => {
  const away = fail(stepError('store_unavailable', 'away'))
  const { tell, goOn, alone, batches } = scene(async () => away)
  const told = [1, 2, 3].map((id) => tell(id))
  await goOn()
  expect((await Promise.all(told)).slice(1)).toEqual([away, away])
  expect([alone, batches.length]).toEqual([[1], 5])
})

test('what nobody foresaw reaches each of them, and the tree goes on', async () => {
  const { tell, goOn } = scene(async () => {
    throw new Error('a defect')
  })
  const told = [1, 2, 3].map((id) => tell(id))
  const ends = Promise.allSettled(told)
  await goOn()
  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  const after = tell(4)
  await goOn()
  expect(await after).toEqual(ok({ alone: 4 }))
})
