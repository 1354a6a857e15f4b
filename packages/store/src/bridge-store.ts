import type { BridgeStore } from '@agon/runner-core/bridge-step'
import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import { bridgeClaim } from './driver-answers.ts'

/** What a worker with an execution bridge asks of the database, one method an RPC. */
export const createBridgeStore = ({ battles }: Connection): BridgeStore => ({
  delegate: (job_id, lease_token) =>
    call('fn_worker_delegate_battle_job', battles.rpc('fn_worker_delegate_battle_job', { job_id, lease_token }), z.boolean()),
  claim: (driver, most) =>
    call('fn_worker_claim_bridge_executions', battles.rpc('fn_worker_claim_bridge_executions', { driver, most }), bridgeClaim),
})
