import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type CodingConfiguration, codingJobs, codingOffers, createResults, createWorkspace, keepManifests, tidyRuns } from '@agon/coding'
import { createDispatcher, type LogEntry, type StepWorld, stepError, workerBudget } from '@agon/runner-core'
import { fail } from '@agon/runner-core/result'
import { connect, createCodingStore, createDriverStore, createKeyframeStore } from '@agon/store'
import type { Variables } from '../settings.ts'

export interface Coder {
  /** Where results are put. */
  results: string
  /** Ends what runs, takes back what it offered, and brings the manifests up to date. */
  stop(): Promise<void>
}

/** Runs the commands of coding battles in this process, as a worker would, for as long as its battle lasts. */
export async function startCoder(
  project: { url: string; secretKey: string },
  {
    configuration,
    home,
    variables,
    log,
  }: { configuration: CodingConfiguration; home: string; variables: Variables; log: (entry: LogEntry) => void },
): Promise<Coder> {
  const database = connect(project)
  const folder = join(home, 'coding')
  const results = variables.AGON_RESULTS || join(home, 'results')
  const driver = `agon:${process.pid}`
  const offers = codingOffers(configuration)
  const drivers = createKeyframeStore(database)
  const tools = {
    store: createCodingStore(database),
    configuration,
    workspace: createWorkspace(folder),
    results: createResults(results),
    folder: join(folder, 'runs'),
    variables,
  }
  const stopped = new AbortController()
  const world: StepWorld = {
    store: createDriverStore(database),
    providers: () => fail(stepError('internal', 'A command calls no provider of ours')),
    clock: {
      now: () => performance.now(),
      sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
    },
    random: Math.random,
    log,
  }
  const announced = await drivers.announce(driver, Object.keys(offers), offers)
  if (!announced.ok) log({ level: 'warn', event: 'capabilities_not_announced', message: announced.error.message })
  const dispatcher = createDispatcher({ lines: [codingJobs(tools)], world, driver, slots: 26 })
  const budget = workerBudget({ stopped: stopped.signal })
  const tellManifests = keepManifests(tools, log)
  const repeat = async (everyMs: number, act: () => Promise<unknown>) => {
    while (!stopped.signal.aborted) {
      await act()
      await world.clock.sleep(everyMs, stopped.signal)
    }
  }
  await tidyRuns(tools, log)
  let draining: Promise<unknown> = Promise.resolve()
  const loops = [
    repeat(300, async () => {
      draining = dispatcher.wake(budget)
    }),
    repeat(60_000, () => drivers.announce(driver, Object.keys(offers), offers)),
  ]
  return {
    results,
    stop: async () => {
      stopped.abort()
      dispatcher.abort()
      await Promise.all([draining, ...loops])
      await tellManifests()
      await drivers.announce(driver, [], {})
    },
  }
}
