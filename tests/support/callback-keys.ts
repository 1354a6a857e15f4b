import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { json, startWireServer } from './wire-server.ts'

const now = () => Math.floor(Date.now() / 1000)

/** fal's signing key and the address of its public half. `rotate` publishes another key in its place. */
export async function startFalKeys() {
  let current = generateKeyPairSync('ed25519')
  let fetched = 0
  const server = await startWireServer((_request, response) => {
    fetched++
    json(response, 200, { keys: [current.publicKey.export({ format: 'jwk' })] })
  })
  const signWith = (key: KeyObject, body: Uint8Array, requestId: string, timestamp: number): Record<string, string> => {
    const digest = createHash('sha256').update(body).digest('hex')
    return {
      'x-fal-webhook-request-id': requestId,
      'x-fal-webhook-user-id': 'user-1',
      'x-fal-webhook-timestamp': String(timestamp),
      'x-fal-webhook-signature': sign(null, Buffer.from([requestId, 'user-1', timestamp, digest].join('\n')), key).toString('hex'),
    }
  }
  return {
    url: `${server.url}/.well-known/jwks.json`,
    fetched: () => fetched,
    sign: (body: Uint8Array, requestId: string, timestamp = now()) => signWith(current.privateKey, body, requestId, timestamp),
    forge: (body: Uint8Array, requestId: string) => signWith(generateKeyPairSync('ed25519').privateKey, body, requestId, now()),
    rotate: () => {
      current = generateKeyPairSync('ed25519')
    },
    stop: server.stop,
  }
}

/** OpenAI's webhook headers, as Standard Webhooks says. `secret`: whsec_ and base64. */
export function signOpenai(body: string, secret: string, { id = 'wh_1', timestamp = now() } = {}): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` }
}
