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
 */
export function createProviders(configuration: ProviderConfiguration): Providers {
  const made = new Map<string, Provider>()
  return (providerId) => {
    const known = made.get(providerId)
    if (known) return ok(known)
    const settings = Object.hasOwn(configuration.configured, providerId) ? configuration.configured[providerId] : undefined
    if (!settings) return fail(stepError('provider_key_missing', remedy(providerId, configuration)))
    const provider = adapters[settings.wire](settings)
    made.set(providerId, provider)
    return ok(provider)
  }
}

function remedy(providerId: string, { configured, missing }: ProviderConfiguration): string {
  if (Object.hasOwn(missing, providerId)) return `Set ${missing[providerId]} to call ${providerId}.`
  return `There is no provider ${JSON.stringify(providerId)}. The registry has ${[...Object.keys(configured), ...Object.keys(missing)].join(', ')}.`
}
