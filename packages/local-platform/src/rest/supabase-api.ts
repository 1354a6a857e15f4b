import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectKeys } from '../keys.ts'
import { publicJwks } from '../keys.ts'
import type { Log } from '../log.ts'
import { platformApplicationName } from '../postgres/orphan.ts'
import type { ProjectConfig } from '../project-config.ts'
import { refusal } from '../stopping.ts'
import { withConsoleInLog } from './console-to-log.ts'
import { mendPostgresJs } from './mended-postgres-js.ts'
import type { SessionTokens } from './session-tokens.ts'
import { withHostedSignedUrls, withPlainUpload } from './storage-dialect.ts'

export interface SupabaseApi {
  /** Answers /rest/v1, /auth/v1 and /storage/v1. */
  fetch(request: Request): Promise<Response>
  /** Reads the database schema again before the next request. */
  reloadSchema(): Promise<void>
  /** Refuses what comes from now on, lets what has begun finish within `graceMs`, and then refuses that too: afterwards nothing is unanswered. */
  drain(graceMs?: number): Promise<void>
  /** Closes the connections to the database. */
  close(): Promise<void>
}

const { emitWarning } = process

/** @supabase/lite silences a warning of Node's by replacing this function with one that throws on every warning that is an Error. */
const restoreWarnings = () => {
  process.emitWarning = emitWarning
}

/** The schemas of the auth and storage services: what has to be there before a project's first migration refers to auth.users. */
export async function serviceSchemas(): Promise<string[]> {
  mendPostgresJs()
  // Imported when needed: it is the largest module here, and PostgreSQL starts meanwhile.
  const { getAuthSchemaSql, getStorageSchemaSql } = await import('@supabase/lite')
  restoreWarnings()
  return [getAuthSchemaSql(), getStorageSchemaSql()]
}

export interface SupabaseApiOptions {
  dbUrl: string
  storageDir: string
  config: ProjectConfig
  keys: ProjectKeys
  tokens: SessionTokens
  log: Log
}

/** @supabase/lite on a PostgreSQL: PostgREST, Auth and Storage for supabase-js, with opaque named keys. */
export async function createSupabaseApi({ dbUrl, storageDir, config, keys, tokens, log }: SupabaseApiOptions): Promise<SupabaseApi> {
  mendPostgresJs()
  const { App, setExperimental } = await import('@supabase/lite')
  const { FaithfulConnection } = await import('./lite-connection.ts')
  const { createFileStorage } = await import('./file-storage.ts')
  restoreWarnings()
  const connection = new FaithfulConnection(dbUrl, platformApplicationName)
  const secretKeys = new Map(Object.entries(keys.secretKeys).map(([name, key]) => [key, name]))

  const app = new App({
    connection,
    api: {
      schemas: config.api.schemas.filter((schema) => schema !== 'graphql_public'),
      extra_search_path: config.api.extra_search_path,
      max_rows: config.api.max_rows,
    },
    auth: {
      enabled: true,
      jwt_secret: keys.internalJwtSecret,
      jwt_expiry: config.auth.jwt_expiry,
      enable_signup: config.auth.enable_signup,
      ...(config.auth.minimum_password_length ? { minimum_password_length: config.auth.minimum_password_length } : {}),
      ...(config.auth.site_url ? { site_url: config.auth.site_url } : {}),
      email: { enable_signup: true, enable_confirmations: false },
    },
    storage: { enabled: config.storage.enabled, file_size_limit: config.storage.file_size_limit },
    options: {
      server: {
        admin: false,
        disableStudio: true,
        apiKeys: {
          resolver: async (key: string) => {
            if (key === keys.publishableKey) return { type: 'publishable', claims: { role: 'anon' } }
            if (secretKeys.has(key)) return { type: 'secret', claims: { role: 'service_role' } }
            return null
          },
        },
      },
    },
  } as unknown as ConstructorParameters<typeof App>[0])
  app._storageAdapter = createFileStorage(storageDir)
  await app.init()
  // After init, which would print a banner about it.
  setExperimental('storage', true)
  // Read once before the first request, so that the first request is as quick as the others.
  await connection.introspect({ useCache: true })

  /** What is being answered, each with the way to refuse it after all. */
  const answering = new Map<Promise<unknown>, () => void>()
  let draining = false

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/auth/v1/.well-known/jwks.json') {
      return Response.json(publicJwks(keys), { headers: { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=600' } })
    }
    const inward = await withPlainUpload(await tokens.inward(request))
    const response = await withConsoleInLog(log, async () => app.fetch(inward))
    if (pathname.startsWith('/auth/v1/')) return tokens.outward(response)
    return withHostedSignedUrls(request, response)
  }

  return {
    fetch(request) {
      if (draining) return Promise.resolve(refusal())
      const { promise, resolve, reject } = Promise.withResolvers<Response>()
      const answered = answer(request)
        .then(resolve, reject)
        .finally(() => answering.delete(answered))
      answering.set(answered, () => resolve(refusal(true)))
      return promise
    },
    reloadSchema: () => (connection as unknown as { clearSchemaCache(): Promise<void> }).clearSchemaCache(),
    async drain(graceMs = 500) {
      draining = true
      const grace = new AbortController()
      await Promise.race([Promise.allSettled(answering.keys()), delay(graceMs, undefined, grace).catch(() => undefined)])
      grace.abort()
      // Before the database is taken from under them: what they would say then is an error of the driver's.
      for (const refuse of answering.values()) refuse()
    },
    close: () => connection.close(),
  }
}
