import type { StepWorld } from '../engine/step.ts'
import type { RateLimit } from '../ports/index.ts'

/** Hands what a provider says of its limits to the database, so that no driver claims the key's jobs until they may run. */
export function rateLimitsOf({ limitKey }: { limitKey: string | null }, { store, log }: Pick<StepWorld, 'store' | 'log'>) {
  const reports: Promise<unknown>[] = []
  return {
    onRateLimit({ retryAfterMs }: RateLimit): void {
      if (limitKey === null || !(retryAfterMs > 0)) return
      const report = store.reportRateLimit(limitKey, Math.ceil(retryAfterMs)).then((written) => {
        if (!written.ok) log({ level: 'warn', event: 'rate_limit_not_reported', limit_key: limitKey, message: written.error.message })
      })
      reports.push(report)
    },
    /** Resolves when everything is written: an invocation may end right after its step. */
    reported: () => Promise.all(reports),
  }
}
