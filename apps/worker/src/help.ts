import { settings } from './settings.ts'
import { subWorkers } from './sub-workers/index.ts'

const columns = (rows: [string, string][]) => {
  const widest = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, what]) => `  ${name.padEnd(widest)}  ${what.replaceAll('`', '')}`).join('\n')
}

export const helpText = (): string => `Usage: npm run worker [-- --print-config | --help | --version]

The long-task worker: takes jobs from a project's queue beside its edge functions, or instead of them.

  --print-config  print how it would run, secrets as set or not set, and leave; with 2 when something is wrong
  --version       print its version

Sub-workers (AGON_WORKERS):
${columns(subWorkers.map(({ name, does }) => [name, does]))}

Environment, or .env:
${columns(settings.map(({ name, default: otherwise, what }) => [name, `${what} (${otherwise})`]))}`
