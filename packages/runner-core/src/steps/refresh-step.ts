import { afterFailure } from '../engine/backoff.ts'
import type { Budget } from '../engine/budget.ts'
import type { Line } from '../engine/dispatcher.ts'
import { persist } from '../engine/persist.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { Claim, FailureRecord, Lease } from '../ports/index.ts'
import { board, type StyleBoard, styleBoard } from '../rating/board.ts'
import type { Comparison } from '../rating/comparisons.ts'
import { type Style, styleOf } from '../rating/style-control.ts'
import type { Result } from '../result.ts'

/** The comparisons a board is made of. */
export interface Slice {
  source: 'judge' | 'crowd' | 'imported'
  kind: string
  /** Null: of every category. */
  category: string | null
  /** The day it begins at, in UTC; null: of all time. */
  since: string | null
}

export interface RefreshJob extends Slice, Lease {
  /** What the board must still be at when it is recorded, to be fresh. */
  version: number
  style: boolean
}

/** A page of a slice, by column. */
export interface SlicePage {
  a: string[]
  b: string[]
  outcome: ('a' | 'b' | 'tie' | 'both_bad')[]
  weight: number[]
  cluster: string[]
  style: (number[] | null)[]
  /** Where the next page begins; null on the last. */
  next: number | null
}

export interface ComputedBoard extends Pick<StyleBoard, 'rows' | 'comparisons' | 'clusters' | 'clusterRatio'> {
  since: string | null
  coefficients: StyleBoard['coefficients'] | null
  penalty: number | null
  /** Something is left to do: the board stays stale. */
  unfinished: boolean
}

type Stored<T> = Promise<Result<T, StepError>>

/** What a refresh needs of the database, one method an RPC. */
export interface BoardStore {
  claimRefreshes(driver: string, most: number, large: boolean): Stored<Claim<RefreshJob>>
  slice(slice: Slice, after: number): Stored<SlicePage>
  uncountedAnswers(): Stored<{ contenderId: string; contentText: string }[]>
  recordStyles(styles: ({ contenderId: string } & Style)[]): Stored<number>
  /** False: the lease was lost, nothing changed. */
  recordBoard(job: RefreshJob, board: ComputedBoard): Stored<boolean>
  leaveBoard(job: RefreshJob): Stored<boolean>
  failRefresh(job: RefreshJob, backoffMs: number | null, error: StepError): Stored<FailureRecord>
}

export interface RefreshRules {
  /** The most work a driver takes on for one board (see boardWork); a larger one is left to a worker. Without it, any amount. */
  limit?: number
  /** The most pages of answers whose style is counted on the way; what is left is counted by the next refresh. */
  stylePages?: number
  /** Told the work of each board before it is done. */
  onWork?: (work: number) => void
}

/**
 * What a board costs, in comparisons: reading and weighing them, and solving for the competitors, which grows with their cube. Measured in
 * Deno: 100,000 (50,000 comparisons of 246 competitors, say) is 0.3 to 0.5 s of CPU, at equal style or not.
 */
export const boardWork = (comparisons: number, competitors: number): number => comparisons + competitors ** 3 / 300

const results = { a: 1, b: 0, tie: 0.5, both_bad: 0.5 } as const

export function comparisonsOf(page: SlicePage, withStyle: boolean): Comparison[] {
  const made: Comparison[] = []
  for (const [nth, a] of page.a.entries()) {
    const style = page.style[nth]
    if (withStyle && !style) continue
    made.push({
      a,
      b: page.b[nth]!,
      result: results[page.outcome[nth]!],
      weight: page.weight[nth]!,
      cluster: page.cluster[nth]!,
      ...(withStyle && { style: style! }),
    })
  }
  return made
}

