import type { KeyframeStore, KeyframesJob } from '@agon/runner-core/keyframes-step'
import { z } from 'zod'
import { claimOf, lease, leaseOf } from './claims.ts'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

const job = z
  .object({
    ...lease,
    battle_id: z.string(),
    contender_id: z.string(),
    content_url: z.string(),
  })
  .transform(
    (row): KeyframesJob => ({
      ...leaseOf(row),
      battleId: row.battle_id,
      contenderId: row.contender_id,
      contentUrl: row.content_url,
    }),
  )
const claim = claimOf(job)

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
