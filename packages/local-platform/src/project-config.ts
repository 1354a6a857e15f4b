import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { parse as parseToml } from 'smol-toml'
import { z } from 'zod'
import { PlatformError } from './platform-error.ts'

const functionConfig = z.looseObject({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string().optional(),
  import_map: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
})

/** The part of supabase/config.toml this platform acts on; every other key is left to the tools that own it. */
const configSchema = z.looseObject({
  project_id: z.string().optional(),
  api: z
    .looseObject({
      schemas: z.array(z.string()).default(['public']),
      extra_search_path: z.array(z.string()).default(['public', 'extensions']),
      max_rows: z.number().int().positive().default(1000),
      auto_expose_new_tables: z.boolean().default(false),
    })
    .prefault({}),
  db: z
    .looseObject({
      migrations: z.looseObject({ enabled: z.boolean().default(true) }).prefault({}),
      seed: z.looseObject({ enabled: z.boolean().default(true), sql_paths: z.array(z.string()).default(['./seed.sql']) }).prefault({}),
      vault: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  auth: z
    .looseObject({
      enable_signup: z.boolean().default(true),
      jwt_expiry: z.number().int().positive().default(3600),
      minimum_password_length: z.number().int().optional(),
      site_url: z.string().optional(),
    })
    .prefault({}),
  storage: z
    .looseObject({
      enabled: z.boolean().default(true),
      file_size_limit: z.string().default('50MiB'),
      buckets: z
        .record(
          z.string(),
          z.looseObject({
            public: z.boolean().default(false),
            file_size_limit: z.string().optional(),
            allowed_mime_types: z.array(z.string()).optional(),
          }),
        )
        .default({}),
    })
    .prefault({}),
  edge_runtime: z.looseObject({ enabled: z.boolean().default(true), secrets: z.record(z.string(), z.string()).default({}) }).prefault({}),
  functions: z.record(z.string(), functionConfig).default({}),
})

export type ProjectConfig = z.infer<typeof configSchema>
export type FunctionConfig = z.infer<typeof functionConfig>

export interface Project {
  dir: string
  supabaseDir: string
  config: ProjectConfig
  /** The shell's environment over the project's .env files: what env(NAME) in config.toml means. */
  env: Record<string, string | undefined>
}

function readEnvFile(path: string): Record<string, string | undefined> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {}
}

export function functionEnvFile(project: Project): Record<string, string> {
  const values = readEnvFile(join(project.supabaseDir, 'functions', '.env'))
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** `env(NAME)` becomes the variable's value, or undefined when it is not set; anything else stays as it is. */
export function resolveEnvReference(value: string, env: Record<string, string | undefined>): string | undefined {
  const name = /^env\(([A-Za-z_][A-Za-z0-9_]*)\)$/.exec(value.trim())?.[1]
  return name ? env[name] || undefined : value
}

/** Resolves a table of values, leaving out the references nobody set: the CLI skips those too. */
export function resolveEnvReferences(values: Record<string, string>, env: Record<string, string | undefined>): Record<string, string> {
  const resolved: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) {
    const found = resolveEnvReference(value, env)
    if (found !== undefined) resolved[name] = found
  }
  return resolved
}

export function parseConfig(text: string, source: string): ProjectConfig {
  let document: unknown
  try {
    document = parseToml(text)
  } catch (cause) {
    throw new PlatformError('config_invalid', `${source} is not valid TOML: ${(cause as Error).message}`, { cause })
  }
  const parsed = configSchema.safeParse(document)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new PlatformError('config_invalid', `${source} does not fit: ${problems}`)
}

export function readProject(projectDir: string, processEnv: Record<string, string | undefined> = process.env): Project {
  const dir = resolve(projectDir)
  const supabaseDir = join(dir, 'supabase')
  if (!existsSync(supabaseDir)) {
    throw new PlatformError(
      'project_not_found',
      `${dir} has no folder supabase/. Point projectDir (--project-dir) at the folder that contains it.`,
    )
  }
  const configPath = join(supabaseDir, 'config.toml')
  const config = parseConfig(existsSync(configPath) ? readFileSync(configPath, 'utf8') : '', 'supabase/config.toml')
  const env = { ...readEnvFile(join(supabaseDir, '.env')), ...readEnvFile(join(dir, '.env')), ...processEnv }
  return { dir, supabaseDir, config, env }
}
