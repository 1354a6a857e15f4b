import type pg from 'pg'

/** How an engine drains in one worker process. */
export interface DrainMode {
  /** Jobs a claim takes. */
  batch: number
  /** Ours: connections, each with one batch in hand. Graphile Worker: concurrent jobs. pg-boss: workers or fetch loops. */
  concurrency: number
}

export interface Drainer {
  /** Ours knows when nothing is left; the peers poll on until they are stopped. */
  finished?: Promise<void>
  /** What the drainer wants on record, such as the latency of each step. */
  report?(): Record<string, number[]>
  stop(): Promise<void>
}

/** One queue engine: the same few verbs for each, so that every measurement treats them alike. */
export interface Engine {
  name: 'agon' | 'graphile-worker' | 'pg-boss'
  /** Prepares an empty database, once; runs start from copies of it. */
  install(url: string): Promise<void>
  fill(url: string, jobs: number): Promise<void>
  /** Held exclusively while the workers start: all of them begin at the moment it is let go. */
  gate: string
  /** Whether a job is not yet recorded as done. */
  unfinished(client: pg.Client): Promise<boolean>
  /** Throws unless exactly these jobs are completed, each once. `handled` is what the handlers counted. */
  verify(client: pg.Client, jobs: number, handled: number): Promise<void>
  /** Runs in the worker process. */
  drain(url: string, mode: DrainMode, onHandled: (jobs: number) => void): Promise<Drainer>
}

export function expectEqual(what: string, expected: unknown, found: unknown): void {
  if (JSON.stringify(expected) !== JSON.stringify(found)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}. The measurement is void.`)
  }
}
