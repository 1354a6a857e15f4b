/** The world as runner-core may see it: a clock it can read and wait on, and dice. */
export interface Clock {
  /** Milliseconds, monotonic enough to measure a slice. */
  now(): number
  /** The date, in milliseconds since 1970; for waits until a day that a person named, and for nothing that is measured. */
  epochMs?(): number
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Uniform in [0, 1). */
export type Random = () => number
