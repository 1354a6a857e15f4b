import { assertEquals } from 'npm:deno-std@1.4.0/assert/mod.js'

// Run by tests/edge/signatures.test.ts with `deno test`: fal's signature as WebCrypto of the functions' runtime sees it.

const { falSignal } = await import(new URL('../../supabase/functions/provider-callback/fal.ts', import.meta.url).href)

const start = 1_800_000_000_000
let published: CryptoKeyPair[] = []
let fetched = 0
globalThis.fetch = async () => {
  fetched++
  return Response.json({ keys: await Promise.all(published.map(({ publicKey }) => crypto.subtle.exportKey('jwk', publicKey))) })
}

const pair = () => crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const body = new TextEncoder().encode('{"request_id":"r1","status":"OK"}')

async function signed(by: CryptoKeyPair, now: number): Promise<Headers> {
  const timestamp = String(Math.floor(now / 1000))
  const message = ['r1', 'u1', timestamp, hex(await crypto.subtle.digest('SHA-256', body))].join('\n')
  return new Headers({
    'x-fal-webhook-request-id': 'r1',
    'x-fal-webhook-user-id': 'u1',
    'x-fal-webhook-timestamp': timestamp,
    'x-fal-webhook-signature': hex(await crypto.subtle.sign('Ed25519', by.privateKey, new TextEncoder().encode(message))),
  })
}
const holds = async (by: CryptoKeyPair, now: number) => (await falSignal(body, await signed(by, now), now)).ok

Deno.test('any published key of fal may sign, a key is kept for a day, and a new one is looked up within a minute', async () => {
  const [first, second, third, stranger] = [await pair(), await pair(), await pair(), await pair()]
  published = [first, second]
  assertEquals([await holds(first, start), await holds(second, start + 1000)], [true, true])
  assertEquals(fetched, 1)
  assertEquals([await holds(stranger, start + 2000), await holds(stranger, start + 3000)], [false, false])
  assertEquals(fetched, 1) // whoever sends nonsense cannot make it ask fal each time
  published = [third]
  assertEquals(await holds(third, start + 61_000), true)
  assertEquals([await holds(third, start + 3_600_000), fetched], [true, 2])
  assertEquals([await holds(third, start + 61_000 + 24 * 3_600_000), fetched], [true, 3])
})

Deno.test('what was signed is the request, the time and every byte of the body', async () => {
  const key = await pair()
  const now = start + 10 * 24 * 3_600_000
  published = [key]
  assertEquals(await falSignal(body, await signed(key, now), now), {
    ok: true,
    value: { eventId: `r1:${Math.floor(now / 1000)}`, taskId: 'r1' },
  })
  const refusal = async (raw: Uint8Array, headers: Headers, at = now) => {
    const signal = await falSignal(raw, headers, at)
    return signal.ok ? undefined : signal.error.code
  }
  const other = new TextEncoder().encode('{"request_id":"r2","status":"OK"}')
  assertEquals(await refusal(other, await signed(key, now)), 'callback_refused')
  assertEquals(await refusal(body, await signed(key, now), now + 301_000), 'callback_refused')
  assertEquals(await refusal(body, await signed(key, now), now - 301_000), 'callback_refused')
  for (const name of ['request-id', 'user-id', 'timestamp', 'signature']) {
    const headers = await signed(key, now)
    headers.delete(`x-fal-webhook-${name}`)
    assertEquals(await refusal(body, headers), 'callback_refused')
  }
  const changed = await signed(key, now)
  changed.set('x-fal-webhook-user-id', 'u2')
  assertEquals(await refusal(body, changed), 'callback_refused')
})

Deno.test('keys that cannot be read are no forgery: the provider is to call again', async () => {
  const key = await pair()
  const now = start + 20 * 24 * 3_600_000
  globalThis.fetch = () => Promise.resolve(new Response('down', { status: 503 }))
  const signal = await falSignal(body, await signed(key, now), now)
  assertEquals(signal.ok ? undefined : signal.error.code, 'provider_unavailable')
})
