import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** Everything secret about one project, as the hosted platform would mint it. */
export interface ProjectKeys {
  publishableKey: string
  /** Named secret keys; `default` is always there. */
  secretKeys: Record<string, string>
  /** Signs user sessions (ES256). The public half is the project's JWKS. */
  signingKey: JWK
  /** Signs tokens between the gateway and the auth service only; it never leaves the process. */
  internalJwtSecret: string
  /** Secrets of functions that were made for this project, by name. */
  madeSecrets: Record<string, string>
}

export interface KeyOptions {
  publishableKey?: string
  secretKeys?: Record<string, string>
}

const token = (bytes: number) => randomBytes(bytes).toString('base64url')

export function publicJwks(keys: ProjectKeys): { keys: JWK[] } {
  const { d: _private, ...publicKey } = keys.signingKey
  return { keys: [publicKey] }
}

async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: token(12), alg: 'ES256', use: 'sig' }
}

/**
 * Keys that survive a restart when `path` is given, so that sessions and configured clients stay valid, and so that what a made secret
 * has sealed can be opened. Options win over what was kept.
 */
export async function loadKeys(
  path: string | undefined,
  secretKeyNames: readonly string[],
  options: KeyOptions = {},
  toMake: Readonly<Record<string, string>> = {},
): Promise<ProjectKeys> {
  const kept: Partial<ProjectKeys> = path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  const names = new Set(['default', ...secretKeyNames, ...Object.keys(options.secretKeys ?? {})])
  const secretKeys: Record<string, string> = {}
  for (const name of names) secretKeys[name] = options.secretKeys?.[name] ?? kept.secretKeys?.[name] ?? `sb_secret_${token(24)}`
  const keys: ProjectKeys = {
    publishableKey: options.publishableKey ?? kept.publishableKey ?? `sb_publishable_${token(24)}`,
    secretKeys,
    signingKey: kept.signingKey ?? (await generateSigningKey()),
    internalJwtSecret: kept.internalJwtSecret ?? token(32),
    madeSecrets: { ...kept.madeSecrets },
  }
  for (const [name, pattern] of Object.entries(toMake)) {
    keys.madeSecrets[name] ??= pattern.replaceAll('{random}', () => randomBytes(32).toString('base64'))
  }
  if (path) writeFileSync(path, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}
