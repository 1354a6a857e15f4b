import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'

/**
 * Secrets of users, sealed before they reach the database and opened where they are used: AES-256-GCM with a fresh iv, under a master
 * key that only the functions and the worker know. What a secret belongs to is sealed with it as associated data, so that a row copied
 * to another owner or provider opens for nobody. Plain WebCrypto: the same in Node, Deno and a browser.
 *
 * This file is imported by itself (`@agon/providers/sealed-keys`): api seals, and has no use for the SDKs beside it.
 */

/** The master keys a process was given, by id. The last seals; all of them open. */
export interface Keyring {
  /** The one that seals. */
  readonly sealsWith: string
  /** Undefined: this process was not given that key. */
  key(id: string): Promise<CryptoKey> | undefined
}

/** Where the master keys are read from: a process environment, or a configuration made of one. */
interface Environment {
  readonly AGON_SEALING_KEYS?: string | undefined
}

const version = 'v1'
/** Begins with a letter: a JSON object lists keys like "1" first, whatever was written, and then another key would seal. */
const masterKeyId = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/
const ivBytes = 12

const remedy =
  'Set AGON_SEALING_KEYS to a JSON object of master keys, {"<id>": "<32 random bytes in base64>"}, for the functions and the worker alike.'
const noKeyring = (why: string) => fail(stepError('sealing_key_missing', `${why} ${remedy}`))

/**
 * Reads AGON_SEALING_KEYS. Errors: `sealing_key_missing`, which says what is wrong with the variable and never what stands in it.
 *
 * @example keyringOf({ AGON_SEALING_KEYS: '{"k1": "…"}' })
 */
export function keyringOf(environment: Environment): Result<Keyring, StepError> {
  const text = environment.AGON_SEALING_KEYS?.trim()
  if (!text) return noKeyring('AGON_SEALING_KEYS is not set.')
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return noKeyring('AGON_SEALING_KEYS is not JSON.') // the parser would quote it
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return noKeyring('AGON_SEALING_KEYS is not an object.')
  const keys = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const [nth, [id, secret]] of Object.entries(given).entries()) {
    const bytes = typeof secret === 'string' ? fromBase64(secret) : undefined
    if (!masterKeyId.test(id))
      return noKeyring(`The id of master key ${nth + 1} is not a letter and up to 31 letters, digits, underscores and hyphens.`)
    if (bytes?.length !== 32) return noKeyring(`The master key ${id} is not 32 bytes in base64.`)
    keys.set(id, bytes)
  }
  const sealsWith = [...keys.keys()].at(-1)
  if (sealsWith === undefined) return noKeyring('AGON_SEALING_KEYS is empty.')
  const imported = new Map<string, Promise<CryptoKey>>()
  return ok({
    sealsWith,
    key(id) {
      const bytes = keys.get(id)
      if (bytes && !imported.has(id)) imported.set(id, crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']))
      return imported.get(id)
    },
  })
}

/** What is bound to a secret, for `seal` and `open`: names no two kinds of secret share, such as an owner, a provider and the row's id. */
const associated = (id: string, aad: string) => new TextEncoder().encode(`agon:${version}:${id}:${aad}`)

/**
 * Seals a secret under the keyring's last key.
 *
 * @example await seal('sk-…', byokAad({ ownerId, provider: 'openai', keyId }), keyring) // 'v1.k1.<iv>.<ciphertext>'
 */
export async function seal(plaintext: string, aad: string, keyring: Keyring): Promise<string> {
  const id = keyring.sealsWith
  const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: associated(id, aad) },
    await keyring.key(id)!,
    new TextEncoder().encode(plaintext),
  )
  return [version, id, toBase64Url(iv), toBase64Url(new Uint8Array(ciphertext))].join('.')
}

/**
 * Opens what `seal` made. Errors: `sealing_key_missing` when this process lacks the master key it names; `sealed_unreadable` when it was
 * changed, cut, or sealed for another owner, provider or row.
 */
export async function open(sealed: string, aad: string, keyring: Keyring): Promise<Result<string, StepError>> {
  const [format, id = '', iv = '', ciphertext = '', ...rest] = sealed.split('.')
  if (format !== version || rest.length > 0 || !masterKeyId.test(id)) return unreadable
  const key = keyring.key(id)
  if (!key) return noKeyring(`This process was not given the master key ${id}.`)
  const parts = [fromBase64Url(iv), fromBase64Url(ciphertext)] as const
  if (parts[0]?.length !== ivBytes || !parts[1]) return unreadable
  try {
    const algorithm = { name: 'AES-GCM', iv: parts[0], additionalData: associated(id, aad) }
    return ok(new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, await key, parts[1])))
  } catch {
    return unreadable
  }
}

const unreadable = fail(
  stepError('sealed_unreadable', 'A sealed secret was changed, or was sealed for something else. Its owner has to give it again.'),
)

/** Which master key sealed it; undefined when it is not of this format. */
export const sealedBy = (sealed: string): string | undefined => {
  const [format, id = ''] = sealed.split('.')
  return format === version && masterKeyId.test(id) ? id : undefined
}

/** The associated data of a user's own provider key. */
export const byokAad = ({ ownerId, provider, keyId }: { ownerId: string; provider: string; keyId: string }): string =>
  `${ownerId}:${provider}:${keyId}`

/**
 * Opens users' provider keys for a driver. A driver that was given no master key opens none, and says so for each.
 *
 * @example const world = { …, openKey: keyOpener(process.env) }
 */
export function keyOpener(environment: Environment) {
  const keyring = keyringOf(environment)
  return async (key: { ownerId: string; provider: string; keyId: string; sealed: string }): Promise<Result<string, StepError>> =>
    keyring.ok ? open(key.sealed, byokAad(key), keyring.value) : keyring
}

/** What is shown of a secret: its last four characters, and of a short one nothing. */
export const hintOf = (secret: string): string => (secret.length >= 16 ? `…${secret.slice(-4)}` : '…')

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** Canonical alone: base64 ignores some bits of a last character, and then a changed text would open. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
  return bytes && toBase64Url(bytes) === text ? bytes : undefined
}
