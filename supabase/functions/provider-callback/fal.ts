import { fail, ok, type Result } from '@agon/runner-core/result'
import { z } from 'zod'
import { type Doubt, type Signal, signing } from './signals.ts'

/** How far a timestamp may be off, as fal documents it. */
const leewaySeconds = 300
/** fal asks not to keep its keys for longer. */
const keysLiveMs = 24 * 3_600_000
/** A signature that no kept key made may be of a new one; but anybody can send such a signature. */
const refetchMs = 60_000

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string(), crv: z.string().optional(), x: z.string().optional() })) })
const body = z.object({ request_id: z.string().min(1).max(200) })
const requestId = z.string().min(1).max(160)

let kept: { keys: CryptoKey[]; at: number } | undefined

async function publicKeys(now: number, atMostMs: number): Promise<CryptoKey[]> {
  if (kept && now - kept.at < atMostMs) return kept.keys
  const response = await fetch(signing.FAL_JWKS_URL, { signal: AbortSignal.timeout(5_000) })
  if (!response.ok) throw new Error(`the key set was answered with ${response.status}`)
  const { keys } = keySet.parse(await response.json())
  const usable = keys.filter((key) => key.kty === 'OKP' && key.crv === 'Ed25519' && key.x !== undefined)
  const imported = usable.map(({ kty, crv, x }) =>
    crypto.subtle.importKey('jwk', { kty, crv, x } as JsonWebKey, { name: 'Ed25519' }, false, ['verify']),
  )
  kept = { keys: await Promise.all(imported), at: now }
  return kept.keys
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * fal's webhook: Ed25519 over request id, user id, timestamp and the SHA-256 of the raw body, each on a line of its own. Any of its
 * published keys may have made it.
 */
export async function falSignal(raw: Uint8Array<ArrayBuffer>, headers: Headers, now: number): Promise<Result<Signal, Doubt>> {
  const refuse = (message: string) => fail<Doubt>({ code: 'callback_refused', message })
  const id = requestId.safeParse(headers.get('x-fal-webhook-request-id')).data
  const user = headers.get('x-fal-webhook-user-id')
  const timestamp = headers.get('x-fal-webhook-timestamp') ?? ''
  const signature = headers.get('x-fal-webhook-signature') ?? ''
  if (id === undefined || user === null || !/^\d{1,12}$/.test(timestamp) || !/^[0-9a-f]{128}$/i.test(signature)) {
    return refuse('The X-Fal-Webhook headers are missing or malformed.')
  }
  if (Math.abs(now / 1000 - Number(timestamp)) > leewaySeconds) return refuse('The timestamp is more than five minutes off.')

  const digest = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', raw)))
  const message = new TextEncoder().encode([id, user, timestamp, digest].join('\n'))
  const signed = Uint8Array.from(signature.match(/../g)!, (pair) => Number.parseInt(pair, 16))
  const isSignedBy = async (keys: CryptoKey[]) =>
    (await Promise.all(keys.map((key) => crypto.subtle.verify('Ed25519', key, signed, message)))).includes(true)
  try {
    if (!(await isSignedBy(await publicKeys(now, keysLiveMs))) && !(await isSignedBy(await publicKeys(now, refetchMs)))) {
      return refuse('No key of fal made this signature.')
    }
  } catch (error) {
    return fail({
      code: 'provider_unavailable',
      message: `The keys of fal could not be read: ${error instanceof Error ? error.message : error}`,
    })
  }
  const parsed = body.safeParse(parse(raw))
  if (!parsed.success) return fail({ code: 'invalid_json', message: 'The body names no request_id.' })
  return ok({ eventId: `${id}:${timestamp}`, taskId: parsed.data.request_id })
}

export function parse(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw))
  } catch {
    return undefined
  }
}
