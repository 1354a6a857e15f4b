import { type ProviderEntry, providers as table } from '@agon/runner-core'
import { z } from 'zod'

/** A provider with what is needed to call it. */
export interface ConfiguredProvider extends Pick<ProviderEntry, 'id' | 'wire' | 'jsonSchema' | 'keyVariable'> {
  baseUrl: string
  apiKey?: string
  /** The longest any call to it may take, in milliseconds; a call's own deadline can be shorter. */
  timeoutMs: number
}

export interface ProviderConfiguration {
  /** By provider id. */
  readonly configured: Readonly<Record<string, Readonly<ConfiguredProvider>>>
  /** The variable that would configure each of the others, by provider id. */
  readonly missing: Readonly<Record<string, string>>
}

/**
 * Below the five minutes after which Node's fetch gives up waiting for the headers, which a call that does not stream gets
 * with the whole answer.
 */
export const defaultProviderTimeoutMs = 240_000

const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => URL.canParse(text) && !new URL(text).username && !new URL(text).password, 'must not contain credentials')
  .transform((text) => text.replace(/\/+$/, ''))

// A key is sent as a header; a stray line break in a secret would otherwise surface as a failure of every call.
const apiKey = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

const timeoutMs = z.coerce.number().int().min(1).max(3_600_000)

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
  const read = <T>(variable: string | null, schema: z.ZodType<T>): T | undefined => {
    const text = variable === null ? undefined : environment[variable]?.trim()
    if (!text) return undefined
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    problems.push(`${variable} ${parsed.error.issues[0]?.message ?? 'is invalid'}`)
  }

  const timeout = read('AGON_PROVIDER_TIMEOUT_MS', timeoutMs) ?? defaultProviderTimeoutMs
  const configured: Record<string, Readonly<ConfiguredProvider>> = {}
  const missing: Record<string, string> = {}
  for (const { id, wire, jsonSchema, keyVariable, ...entry } of Object.values(table)) {
    const url = read(entry.baseUrlVariable, baseUrl) ?? entry.baseUrl
    const key = read(keyVariable, apiKey)
    if (!url) missing[id] = entry.baseUrlVariable
    else if (keyVariable && !key) missing[id] = keyVariable
    else configured[id] = Object.freeze({ id, wire, jsonSchema, keyVariable, baseUrl: url, timeoutMs: timeout, ...(key && { apiKey: key }) })
  }
  if (problems.length > 0) throw new Error(`The provider configuration is invalid: ${problems.join('; ')}.`)
  return Object.freeze({ configured: Object.freeze(configured), missing: Object.freeze(missing) })
}

/** Ids of the providers that can be called, in the order of the registry. */
export const configuredProviders = (configuration: ProviderConfiguration): string[] => Object.keys(configuration.configured)
