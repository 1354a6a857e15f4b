import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

const keys = z.array(z.object({ key_id: z.string(), owner_id: z.string(), provider: z.string(), sealed: z.string() }))
const webhookSecrets = z.array(z.object({ webhook_id: z.string(), owner_id: z.string(), sealed: z.array(z.string()) }))
const triggerSecrets = z.array(z.object({ trigger_id: z.string(), owner_id: z.string(), sealed: z.array(z.string()) }))

/** What an operator needs to change the master key: all that is sealed, a page at a time, and the place to put it back. */
export function createResealStore({ lensers, lenses, webhooks }: Connection) {
  return {
    keysToReseal: (master_key_id: string, most: number, after_key_id?: string) =>
      call(
        'fn_byok_to_reseal',
        lensers.rpc('fn_byok_to_reseal', { master_key_id, most, ...(after_key_id === undefined ? {} : { after_key_id }) }),
        keys,
      ),
    keyResealed: (key_id: string, sealed_before: string, sealed: string) =>
      call('fn_byok_resealed', lensers.rpc('fn_byok_resealed', { key_id, sealed_before, sealed }), z.boolean()),
    webhooksToReseal: (master_key_id: string, most: number, after_webhook_id?: string) =>
      call(
        'fn_webhooks_to_reseal',
        webhooks.rpc('fn_webhooks_to_reseal', { master_key_id, most, ...(after_webhook_id === undefined ? {} : { after_webhook_id }) }),
        webhookSecrets,
      ),
    webhookResealed: (webhook_id: string, sealed_before: string, sealed: string) =>
      call('fn_webhooks_resealed', webhooks.rpc('fn_webhooks_resealed', { webhook_id, sealed_before, sealed }), z.boolean()),
    triggersToReseal: (master_key_id: string, most: number, after_trigger_id?: string) =>
      call(
        'fn_hooks_to_reseal',
        lenses.rpc('fn_hooks_to_reseal', { master_key_id, most, ...(after_trigger_id === undefined ? {} : { after_trigger_id }) }),
        triggerSecrets,
      ),
    triggerResealed: (trigger_id: string, sealed_before: string, sealed: string) =>
      call('fn_hooks_resealed', lenses.rpc('fn_hooks_resealed', { trigger_id, sealed_before, sealed }), z.boolean()),
  }
}

export type ResealStore = ReturnType<typeof createResealStore>
