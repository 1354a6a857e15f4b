import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type Webhook = Schemas['Webhook']
export type WebhookWithSecret = Schemas['WebhookWithSecret']
export type CreateWebhook = Schemas['CreateWebhook']
export type UpdateWebhook = Schemas['UpdateWebhook']
export type WebhookDeliveryPage = Schemas['WebhookDeliveryPage']
type DeliveriesQuery = NonNullable<paths['/api/webhooks/{webhook_id}/deliveries']['get']['parameters']['query']>

interface CallOptions {
  signal?: AbortSignal
}

/** The signed-in user's webhooks, one method a route. */
export interface WebhooksClient {
  /** The answer shows the signing secret, once. */
  create(webhook: CreateWebhook, options?: CallOptions): Promise<Outcome<WebhookWithSecret>>
  list(options?: CallOptions): Promise<Outcome<Schemas['Webhooks']>>
  get(webhookId: string, options?: CallOptions): Promise<Outcome<Webhook>>
  update(webhookId: string, changes: UpdateWebhook, options?: CallOptions): Promise<Outcome<Webhook>>
  remove(webhookId: string, options?: CallOptions): Promise<Outcome<Schemas['WebhookRemoved']>>
  /** Delivers a ping. */
  test(webhookId: string, options?: CallOptions): Promise<Outcome<Schemas['WebhookTest']>>
  /** The old secret signs along for 24 hours. */
  rotateSecret(webhookId: string, options?: CallOptions): Promise<Outcome<WebhookWithSecret>>
  deliveries(webhookId: string, query?: DeliveriesQuery, options?: CallOptions): Promise<Outcome<WebhookDeliveryPage>>
  /** One dead delivery, or all of them. */
  redrive(webhookId: string, deliveryId?: string, options?: CallOptions): Promise<Outcome<Schemas['WebhookRedrive']>>
}

export function createWebhooksClient(base: string, api: Client<paths>): WebhooksClient {
  const at = (webhookId: string, signal?: AbortSignal) => ({ params: { path: { webhook_id: webhookId } }, ...(signal && { signal }) })
  return {
    create: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/webhooks', { body, ...(signal && { signal }) })),
    list: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/webhooks', signal ? { signal } : {})),
    get: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/webhooks/{webhook_id}', at(id, signal))),
    update: (id, body, { signal } = {}) => outcomeOf(base, signal, api.PATCH('/api/webhooks/{webhook_id}', { ...at(id, signal), body })),
    remove: (id, { signal } = {}) => outcomeOf(base, signal, api.DELETE('/api/webhooks/{webhook_id}', at(id, signal))),
    test: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/webhooks/{webhook_id}/test', at(id, signal))),
    rotateSecret: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/webhooks/{webhook_id}/rotate-secret', at(id, signal))),
    deliveries: (id, query = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/webhooks/{webhook_id}/deliveries', { params: { path: { webhook_id: id }, query }, ...(signal && { signal }) }),
      ),
    redrive: (id, deliveryId, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        deliveryId === undefined
          ? api.POST('/api/webhooks/{webhook_id}/redrive', at(id, signal))
          : api.POST('/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redrive', {
              params: { path: { webhook_id: id, delivery_id: deliveryId } },
              ...(signal && { signal }),
            }),
      ),
  }
}
