import { z } from 'zod'

/** What callers get about webhooks: see responses.ts. */

const timestamp = z.string().meta({ format: 'date-time' })

const fields = {
  webhook_id: z.uuid(),
  url: z.string(),
  event_types: z.array(z.string()),
  description: z.string(),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: z
    .enum(['owner', 'gone', 'failing'])
    .nullable()
    .meta({ description: 'owner asked for it; the receiver answered 410 (gone); five deliveries in a row died (failing)' }),
  disabled_at: timestamp.nullable(),
  consecutive_failures: z.number().int().meta({ description: 'Dead deliveries since the last that arrived' }),
  previous_secret_valid_until: timestamp.nullable().meta({ description: 'Until then the secret before the last rotation signs along' }),
  created_at: timestamp,
  updated_at: timestamp,
}
const webhook = z.object(fields).meta({ id: 'Webhook' })
const webhookWithSecret = z
  .object({ ...fields, secret: z.string().meta({ description: 'whsec_…, shown this once: verify signatures with it' }) })
  .meta({ id: 'WebhookWithSecret' })

const delivery = z
  .object({
    delivery_id: z.uuid().meta({ description: 'The webhook-id header of every attempt' }),
    event_id: z.number().int().nullable(),
    battle_id: z.uuid().nullable(),
    run_id: z.uuid().nullable(),
    type: z.string(),
    status: z.enum(['pending', 'delivered', 'dead']),
    response_status: z.number().int().nullable(),
    next_attempt_at: timestamp.nullable().meta({ description: 'Of a pending delivery that waits to be tried again' }),
    payload: z.unknown(),
    attempts: z.array(
      z.object({
        at: timestamp,
        response_status: z.number().int().optional(),
        latency_ms: z.number().int(),
        error: z.object({ code: z.string(), message: z.string() }).optional(),
      }),
    ),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'WebhookDelivery' })

export const webhookShapes = {
  webhook,
  webhookWithSecret,
  webhooks: z.object({ webhooks: z.array(webhook) }).meta({ id: 'Webhooks' }),
  webhookRemoved: z.object({ webhook_id: z.uuid(), removed: z.literal(true) }).meta({ id: 'WebhookRemoved' }),
  deliveryPage: z.object({ deliveries: z.array(delivery), next_cursor: z.string().nullable() }).meta({ id: 'WebhookDeliveryPage' }),
  webhookTest: z.object({ delivery_id: z.uuid() }).meta({ id: 'WebhookTest' }),
  redriven: z.object({ redriven: z.number().int() }).meta({ id: 'WebhookRedrive' }),
}
