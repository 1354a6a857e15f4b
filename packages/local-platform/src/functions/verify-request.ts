import type { IncomingMessage } from 'node:http'
import type { ProjectKeys } from '../keys.ts'
import type { SessionTokens } from '../rest/session-tokens.ts'
import type { FunctionErrorCode } from './function-errors.ts'

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/**
 * What the hosted gateway checks for a function with verify_jwt: a user session of this project, or one of its opaque keys. It keeps
 * strangers out and is no authentication: which key or user it was, the function has to ask itself.
 */
export async function refusal(request: IncomingMessage, keys: ProjectKeys, tokens: SessionTokens): Promise<FunctionErrorCode | undefined> {
  const knownKeys = [keys.publishableKey, ...Object.values(keys.secretKeys)]
  const apikey = single(request.headers.apikey)
  const authorization = request.headers.authorization
  if (!authorization) {
    if (!apikey) return 'UNAUTHORIZED_NO_AUTH_HEADER'
    return knownKeys.includes(apikey) ? undefined : 'UNAUTHORIZED_INVALID_API_KEY'
  }
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
  if (token && knownKeys.includes(token)) return undefined
  if (token?.split('.').length !== 3) return 'UNAUTHORIZED_INVALID_JWT_FORMAT'
  return (await tokens.verify(token!)) ? undefined : 'UNAUTHORIZED_INVALID_JWT'
}
