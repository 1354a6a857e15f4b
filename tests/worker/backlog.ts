import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWorkerOf } from '../support/worker.ts'

/** What came of a backlog that workers and functions drained together. */
export interface Drained {
  jobs: number
  ms: number
  /** Jobs ended by each driver, as it logged them; the rest by functions. */
  byWorker: Record<string, number>
  /** Calls of the provider beyond one a job's act, and jobs that did not end as completed at the first attempt. */
  wrong: string[]
}

/** A platform whose functions answer, and a provider that answers at once. */
export async function startBacklogArena(): Promise<Arena> {
  const arena = await startArena()
  simpleProvider(arena.provider)
  return arena
}

/** Fills the queue while nothing is claimed, starts so many workers, and lets them and the functions drain it. */
export async function drainBacklog(
  arena: Arena,
  { battles, processes, name }: { battles: number; processes: number; name: string },
): Promise<Drained> {
  const { database } = arena
  const turn = (off: boolean) => database.query('select execution.fn_operator_switch($1, $2, $3)', ['system', '', off])
  const last = async () => (await database.query('select coalesce(max(job_id), 0)::int as id from execution.jobs')).rows[0].id as number
  const workers: { worker: ChildProcess; output: () => string; id: string }[] = []
  await turn(true)
  try {
    const before = await last()
    arena.provider.clearRequests()
    const ids: string[] = []
    for (let n = 0; n < battles; n++) ids.push(await arena.create({ prompt: `Name a colour, ${name} ${n}.` }))
    for (let n = 1; n <= processes; n++) {
      const id = `${name}-${n}`
      workers.push({ id, ...startWorkerOf(arena, id) })
    }
    for (const { output } of workers) await until(async () => output().includes('"event":"worker_started"'), `a worker to start`)
    const startedAt = performance.now()
    await turn(false)
    const open = async () =>
      (
        await database.query(
          `select count(*)::int as n from battles.battles where battle_id = any ($1) and status not in ('closed', 'void', 'cancelled')`,
          [ids],
        )
      ).rows[0].n as number
    await until(async () => (await open()) === 0, 'the backlog to be drained')
    const ms = performance.now() - startedAt

    const { rows } = await database.query(
      `select j.job_id, q.kind, j.state::text, j.attempts, j.reclaims from execution.jobs j join execution.queues q using (queue_id)
       where j.job_id > $1 and q.kind in ('battle_job', 'battle_judging')`,
      [before],
    )
    const wrong = rows
      .filter(({ state, attempts, reclaims }) => state !== 'completed' || attempts !== 1 || reclaims !== 0)
      .map((job) => `job ${job.job_id} (${job.kind}) is ${job.state} after ${job.attempts} attempts and ${job.reclaims} lost leases`)
    if (rows.length !== battles * 3) wrong.push(`${rows.length} jobs instead of ${battles * 3}`)
    const asked = arena.provider.getRequests().length
    if (asked !== battles * 4) wrong.push(`the provider was asked ${asked} times instead of ${battles * 4}`)
    const byWorker = Object.fromEntries(
      workers.map(({ id, output }) => [id, output().split(/"event":"(?:submission_recorded|battle_finalized)"/).length - 1]),
    )
    return { jobs: rows.length, ms, byWorker, wrong }
  } finally {
    await turn(false)
    for (const { worker } of workers) worker.kill('SIGKILL')
  }
}

async function until(wished: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 180_000; !(await wished()); await wait(20))
    if (Date.now() > end) throw new Error(`waited three minutes for ${what}`)
}
