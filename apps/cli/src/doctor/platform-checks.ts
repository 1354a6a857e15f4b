import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { LocalPlatform } from '../platform/local-platform.ts'
import { projectDir } from '../settings.ts'
import { type Check, checked, failed, passed } from './check.ts'

const supabase = join(projectDir, 'supabase')

/** The platform from inside: its database, its migrations, what stands in for extensions, its functions. */
export async function platformChecks(platform: LocalPlatform): Promise<Check[]> {
  const database = await checked('database', 'Run npm run agon -- doctor --debug for the log of PostgreSQL.', () =>
    databaseChecks(platform),
  )
  const functions = await Promise.all(functionNames().map((name) => functionCheck(name, platform)))
  return [...database, ...functions, ...(await checked('worker key', 'See docs/operating.md on keys.', () => workerKeyCheck(platform)))]
}

async function databaseChecks({ dbUrl }: LocalPlatform): Promise<Check[]> {
  const client = new pg.Client({ connectionString: dbUrl, connectionTimeoutMillis: 3000 })
  await client.connect()
  try {
    const one = async (sql: string) => (await client.query(sql)).rows
    const [{ version }] = await one("select current_setting('server_version') as version")
    const applied = (await one('select version from supabase_migrations.schema_migrations')).map((row) => String(row.version))
    const files = readdirSync(join(supabase, 'migrations')).filter((name) => name.endsWith('.sql'))
    const waiting = files.filter((name) => !applied.includes(name.split('_', 1)[0] ?? ''))
    const jobs = await one("select jobname from cron.job where jobname like 'agon-%'")
    const secrets = (await one('select name from vault.secrets')).map((row) => String(row.name))
    const lacking = ['project_url', 'agon_worker_key'].filter((name) => !secrets.includes(name))
    const [{ net }] = await one("select to_regnamespace('net') is not null as net")
    return [
      passed('database', `PostgreSQL ${version}`),
      waiting.length === 0
        ? passed('migrations', `${files.length} applied`)
        : failed('migrations', `not applied: ${waiting.join(', ')}`, 'Stop the platform and start it again: it applies them.'),
      jobs.length > 0
        ? passed('cron', `${jobs.length} schedules`)
        : failed('cron', 'no schedule of agon', 'Run the worker, which sweeps instead.'),
      net
        ? passed('net', 'the database can wake the functions')
        : failed('net', 'pg_net is not there', 'Run the worker, which needs no wake.'),
      lacking.length === 0
        ? passed('vault', 'project_url and agon_worker_key are set')
        : failed('vault', `${lacking.join(' and ')} not set`, 'Stop the platform and start it again: it sets them.'),
    ]
  } finally {
    await client.end()
  }
}

const functionNames = (): string[] =>
  readdirSync(join(supabase, 'functions')).filter((name) => existsSync(join(supabase, 'functions', name, 'index.ts')))

const bootRemedy = 'Run npm run agon -- doctor --debug for what it printed; the first start fetches its modules and needs the network.'

async function functionCheck(name: string, { url }: LocalPlatform): Promise<Check> {
  const title = `function ${name}`
  const began = performance.now()
  try {
    // The API shows its models to anyone; a machine's function refuses this call, which shows that it runs.
    const request = name === 'api' ? { path: 'api/models', method: 'GET' } : { path: name, method: 'POST' }
    const response = await fetch(`${url}/functions/v1/${request.path}`, { method: request.method, signal: AbortSignal.timeout(60_000) })
    const text = await response.text()
    if (response.status < 500) return passed(title, `answers, in ${Math.round(performance.now() - began)} ms`)
    return failed(title, `${response.status}: ${text.slice(0, 200)}`, bootRemedy)
  } catch (error) {
    return failed(title, (error as Error).message, bootRemedy)
  }
}

async function workerKeyCheck({ url, secretKeys }: LocalPlatform): Promise<Check> {
  const headers = { apikey: secretKeys.worker ?? '' }
  const response = await fetch(`${url}/functions/v1/dispatch-jobs`, { method: 'POST', headers, signal: AbortSignal.timeout(60_000) })
  const text = await response.text()
  if (response.status === 202) return passed('worker key', 'wakes dispatch-jobs')
  return failed('worker key', `dispatch-jobs answered ${response.status}: ${text.slice(0, 200)}`, 'See docs/operating.md on keys.')
}
