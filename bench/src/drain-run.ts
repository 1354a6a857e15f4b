import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { monotonicMs } from './clock.ts'
import { freshDatabase, settle } from './databases.ts'
import type { DrainMode, Engine } from './engines/engine.ts'
import type { BenchPostgres } from './postgres.ts'

const script = fileURLToPath(new URL('./drain-worker.ts', import.meta.url))
const longestRunMs = 600_000

export interface DrainOptions {
  engine: Engine
  jobs: number
  processes: number
  mode: DrainMode
  /** Called between filling and draining, with the database's name. */
  beforeStart?(database: string): Promise<() => Promise<void>>
}

export interface DrainResult {
  jobsPerSecond: number
  seconds: number
  /** Of ours: each step's milliseconds, in order, by process. */
  reports: Record<string, number[]>[]
}

interface Worker {
  child: ChildProcess
  handled: number
  finished: Promise<void>
  report: Record<string, number[]>
}

function startWorker(engine: Engine, url: string, mode: DrainMode): Worker {
  const child = fork(script, [JSON.stringify({ engine: engine.name, url, mode })], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const worker: Worker = { child, handled: 0, finished: Promise.resolve(), report: {} }
  worker.finished = new Promise((resolve, reject) => {
    child.on('message', (message: { kind: string; handled: number; report?: Record<string, number[]> }) => {
      worker.handled = message.handled
      if (message.kind !== 'finished') return
      worker.report = message.report ?? {}
      resolve()
    })
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a ${engine.name} worker ended with code ${code}`))))
  })
  worker.finished.catch(() => undefined)
  return worker
}

/** Waits until every worker stands before the gate: the number of sessions waiting for the lock has stopped growing. */
async function allWaiting(client: pg.Client, atLeast: number): Promise<void> {
  let before = -1
  for (const deadline = monotonicMs() + 30_000; monotonicMs() < deadline; await delay(150)) {
    const { rows } = await client.query(`select count(*)::int as n from pg_locks where not granted and locktype = 'relation'`)
    if (rows[0].n >= atLeast && rows[0].n === before) return
    before = rows[0].n
  }
  throw new Error(`the workers did not reach the gate in 30 s`)
}

/**
 * Fills a fresh database, starts the workers before a closed gate, opens it and takes the time until every job is recorded as done. The
 * clock runs from the opening; a peer's end is the start of the check that found nothing left, ours the end of its last call.
 */
export async function runDrain(postgres: BenchPostgres, options: DrainOptions): Promise<DrainResult> {
  const { engine, jobs, processes, mode } = options
  const database = await freshDatabase(postgres, engine)
  await engine.fill(database.url, jobs)
  await settle(postgres, database.name)
  const cleanUp = await options.beforeStart?.(database.name)
  const client = await postgres.client(database.name)
  await client.query('begin')
  await client.query(`lock table ${engine.gate} in access exclusive mode`)
  const workers = Array.from({ length: processes }, () => startWorker(engine, database.url, mode))
  try {
    // The workers' sessions are seen from another connection: this one is inside the transaction that holds the gate.
    const watcher = await postgres.client(database.name)
    await allWaiting(watcher, processes).finally(() => watcher.end())

    const from = monotonicMs()
    await client.query('commit')
    const seconds = (engine.name === 'agon' ? await ownEnd(workers) : await peerEnd(workers, client, options)) - from
    const handled = workers.reduce((sum, worker) => sum + worker.handled, 0)
    await engine.verify(client, jobs, handled)
    return { jobsPerSecond: (jobs / seconds) * 1000, seconds: seconds / 1000, reports: workers.map(({ report }) => report) }
  } finally {
    await Promise.all(workers.map(stopWorker))
    await cleanUp?.()
    await client.end()
    await database.drop()
  }
}

async function ownEnd(workers: Worker[]): Promise<number> {
  await Promise.all(workers.map(({ finished }) => finished))
  return monotonicMs()
}

async function peerEnd(workers: Worker[], client: pg.Client, { engine, jobs }: DrainOptions): Promise<number> {
  for (const deadline = monotonicMs() + longestRunMs; monotonicMs() < deadline; await delay(2)) {
    if (workers.some(({ child }) => child.exitCode !== null)) throw new Error(`a ${engine.name} worker ended too soon`)
    if (workers.reduce((sum, worker) => sum + worker.handled, 0) < jobs) continue
    const at = monotonicMs()
    if (!(await engine.unfinished(client))) return at
  }
  throw new Error(`${engine.name} did not finish ${jobs} jobs in ${longestRunMs / 1000} s`)
}

async function stopWorker({ child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (child.connected) child.send('stop')
  const slow = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(slow)
}
