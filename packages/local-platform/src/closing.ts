import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from './log.ts'

type Step = () => Promise<unknown> | unknown

export interface Closing {
  /** A step that says goodbye over a connection: whoever is at its other end may never answer. */
  politely(what: string, step: Step): void
  /** A step that ends a process or frees a place. It is waited for, because a signal or the file system answers it. */
  surely(what: string, step: Step): void
  /** Takes every step once, the last added first. */
  run(): Promise<void>
}

/**
 * How long the polite steps take together at most. Net grants what is in flight up to a second itself, so what is reached here is a database
 * that holds its connections and says nothing: frozen, behind a lost network, or behind a lock. What requests are granted (functions 300 ms,
 * REST 500 ms, the gateway a second) is theirs whatever the polite steps took, or else a busy machine would cut them.
 */
const politeLimitMs = 2000

/** What a platform has opened, and how to close it: whatever one step does, the next is taken, and PostgreSQL is stopped. */
export function createClosing(log: Log, politeMs = politeLimitMs): Closing {
  const steps: { what: string; step: Step; polite: boolean }[] = []
  return {
    politely: (what, step) => steps.push({ what, step, polite: true }),
    surely: (what, step) => steps.push({ what, step, polite: false }),
    async run() {
      const deadline = performance.now() + politeMs
      for (const { what, step, polite } of steps.splice(0).reverse()) {
        try {
          const done = (async () => step())()
          if (polite) await within(done, deadline - performance.now())
          else await done
        } catch (error) {
          log({ source: 'platform', level: 'warning', message: `while stopping ${what}: ${(error as Error).message}` })
        }
      }
    },
  }
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  const timer = new AbortController()
  const late = delay(Math.max(0, ms), undefined, timer).then(() => {
    throw new Error('no answer in time; it was left to itself')
  })
  late.catch(() => undefined) // also when the step was first
  done.catch(() => undefined) // also when it fails later
  try {
    await Promise.race([done, late])
  } finally {
    timer.abort()
  }
}
