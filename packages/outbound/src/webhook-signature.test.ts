import { ok } from '@agon/runner-core'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { newWebhookSecret } from './webhook-secret.ts'
import { webhookHeaders } from './webhook-signature.ts'
import { createWebhookSigner } from './webhook-signer.ts'

const body = '{"type":"battle.closed","data":{"title":"Ünïcödé ✓"}}'

test('a message is verified by its secret, and by no other, nor when a byte of it changes', () => {
  const secret = newWebhookSecret()
  const headers = webhookHeaders({ id: 'message-1', body, at: Date.now(), secrets: [secret] })
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
  expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow()
  expect(() => new Webhook(secret).verify(body.replace('closed', 'clozed'), headers)).toThrow()
  expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'message-2' })).toThrow()
})

test('the example of the specification has the signature of the specification', () => {
  const headers = webhookHeaders({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body: '{"test": 2432232314}',
    at: 1614265330_000,
    secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  })
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('while a secret is being rotated, the old one and the new one both verify', () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()]
  const headers = webhookHeaders({ id: 'message-1', body, at: Date.now(), secrets })
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
})

test('secrets are 32 random bytes', () => {
  const secrets = Array.from({ length: 50 }, newWebhookSecret)
  expect(new Set(secrets).size).toBe(50)
  for (const secret of secrets) expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32)
})

test('a signer opens each secret for its owner and its webhook, and passes on why it could not', async () => {
  const bound: string[] = []
  const secret = newWebhookSecret()
  const delivery = { deliveryId: 'd', ownerId: 'o', subscriptionId: 's', sealedSecrets: ['sealed'], body }
  const sign = createWebhookSigner(async (sealed, to) => {
    bound.push(`${sealed} ${to}`)
    return ok(secret)
  })
  const headers = await sign(delivery)
  expect(headers.ok && new Webhook(secret).verify(body, headers.value)).toEqual(JSON.parse(body))
  expect(bound).toEqual(['sealed o:webhook:s'])
  const closed = createWebhookSigner(async () => ({ ok: false, error: { code: 'internal', message: 'no key' } }))
  expect(await closed(delivery)).toEqual({ ok: false, error: { code: 'internal', message: 'no key' } })
})
