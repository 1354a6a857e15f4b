import { randomUUID } from 'node:crypto'
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
    ...keys.madeSecrets,
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
