import type { Clock } from '../ports/index.ts'

interface Sleeper {
  at: number
  wake: () => void
}

/** A clock that only moves when told to: tests of minutes take none. */
export function virtualClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0
  const sleepers = new Set<Sleeper>()
  /** Lets everything that can run without time passing do so. */
  const settle = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  }
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper: Sleeper = { at: now + ms, wake: resolve }
        const end = () => {
          sleepers.delete(sleeper)
          resolve()
        }
        sleeper.wake = end
        sleepers.add(sleeper)
        signal?.addEventListener('abort', end, { once: true })
      }),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const next = [...sleepers].filter((sleeper) => sleeper.at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        now = next.at
        next.wake()
        await settle()
      }
      now = until
      await settle()
    },
  }
}
