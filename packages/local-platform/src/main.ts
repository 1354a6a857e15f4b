import { parseCommandLine, usage } from './command-line.ts'
import { type LogEntry, PlatformError, startPlatform } from './index.ts'
import { recordPlatform } from './record-platform.ts'

function printer(quiet: boolean) {
  return (entry: LogEntry) => {
    if (entry.level === 'debug' || (quiet && entry.source === 'function')) return
    const from = entry.function ? `${entry.source} ${entry.function}` : entry.source
    console.error(`[${from}] ${entry.message}`)
  }
}

async function main(): Promise<void> {
  const { help, quiet, record, options } = parseCommandLine(process.argv.slice(2), process.cwd())
  if (help) {
    console.log(usage)
    return
  }
  const stopping = Promise.withResolvers<NodeJS.Signals>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.resolve(signal))

  const platform = await startPlatform({ ...options, log: printer(quiet) })
  const takeBack = record === undefined ? undefined : recordPlatform(record, platform)
  const headers = { apikey: platform.publishableKey }
  const first = await fetch(`${platform.url}/auth/v1/settings`, { headers })
  await first.arrayBuffer()
  const secretKeys = Object.entries(platform.secretKeys).map(([name, key]) => `  secret key (${name})  ${key}`)
  console.log(
    [
      `first request answered in ${Math.round(performance.now())} ms`,
      `  url              ${platform.url}`,
      `  database         ${platform.dbUrl}`,
      `  publishable key  ${platform.publishableKey}`,
      ...secretKeys,
      'Ctrl-C stops it.',
    ].join('\n'),
  )

  await stopping.promise
  takeBack?.()
  await platform.stop()
}

try {
  await main()
  process.exit(0)
} catch (error) {
  if (!(error instanceof PlatformError)) throw error
  console.error(error.message)
  process.exit(error.code === 'invalid_option' || error.code === 'project_not_found' ? 2 : 1)
}
