import { type ProviderConfiguration, providerConfiguration } from '@agon/providers/configuration'
import { keyOpener } from '@agon/providers/sealed-keys'
import type { Line, Providers, StepWorld } from '@agon/runner-core'
import { drainLine } from './drain-line.ts'

/**
 * A function that drains a line of jobs, or several, by calling providers. `createProviders`: the adapters this function's bundle carries. `more`: what
 * a line needs besides, and fewer slots where each weighs more.
 */
export const drainFunction = (
  // biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
  line: Line<any> | Line<any>[],
  createProviders: (configuration: ProviderConfiguration) => Providers,
  { slots, ...more }: Pick<StepWorld, 'media' | 'callbackUrl' | 'search' | 'moderation'> & { slots?: number } = {},
): ((request: Request) => Promise<Response>) => {
  const variables = Deno.env.toObject()
  const providers = createProviders(providerConfiguration(variables))
  return drainLine(line, { providers, openKey: keyOpener(variables), sliced: true, ...more }, slots)
}
