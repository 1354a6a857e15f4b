import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'
import type { Json } from './database.types.ts'

export interface NewWebhook {
  webhook_id: string
  url: string
  event_types: string[]
  description: string
  sealed_secret: string
}

export interface WebhookChanges {
  url?: string | undefined
  event_types?: string[] | undefined
  description?: string | undefined
  status?: 'enabled' | 'disabled' | undefined
}

const refused = <const Codes extends string[]>(codes: Codes) => z.object({ refused: z.enum(codes) })
/** Documents are built by the database; the shape that callers rely on is api's response schema. */
const document = z.record(z.string(), z.unknown())
const webhook = document.refine((row) => 'webhook_id' in row, 'a webhook has its id')
const page = z.object({ deliveries: z.array(document), next_cursor: z.string().nullable() })

/** What the api needs of the webhooks room, one method an RPC. Owners are users the api has authenticated; null is a stranger's. */
export function createWebhookStore({ webhooks }: Connection) {
  return {
    create: (owner_id: string, row: NewWebhook) =>
      call(
        'fn_webhooks_create',
        webhooks.rpc('fn_webhooks_create', { owner_id, webhook: row as unknown as Json }),
        z.union([refused(['webhook_limit']), webhook]),
      ),
    list: (owner_id: string) => call('fn_webhooks_list', webhooks.rpc('fn_webhooks_list', { owner_id }), z.array(document)),
    get: (webhook_id: string, owner_id: string) =>
      call('fn_webhooks_get', webhooks.rpc('fn_webhooks_get', { webhook_id, owner_id }), webhook.nullable()),
    update: (webhook_id: string, owner_id: string, changes: WebhookChanges) =>
      call(
        'fn_webhooks_update',
        webhooks.rpc('fn_webhooks_update', { webhook_id, owner_id, changes: changes as unknown as Json }),
        webhook.nullable(),
      ),
    remove: (webhook_id: string, owner_id: string) =>
      call('fn_webhooks_delete', webhooks.rpc('fn_webhooks_delete', { webhook_id, owner_id }), z.boolean()),
    rotateSecret: (webhook_id: string, owner_id: string, sealed_secret: string) =>
      call(
        'fn_webhooks_rotate_secret',
        webhooks.rpc('fn_webhooks_rotate_secret', { webhook_id, owner_id, sealed_secret }),
        webhook.nullable(),
      ),
    test: (webhook_id: string, owner_id: string) =>
      call(
        'fn_webhooks_test',
        webhooks.rpc('fn_webhooks_test', { webhook_id, owner_id }),
        z.union([refused(['not_found', 'webhook_disabled']), z.object({ delivery_id: z.string() })]),
      ),
    deliveries: (query: { webhook_id: string; owner_id: string; most: number; status?: string; cursor?: string }) =>
      call('fn_webhooks_deliveries', webhooks.rpc('fn_webhooks_deliveries', query), page.nullable()),
    redrive: (webhook_id: string, owner_id: string, delivery_id?: string) =>
      call(
        'fn_webhooks_redrive',
        webhooks.rpc('fn_webhooks_redrive', { webhook_id, owner_id, ...(delivery_id === undefined ? {} : { delivery_id }) }),
        z.union([refused(['not_found', 'webhook_disabled', 'delivery_state']), z.object({ redriven: z.number() })]),
      ),
  }
}

export type WebhookStore = ReturnType<typeof createWebhookStore>
