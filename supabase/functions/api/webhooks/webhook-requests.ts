import { z } from 'zod'

/** What callers send about webhooks. */

const url = z.string().min(1).max(2048).meta({
  description: 'Where events are posted: https, on a host that the internet reaches',
  example: 'https://example.com/agon',
})
const eventType = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z_]+\.\*|[a-z_]+(\.[a-z_]+)+)$/, 'expected an event type as battle.closed, a family as battle.*, or *')
const eventTypes = z
  .array(eventType)
  .min(1)
  .max(50)
  .meta({ description: 'Event types as battle.closed, families as battle.*, or * for all', example: ['battle.closed', 'contender.*'] })
const description = z.string().trim().max(200)

export const createWebhook = z
  .strictObject({ url, event_types: eventTypes.default(['*']), description: description.default('') })
  .meta({ id: 'CreateWebhook' })

export const updateWebhook = z
  .strictObject({
    url: url.optional(),
    event_types: eventTypes.optional(),
    description: description.optional(),
    status: z.enum(['enabled', 'disabled']).optional().meta({ description: 'enabled forgives what failed before' }),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'name at least one field to change')
  .meta({ id: 'UpdateWebhook' })

export const webhookId = z.object({ webhook_id: z.uuid() })
export const deliveryId = z.object({ webhook_id: z.uuid(), delivery_id: z.uuid() })

export const deliveriesQuery = z.strictObject({
  status: z.enum(['pending', 'delivered', 'dead']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})
