/** How much time a driver has, as a drain sees it. `now` is the clock the budget was made with, in milliseconds. */
export interface Budget {
  remainingMs(now: number): number
  /** Whether an act begun now has enough time to be worth its price. */
  canStartAct(now: number): boolean
  /** The longest an act begun now may take. */
  actTimeoutMs(now: number): number
}

export interface EdgeSlice {
  startedAtMs: number
  /** The whole slice. On the free plan an edge worker lives 150 s and a request is sure of half of it, 75 s. */
  sliceMs?: number
  /** The longest act. */
  actMs?: number
  /** Kept back to record the last outcome and to wake a successor. */
  reserveMs?: number
  /** An act is not begun with less: it would be cut off, and paid for again. */
  minActMs?: number
}

/** The budget of one edge invocation: an act ends before the reserve is touched, and is not begun without a fair chance to end. */
export function edgeBudget(slice: EdgeSlice): Budget {
  const { startedAtMs, sliceMs = 60_000, actMs = 45_000, reserveMs = 3_000, minActMs = 15_000 } = slice
  const remainingMs = (now: number) => Math.max(0, startedAtMs + sliceMs - now)
  const usableMs = (now: number) => Math.max(0, remainingMs(now) - reserveMs)
  return {
    remainingMs,
    canStartAct: (now) => usableMs(now) >= minActMs,
    actTimeoutMs: (now) => Math.min(actMs, usableMs(now)),
  }
}

/** The budget of a worker: no end but the stop signal, after which acts under way may finish and none begins. */
export function workerBudget({ actMs = 600_000, stopped }: { actMs?: number; stopped: AbortSignal }): Budget {
  return {
    remainingMs: () => (stopped.aborted ? 0 : Number.POSITIVE_INFINITY),
    canStartAct: () => !stopped.aborted,
    actTimeoutMs: () => actMs,
  }
}
