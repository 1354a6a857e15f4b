import type pg from 'pg'
import { connect, createClient } from '../database/connect.ts'
import type { Log } from '../log.ts'
import { intervalSeconds, nextRun } from './next-run.ts'

interface JobRow {
  jobid: string
  schedule: string
  command: string
  username: string
  database: string
}

interface ScheduledJob extends JobRow {
  due: number
  running: boolean
  /** A run fell due while one was running; it follows at once. Several missed runs are one. */
  missed: boolean
}

export interface Scheduler {
  /** How many jobs are running now. */
  running(): number
  stop(): Promise<void>
}

const rereadMs = 1000

/**
 * Runs cron.job. Jobs are read again whenever the table changes (and each second, should a notification be lost), so a new schedule counts
 * from its own commit. A job never overlaps itself. Each run has a connection of its own, as pg_cron's do.
 */
export async function startScheduler(dbUrl: string, log: Log): Promise<Scheduler> {
  const jobs = new Map<string, ScheduledJob>()
  const running = new Set<Promise<void>>()
  const open = new Set<pg.Client>()
  let control: pg.Client | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> = Promise.resolve()
  let lastRead = 0

  async function controlConnection(): Promise<pg.Client> {
    if (control) return control
    const client = await connect(dbUrl)
    client.on('notification', () => {
      lastRead = 0
      wake()
    })
    client.on('end', () => {
      if (control === client) control = undefined
    })
    await client.query('listen platform_cron')
    control = client
    return client
  }

  async function readJobs(client: pg.Client): Promise<void> {
    lastRead = Date.now()
    const { rows } = await client.query<JobRow>(
      'select jobid, schedule, command, username, database from cron.job where active and database = current_database()',
    )
    const seen = new Set<string>()
    for (const row of rows) {
      seen.add(row.jobid)
      const known = jobs.get(row.jobid)
      if (known && known.schedule === row.schedule) {
        Object.assign(known, row)
      } else {
        const due = nextRun(row.schedule, new Date())?.getTime() ?? Number.POSITIVE_INFINITY
        jobs.set(row.jobid, { ...row, due, running: known?.running ?? false, missed: false })
      }
    }
    for (const jobid of jobs.keys()) if (!seen.has(jobid)) jobs.delete(jobid)
  }

  async function run(job: ScheduledJob): Promise<void> {
    const started = new Date()
    const client = createClient(dbUrl)
    open.add(client)
    let runid: string | undefined
    try {
      await client.connect()
      const begun = await client.query(
        `insert into cron.job_run_details (jobid, job_pid, database, username, command, status, start_time)
         values ($1, pg_backend_pid(), $2, $3, $4, 'running', $5) returning runid`,
        [job.jobid, job.database, job.username, job.command, started],
      )
      runid = begun.rows[0].runid
      // With the rights of whoever scheduled it, and no others: when those cannot be taken, the job fails.
      if (job.username !== client.user) await client.query(`set session authorization ${client.escapeIdentifier(job.username)}`)
      const results = [await client.query(job.command)].flat()
      const last = results.at(-1)
      const message = last?.fields.length ? `${last.rowCount} row${last.rowCount === 1 ? '' : 's'}` : (last?.command ?? '')
      await client.query('reset session authorization')
      await finish(client, runid, 'succeeded', message)
    } catch (error) {
      const message = `ERROR: ${(error as Error).message}`
      log({ source: 'cron', level: 'warning', message: `job ${job.jobid} failed: ${message}` })
      if (runid && !stopped) await recordFailure(client, runid, message)
    } finally {
      open.delete(client)
      await client.end().catch(() => undefined)
    }
  }

  function launch(job: ScheduledJob): void {
    job.running = true
    const done = run(job).finally(() => {
      running.delete(done)
      const current = jobs.get(job.jobid) // the schedule may have changed meanwhile
      if (!current) return
      current.running = false
      // An interval counts from the end of a run that outlasted it: back to back, and not one more.
      if (current.missed && !stopped) {
        current.missed = false
        const seconds = intervalSeconds(current.schedule)
        if (seconds) current.due = Date.now() + seconds * 1000
        launch(current)
      }
    })
    running.add(done)
  }

  async function tick(): Promise<void> {
    const client = await controlConnection()
    if (Date.now() - lastRead >= rereadMs) await readJobs(client)
    const now = Date.now()
    for (const job of jobs.values()) {
      if (job.due > now) continue
      job.due = nextRun(job.schedule, new Date(now))?.getTime() ?? Number.POSITIVE_INFINITY
      if (job.running) job.missed = true
      else launch(job)
    }
  }

  function wake(): void {
    if (stopped) return
    clearTimeout(timer)
    ticking = ticking
      .then(tick)
      .catch((error: Error) => {
        control = undefined
        log({ source: 'cron', level: 'warning', message: `the scheduler lost its database: ${error.message}` })
      })
      .then(() => {
        if (stopped) return
        clearTimeout(timer)
        const next = Math.min(rereadMs, ...[...jobs.values()].map((job) => job.due - Date.now()))
        timer = setTimeout(wake, Math.max(5, next))
      })
  }

  const first = await controlConnection()
  await first.query(
    "update cron.job_run_details set status = 'failed', return_message = 'server restarted', end_time = now() where status in ('starting', 'running')",
  )
  await readJobs(first)
  wake()

  return {
    running: () => running.size,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await ticking
      for (const client of open) await client.end().catch(() => undefined)
      await Promise.all(running)
      await control?.end().catch(() => undefined)
    },
  }
}

/** The session is as the failed command left it; a lost one cannot record anything, and the next start says so. */
async function recordFailure(client: pg.Client, runid: string, message: string): Promise<void> {
  try {
    await client.query('rollback')
    await client.query('reset session authorization')
    await finish(client, runid, 'failed', message)
  } catch {
    // Nothing to tell it to: the connection is gone.
  }
}

async function finish(client: pg.Client, runid: string | undefined, status: 'succeeded' | 'failed', message: string): Promise<void> {
  await client.query('update cron.job_run_details set status = $2, return_message = $3, end_time = clock_timestamp() where runid = $1', [
    runid,
    status,
    message,
  ])
}
