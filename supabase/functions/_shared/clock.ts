import type { Clock } from '@agon/runner-core'

/** The isolate's own clock. */
export const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const timer = setTimeout(resolve, ms)
      const stop = () => {
        clearTimeout(timer)
        resolve()
      }
      signal?.addEventListener('abort', stop, { once: true })
    }),
}
