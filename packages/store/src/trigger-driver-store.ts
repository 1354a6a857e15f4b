import type { FireJob, RefillJob, TriggerStore } from '@agon/runner-core/triggers'
import { z } from 'zod'
import { claimOf, id, lease, leaseOf } from './claims.ts'
import { type Connection, call } from './connection.ts'

const held = { ...lease, trigger_id: z.string() }
const heldJob = (row: z.output<z.ZodObject<typeof held>>) => ({ ...leaseOf(row), triggerId: row.trigger_id })

const refillJob = z
  .object({ ...held, revision: id.nullable(), config: z.record(z.string(), z.unknown()), now_ms: z.number(), from_ms: z.number() })
  .transform((row): RefillJob => ({ ...heldJob(row), revision: row.revision, config: row.config, nowMs: row.now_ms, fromMs: row.from_ms }))
const fireJob = z.object(held).transform((row): FireJob => heldJob(row))

const fired = z
  .object({ outcome: z.enum(['started', 'refused', 'skipped', 'gone']), run_id: z.string().optional(), refused: z.string().optional() })
  .transform(({ outcome, run_id, refused }) => ({ outcome, ...(run_id && { runId: run_id }), ...(refused && { refused }) }))
  .nullable()

/** What drivers of triggers need of the lenses room, one method an RPC. */
export function createTriggerDriverStore({ lenses }: Connection): TriggerStore {
  return {
    claimRefills: (driver, most) =>
      call('fn_worker_claim_schedule_refills', lenses.rpc('fn_worker_claim_schedule_refills', { driver, most }), claimOf(refillJob)),
    claimFirings: (driver, most) =>
      call('fn_worker_claim_workflow_triggers', lenses.rpc('fn_worker_claim_workflow_triggers', { driver, most }), claimOf(fireJob)),
    writeDues: ({ jobId, leaseToken }, refilled) =>
      call(
        'fn_worker_write_dues',
        lenses.rpc('fn_worker_write_dues', {
          job_id: jobId,
          lease_token: leaseToken,
          dues:
            'invalid' in refilled
              ? { revision: refilled.revision, invalid: refilled.invalid }
              : { revision: refilled.revision, dues_ms: refilled.dues, missed_until_ms: refilled.missedUntilMs },
        }),
        z.boolean(),
      ),
    fire: ({ jobId, leaseToken }) =>
      call('fn_worker_fire_trigger', lenses.rpc('fn_worker_fire_trigger', { job_id: jobId, lease_token: leaseToken }), fired),
    failJob: ({ jobId, leaseToken }, backoffMs, { code, message }) =>
      call(
        'fn_worker_fail_trigger_job',
        lenses.rpc('fn_worker_fail_trigger_job', {
          job_id: jobId,
          lease_token: leaseToken,
          backoff_ms: (backoffMs === null ? null : Math.round(backoffMs))!,
          error: { code, message },
        }),
        z.enum(['requeued', 'dead_lettered', 'lost']),
      ),
    dispatchSchedules: () => call('fn_dispatch_scheduled_workflows', lenses.rpc('fn_dispatch_scheduled_workflows', {}), id),
  }
}
