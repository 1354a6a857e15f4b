import { type ProviderConfiguration, providerConfiguration } from '@agon/providers/configuration'
import { keyOpener } from '@agon/providers/sealed-keys'
import type { Line, Providers } from '@agon/runner-core'
import { drainLine } from './drain-line.ts'

/** A function that drains one line of jobs by calling providers. `createProviders`: the adapters this function's bundle carries. */
export const drainFunction = (
  // biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
  line: Line<any>,
  createProviders: (configuration: ProviderConfiguration) => Providers,
): ((request: Request) => Promise<Response>) =>
  drainLine(line, { providers: createProviders(providerConfiguration(Deno.env.toObject())), openKey: keyOpener(Deno.env.toObject()) })
