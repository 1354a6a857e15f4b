import { workerConfiguration } from './configuration.ts'
import { helpText } from './help.ts'
import { createLog } from './log.ts'
import { printedConfiguration } from './settings.ts'
import { version } from './version.ts'
import { startWorker } from './worker.ts'

const [argument, ...more] = process.argv.slice(2)
if (argument === '--help' || argument === '-h') leave(helpText())
if (argument === '--version') leave(version)
if ((argument !== undefined && argument !== '--print-config') || more.length > 0)
  refuse(
    `There is no option ${argument === '--print-config' ? more[0] : argument}: it takes --print-config, --help or --version, and is configured by the environment.`,
  )

try {
  process.loadEnvFile()
} catch (error) {
  // Without a .env the environment alone configures the worker; one that cannot be read is a mistake to be told of.
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

const configuration = configured()
if (argument === '--print-config') leave(printedConfiguration(process.env))

const log = createLog(configuration.AGON_LOG_LEVEL, process.env)
const worker = await startWorker(configuration, process.env, log).catch((error: Error) =>
  refuse(`The worker cannot start.\n${error.message}`),
)
log({
  level: 'info',
  event: 'worker_started',
  worker: configuration.AGON_WORKER_ID,
  version,
  slots: configuration.AGON_SLOTS,
  sub_workers: configuration.AGON_WORKERS.map(({ name }) => name),
})

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

function configured() {
  try {
    return workerConfiguration(process.env)
  } catch (error) {
    return refuse(
      `The worker cannot start.\n${(error as Error).message}\nSet them in the environment or in .env; docs/worker.md explains each.`,
    )
  }
}

function leave(text: string): never {
  console.log(text)
  process.exit(0)
}

function refuse(text: string): never {
  console.error(text)
  process.exit(2)
}
