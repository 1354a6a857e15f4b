import { fileURLToPath } from 'node:url'
import { bootstrap } from '../../../packages/local-platform/src/database/bootstrap.ts'
import { applyMigrations } from '../../../packages/local-platform/src/database/migrations.ts'
import type { BenchPostgres } from '../postgres.ts'

const supabase = fileURLToPath(new URL('../../../supabase', import.meta.url))

/** The whole product's SQL in a database of its own; nobody is woken, because nobody but the drivers here works. */
export async function workflowDatabase(postgres: BenchPostgres): Promise<string> {
  const name = 'workflows'
  const admin = await postgres.client('postgres')
  await admin.query(`create database ${name}`)
  await admin.end()
  const client = await postgres.client(name)
  const silent = () => undefined
  const serviceSql = ['create schema auth; create schema storage;']
  const options = { serviceSql, vaultKeyFile: false, exposeNewTables: false, exposedSchemas: ['public', 'lenses', 'execution'] }
  const standIns = await bootstrap(client, options, silent)
  await client.end()
  const migrator = await postgres.client(name)
  await applyMigrations(migrator, supabase, standIns, silent)
  await migrator.query('update execution.job_kinds set wake_function = null')
  await migrator.end()
  return name
}

/** Copies an ended run so many times, with its nodes and its log: what a table looks like after a while. */
export async function crowd(postgres: BenchPostgres, database: string, runId: string, copies: number): Promise<number> {
  const client = await postgres.client(database)
  const columns = `node_id, ordinal, wave, status, edges_open, edges_taken, edges_failed, job_id, ports, output_data, latency_ms, queued_at, finished_at`
  for (let copy = 0; copy < copies; copy++)
    await client.query(
      `with made as (
         insert into lenses.workflow_runs
         select (jsonb_populate_record(r, jsonb_build_object('run_id', i.run_id, 'root_run_id', i.run_id))).*
         from lenses.workflow_runs r, (select gen_random_uuid() as run_id) i where r.run_id = '${runId}' returning run_id
       ), nodes as (
         insert into lenses.workflow_node_results (run_id, ${columns})
         select made.run_id, ${columns} from made, lenses.workflow_node_results n where n.run_id = '${runId}'
       )
       insert into lenses.workflow_run_events (run_id, node_id, type, data)
       select made.run_id, e.node_id, e.type, e.data from made, lenses.workflow_run_events e where e.run_id = '${runId}' order by e.event_id`,
    )
  await client.query('vacuum (analyze)')
  const { rows } = await client.query('select count(*)::int as n from lenses.workflow_node_results')
  await client.end()
  return rows[0].n
}
