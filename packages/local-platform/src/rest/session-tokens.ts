import { type CryptoKey, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { ProjectKeys } from '../keys.ts'
import { publicJwks } from '../keys.ts'

export interface SessionTokens {
  /** The claims of a session token of this project; undefined when it is not one, or has expired. */
  verify(token: string): Promise<JWTPayload | undefined>
  /** Turns a request's public (ES256) session token into the auth service's internal one. Other requests pass unchanged. */
  inward(request: Request): Promise<Request>
  /** Turns the internal tokens in an answer of the auth service into public ones. */
  outward(response: Response): Promise<Response>
}

const cacheSize = 500

function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value!)
  cache.set(key, value)
  return value
}

/**
 * A hosted project signs user sessions with ES256, and whoever holds its JWKS can verify them. The auth service embedded here knows only a
 * shared secret (HS256). So the gateway re-signs at the border, both ways; the shared secret is seen by no one else.
 */
export async function createSessionTokens(keys: ProjectKeys, issuer: string): Promise<SessionTokens> {
  const signingKey = (await importJWK(keys.signingKey, 'ES256')) as CryptoKey
  const verifyingKey = (await importJWK(publicJwks(keys).keys[0]!, 'ES256')) as CryptoKey
  const secret = new TextEncoder().encode(keys.internalJwtSecret)
  const internalByPublic = new Map<string, string>()

  const verify = async (token: string) => {
    try {
      return (await jwtVerify(token, verifyingKey, { algorithms: ['ES256'] })).payload
    } catch {
      return undefined
    }
  }

  const toPublic = async (token: string) => {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] })
    return new SignJWT({ ...payload, iss: issuer })
      .setProtectedHeader({ alg: 'ES256', kid: keys.signingKey.kid, typ: 'JWT' })
      .sign(signingKey)
  }

  const toInternal = async (token: string) => {
    const cached = internalByPublic.get(token)
    if (cached) return cached // expiry is checked by the service itself, the claims are copied
    try {
      const { payload } = await jwtVerify(token, verifyingKey, { algorithms: ['ES256'], currentDate: new Date(0) })
      const internal = await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret)
      return remember(internalByPublic, token, internal)
    } catch {
      return token // not ours: the service refuses it in its own words
    }
  }

  /** Only what a client presented from outside may pass; a token signed with the internal secret is not a session of this project. */
  const inward = async (request: Request) => {
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (!token || token.startsWith('sb_') || token.split('.').length !== 3) return request
    const headers = new Headers(request.headers)
    headers.set('authorization', `Bearer ${isInternal(token) ? 'refused.refused.refused' : await toInternal(token)}`)
    // From its parts, because the HTTP server's request is not the runtime's own class.
    return new Request(request.url, {
      method: request.method,
      headers,
      body: request.body,
      duplex: 'half',
      signal: request.signal,
    } as RequestInit)
  }

  const outward = async (response: Response) => {
    if (!response.headers.get('content-type')?.includes('application/json')) return response
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined)
    if (typeof body !== 'object' || body === null || !('access_token' in body) || typeof body.access_token !== 'string') return response
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    return new Response(JSON.stringify({ ...body, access_token: await toPublic(body.access_token) }), { status: response.status, headers })
  }

  return { verify, inward, outward }
}

function isInternal(token: string): boolean {
  try {
    return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).alg === 'HS256'
  } catch {
    return false
  }
}
