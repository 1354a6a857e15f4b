import type { LogEntry } from '@agon/runner-core'
import { pino } from 'pino'
import { settings } from './settings.ts'

const secretShapes = [
  /\bsb_secret_[^\s"',;\\]+/g,
  /\bsk-[^\s"',;\\]+/g,
  /\b(?:Bearer|Basic)\s+[^\s"',;\\]+/gi,
  /(?<=:\/\/[^/:@\s"]{1,200}:)[^/@\s"]+(?=@)/g,
]
/** Fields that hold a secret by their name, whatever stands in them. */
const secretFields = ['apiKey', 'api_key', 'authorization', 'password', 'secret', 'token', 'key', 'prompt', 'answer']

export type Log = (entry: LogEntry) => void

/**
 * The structured log: one JSON object a line on standard output. What the environment's secrets hold, and what has a secret's shape, is
 * struck out of every line, whoever wrote it there.
 */
export function createLog(
  level: string,
  environment: Record<string, string | undefined>,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const secrets = settings.flatMap(({ name, secret }) => (secret ? secretsIn(environment[name]) : []))
  const strike = (line: string) => {
    let text = line
    for (const secret of secrets) text = text.replaceAll(secret, '[redacted]')
    for (const shape of secretShapes) text = text.replace(shape, '[redacted]')
    return text
  }
  const logger = pino(
    {
      level,
      base: undefined,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    },
    { write: (line: string) => write(strike(line)) },
  )
  return ({ level: of, ...entry }) => logger[of](entry)
}

/** A variable's secrets as they would stand in a line of JSON: whole, and each string of one that is a JSON object of keys. */
function secretsIn(text: string | undefined): string[] {
  if (!text?.trim()) return []
  const parts = [text.trim()]
  try {
    parts.push(...Object.values(JSON.parse(text) as object).filter((part) => typeof part === 'string'))
  } catch {
    // No JSON: the whole is the secret.
  }
  return parts.filter((part) => part.length >= 8).map((part) => JSON.stringify(part).slice(1, -1))
}
