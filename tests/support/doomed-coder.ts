import { codingJobs, codingOffers, createResults, createWorkspace, type Point, readCodingConfiguration, tidyRuns } from '@agon/coding'
import { createDispatcher, type StepWorld, workerBudget } from '@agon/runner-core'
import { connect, createCodingStore, createDriverStore, createKeyframeStore, createTickStore } from '@agon/store'
import { clock } from '../../apps/worker/src/clock.ts'

// A worker of coding jobs alone that is killed, by nobody's leave, at the point it was given; `never` is never.

const [point] = process.argv.slice(2)
const setting = (name: string) => process.env[name]!
const connection = connect({ url: setting('SUPABASE_URL'), secretKey: setting('AGON_WORKER_KEY') })
const configuration = readCodingConfiguration(setting('AGON_BACKENDS'))
const driver = setting('AGON_WORKER_ID')
const offers = codingOffers(configuration)
const tools = {
  store: createCodingStore(connection),
  configuration,
  workspace: createWorkspace(setting('AGON_CODING_DIR')),
  results: createResults(setting('AGON_RESULTS')),
  folder: `${setting('AGON_CODING_DIR')}/runs`,
  variables: process.env,
  atPoint: (reached: Point) => {
    if (reached === point) process.kill(process.pid, 'SIGKILL')
  },
}
const line = codingJobs(tools)
const world = {
  store: createDriverStore(connection),
  clock,
  random: Math.random,
  log: (entry: object) => console.log(JSON.stringify(entry)),
} as unknown as StepWorld
await createKeyframeStore(connection).announce(driver, Object.keys(offers), offers)
await tidyRuns(tools, world.log)
const dispatcher = createDispatcher({ lines: [line], world, driver, slots: 1 })
for (;;) {
  await dispatcher.wake(workerBudget({ actMs: 60_000, stopped: new AbortController().signal }))
  await createTickStore(connection).sweep()
  await clock.sleep(200)
}
