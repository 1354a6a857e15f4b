import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FunctionSource } from './discover-functions.ts'

/** The pinned Deno. */
export const denoBinary = join(
  dirname(createRequire(import.meta.url).resolve('deno/package.json')),
  process.platform === 'win32' ? 'deno.exe' : 'deno',
)

/** Where Deno keeps modules on this machine: given to it by name, since the process it runs in has no home. */
export function denoDirectory(env: Record<string, string | undefined> = process.env): string {
  if (env.DENO_DIR) return env.DENO_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'deno')
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? homedir(), 'deno')
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'deno')
}

/**
 * The versions a function's npm imports resolved to. Without it every cold start reads the registry's whole record of every package again,
 * those of dynamic imports included: a sixth of the start of a function that can load an SDK. Kept beside the modules it describes.
 */
export function lockFile(source: FunctionSource): string {
  const folder = join(denoDirectory(), 'function-locks')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${source.name}-${createHash('sha256').update(source.entrypoint).digest('hex').slice(0, 16)}.lock`)
}

const neededToFetchModules =
  /^(HOME|USERPROFILE|SYSTEMROOT|LOCALAPPDATA|(HTTPS?|NO)_PROXY|(https?|no)_proxy|SSL_CERT_(FILE|DIR)|NPM_CONFIG_.*|npm_config_.*|DENO_AUTH_TOKENS|DENO_CERT)$/

/** What Deno itself needs to resolve modules. The runner removes every one of them before the function's code is loaded. */
export function toolchainEnvironment(env: Record<string, string | undefined> = process.env): Record<string, string> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => neededToFetchModules.test(entry[0]) && entry[1] !== undefined,
  )
  return {
    ...Object.fromEntries(inherited),
    DENO_DIR: denoDirectory(env),
    DENO_NO_PACKAGE_JSON: '1',
    DENO_NO_UPDATE_CHECK: '1',
    DENO_TLS_CA_STORE: 'system,mozilla',
    NO_COLOR: '1',
  }
}

/** How Deno resolves what a function imports: the same when it is fetched and when it runs. */
export const moduleArguments = (source: FunctionSource): string[] => [
  `--lock=${lockFile(source)}`,
  '--node-modules-dir=none',
  ...(source.configFile ? [`--config=${source.configFile}`] : ['--no-config']),
  ...(source.importMap ? [`--import-map=${source.importMap}`] : []),
]