/** Computes one board and records it. Dying anywhere costs the computation alone: the board stays as it was until it is recorded. */
export async function refreshStep(
  job: RefreshJob,
  store: BoardStore,
  { clock, random, log }: Pick<StepWorld, 'clock' | 'random' | 'log'>,
  { limit = Number.POSITIVE_INFINITY, stylePages = Number.POSITIVE_INFINITY, onWork }: RefreshRules,
  { signal }: Pick<ActBounds, 'signal'>,
): Promise<StepReport> {
  const computed = await compute()
  if (computed === 'aborted') return {}
  if (computed === 'too_large') {
    const left = await store.leaveBoard(job)
    log({ level: left.ok ? 'warn' : 'error', event: 'board_left', job_id: job.jobId, limit, source: job.source, kind: job.kind })
    return {}
  }
  if ('code' in computed) {
    const decision = afterFailure(job, computed, random)
    const recorded = await persist(clock, () => store.failRefresh(job, decision.kind === 'retry' ? decision.backoffMs : null, computed))
    log({ level: 'warn', event: 'refresh_failed', job_id: job.jobId, code: computed.code, message: computed.message })
    return decision.kind === 'retry' && recorded.ok && recorded.value === 'requeued' ? { dueInMs: decision.backoffMs } : {}
  }
  const recorded = await persist(clock, () => store.recordBoard(job, computed))
  log({
    level: recorded.ok ? 'info' : 'error',
    event: recorded.ok ? (recorded.value ? 'board_recorded' : 'lease_lost') : 'board_not_recorded',
    job_id: job.jobId,
    comparisons: computed.comparisons,
    ...(!recorded.ok && { message: recorded.error.message }),
  })
  return {}

  async function compute(): Promise<ComputedBoard | StepError | 'too_large' | 'aborted'> {
    const counted = job.style ? await countStyles() : true
    if (typeof counted !== 'boolean') return counted
    const comparisons: Comparison[] = []
    const competitors = new Set<string>()
    let unstyled = false
    for (let after: number | null = 0, read = 0; after !== null; ) {
      const page = await persist(clock, () => store.slice(job, after!))
      if (!page.ok) return page.error
      if (signal.aborted) return 'aborted'
      read += page.value.a.length
      for (const name of [...page.value.a, ...page.value.b]) competitors.add(name)
      if (boardWork(read, competitors.size) > limit) {
        onWork?.(read)
        return 'too_large'
      }
      const these = comparisonsOf(page.value, job.style)
      if (these.length < page.value.a.length) unstyled = true
      for (const comparison of these) comparisons.push(comparison)
      after = page.value.next
    }
    onWork?.(boardWork(comparisons.length, competitors.size))
    const unfinished = !counted && unstyled
    try {
      const { since } = job
      if (!job.style) return { ...board(comparisons), since, coefficients: null, penalty: null, unfinished }
      return { ...styleBoard(comparisons), since, unfinished }
    } catch (error) {
      return stepError('internal', error instanceof Error ? error.message : String(error))
    }
  }

  /** Whether every answer is counted now. */
  async function countStyles(): Promise<boolean | StepError> {
    for (let page = 0; page < stylePages; page++) {
      const answers = await persist(clock, () => store.uncountedAnswers())
      if (!answers.ok) return answers.error
      if (answers.value.length === 0) return true
      const styles = answers.value.map(({ contenderId, contentText }) => ({ contenderId, ...styleOf(contentText) }))
      const recorded = await persist(clock, () => store.recordStyles(styles))
      if (!recorded.ok) return recorded.error
    }
    return false
  }
}

/** The boards to compute: those of any size, or the large ones, which only drivers without a limit take. */
export const ratingRefreshes = (store: BoardStore, rules: RefreshRules = {}, large = false): Line<RefreshJob> => ({
  kind: large ? 'rating_refresh_large' : 'rating_refresh',
  claim: (_, driver, most) => store.claimRefreshes(driver, most, large),
  step: (job, world, bounds) => refreshStep(job, store, world, rules, bounds),
})

/**
 * The budget of an edge invocation that computes boards: CPU, of which an isolate has 2 s, and which goes with the work. Once half of `limit`
 * is done no further board is begun, so an invocation does one and a half times `limit` at most.
 */
export function refreshBudget({ limit, actMs = 45_000 }: { limit: number; actMs?: number }): Budget & { spend(work: number): void } {
  let left = limit / 2
  return {
    spend: (work) => {
      left -= work
    },
    remainingMs: () => (left > 0 ? actMs : 0),
    canStartAct: () => left > 0,
    actTimeoutMs: () => actMs,
  }
}
