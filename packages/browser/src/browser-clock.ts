import type { Clock } from '@agon/runner-core'

/** A page's clock. A hidden page's timers run once a minute at worst: leases of local executions last longer than that. */
export const browserClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const over = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', over)
        resolve()
      }
      const timer = setTimeout(over, ms)
      signal?.addEventListener('abort', over)
    }),
}
