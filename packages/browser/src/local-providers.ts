import { type ConfiguredProvider, providerConfiguration } from '@agon/providers/configuration'
import { createTextProviders } from '@agon/providers/text-providers'
import { type Providers, providers as registry } from '@agon/runner-core'
import type { KeptKey } from './key-vault.ts'

/** The longest call: nothing cuts a page's slice short. */
const callMs = 600_000

/** The text providers this browser has keys of, by the same adapters as anywhere, with the SDKs told that they run in a browser. */
export function localProviders(kept: KeptKey[]): Providers {
  const environment: Record<string, string> = { AGON_PROVIDER_TIMEOUT_MS: String(callMs) }
  for (const { provider, baseUrl } of kept) {
    const variable = (registry as Record<string, { baseUrlVariable?: string } | undefined>)[provider]?.baseUrlVariable
    if (baseUrl !== undefined && variable) environment[variable] = baseUrl
  }
  const { configured, keyless, missing } = providerConfiguration(environment)
  const inBrowser = (settings: Readonly<Record<string, ConfiguredProvider>>) =>
    Object.fromEntries(Object.entries(settings).map(([id, provider]) => [id, { ...provider, browser: true as const }]))
  return createTextProviders({ configured: inBrowser(configured), keyless: inBrowser(keyless), missing })
}
