import { fail, ok, type Provider, type Providers, stepError } from '@agon/runner-core'
import { anthropicProvider } from './anthropic-provider.ts'
import type { ConfiguredProvider, ProviderConfiguration } from './configuration.ts'
import { openaiProvider } from './openai-provider.ts'

const adapters: Record<ConfiguredProvider['wire'], (provider: ConfiguredProvider) => Provider> = {
  openai: openaiProvider,
  anthropic: anthropicProvider,
}

/**
 * The configured providers by id. An adapter is made on the first request and kept, with its SDK client. A provider that is not
 * configured is a `provider_key_missing` that names the variable to set.
 *
 * @example createProviders(providerConfiguration(Deno.env.toObject()))('openai')
 */
export function createProviders({ configured, keyless, missing }: ProviderConfiguration): Providers {
  const made = new Map<string, Provider>()
  return (providerId, usersKey) => {
    const own = usersKey === undefined ? undefined : { ...keyless, ...configured }[providerId]
    if (own) return ok(adapters[own.wire]({ ...own, apiKey: usersKey, keyVariable: undefined }))
    const known = made.get(providerId)
    if (known) return ok(known)
    const settings = Object.hasOwn(configured, providerId) ? configured[providerId] : undefined
    if (settings) {
      const provider = adapters[settings.wire](settings)
      made.set(providerId, provider)
      return ok(provider)
    }
    const remedy = Object.hasOwn(missing, providerId)
      ? `Set ${missing[providerId]} to call ${providerId}.`
      : `Agon makes no text call to ${JSON.stringify(providerId)}, only to ${[...Object.keys(configured), ...Object.keys(missing)].join(', ')}.`
    return fail(stepError('provider_key_missing', remedy))
  }
}
