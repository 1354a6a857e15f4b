import { workerConfiguration } from './configuration.ts'
import { startWorker } from './worker.ts'

try {
  process.loadEnvFile()
} catch (error) {
  // Without a .env the environment alone configures the worker; one that cannot be read is a mistake to be told of.
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

let configuration: ReturnType<typeof workerConfiguration>
try {
  configuration = workerConfiguration(process.env)
} catch (error) {
  console.error(
    `The worker cannot start.\n${(error as Error).message}\nSet them in the environment or in .env; docs/operating.md explains each.`,
  )
  process.exit(2)
}

const log = (entry: object) => console.log(JSON.stringify({ at: new Date().toISOString(), ...entry }))
const worker = await startWorker(configuration, process.env, log)
log({ level: 'info', event: 'worker_started', worker: configuration.AGON_WORKER_ID, slots: configuration.AGON_SLOTS })

let stopping = false
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, async () => {
    if (stopping) process.exit(1) // asked twice: leave now, the leases run out
    stopping = true
    log({ level: 'info', event: 'worker_draining', signal })
    const cutOff = await worker.stop()
    log({ level: 'info', event: 'worker_stopped', cut_off: cutOff })
    process.exit(0)
  })
}
