import { fail, ok, type Result, type StepError, stepError } from '@agon/runner-core'
import { z } from 'zod'

/** What may be shown of a key. */
export interface KeptKey {
  provider: string
  /** Where its calls go; undefined: where the provider's own are. */
  baseUrl?: string
  /** Its last characters. */
  hint: string
}

/** The provider keys of whoever uses this browser, for pages of this origin. */
export interface KeyVault {
  /** Keeps a key in the place of any other of the provider. Throws for what cannot be a key. */
  put(provider: string, key: string, options?: { baseUrl?: string }): Promise<void>
  remove(provider: string): Promise<void>
  list(): Promise<KeptKey[]>
  /** The key itself, for one call. */
  open(provider: string): Promise<Result<string, StepError>>
}

interface Sealed extends KeptKey {
  iv: Uint8Array<ArrayBuffer>
  ciphertext: ArrayBuffer
}

const given = z.object({
  provider: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'a provider is named as in openai:gpt-5-mini, before the colon'),
  key: z
    .string()
    .max(1000)
    .regex(/^[\x21-\x7e]+$/, 'a provider key is printable ASCII without spaces'),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'a base URL begins with https://' })
    .refine(
      (text) => /^https:|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(`${text}/`),
      'a key is sent over https, or to this machine',
    )
    .optional(),
})

const wrappingKeys = 'wrapping-keys'
const keys = 'keys'

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/**
 * Opens the vault of this origin: keys lie in IndexedDB, each encrypted (AES-256-GCM) under a key that the browser made and hands out to
 * nobody, scripts of the page included. Who copies the database off the disk has no more than the browser's own store protects; who runs
 * script in the page can use the keys, and read one by opening it here: docs/local-keys.md says what that means.
 *
 * @example const keys = await openKeyVault(); await keys.put('openai', 'sk-…')
 */
export async function openKeyVault({ name = 'agon-local-keys' }: { name?: string } = {}): Promise<KeyVault> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(wrappingKeys)
    opening.result.createObjectStore(keys, { keyPath: 'provider' })
  }
  const database = await done(opening)
  const store = (of: string, mode: IDBTransactionMode = 'readonly') => database.transaction(of, mode).objectStore(of)

  async function wrappingKey(): Promise<CryptoKey> {
    const known = (await done(store(wrappingKeys).get('v1'))) as CryptoKey | undefined
    if (known) return known
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    // Of two pages that begin at once the first keeps its key, and the other takes it up.
    const keeping = store(wrappingKeys, 'readwrite')
    const meanwhile = (await done(keeping.get('v1'))) as CryptoKey | undefined
    if (!meanwhile) await done(keeping.put(made, 'v1'))
    return meanwhile ?? made
  }
  const wrapping = await wrappingKey()
  /** What belongs together: a key moved to another provider, or to another address, opens for nobody. */
  const algorithm = (iv: Uint8Array<ArrayBuffer>, { provider, baseUrl = '' }: Pick<KeptKey, 'provider' | 'baseUrl'>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(JSON.stringify(['agon-local', provider, baseUrl])),
  })

  return {
    async put(provider, key, { baseUrl } = {}) {
      const parsed = given.safeParse({ provider, key: key.trim(), baseUrl: baseUrl?.trim() || undefined })
      if (!parsed.success) throw new TypeError(parsed.error.issues[0]!.message)
      const { key: secret, provider: id, baseUrl: url } = parsed.data
      const kept = { provider: id, ...(url !== undefined && { baseUrl: url }) }
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const row: Sealed = {
        ...kept,
        hint: secret.length >= 16 ? `…${secret.slice(-4)}` : '…',
        iv,
        ciphertext: await crypto.subtle.encrypt(algorithm(iv, kept), wrapping, new TextEncoder().encode(secret)),
      }
      await done(store(keys, 'readwrite').put(row))
    },
    async remove(provider) {
      await done(store(keys, 'readwrite').delete(provider))
    },
    async list() {
      const rows = (await done(store(keys).getAll())) as Sealed[]
      return rows.map(({ provider, baseUrl, hint }) => ({ provider, hint, ...(baseUrl !== undefined && { baseUrl }) }))
    },
    async open(provider) {
      const row = (await done(store(keys).get(provider))) as Sealed | undefined
      if (!row) return fail(stepError('provider_key_missing', `This browser keeps no key of ${provider}.`))
      try {
        return ok(new TextDecoder().decode(await crypto.subtle.decrypt(algorithm(row.iv, row), wrapping, row.ciphertext)))
      } catch {
        return fail(stepError('sealed_unreadable', `The key of ${provider} in this browser cannot be opened: enter it again.`))
      }
    },
  }
}
