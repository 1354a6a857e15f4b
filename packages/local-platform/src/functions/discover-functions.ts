import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { FunctionConfig, Project } from '../project-config.ts'

export interface FunctionSource {
  name: string
  entrypoint: string
  verifyJwt: boolean
  /** A deno.json that the process is started with. */
  configFile: string | undefined
  /** An import map that is not a deno.json. */
  importMap: string | undefined
  config: FunctionConfig | undefined
}

const slug = /^[a-zA-Z0-9_-]+$/
const entrypoints = ['index.ts', 'index.js', 'index.tsx', 'index.jsx', 'index.mjs']
const isDenoConfig = (path: string) => /deno\.jsonc?$/.test(path)

/** One function by name, looked up at each cold start: a function added while the platform runs is found. */
export function findFunction(project: Project, name: string): FunctionSource | undefined {
  if (!slug.test(name) || name.startsWith('_')) return undefined
  const config = project.config.functions[name]
  if (config?.enabled === false) return undefined
  const folder = join(project.supabaseDir, 'functions', name)
  const entrypoint = config?.entrypoint
    ? resolve(project.supabaseDir, config.entrypoint)
    : entrypoints.map((file) => join(folder, file)).find((file) => existsSync(file))
  if (!entrypoint || !existsSync(entrypoint)) return undefined
  const map = config?.import_map
    ? resolve(project.supabaseDir, config.import_map)
    : [
        join(folder, 'deno.json'),
        join(folder, 'deno.jsonc'),
        join(project.supabaseDir, 'functions', 'deno.json'),
        join(project.supabaseDir, 'functions', 'import_map.json'),
      ].find((file) => existsSync(file))
  return {
    name,
    entrypoint,
    verifyJwt: config?.verify_jwt ?? true,
    configFile: map && isDenoConfig(map) ? map : undefined,
    importMap: map && !isDenoConfig(map) ? map : undefined,
    config,
  }
}

export function listFunctions(project: Project): string[] {
  const folder = join(project.supabaseDir, 'functions')
  const names = new Set(Object.keys(project.config.functions))
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) names.add(entry.name)
  }
  return [...names].filter((name) => findFunction(project, name)).sort()
}
