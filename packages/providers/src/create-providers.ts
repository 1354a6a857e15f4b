import { fail, ok, type Provider, type Providers, type Result, type StepError, stepError } from '@agon/runner-core'
import { apiKey, type ConfiguredProvider, type ProviderConfiguration, type WireName } from './configuration.ts'

/** Makes what speaks one wire. Its SDK is imported by the first call. */
export type Adapter = (provider: ConfiguredProvider) => Provider

/**
 * The configured providers by id, over the adapters an entry point carries. An adapter for the platform's key is made on the first
 * request and kept, with its SDK client; one for a user's key lives as long as its caller holds it, so that no user's key outlives
 * the call. A user's key needs no key of the platform: the base URL stays the platform's.
 *
 * Errors: `provider_key_missing` naming the variable to set, `provider_auth` for a user's key that cannot be sent, `adapter_missing`.
 */
export const providersOf =
  (adapters: Partial<Record<WireName, Adapter>>) =>
  ({ configured, keyless, missing }: ProviderConfiguration): Providers => {
    const made = new Map<string, Provider>()
    const of = <T>(settings: Readonly<Record<string, T>>, id: string): T | undefined =>
      Object.hasOwn(settings, id) ? settings[id] : undefined

    const speak = (settings: ConfiguredProvider): Result<Provider, StepError> => {
      const adapter = adapters[settings.wire]
      if (adapter) return ok(adapter(settings))
      return fail(stepError('adapter_missing', `The adapter of ${settings.id} is not part of this function: another one makes its calls.`))
    }

    return (providerId, usersKey) => {
      if (usersKey !== undefined) {
        const settings = of(configured, providerId) ?? of(keyless, providerId)
        if (settings && !apiKey.safeParse(usersKey).success) {
          return fail(stepError('provider_auth', `The user's key for ${providerId} is not printable ASCII without spaces.`))
        }
        if (settings) return speak({ ...settings, apiKey: usersKey, usersKey: true })
      }
      const known = made.get(providerId)
      if (known) return ok(known)
      const settings = of(configured, providerId)
      if (settings) {
        const provider = speak(settings)
        if (provider.ok) made.set(providerId, provider.value)
        return provider
      }
      const variable = of(missing, providerId)
      if (variable !== undefined) return fail(stepError('provider_key_missing', `Set ${variable} to call ${providerId}.`))
      const callable = [...Object.keys(configured), ...Object.keys(missing)].join(', ')
      return fail(stepError('adapter_missing', `Agon has no adapter for ${JSON.stringify(providerId)}, only for ${callable}.`))
    }
  }
