import { providers } from '@agon/runner-core'
import { z } from 'zod'

/** The wire formats there are adapters for. */
export type WireName = 'openai' | 'anthropic' | 'fal'

/** What the registry says of a provider, as far as a call needs it. */
interface Traits {
  wire?: WireName
  keyVariable?: string
  keyOptional?: true
  baseUrlVariable?: string
  baseUrl?: string
  open?: true
  jsonSchema: boolean
}

const registry: Readonly<Record<string, Traits>> = providers

/** A provider with what is needed to call it. */
export interface ConfiguredProvider {
  /** As the registry has it. */
  id: string
  wire: WireName
  /** Can be held to a JSON schema. */
  jsonSchema: boolean
  baseUrl: string
  keyVariable?: string
  apiKey?: string
  /** The key is a user's, not the platform's. */
  usersKey?: true
  /** The call is made by the user's own page: the SDKs refuse to run there unless they are told that the key is meant to be. */
  browser?: true
  /** The longest any call to it may take, in milliseconds; a call's own deadline can be shorter. */
  timeoutMs: number
}

export interface ProviderConfiguration {
  /** By provider id. */
  readonly configured: Readonly<Record<string, Readonly<ConfiguredProvider>>>
  /** Those that lack nothing but the platform's key: a user's key is enough to call them. By provider id. */
  readonly keyless: Readonly<Record<string, Readonly<ConfiguredProvider>>>
  /** The variable that would configure each of the others that can be called, by provider id. */
  readonly missing: Readonly<Record<string, string>>
}

/**
 * Below the five minutes after which Node's fetch gives up waiting for headers: without streaming they come with the whole answer.
 */
export const defaultProviderTimeoutMs = 240_000

/** Written out, or the SDKs would read OPENAI_BASE_URL and ANTHROPIC_BASE_URL from the environment, past this configuration. */
const sdkBaseUrl: Record<WireName, string> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  fal: 'https://queue.fal.run',
}

const withoutTrailingSlash = (url: string): string => url.replace(/\/+$/, '')

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', 'must not contain credentials')

// A key is sent as a header: a line break inside a secret would otherwise surface as a failure of every call.
export const apiKey = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

const milliseconds = z.coerce
  .number('must be a number of milliseconds')
  .int('must be a whole number of milliseconds')
  .min(1, 'must be at least 1 ms')
  .max(3_600_000, 'must be at most 3600000 ms, an hour')

/**
 * Reads the provider keys, base URLs and AGON_PROVIDER_TIMEOUT_MS. Empty variables count as unset. A provider is configured when
 * its base URL is known, by default or by its variable, and its key is set or it needs none.
 *
 * Throws when a variable is invalid, naming each one and never its value: the operator has to correct it before anything runs.
 *
 * @example providerConfiguration({ OPENAI_API_KEY: 'sk-…' }).configured.openai?.baseUrl // 'https://api.openai.com/v1'
 */
export function providerConfiguration(environment: Record<string, string | undefined>): ProviderConfiguration {
  const problems: string[] = []
  const read = <T>(variable: string | undefined, schema: z.ZodType<T>): T | undefined => {
    const text = variable === undefined ? undefined : environment[variable]?.trim()
    if (!text) return undefined
    const parsed = schema.safeParse(text)
    if (!parsed.success) problems.push(`${variable} ${parsed.error.issues[0]?.message ?? 'is invalid'}`)
    return parsed.data
  }

  const timeoutMs = read('AGON_PROVIDER_TIMEOUT_MS', milliseconds) ?? defaultProviderTimeoutMs
  const configured: Record<string, Readonly<ConfiguredProvider>> = {}
  const keyless: Record<string, Readonly<ConfiguredProvider>> = {}
  const missing: Record<string, string> = {}
  for (const [id, traits] of Object.entries(registry)) {
    const { wire, keyVariable, baseUrlVariable, jsonSchema } = traits
    if (!wire) continue
    const url = read(baseUrlVariable, baseUrl) ?? traits.baseUrl ?? (traits.open ? undefined : sdkBaseUrl[wire])
    const key = read(keyVariable, apiKey)
    if (!url) {
      missing[id] = baseUrlVariable ?? id
      continue
    }
    const settings = Object.freeze({
      id,
      wire,
      jsonSchema,
      baseUrl: withoutTrailingSlash(url),
      ...(keyVariable && { keyVariable }),
      ...(key && { apiKey: key }),
      timeoutMs,
    })
    if (keyVariable && !key && !traits.keyOptional) {
      missing[id] = keyVariable
      keyless[id] = settings
    } else configured[id] = settings
  }
  if (problems.length > 0) throw new Error(`The provider configuration is invalid: ${problems.join('; ')}.`)
  return Object.freeze({ configured: Object.freeze(configured), keyless: Object.freeze(keyless), missing: Object.freeze(missing) })
}

/** Ids of the providers that can be called with the platform's keys, in the order of the registry. */
export const configuredProviders = (configuration: ProviderConfiguration): string[] => Object.keys(configuration.configured)
