import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Stage } from './stage.ts'

/** How everything stands at one moment. Memory in megabytes, by process; PostgreSQL's without what its processes share. */
export interface Reading {
  seconds: number
  memory: Map<string, { processes: number; megabytes: number }>
  connections: number
  ready: number
  /** Of a job that may run and that nobody has taken, in milliseconds. */
  oldestReadyMs: number
  later: number
  leased: number
  /** So far. */
  jobsEnded: number
  battlesEnded: number
  runsEnded: number
}

const stands = `select
  (select count(*) from pg_stat_activity where backend_type = 'client backend' and application_name <> 'chaos-operator') as connections,
  (select array_agg(pid) from pg_stat_activity) as pids,
  (select coalesce(sum((k ->> 'ready')::bigint), 0) from jsonb_array_elements(s.status -> 'kinds') k) as ready,
  (select coalesce(max((k ->> 'oldest_ready_ms')::bigint), 0) from jsonb_array_elements(s.status -> 'kinds') k) as oldest_ready_ms,
  (select coalesce(sum((k ->> 'later')::bigint), 0) from jsonb_array_elements(s.status -> 'kinds') k) as later,
  (select coalesce(sum((k ->> 'leased')::bigint), 0) from jsonb_array_elements(s.status -> 'kinds') k) as leased,
  (select count(*) from execution.jobs where state >= 'completed') as jobs_ended,
  (select count(*) from battles.battles where status in ('closed', 'void', 'cancelled')) as battles_ended,
  (select count(*) from lenses.workflow_runs where finished_at is not null) as runs_ended
  from (select execution.fn_status() as status) s`

/** Reads every so often until it is told to stop. */
export async function readMeters(
  stage: Stage,
  { everyMs, goesOn, tell }: { everyMs: number; goesOn(): boolean; tell(reading: Reading): void },
): Promise<void> {
  const began = performance.now()
  for (let nth = 0; goesOn(); nth++) {
    tell(await reading(stage, (performance.now() - began) / 1000))
    for (const end = began + (nth + 1) * everyMs; goesOn() && performance.now() < end; ) await delay(Math.min(250, end - performance.now()))
  }
}

async function reading(stage: Stage, seconds: number): Promise<Reading> {
  const [row] = await stage.sql<{ pids: number[] } & Record<string, string>>(stands)
  const { pids, ...counts } = row!
  const number = (name: string) => Number(counts[name])
  const memory: Reading['memory'] = new Map()
  const add = (name: string, measured: (number | undefined)[]) => {
    const alive = measured.flatMap((megabytes) => megabytes ?? [])
    if (alive.length > 0) memory.set(name, { processes: alive.length, megabytes: alive.reduce((sum, each) => sum + each, 0) })
  }
  for (const [id, { pid }] of stage.workers)
    add(
      id,
      [pid && residentMegabytes(pid)].map((each) => each || undefined),
    )
  add(
    'functions',
    stage.platform.functionProcesses().map(({ pid }) => residentMegabytes(pid)),
  )
  add('platform', [residentMegabytes(process.pid)])
  add(
    'PostgreSQL',
    pids.map((pid) => residentMegabytes(pid)),
  )
  return {
    seconds,
    memory,
    connections: number('connections'),
    ready: number('ready'),
    oldestReadyMs: number('oldest_ready_ms'),
    later: number('later'),
    leased: number('leased'),
    jobsEnded: number('jobs_ended'),
    battlesEnded: number('battles_ended'),
    runsEnded: number('runs_ended'),
  }
}

/** What a process holds, without memory that it shares on purpose, as the backends of PostgreSQL do. Undefined: it is gone. */
function residentMegabytes(pid: number): number | undefined {
  try {
    if (process.platform !== 'linux') return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
    return (kilobytes('RssAnon') + kilobytes('RssFile')) / 1024 || undefined
  } catch {
    return undefined
  }
}

/** What this process cannot let go of, in megabytes: its heap after a collection. */
export function heldMegabytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** By how much a value grows in a minute: the slope of the line through its readings that is nearest to all (least squares). */
export function slopePerMinute(points: readonly { seconds: number; value: number }[]): number | undefined {
  if (points.length < 3) return undefined
  const mean = (of: (point: { seconds: number; value: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [at, value] = [mean(({ seconds }) => seconds), mean((point) => point.value)]
  const spread = mean(({ seconds }) => (seconds - at) ** 2)
  return spread === 0 ? undefined : (mean((point) => (point.seconds - at) * (point.value - value)) / spread) * 60
}
