import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { monotonicMs } from '../clock.ts'
import type { Drainer, DrainMode, Engine } from './engine.ts'
import { expectEqual } from './engine.ts'

const migrations = new URL('../../../supabase/migrations/', import.meta.url)
const engineMigrations = () =>
  readdirSync(migrations)
    .filter((name) => /_(foundation|execution_\w+)\.sql$/.test(name))
    .sort()
    .map((name) => readFileSync(new URL(name, migrations), 'utf8'))
const platformSql = (name: string) => readFileSync(new URL(`../../../packages/local-platform/src/sql/${name}.sql`, import.meta.url), 'utf8')

/** The SQL under test, as shipped. AGON_BENCH_SQL names a file that is applied on top: a proposal to be compared. */
export const engineSql = (): string[] => [
  platformSql('roles'),
  ...engineMigrations(),
  ...(process.env.AGON_BENCH_SQL ? [readFileSync(process.env.AGON_BENCH_SQL, 'utf8')] : []),
]

export const noHint = '-9223372036854775808'
const hintLifeMs = 1000

export const stepQuery = {
  name: 'step',
  text: 'select lease_token, job_id, position, attempts, payload from execution.fn_worker_step($1, $2, $3, $4, $5, $6)',
  rowMode: 'array' as const,
}

export async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

/** Positions are bigints; as numbers they keep their order, to within a rounding that only makes the hint a little later. */
const lowest = (positions: string[]): string => positions.reduce((a, b) => (Number(b) < Number(a) ? b : a))

/**
 * One connection's loop: record the last batch and claim the next in one call. The hint, the lowest position of the last batch, spares
 * the claim the index entries already consumed; it is dropped every second and when nothing comes, so that no straggler is missed for longer.
 */
async function drainConnection(client: pg.Client, batch: number, driver: string, onHandled: (jobs: number) => void, steps: number[]) {
  let lease = '0'
  let done: string[] = []
  let hint = noHint
  let hintSince = 0
  for (;;) {
    const from = monotonicMs()
    if (from - hintSince > hintLifeMs) {
      hint = noHint
      hintSince = from
    }
    const { rows } = await client.query<string[]>({ ...stepQuery, values: [lease, done, 'noop', driver, batch, hint] })
    steps.push(monotonicMs() - from)
    if (rows.length === 0 && hint === noHint) return
    done = rows.map((row) => row[1]!)
    lease = rows[0]?.[0] ?? '0'
    hint = rows.length > 0 ? lowest(rows.map((row) => row[2]!)) : noHint
    onHandled(rows.length)
  }
}

export const agon: Engine = {
  name: 'agon',
  gate: 'execution.ready',

  async install(url) {
    const client = await connectTo(url)
    for (const sql of engineSql()) await client.query(sql)
    await client.query(`insert into execution.job_kinds (kind) values ('noop'), ('other')`)
    await client.query(`select execution.queue_for('noop'), execution.queue_for('other')`)
    await client.end()
  },

  async fill(url, jobs) {
    const client = await connectTo(url)
    await client.query(
      `select execution.enqueue(execution.queue_for('noop'), array(select jsonb_build_object('id', n) from generate_series(1, $1::int) n))`,
      [jobs],
    )
    await client.end()
  },

  async unfinished(client) {
    const { rows } = await client.query(`select exists (select from execution.jobs where state = 'active') as found`)
    return rows[0].found
  },

  async verify(client, jobs, handled) {
    const { rows } = await client.query(
      `select count(*) filter (where state = 'completed' and attempts = 1)::int as completed_once, count(*)::int as jobs,
         (select count(*)::int from execution.ready) as ready, (select count(*)::int from execution.leases) as leases from execution.jobs`,
    )
    expectEqual('agon', { completed_once: jobs, jobs, ready: 0, leases: 0, handled: jobs }, { ...rows[0], handled })
  },

  async drain(url, mode: DrainMode, onHandled): Promise<Drainer> {
    const clients = await Promise.all(Array.from({ length: mode.concurrency }, () => connectTo(url)))
    const steps: number[] = []
    return {
      finished: Promise.all(
        clients.map((client, nth) => drainConnection(client, mode.batch, `bench:${process.pid}:${nth}`, onHandled, steps)),
      ).then(() => undefined),
      report: () => ({ steps }),
      stop: async () => void (await Promise.all(clients.map((client) => client.end()))),
    }
  },
}
