import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ProjectKeys } from '../keys.ts'
import { publicJwks } from '../keys.ts'
import { PlatformError } from '../platform-error.ts'
import { functionEnvFile, type Project, resolveEnvReferences } from '../project-config.ts'
import type { FunctionSource } from './discover-functions.ts'

/** Refuses the names the hosted platform refuses for secrets. */
export function checkSecretNames(secrets: Record<string, string>, option: string): void {
  const reserved = Object.keys(secrets).filter((name) => name.startsWith('SUPABASE_'))
  if (reserved.length > 0) {
    throw new PlatformError(
      'invalid_option',
      `${option} contains ${reserved.join(', ')}: names beginning with SUPABASE_ belong to the platform, which sets them itself. Choose another name.`,
    )
  }
}

export interface FunctionEnvironmentInput {
  project: Project
  keys: ProjectKeys
  url: string
  dbUrl: string
  secrets: Record<string, string>
}

/** All that a function can see of its environment. Nothing of the platform's own environment is in it. */
export function functionEnvironment(input: FunctionEnvironmentInput, source: FunctionSource, executionId: string): Record<string, string> {
  const { project, keys, url, dbUrl } = input
  const { config } = project
  const fromFile = Object.fromEntries(Object.entries(functionEnvFile(project)).filter(([name]) => !name.startsWith('SUPABASE_')))
  return {
    ...resolveEnvReferences(config.edge_runtime.secrets, project.env),
    ...fromFile,
    ...input.secrets,
    ...resolveEnvReferences(source.config?.env ?? {}, project.env),
    SUPABASE_URL: url,
    SUPABASE_DB_URL: dbUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify(keys.secretKeys),
    SUPABASE_JWKS: JSON.stringify(publicJwks(keys)),
    SUPABASE_ANON_KEY: keys.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.secretKeys.default!,
    SUPABASE_FUNCTION_SLUG: source.name,
    SB_REGION: 'local',
    SB_EXECUTION_ID: executionId,
    DENO_DEPLOYMENT_ID: `local_${source.name}_${randomUUID()}`,
  }
}

/** Where Deno keeps modules on this machine: given to it by name, since the process it runs in has no home. */
export function denoDirectory(env: Record<string, string | undefined> = process.env): string {
  if (env.DENO_DIR) return env.DENO_DIR
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'deno')
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? homedir(), 'deno')
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'deno')
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
