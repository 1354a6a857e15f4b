export {
  type ConfiguredProvider,
  configuredProviders,
  defaultProviderTimeoutMs,
  type ProviderConfiguration,
  providerConfiguration,
} from './configuration.ts'
export { createProviders } from './create-providers.ts'
export { keyOpener } from './sealed-keys.ts'
