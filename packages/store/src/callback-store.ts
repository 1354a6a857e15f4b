import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

const noted = z.enum(['noted', 'replayed', 'ended', 'unknown_task'])

/** What provider-callback needs of the database. */
export function createCallbackStore({ execution }: Connection) {
  return {
    /** Makes the task's next poll due, once an event. */
    callBack: (provider: string, provider_task_id: string, event_id: string) =>
      call('fn_worker_callback', execution.rpc('fn_worker_callback', { provider, provider_task_id, event_id }), noted),
  }
}
export type CallbackStore = ReturnType<typeof createCallbackStore>
