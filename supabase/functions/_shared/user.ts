import { z } from 'zod'
import { environment } from './environment.ts'

const claims = z.object({ sub: z.uuid(), role: z.literal('authenticated') })

/** A user token, as the request shows it. A key in its place, as supabase-js sends one before anybody signs in, is none. */
export function shownToken(request: Request): string | null {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  return token === undefined || token.startsWith('sb_') ? null : token
}

/** By the keys of the project. jose is loaded by the first token: who reads with an application's key does not wait for it. */
async function loadVerifier() {
  const { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } = await import('jose')
  const signingKeys = environment.SUPABASE_JWKS
    ? createLocalJWKSet(environment.SUPABASE_JWKS)
    : createRemoteJWKSet(new URL('/auth/v1/.well-known/jwks.json', environment.SUPABASE_URL))
  return async (token: string): Promise<unknown> => {
    try {
      const { payload } = await jwtVerify(token, signingKeys, { audience: 'authenticated', algorithms: ['ES256', 'RS256', 'EdDSA'] })
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return null
      throw error
    }
  }
}

let verifier: ReturnType<typeof loadVerifier> | undefined

/**
 * The id of the user a token was issued to; null when it is not valid now. Throws when the signing keys cannot be read.
 *
 * By jose: @supabase/server, which does the same, brings all of supabase-js, and that would be a third of this function's cold start.
 */
export async function userOf(token: string): Promise<string | null> {
  verifier ??= loadVerifier()
  const verify = await verifier
  const parsed = claims.safeParse(await verify(token))
  return parsed.success ? parsed.data.sub : null
}
