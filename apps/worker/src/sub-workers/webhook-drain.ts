import { webhookDeliveries } from '@agon/runner-core'
import type { SubWorker } from './sub-worker.ts'

export const webhookDrain: SubWorker = {
  name: 'webhook-drain',
  does: 'delivers webhooks, signed, again after a backoff',
  lines({ keyring, log }) {
    if (keyring.ok) return [webhookDeliveries]
    // Without a master key no message can be signed: the functions, which may have one, deliver them then.
    log({ level: 'warn', event: 'webhooks_not_delivered', message: keyring.error.message })
    return []
  },
}
