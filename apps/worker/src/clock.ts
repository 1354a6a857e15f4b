import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@agon/runner-core'

/** Node's clock. */
export const clock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal ? { signal } : {}).catch(() => undefined)
  },
}
