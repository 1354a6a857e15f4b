import { sweepAbandoned } from './abandoned.ts'
import { createClosing } from './closing.ts'
import { type Scheduler, startScheduler } from './cron/scheduler.ts'
import { choosePlaces, ensureVaultKey } from './data-directory.ts'
import { bootstrap, type StandIns } from './database/bootstrap.ts'
import { connect, connectChecked } from './database/connect.ts'
import { applyMigrations, applySeeds } from './database/migrations.ts'
import { createFunctionHost, type FunctionHost, type RunningFunction } from './functions/function-host.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { loadKeys, publicJwks } from './keys.ts'
import { createLog, type LogEntry } from './log.ts'
import { type HttpWorker, startHttpWorker } from './net/http-worker.ts'
import { type PlatformFacts, type PlatformOptions, parseOptions } from './options.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './postgres/embedded.ts'
import { readProject, resolveEnvReferences } from './project-config.ts'
import { upsertBuckets } from './rest/configured-buckets.ts'
import { createSessionTokens } from './rest/session-tokens.ts'
import { createSupabaseApi, type SupabaseApi, serviceSchemas } from './rest/supabase-api.ts'
import { watchSchema } from './rest/watch-schema.ts'
import { upsertSecrets } from './vault.ts'

/** A running platform: everything a client of a Supabase project needs, and the means to stop it. */
export interface Platform extends PlatformFacts {
  /** The public keys that verify user sessions, as served at /auth/v1/.well-known/jwks.json. */
  jwks: { keys: object[] }
  /** How long each phase of the start took, in milliseconds. */
  timings: Record<string, number>
  /** Which stand-ins are in use, instead of real extensions. */
  standIns: StandIns
  /** What functions printed and what happened to their processes, oldest first: of one function, or of all. */
  functionLogs(name?: string): LogEntry[]
  /** Ends warm function processes, so that the next request runs the files as they are now. */
  restartFunctions(name?: string): Promise<void>
  /** The processes that serve functions now: to be measured, or killed as an operating system would. */
  functionProcesses(): RunningFunction[]
  /** Stops and starts the embedded PostgreSQL, as a hosted restart would. Undefined with dbUrl. */
  restartDatabase?(): Promise<void>
  /** Stops everything this platform started. Safe to call twice. */
  stop(): Promise<void>
}

