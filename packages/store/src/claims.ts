import type { Lease } from '@agon/runner-core'
import { z } from 'zod'

/** What the claim of every kind of job answers, parsed. */

export const id = z.number().int()

/** The part of a job that says who holds it. */
export const lease = { lease_token: id, job_id: id, attempts: id, max_attempts: id, reclaims: id, in_lane: z.boolean() }

export const leaseOf = (row: z.output<z.ZodObject<typeof lease>>): Lease => ({
  leaseToken: row.lease_token,
  jobId: row.job_id,
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  reclaims: row.reclaims,
  inLane: row.in_lane,
})

/** A claim's jobs of this shape, how long its lease lasts, and when nothing is ready how soon the next is due. */
export const claimOf = <T extends z.ZodType>(job: T) =>
  z
    .object({ jobs: z.array(job), lease_ms: id, next_due_ms: z.number().nullable() })
    .transform((row) => ({ jobs: row.jobs, leaseMs: row.lease_ms, nextDueMs: row.next_due_ms }))
