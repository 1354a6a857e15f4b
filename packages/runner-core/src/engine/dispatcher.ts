import type { StepError } from '../errors.ts'
import { isRetryable } from '../errors.ts'
import type { Claim, Store } from '../ports/index.ts'
import type { Result } from '../result.ts'
import type { Budget } from './budget.ts'
import { createLeases } from './leases.ts'
import type { ActBounds, StepReport, StepWorld } from './step.ts'
import { createTurns } from './turns.ts'

/** What a dispatcher has to know of a job. */
export interface DispatchedJob {
  jobId: number
  leaseToken: number
  inLane: boolean
}

/** One kind of job a dispatcher drains: how it is claimed and what one step of it does. */
export interface Line<J extends DispatchedJob> {
  kind: string
  claim(store: Store, driver: string, most: number): Promise<Result<Claim<J>, StepError>>
  step(job: J, world: StepWorld, bounds: ActBounds): Promise<StepReport>
}

export interface DispatcherOptions {
  // biome-ignore lint/suspicious/noExplicitAny: lines of different jobs stand side by side; each is closed over its own type
  lines: Line<any>[]
  world: StepWorld
  /** Who claims, for the operator's eyes: a lease is fenced by its token, never by this name. */
  driver: string
  /** How many jobs run at once. */
  slots: number
  /** A delayed job due within this many milliseconds is waited for, when the budget allows. */
  patienceMs?: number
  /** What each kind's jobs count for when slots are fewer than jobs; a kind without one counts 1. None at all: in the order of the lines. */
  weights?: Readonly<Record<string, number>>
}

export interface DrainReport {
  claimed: number
  /** Why the drain ended: nothing left to run, or no budget to start another act. */
  ended: 'idle' | 'budget'
}

export interface Dispatcher {
  /**
   * There may be work: of that kind, where who rings knows it, else of any. Starts draining, or tells the drain that is already running,
   * whose budget becomes this one. The promise resolves when that drain has ended and every job it took is recorded.
   */
  wake(budget: Budget, kind?: string): Promise<DrainReport>
  /** The budget has ended before its time: a drain that sleeps until a job falls due looks again, and leaves that job to others. */
  ring(): void
  /** Jobs in hand. */
  readonly running: number
  /** Stops what is in hand now: calls are aborted. The leases they were under, which run out unless they are given back. */
  abort(): number[]
}

/**
 * The driver of every step, in edge functions and in the worker alike. It holds one pool of slots and refills each as its job
 * ends, never waiting for a batch. It claims when it is woken, when a slot frees while more may be ready, and when a delayed job falls
 * due; a step may claim its successor as it ends; so nothing is polled. On leaving for want of budget it posts the next invocation.
 */
export function createDispatcher({ lines, world, driver, slots, patienceMs = 10_000, weights }: DispatcherOptions): Dispatcher {
  const { store, clock, log } = world
  const leases = createLeases(world)
  const turns = createTurns(lines, weights)
  let current: Promise<DrainReport> | undefined
  let budget: Budget
  let running = 0
  let claimed = 0
  type AnyLine = (typeof lines)[number]
  /** Lines of which another claim may find something: after a wake, a full claim or a due time. */
  const open = new Set<AnyLine>()
  /** When the next delayed job of a line that is worth waiting for falls due. */
  const due = new Map<AnyLine, number>()
  let bell = new AbortController()
  const ring = () => bell.abort()

  const expect = (line: AnyLine, inMs: number) => {
    if (inMs <= patienceMs) due.set(line, Math.min(due.get(line) ?? Number.POSITIVE_INFINITY, clock.now() + inMs))
  }
  /** A slot that is about to be free goes to the job that its job's end makes ready, without a wake or another claim. */
  const successor = { driver, wanted: () => budget.canStartAct(clock.now()) }
  const nextDue = () => (due.size === 0 ? null : Math.min(...due.values()))

  /** Lines whose delayed jobs have fallen due are opened. */
  function openDue(): void {
    for (const [line, at] of due) {
      if (clock.now() < at) continue
      due.delete(line)
      open.add(line)
    }
  }

  async function refill(): Promise<void> {
    await turns.round({
      free: () => (budget.canStartAct(clock.now()) ? slots - running : 0), // it may end between the claims of two lines
      isOpen: (line) => open.has(line),
      claim: async (line, most) => {
        open.delete(line)
        const claim = await line.claim(store, driver, most)
        if (!claim.ok) {
          log({ level: isRetryable(claim.error) ? 'warn' : 'error', event: 'claim_failed', kind: line.kind, message: claim.error.message })
          return 0
        }
        const { jobs, leaseMs, nextDueMs } = claim.value
        if (jobs.length === most) open.add(line)
        if (nextDueMs !== null) expect(line, nextDueMs)
        for (const job of jobs) start(line, job, leaseMs)
        return jobs.length
      },
    })
  }

  function start<J extends DispatchedJob>(line: Line<J>, job: J, leaseMs: number): void {
    running++
    claimed++
    const held = leases.hold(job, leaseMs)
    line
      .step(job, world, { timeoutMs: budget.actTimeoutMs(clock.now()), signal: held.signal, successor })
      .then(({ dueInMs, next }) => {
        if (dueInMs !== undefined) expect(line, dueInMs)
        for (const successor of next?.jobs ?? []) start(line, successor as J, next!.leaseMs)
      })
      .catch((error: unknown) => log({ level: 'error', event: 'step_threw', kind: line.kind, job_id: job.jobId, message: String(error) }))
      .finally(() => {
        held.release()
        running--
        if (job.inLane) open.add(line) // the claim stopped at the lane's limit, not at the end of the queue
        ring()
      })
  }

  async function drain(): Promise<DrainReport['ended']> {
    due.clear()
    for (;;) {
      const canStart = budget.canStartAct(clock.now())
      openDue()
      if (canStart && open.size > 0 && running < slots) {
        await refill()
        continue
      }
      const dueAt = nextDue()
      const waitsForDue = canStart && dueAt !== null && running < slots
      if (running === 0 && !waitsForDue && !(canStart && open.size > 0)) break
      if (bell.signal.aborted) bell = new AbortController()
      const quiet = bell.signal
      await clock.sleep(waitsForDue ? Math.max(0, dueAt - clock.now()) : 60_000, quiet)
      if (quiet.aborted) bell = new AbortController()
    }
    const left = lines.filter((line) => open.has(line) || due.has(line))
    if (left.length === 0) return 'idle'
    // All at once: who leaves has little time, and a worker has a dozen lines.
    await Promise.all(
      left.map(async ({ kind }) => {
        const posted = await store.wake(kind)
        if (!posted.ok) log({ level: 'warn', event: 'wake_failed', kind, message: posted.error.message })
      }),
    )
    return 'budget'
  }

  async function run(): Promise<DrainReport> {
    claimed = 0
    for (;;) {
      const ended = await drain()
      // A wake that came while the drain was leaving brought a fresh budget, and perhaps a job nobody else is told of.
      if (open.size > 0 && budget.canStartAct(clock.now())) continue
      current = undefined
      return { claimed, ended }
    }
  }

  return {
    wake(newBudget, kind) {
      budget = newBudget
      const rung = lines.filter((line) => line.kind === kind)
      for (const line of rung.length > 0 ? rung : lines) open.add(line)
      ring()
      current ??= run()
      return current
    },
    ring,
    get running() {
      return running
    },
    abort: () => leases.abortAll(),
  }
}
