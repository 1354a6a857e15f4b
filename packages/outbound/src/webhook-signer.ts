import type { SignWebhook } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { webhookKeyName } from './webhook-key-name.ts'
import { webhookHeaders } from './webhook-signature.ts'

/** Signs deliveries: opens the subscription's sealed secrets for the moment of signing, and keeps none. */
export function createWebhookSigner(
  open: (sealed: string, boundTo: string) => Promise<Result<string, StepError>>,
  wallClock: () => number = Date.now,
): SignWebhook {
  return async ({ deliveryId, ownerId, subscriptionId, sealedSecrets, body }) => {
    const secrets: string[] = []
    for (const sealed of sealedSecrets) {
      const opened = await open(sealed, webhookKeyName(ownerId, subscriptionId))
      if (!opened.ok) return opened
      secrets.push(opened.value)
    }
    if (secrets.length === 0) return fail(stepError('internal', 'The subscription has no secret.'))
    return ok(webhookHeaders({ id: deliveryId, body, at: wallClock(), secrets }))
  }
}
