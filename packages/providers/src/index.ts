import { anthropicProvider } from './anthropic-provider.ts'
import { providersOf } from './create-providers.ts'
import { falProvider } from './fal-provider.ts'
import { openaiProvider } from './openai-provider.ts'

export {
  type ConfiguredProvider,
  configuredProviders,
  defaultProviderTimeoutMs,
  type ProviderConfiguration,
  providerConfiguration,
} from './configuration.ts'

/**
 * Every provider, for a process without a bundle's limit.
 *
 * @example createProviders(providerConfiguration(process.env))('openai')
 */
export const createProviders = providersOf({ openai: openaiProvider, anthropic: anthropicProvider, fal: falProvider })
