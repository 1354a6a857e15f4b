import { allowedOrigins, createOutbound, createWebhookSigner } from '@agon/outbound'
import { keyringOf, open } from '@agon/providers/sealed-keys'
import { webhookDeliveries } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { drainLine } from '../_shared/drain-line.ts'

const keyring = keyringOf(Deno.env.toObject())

/** Delivers events to the webhooks of their battles' owners until the slice is spent. Woken by the database; the body is ignored. */
export const handler = drainLine(webhookDeliveries, {
  providers: (id) => fail(stepError('internal', `deliver-webhooks calls no provider, not ${id} either.`)),
  outbound: createOutbound({ allow: allowedOrigins(Deno.env.get('AGON_OUTBOUND_ALLOW')) }),
  signWebhook: createWebhookSigner(async (sealed, boundTo) => (keyring.ok ? open(sealed, boundTo, keyring.value) : keyring)),
})

Deno.serve(handler)
