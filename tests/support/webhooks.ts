import { randomUUID } from 'node:crypto'
import { type Client, rows, value } from './database.ts'

// Webhooks in a test's database, by the functions the product calls.

export interface Webhook {
  webhookId: string
  ownerId: string
}

export interface WebhookDocument {
  webhook_id: string
  url: string
  event_types: string[]
  status: string
  disabled_reason: string | null
  disabled_at: string | null
  consecutive_failures: number
  previous_secret_valid_until: string | null
  refused?: string
}

export const createWebhookDocument = (client: Client, ownerId: string, wanted: Record<string, unknown> = {}) =>
  value<WebhookDocument>(client, 'select webhooks.fn_webhooks_create($1, $2)', [
    ownerId,
    { webhook_id: randomUUID(), url: 'https://receiver.example/hook', event_types: ['*'], sealed_secret: 'v1.k.iv.sealed', ...wanted },
  ])

export async function createWebhook(client: Client, ownerId: string, eventTypes: string[] = ['*']): Promise<Webhook> {
  const made = await createWebhookDocument(client, ownerId, { event_types: eventTypes })
  if (made.refused) throw new Error(made.refused)
  return { webhookId: made.webhook_id, ownerId }
}

export const webhookOf = (client: Client, { webhookId, ownerId }: Webhook) =>
  value<WebhookDocument | null>(client, 'select webhooks.fn_webhooks_get($1, $2)', [webhookId, ownerId])

export const updateWebhook = (client: Client, { webhookId, ownerId }: Webhook, changes: Record<string, unknown>) =>
  value<WebhookDocument | null>(client, 'select webhooks.fn_webhooks_update($1, $2, $3)', [webhookId, ownerId, changes])

export const removeWebhook = (client: Client, { webhookId, ownerId }: Webhook) =>
  value<boolean>(client, 'select webhooks.fn_webhooks_delete($1, $2)', [webhookId, ownerId])

export const pingWebhook = (client: Client, { webhookId, ownerId }: Webhook) =>
  value<{ delivery_id?: string; refused?: string }>(client, 'select webhooks.fn_webhooks_test($1, $2)', [webhookId, ownerId])

export const redrive = (client: Client, { webhookId, ownerId }: Webhook, deliveryId: string | null = null) =>
  value<{ redriven?: number; refused?: string }>(client, 'select webhooks.fn_webhooks_redrive($1, $2, $3)', [
    webhookId,
    ownerId,
    deliveryId,
  ])

export interface HeldDelivery {
  lease_token: number
  job_id: number
  attempts: number
  reclaims: number
  max_attempts: number
  delivery_id: string
  subscription_id: string
  owner_id: string
  enabled: boolean
  url: string
  sealed_secrets: string[]
  body: string
}

export const claimDeliveries = async (client: Client, most = 100, driver = 'postman') =>
  (await value<{ jobs: HeldDelivery[] }>(client, 'select webhooks.fn_dispatch_webhook_outbox($1, $2)', [driver, most])).jobs

export const deliver = (client: Client, job: HeldDelivery, status = 204) =>
  value<boolean>(client, 'select webhooks.fn_worker_complete_webhook_delivery($1, $2, $3)', [
    job.job_id,
    job.lease_token,
    { response_status: status, latency_ms: 5 },
  ])

export const failDelivery = (
  client: Client,
  job: HeldDelivery,
  backoffMs: number | null,
  code = 'webhook_rejected',
  status: number | null = 500,
) =>
  value<string>(client, 'select webhooks.fn_worker_fail_webhook_delivery($1, $2, $3, $4, $5)', [
    job.job_id,
    job.lease_token,
    backoffMs,
    { code, message: 'no' },
    { response_status: status, latency_ms: 5 },
  ])

export const deliveriesOf = (client: Client, { webhookId }: Webhook) =>
  rows<{ delivery_id: string; type: string; status: string; payload: { type: string; timestamp: string; data: Record<string, unknown> } }>(
    client,
    'select delivery_id, type, status, payload from webhooks.deliveries where subscription_id = $1 order by event_id nulls last',
    [webhookId],
  )
