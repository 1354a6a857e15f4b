import { z } from 'zod'

const eventId = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** Which battle, and from where on. A browser that comes back by itself sends Last-Event-ID and the URL it began with: the header wins. */
export const streamRequest = z
  .object({
    battle_id: z.uuid('expected the id of a battle, a UUID'),
    after: eventId.optional(),
    'last-event-id': eventId.optional(),
  })
  .transform(({ battle_id, after, 'last-event-id': last }) => ({
    battleId: battle_id,
    after: last ?? after ?? 0,
    comesBack: last !== undefined,
  }))
