import { type ProviderConfiguration, providerConfiguration } from '@agon/providers/configuration'
import type { Line, Providers, StepWorld } from '@agon/runner-core'
import { createDispatcher, edgeBudget } from '@agon/runner-core'
import { connect } from '@agon/store/connection'
import { createDriverStore } from '@agon/store/driver-store'
import { clock } from './clock.ts'
import { databaseKey, environment } from './environment.ts'
import { machineFunction } from './machine-function.ts'

/**
 * A function that drains one line of jobs. Each wake gives the isolate's dispatcher a fresh slice; one dispatcher an isolate
 * holds the slots, however many requests it serves. `createProviders`: the adapters this function's bundle carries. `more`: what a line
 * needs besides, and fewer slots where each weighs more.
 */
export function drainFunction(
  // biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
  line: Line<any>,
  createProviders: (configuration: ProviderConfiguration) => Providers,
  { slots = environment.AGON_SLOTS, ...more }: Pick<StepWorld, 'media' | 'callbackUrl'> & { slots?: number } = {},
): (request: Request) => Promise<Response> {
  const world: StepWorld = {
    store: createDriverStore(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })),
    providers: createProviders(providerConfiguration(Deno.env.toObject())),
    sliced: true,
    ...more,
    clock,
    random: Math.random,
    log: (entry) => console.log(JSON.stringify(entry)),
  }
  const dispatcher = createDispatcher({
    lines: [line],
    world,
    driver: `${environment.SUPABASE_FUNCTION_SLUG}:${environment.SB_EXECUTION_ID}`,
    slots,
  })
  const slice = () =>
    edgeBudget({ startedAtMs: clock.now(), sliceMs: environment.AGON_SLICE_MS, actMs: environment.AGON_PROVIDER_TIMEOUT_MS })
  return machineFunction(() => dispatcher.wake(slice()))
}
