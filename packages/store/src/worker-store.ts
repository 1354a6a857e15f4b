import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

const kindStatus = z.object({ kind: z.string(), ready: z.number(), oldest_ready_ms: z.number().nullable(), leased: z.number() })

/** What a worker says of itself, gives back and measures, one method an RPC. */
export function createWorkerStore({ execution }: Connection) {
  return {
    heartbeat: (worker_id: string, worker_type: string, metadata: Record<string, Json>) =>
      call('fn_worker_upsert_heartbeat', execution.rpc('fn_worker_upsert_heartbeat', { worker_id, worker_type, metadata }), z.unknown()),
    /** The jobs of this lease are ready again at once, with nothing counted. How many there were. */
    giveBack: (lease_token: number) => call('fn_worker_give_back', execution.rpc('fn_worker_give_back', { lease_token }), z.number().int()),
    /** How deep each queue is. */
    queues: () => call('fn_status', execution.rpc('fn_status'), z.object({ kinds: z.array(kindStatus) })),
  }
}

export type WorkerStore = ReturnType<typeof createWorkerStore>
