import type { StepWorld } from './step.ts'

interface Lease {
  jobs: Map<number, AbortController>
  renewedAt: number
  done: AbortController
}

/**
 * Keeps the leases of the jobs in hand. Each lease is renewed every third of its length, whatever its jobs do; a job that the
 * database no longer counts as ours (cancelled, reclaimed) is aborted, and so is every job of a lease that could not be renewed in time.
 */
export function createLeases({ store, clock, log }: Pick<StepWorld, 'store' | 'clock' | 'log'>) {
  const leases = new Map<number, Lease>()

  async function keep(leaseToken: number, lease: Lease, leaseMs: number): Promise<void> {
    while (!lease.done.signal.aborted) {
      await clock.sleep(leaseMs / 3, lease.done.signal)
      if (lease.done.signal.aborted) return
      const ours = await store.heartbeat(leaseToken)
      if (ours.ok) lease.renewedAt = clock.now()
      else log({ level: 'warn', event: 'heartbeat_failed', lease_token: leaseToken, message: ours.error.message })
      const expired = clock.now() - lease.renewedAt >= leaseMs
      for (const [jobId, controller] of lease.jobs) {
        if (expired || (ours.ok && !ours.value.includes(jobId))) controller.abort()
      }
    }
  }

  return {
    /** From the claim until release: the signal aborts when the job is no longer ours. */
    hold({ jobId, leaseToken }: { jobId: number; leaseToken: number }, leaseMs: number): { signal: AbortSignal; release: () => void } {
      let lease = leases.get(leaseToken)
      if (!lease) {
        lease = { jobs: new Map(), renewedAt: clock.now(), done: new AbortController() }
        leases.set(leaseToken, lease)
        void keep(leaseToken, lease, leaseMs)
      }
      const held = lease
      const controller = new AbortController()
      held.jobs.set(jobId, controller)
      return {
        signal: controller.signal,
        release: () => {
          held.jobs.delete(jobId)
          if (held.jobs.size === 0) {
            held.done.abort()
            leases.delete(leaseToken)
          }
        },
      }
    },
    /** Aborts every job in hand; the tokens they were held under. */
    abortAll(): number[] {
      const tokens = [...leases.keys()]
      for (const lease of leases.values()) for (const controller of lease.jobs.values()) controller.abort()
      return tokens
    },
  }
}
