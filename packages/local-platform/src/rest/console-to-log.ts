import { AsyncLocalStorage } from 'node:async_hooks'
import { inspect } from 'node:util'
import type { Log } from '../log.ts'

const currentLog = new AsyncLocalStorage<Log>()
let installed = false

/**
 * The REST service prints every database error to the console, refusals its client asked for included. What it prints while it answers a
 * request goes to the platform's log instead; everybody else's console stays as it was.
 */
export function withConsoleInLog<T>(log: Log, work: () => Promise<T>): Promise<T> {
  if (!installed) {
    installed = true
    const original = console.error
    console.error = (...values: unknown[]) => {
      const target = currentLog.getStore()
      if (target) target({ source: 'rest', level: 'debug', message: values.map(describe).join(' ') })
      else original(...values)
    }
  }
  return currentLog.run(log, work)
}

function describe(value: unknown): string {
  if (value instanceof Error) {
    const { code, where } = value as { code?: string; where?: string }
    return [`${code ?? value.name}: ${value.message}`, where].filter(Boolean).join('\n')
  }
  return typeof value === 'string' ? value : inspect(value)
}
