import { z } from 'zod'

const eventId = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** From where on. A browser that comes back by itself sends Last-Event-ID and the URL it began with: the header wins. */
const place = { after: eventId.optional(), 'last-event-id': eventId.optional() }

const from = ({ after, 'last-event-id': last }: { after?: number | undefined; 'last-event-id'?: number | undefined }) => ({
  after: last ?? after ?? 0,
  comesBack: last !== undefined,
})

/** Which battle, and from where on. */
export const battleRequest = z
  .object({ battle_id: z.uuid('expected the id of a battle, a UUID'), ...place })
  .transform(({ battle_id, ...rest }) => ({ id: battle_id, ...from(rest) }))

/** Which run, and from where on. */
export const runRequest = z
  .object({ run_id: z.uuid('expected the id of a run, a UUID'), ...place })
  .transform(({ run_id, ...rest }) => ({ id: run_id, ...from(rest) }))
