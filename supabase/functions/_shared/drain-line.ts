import type { Line, StepWorld } from '@agon/runner-core'
import { createDispatcher, edgeBudget } from '@agon/runner-core'
import { connect } from '@agon/store/connection'
import { createDriverStore } from '@agon/store/driver-store'
import { clock } from './clock.ts'
import { databaseKey, environment } from './environment.ts'
import { machineFunction } from './machine-function.ts'

/**
 * A function that drains one line of jobs, with the ports its steps need. Each wake gives the isolate's dispatcher a fresh slice; one
 * dispatcher an isolate holds the slots, however many requests it serves.
 */
export function drainLine(
  // biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
  line: Line<any>,
  ports: Omit<StepWorld, 'store' | 'clock' | 'random' | 'log'>,
  slots = environment.AGON_SLOTS,
): (request: Request) => Promise<Response> {
  const world: StepWorld = {
    ...ports,
    store: createDriverStore(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })),
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
