import type { StepError } from '../errors.ts'
import type { Clock } from '../ports/index.ts'
import type { Result } from '../result.ts'

/** Below it a call is not begun: it would be cut off, and paid for again. As edgeBudget has it. */
const leastCallMs = 15_000

/** How many calls of one job a provider takes at once. */
const mostAtOnce = 4

export type SliceEnd = { kind: 'done' } | { kind: 'lost' } | { kind: 'out_of_time' } | { kind: 'failed'; error: StepError }

/**
 * Makes the calls of one job, a few at once (one, on a single machine), as long as the slice has time for another that takes as long as the
 * longest so far. Each call records itself before it ends. Where one fails, those under way are still waited for and kept, and none
 * begins. The first calls begin whatever time there is: the dispatcher has seen to that.
 */
export async function sliceCalls<C>(
  calls: readonly C[],
  make: (call: C, timeoutMs: number) => Promise<Result<string, StepError>>,
  { clock, timeoutMs, alone }: { clock: Clock; timeoutMs: number; alone: boolean },
): Promise<SliceEnd> {
  const begunAt = clock.now()
  const waiting = [...calls]
  let longestMs = 0
  const failures: StepError[] = []
  const ended = { lost: false, outOfTime: false }
  const over = () => failures.length > 0 || ended.lost || ended.outOfTime
  const leftMs = () => timeoutMs - (clock.now() - begunAt)
  const lane = async (): Promise<void> => {
    for (let nth = 0; waiting.length > 0 && !over(); nth++) {
      if (nth > 0 && leftMs() < Math.max(leastCallMs, longestMs * 1.5)) {
        ended.outOfTime = true
        return
      }
      const startedAt = clock.now()
      const made = await make(waiting.shift()!, leftMs())
      longestMs = Math.max(longestMs, clock.now() - startedAt)
      if (!made.ok) failures.push(made.error)
      else if (made.value === 'lost') ended.lost = true
    }
  }
  await Promise.all(Array.from({ length: Math.min(alone ? 1 : mostAtOnce, calls.length) }, lane))
  // A failure says more than that the time ran out meanwhile; what several cost is added up.
  const costUsd = failures.reduce((sum, failure) => sum + (failure.costUsd ?? 0), 0)
  if (failures[0]) return { kind: 'failed', error: { ...failures[0], ...(costUsd > 0 && { costUsd }) } }
  return { kind: ended.lost ? 'lost' : ended.outOfTime ? 'out_of_time' : 'done' }
}
