import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { providers } from '@agon/runner-core'

export type Variables = Readonly<Record<string, string | undefined>>

/** The folder with supabase/: this repository. */
export const projectDir = fileURLToPath(new URL('../../..', import.meta.url))

function envFile(path: string): Record<string, string | undefined> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}

/** The environment, and under it `.env` and supabase/functions/.env, where Supabase keeps the functions' own secrets. */
export function readVariables(environment: Variables = process.env, folder = projectDir): Variables {
  return { ...envFile(join(folder, 'supabase', 'functions', '.env')), ...envFile(join(folder, '.env')), ...environment }
}

/** Where the embedded platform keeps its data, and agon what it knows about it. */
export const homeFolder = (option: string | undefined, variables: Variables): string =>
  resolve(option ?? (variables.AGON_HOME || join(projectDir, '.agon')))

const registry: Readonly<Record<string, { keyVariable?: string; baseUrlVariable?: string }>> = providers
/** What concerns this command line alone. */
const own = new Set(['AGON_HOME', 'AGON_URL', 'AGON_PUBLISHABLE_KEY', 'AGON_ACCESS_TOKEN', 'AGON_SECRET_KEY', 'AGON_SPARRING_THINKS_MS'])

/** What the functions are given: provider keys, base URLs, and AGON_ settings. Nothing else of this machine's environment. */
export function functionSecrets(variables: Variables): Record<string, string> {
  const names = Object.values(registry).flatMap(({ keyVariable, baseUrlVariable }) => [keyVariable, baseUrlVariable])
  const settings = Object.keys(variables).filter((name) => name.startsWith('AGON_') && !own.has(name))
  return Object.fromEntries(
    [...names, ...settings].flatMap((name) => {
      const value = name === undefined ? undefined : variables[name]?.trim()
      return name !== undefined && value ? [[name, value]] : []
    }),
  )
}