/** Starts Supabase for the project in `projectDir`, without Docker. Throws PlatformError, with a remedy, for anything a user can put right. */
export async function startPlatform(input: PlatformOptions): Promise<Platform> {
  const options = parseOptions(input)
  const { log, entries } = createLog(options.log)
  const timings: Record<string, number> = {}
  const began = performance.now()
  const timed = async <T>(phase: string, work: Promise<T>): Promise<T> => {
    const from = performance.now()
    try {
      return await work
    } finally {
      timings[phase] = Math.round((performance.now() - from) * 10) / 10
    }
  }

  const project = readProject(options.projectDir)
  const places = choosePlaces(options)
  const closing = createClosing(log)
  closing.surely('the temporary folder', places.removeTemporary)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= closing.run()
    return stopping
  }

  try {
    const keys = await loadKeys(options.temporary ? undefined : places.keysFile, options.secretKeyNames, options.keys, options.makeSecrets)
    const gateway: Awaited<ReturnType<typeof startGateway>> = await startGateway(options.port, log)
    closing.surely('the gateway', () => (gateway satisfies Gateway).close())
    const url = `http://127.0.0.1:${gateway.port}`

    // The REST service's code is loaded while PostgreSQL starts: the two longest phases side by side.
    const loading = timed('load_services', serviceSchemas())
    loading.catch(() => undefined)
    let embedded: EmbeddedPostgres | undefined
    if (!options.dbUrl) {
      embedded = await timed('postgres', startEmbeddedPostgres(places.postgres, log, options.template))
      const { stop: stopPostgres } = embedded
      closing.surely('PostgreSQL', stopPostgres)
      ensureVaultKey(places.postgres, embedded.owner)
    }
    const dbUrl = options.dbUrl ?? embedded!.url
    const client = await connectChecked(dbUrl, 'Check dbUrl (--db-url), or leave it out to use the embedded PostgreSQL.')
    const facts: PlatformFacts = { url, dbUrl, publishableKey: keys.publishableKey, secretKeys: keys.secretKeys }

    let standIns: StandIns
    try {
      const serviceSql = await loading
      const bootstrapping = bootstrap(
        client,
        {
          serviceSql,
          vaultKeyFile: Boolean(embedded),
          exposeNewTables: project.config.api.auto_expose_new_tables,
          exposedSchemas: project.config.api.schemas,
        },
        log,
      )
      standIns = await timed('bootstrap', bootstrapping)
      if (project.config.storage.enabled) await upsertBuckets(client, project.config.storage)
      await upsertSecrets(client, {
        project_url: url,
        ...resolveEnvReferences(project.config.db.vault, project.env),
        ...Object.fromEntries(
          Object.entries(options.vault).map(([name, value]) => [name, typeof value === 'function' ? value(facts) : value]),
        ),
      })
    } finally {
      await client.end()
    }

    const migrator = await connect(dbUrl)
    try {
      const { fresh } =
        options.migrate && project.config.db.migrations.enabled
          ? await timed('migrations', applyMigrations(migrator, project.supabaseDir, standIns, log))
          : { fresh: false }
      if (fresh && options.seed && project.config.db.seed.enabled) {
        await timed('seed', applySeeds(migrator, project.supabaseDir, project.config.db.seed.sql_paths))
      }
    } finally {
      await migrator.end()
    }

    const tokens = await createSessionTokens(keys, `${url}/auth/v1`)
    const api: SupabaseApi = await timed(
      'rest',
      createSupabaseApi({ dbUrl, storageDir: places.storage, config: project.config, keys, tokens, log }),
    )
    closing.politely('the connections of the REST service', () => api.close())
    // It keeps its own time, and does so even when the polite steps before it have used up theirs: else its requests would meet a stopped database.
    closing.surely('the REST service', () => api.drain())
    closing.politely('the schema watch', await watchSchema(dbUrl, () => api.reloadSchema(), log))

    let functions: FunctionHost | undefined
    if (options.functionsEnabled ?? project.config.edge_runtime.enabled) {
      functions = createFunctionHost({
        project,
        keys,
        url,
        dbUrl,
        tokens,
        log,
        secrets: options.functionEnv,
        limits: { wallClockMs: options.wallClockMs, idleMs: options.idleMs, requestIdleMs: options.requestIdleMs },
      })
      closing.surely('functions', () => functions?.stop())
    }
    gateway.open({
      api: (request) => api.fetch(request),
      functions: async (request, response) => {
        if (functions) return functions.handle(request, response)
        response.writeHead(404, { 'sb-error-code': 'NOT_FOUND' }).end()
      },
    })

    await timed('workers', startWorkers())
    async function startWorkers(): Promise<void> {
      if (standIns.net) {
        const worker: HttpWorker = await startHttpWorker(dbUrl, log)
        closing.politely('net', () => worker.stop())
      }
      if (standIns.cron && options.cronEnabled) {
        const scheduler: Scheduler = await startScheduler(dbUrl, log)
        closing.politely('cron', () => scheduler.stop())
      }
    }
    // Beside the point of this start, and nobody waits for it.
    if (options.temporary) sweepAbandoned(log).catch(() => undefined)
    timings.total = Math.round((performance.now() - began) * 10) / 10

    return {
      ...facts,
      jwks: publicJwks(keys),
      timings,
      standIns,
      functionLogs: (name) => entries.filter((entry) => entry.source === 'function' && (!name || entry.function === name)),
      restartFunctions: async (name) => functions?.restart(name),
      functionProcesses: () => functions?.processes() ?? [],
      ...(embedded ? { restartDatabase: () => embedded.restart() } : {}),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
