import { resolve } from 'node:path'
import { z } from 'zod'
import type { KeyOptions } from './keys.ts'
import type { LogEntry } from './log.ts'
import { PlatformError } from './platform-error.ts'

/** What is known about a platform before its functions run: what a vault secret may be made of. */
export interface PlatformFacts {
  url: string
  dbUrl: string
  publishableKey: string
  secretKeys: Record<string, string>
}

export interface PlatformOptions {
  /** The folder that contains supabase/. */
  projectDir: string
  /** PostgreSQL's data directory. Default: `<projectDir>/.agon/postgres`. */
  dataDir?: string
  /** A data directory of its own, removed at stop. */
  temporary?: boolean
  /** A stopped cluster that a new data directory begins as a copy of, its vault key included, instead of being made by initdb. */
  template?: string
  /** An existing PostgreSQL, 15 or newer, instead of the embedded one. Real pg_cron, pg_net and supabase_vault are used where it has them. */
  dbUrl?: string
  /** The HTTP port, on 127.0.0.1. Default: any free one. */
  port?: number
  /** Secrets given to every function, over those of supabase/functions/.env. */
  functionEnv?: Record<string, string>
  /**
   * Secrets of functions that are made once and kept with the project's keys: name and pattern, in which `{random}` stands for 32 random
   * bytes in base64. One that is set elsewhere, in functionEnv or supabase/functions/.env, wins.
   */
  makeSecrets?: Record<string, string>
  keys?: KeyOptions
  /** The secret keys a project has. Default: `default` and `worker`. */
  secretKeyNames?: string[]
  /** Vault secrets, over those of [db.vault] in config.toml. A function is given what is known about the platform. */
  vault?: Record<string, string | ((platform: PlatformFacts) => string)>
  /** Apply supabase/migrations. Default: true. */
  migrate?: boolean
  /** Run the seed files when the database is fresh. Default: true. */
  seed?: boolean
  /** The life of a function process. Default: 150 000, the hosted free plan's. */
  wallClockMs?: number
  /** How long a function process is kept warm with nothing to do. Default: 60 000. */
  idleMs?: number
  /** How long a request may go without an answer. Default: 150 000. */
  requestIdleMs?: number
  /** Serve supabase/functions. Default: true, unless config.toml disables [edge_runtime]. */
  functionsEnabled?: boolean
  /** Run cron.job. Default: true. Ours only; a real pg_cron runs in its database. */
  cronEnabled?: boolean
  log?: (entry: LogEntry) => void
}

const milliseconds = z.number().int().positive()

const optionsSchema = z.strictObject({
  projectDir: z.string().min(1),
  dataDir: z.string().min(1).optional(),
  temporary: z.boolean().default(false),
  template: z.string().min(1).optional(),
  dbUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected postgresql://user:password@host:port/database')
    .optional(),
  port: z.number().int().min(0).max(65535).default(0),
  functionEnv: z.record(z.string(), z.string()).default({}),
  makeSecrets: z.record(z.string(), z.string()).default({}),
  keys: z
    .strictObject({ publishableKey: z.string().min(1).optional(), secretKeys: z.record(z.string(), z.string().min(1)).optional() })
    .default({}),
  secretKeyNames: z.array(z.string().regex(/^[a-z0-9_]+$/)).default(['default', 'worker']),
  vault: z.record(z.string(), z.unknown()).default({}),
  migrate: z.boolean().default(true),
  seed: z.boolean().default(true),
  wallClockMs: milliseconds.default(150_000),
  idleMs: milliseconds.default(60_000),
  requestIdleMs: milliseconds.default(150_000),
  functionsEnabled: z.boolean().optional(),
  cronEnabled: z.boolean().default(true),
  log: z.unknown().optional(),
})

/** Options with every default filled in. */
export type ParsedOptions = Omit<z.output<typeof optionsSchema>, 'vault' | 'log' | 'keys'> & {
  keys: KeyOptions
  vault: NonNullable<PlatformOptions['vault']>
  log: PlatformOptions['log']
}

/** Checks the options and says of a bad one its name and what it should be. */
export function parseOptions(options: PlatformOptions): ParsedOptions {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || issue.code}: ${issue.message}`).join('; ')
    throw new PlatformError('invalid_option', `Options of the platform do not fit. ${problems}`)
  }
  if (options.temporary && options.dataDir) {
    throw new PlatformError('invalid_option', 'dataDir and temporary exclude each other: leave one of them out.')
  }
  if (options.dbUrl && options.temporary) {
    throw new PlatformError(
      'invalid_option',
      'dbUrl and temporary exclude each other: a database that is not ours is not removed. Leave temporary out.',
    )
  }
  return { ...parsed.data, projectDir: resolve(parsed.data.projectDir) } as ParsedOptions
}
