import type { Engine } from './engines/engine.ts'
import type { BenchPostgres } from './postgres.ts'

const templates = new WeakMap<BenchPostgres, Map<string, Promise<string>>>()
let made = 0

async function template(postgres: BenchPostgres, engine: Engine): Promise<string> {
  const known = templates.get(postgres) ?? new Map<string, Promise<string>>()
  templates.set(postgres, known)
  const name = `template_${engine.name.replace(/-/g, '_')}`
  const making =
    known.get(name) ??
    (async () => {
      const admin = await postgres.client('postgres')
      await admin.query(`create database ${name}`)
      await admin.end()
      await engine.install(postgres.url(name))
      return name
    })()
  known.set(name, making)
  return making
}

/** A database of its own for one run, with the engine installed and nothing in it. */
export async function freshDatabase(
  postgres: BenchPostgres,
  engine: Engine,
): Promise<{ name: string; url: string; drop(): Promise<void> }> {
  const from = await template(postgres, engine)
  const name = `run_${++made}`
  const admin = await postgres.client('postgres')
  await admin.query(`create database ${name} template ${from}`)
  await admin.end()
  return {
    name,
    url: postgres.url(name),
    async drop() {
      const client = await postgres.client('postgres')
      await client.query(`drop database ${name} with (force)`)
      await client.end()
    },
  }
}

/** Statistics and visibility as a settled database has them, and no checkpoint due in the middle of a run. */
export async function settle(postgres: BenchPostgres, database: string): Promise<void> {
  const client = await postgres.client(database)
  await client.query('vacuum (analyze)')
  await client.query('checkpoint')
  await client.end()
}
