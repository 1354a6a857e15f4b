import { persist } from '../engine/persist.ts'
import type { StepWorld } from '../engine/step.ts'
import { isRetryable, type StepError } from '../errors.ts'
import type { NodeJob, NodeLease, NodeNote, NodeResult } from '../ports/index.ts'
import { ok, type Result } from '../result.ts'

/** A node that was completed, and is to be told. */
export interface NodeEnd {
  lease: NodeLease
  result: NodeResult
  notes: NodeNote[]
}

/** What became of an end that was told with others. `more`: what they unlocked may be there to claim. */
export interface ToldTogether {
  recorded: boolean
  more: boolean
}

/** Enough to save commits; few enough that nobody waits long for the tree they are of. */
const mostTogether = 32

interface Waiting {
  end: NodeEnd
  alone: () => Promise<void>
  told: (outcome: Result<ToldTogether, StepError>) => void
  threw: (thrown: unknown) => void
}

/**
 * Gathers ends of one tree of runs: the first is told alone and at once; those that come while it is being told are told together, in one
 * transaction, as soon as it is. Nothing waits for company. The database tells a tree's ends one after the other anyway, each until it is
 * on disk, so together they are told sooner.
 */
export function gatherEnds() {
  const trees = new Map<string, Waiting[]>()

  async function tellWaiting(root: string, world: StepWorld): Promise<void> {
    for (;;) {
      const together = trees.get(root)!.splice(0, mostTogether)
      if (together.length === 0) {
        trees.delete(root)
        return
      }
      if (together.length === 1) {
        await together[0]!.alone()
        continue
      }
      let recorded: Result<number[], StepError>
      try {
        recorded = await persist(world.clock, () => world.store.completeWorkflowNodes(together.map(({ end }) => end)))
      } catch (thrown) {
        for (const { threw } of together) threw(thrown)
        continue
      }
      if (!recorded.ok && !isRetryable(recorded.error)) {
        // One of them the database does not take: the others must not suffer for it.
        for (const { alone } of together) await alone()
        continue
      }
      for (const [nth, { end, told }] of together.entries()) {
        const last = nth === together.length - 1
        told(recorded.ok ? ok({ recorded: recorded.value.includes(end.lease.jobId), more: last }) : recorded)
      }
    }
  }

  /** Tells an end: by `alone` when no other of its tree is being told, else with those that wait. */
  return async function tell<T>(
    job: Pick<NodeJob, 'rootRunId'>,
    end: NodeEnd,
    world: StepWorld,
    alone: () => Promise<Result<T, StepError>>,
  ): Promise<Result<{ alone: T } | { together: ToldTogether }, StepError>> {
    const byItself = async () => {
      const told = await alone()
      return told.ok ? ok({ alone: told.value }) : told
    }
    const line = trees.get(job.rootRunId)
    if (line === undefined) {
      trees.set(job.rootRunId, [])
      try {
        return await byItself()
      } finally {
        void tellWaiting(job.rootRunId, world)
      }
    }
    return new Promise((resolve, reject) => {
      line.push({
        end,
        alone: () => byItself().then(resolve, reject),
        told: (outcome) => resolve(outcome.ok ? ok({ together: outcome.value }) : outcome),
        threw: reject,
      })
    })
  }
}

export type TellEnd = ReturnType<typeof gatherEnds>
