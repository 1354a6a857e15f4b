import { parseArgs } from 'node:util'
import type { PlatformFacts, PlatformOptions } from './options.ts'
import { PlatformError } from './platform-error.ts'

export const usage = `Supabase for one project, without Docker.

  npm start -- [options]

  --project-dir <folder>   the folder that contains supabase/ (default: the current one)
  --port <number>          HTTP port on 127.0.0.1 (default: any free one)
  --data-dir <folder>      PostgreSQL's data directory (default: <project>/.agon/postgres)
  --temporary              a data directory of its own, removed at the end
  --db-url <url>           an existing PostgreSQL, 15 or newer, instead of the embedded one
  --vault <name>=<key>     a Vault secret that holds the secret key of that name; repeatable
  --make-secret <name>=<pattern>  a secret of the functions, made once and kept; {random} stands for 32 random bytes
  --record <file>          where to write down its URL and keys while it runs, for other processes to find
  --no-migrate             do not apply supabase/migrations
  --no-seed                do not run the seed files
  --quiet                  do not print what functions print
  --help
`

export interface CommandLine {
  help: boolean
  quiet: boolean
  record?: string
  options: PlatformOptions
}

const flags = {
  'project-dir': { type: 'string' },
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  temporary: { type: 'boolean', default: false },
  'db-url': { type: 'string' },
  vault: { type: 'string', multiple: true, default: [] as string[] },
  'make-secret': { type: 'string', multiple: true, default: [] as string[] },
  record: { type: 'string' },
  'no-migrate': { type: 'boolean', default: false },
  'no-seed': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Reads the command line; of a bad one it says which option and what it should be. */
export function parseCommandLine(args: string[], cwd: string): CommandLine {
  const values = parse(args)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
    throw new PlatformError('invalid_option', `--port is ${values.port}: expected a number from 0 to 65535, 0 for any free port.`)
  }
  const dataDir = values['data-dir']
  const dbUrl = values['db-url']
  return {
    help: values.help,
    quiet: values.quiet,
    ...(values.record === undefined ? {} : { record: values.record }),
    options: {
      projectDir: values['project-dir'] ?? cwd,
      temporary: values.temporary,
      vault: Object.fromEntries(values.vault.map(vaultSecret)),
      makeSecrets: Object.fromEntries(values['make-secret'].map(madeSecret)),
      migrate: !values['no-migrate'],
      seed: !values['no-seed'],
      ...(port === undefined ? {} : { port }),
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(dbUrl === undefined ? {} : { dbUrl }),
    },
  }
}

/** `agon_worker_key=worker`: the Vault secret agon_worker_key holds the secret key named worker. */
function vaultSecret(text: string): [string, (facts: PlatformFacts) => string] {
  const [, name, keyName] = /^([^=]+)=([a-z0-9_]+)$/.exec(text) ?? []
  if (name === undefined || keyName === undefined) {
    throw new PlatformError('invalid_option', `--vault is ${text}: expected <vault secret>=<name of a secret key>, e.g. worker_key=worker.`)
  }
  return [
    name,
    ({ secretKeys }) => {
      const key = secretKeys[keyName]
      if (key !== undefined) return key
      throw new PlatformError('invalid_option', `--vault names the secret key ${keyName}; there are ${Object.keys(secretKeys).join(', ')}.`)
    },
  ]
}

function madeSecret(text: string): [string, string] {
  const [, name, pattern] = /^([A-Z][A-Z0-9_]*)=(.+)$/.exec(text) ?? []
  if (name !== undefined && pattern !== undefined) return [name, pattern]
  throw new PlatformError('invalid_option', `--make-secret is ${text}: expected <NAME>=<pattern>, e.g. SESSION_KEY={random}.`)
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: flags, strict: true }).values
  } catch (cause) {
    throw new PlatformError('invalid_option', `${(cause as Error).message}. See --help.`, { cause })
  }
}
