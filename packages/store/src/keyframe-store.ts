import type { KeyframeStore, KeyframesJob } from '@agon/runner-core/keyframes-step'
import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

const id = z.number().int()
const job = z
  .object({
    lease_token: id,
    job_id: id,
    attempts: id,
    max_attempts: id,
    reclaims: id,
    in_lane: z.boolean(),
    battle_id: z.string(),
    contender_id: z.string(),
    content_url: z.string(),
  })
  .transform(
    (row): KeyframesJob => ({
      leaseToken: row.lease_token,
      jobId: row.job_id,
      attempts: row.attempts,
      maxAttempts: row.max_attempts,
      reclaims: row.reclaims,
      inLane: row.in_lane,
      battleId: row.battle_id,
      contenderId: row.contender_id,
      contentUrl: row.content_url,
    }),
  )
const claim = z
  .object({ jobs: z.array(job), lease_ms: id, next_due_ms: z.number().nullable() })
  .transform((row) => ({ jobs: row.jobs, leaseMs: row.lease_ms, nextDueMs: row.next_due_ms }))

/** What a worker that can take films apart asks of the database, one method an RPC. */
export const createKeyframeStore = ({ battles, execution }: Connection): KeyframeStore => ({
  claim: (driver, most) =>
    call('fn_worker_claim_battle_keyframes', battles.rpc('fn_worker_claim_battle_keyframes', { driver, most }), claim),
  complete: (job_id, lease_token, frames) =>
    call(
      'fn_worker_complete_battle_keyframes',
      battles.rpc('fn_worker_complete_battle_keyframes', {
        job_id,
        lease_token,
        keyframes: frames.map(({ url, atMs }) => ({ url, at_ms: Math.round(atMs) })),
      }),
      z.boolean(),
    ),
  announce: (driver, capabilities, details = {}) =>
    call(
      'fn_worker_announce_capabilities',
      execution.rpc('fn_worker_announce_capabilities', {
        driver,
        capabilities: [...capabilities],
        details: details as Json,
      }),
      z.unknown(),
    ),
})
