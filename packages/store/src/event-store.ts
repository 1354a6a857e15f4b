import { z } from 'zod'
import { type Connection, call } from './connection.ts'

const page = z
  .object({
    events: z.array(z.object({ event_id: z.number(), type: z.string(), data: z.unknown(), created_at: z.string() })),
    cursor: z.number(),
    more: z.boolean(),
    status: z.string(),
    ended: z.boolean(),
  })
  .nullable()

/** Events a read takes at most: a page of long deltas stays far below a megabyte. */
const pageSize = 200

/** What a stream of events needs: the log of one battle, as one reader may see it, from a place on. */
export function createEventStore({ battles }: Connection) {
  return {
    eventsAfter: (battle_id: string, viewer_id: string | null, after_event_id: number, most = pageSize) =>
      call('fn_events_after', battles.rpc('fn_events_after', { battle_id, viewer_id: viewer_id as string, after_event_id, most }), page),
  }
}

export type EventStore = ReturnType<typeof createEventStore>
