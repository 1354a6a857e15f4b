import { runDrain } from '../drain-run.ts'
import type { DrainMode, Engine } from '../engines/engine.ts'
import { engines } from '../engines/index.ts'
import { type Contestant, format, interleave, medians } from '../interleaved.ts'
import type { Bench, Goal, Measure, Outcome } from '../measure.ts'
import { findPgbench, pgbenchDrain } from '../pgbench.ts'
import { pairedRatio } from '../statistics.ts'

/** Each engine in the settings it was fastest with here. Ours shares its connections out over the processes. */
const modes: { label: string; engine: Engine['name']; mode: (processes: number) => DrainMode }[] = [
  { label: 'agon b100', engine: 'agon', mode: (processes) => ({ batch: 100, concurrency: 4 / processes }) },
  { label: 'agon b1000', engine: 'agon', mode: (processes) => ({ batch: 1000, concurrency: processes === 1 ? 3 : 1 }) },
  { label: 'graphile-worker', engine: 'graphile-worker', mode: () => ({ batch: 500, concurrency: 24 }) },
  { label: 'pg-boss b1000', engine: 'pg-boss', mode: () => ({ batch: 1000, concurrency: 2 }) },
]

/** A queue of no-op jobs is emptied by one, two and four worker processes of each engine, in its best batch settings. */
export const drain: Measure = {
  name: 'drain',
  title: 'Drain of no-op jobs, in batches (jobs/s)',
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const jobs = quick ? 10_000 : 100_000
    const processCounts = quick ? [1, 2] : [1, 2, 4]
    const contestants: Contestant[] = []
    for (const processes of processCounts) {
      for (const { label, engine, mode } of modes) {
        const run = async () =>
          (await runDrain(postgres, { engine: engines[engine], jobs, processes, mode: mode(processes) })).jobsPerSecond
        contestants.push({ name: `${label} x${processes}`, run })
      }
    }
    const pgbench = findPgbench()
    if (pgbench) {
      for (const batch of [100, 1000]) {
        contestants.push({ name: `pgbench b${batch}`, run: () => pgbenchDrain(postgres, pgbench.path, { jobs, batch, clients: 2 }) })
      }
    }
    const rounds = await interleave(contestants, quick ? 1 : 3, say)
    const middle = medians(rounds)
    const ratio = (ours: string, theirs: string) => pairedRatio(rounds[ours]!, rounds[theirs]!)

    const goals: Goal[] = []
    const least = (text: string, value: number, atLeast: number) => goals.push({ text, value, atLeast })
    for (const [batch, graphile, boss] of [
      ['b100', 1.3, 2.5],
      ['b1000', 2, 3.5],
    ] as const) {
      for (const n of processCounts) {
        least(`agon ${batch} / graphile-worker, ${n} process(es)`, ratio(`agon ${batch} x${n}`, `graphile-worker x${n}`), graphile)
        least(`agon ${batch} / pg-boss, ${n} process(es)`, ratio(`agon ${batch} x${n}`, `pg-boss b1000 x${n}`), boss)
      }
    }
    if (pgbench) {
      for (const batch of ['b100', 'b1000']) {
        least(`agon ${batch}, 1 process / pgbench of the same SQL`, ratio(`agon ${batch} x1`, `pgbench ${batch}`), 0.7)
      }
    }
    return {
      head: ['', ...processCounts.map((n) => `${n} process${n > 1 ? 'es' : ''}`), 'pgbench, 2 clients'],
      rows: modes.map(({ label }) => [
        label,
        ...processCounts.map((n) => format(middle[`${label} x${n}`]!)),
        format(middle[label.replace('agon', 'pgbench')] ?? Number.NaN),
      ]),
      goals,
      notes: [
        `${jobs.toLocaleString('en-US')} jobs; a fresh database, vacuumed and checkpointed, each run; every run checked: each job completed once.`,
        'agon: one fused call a batch; 4 connections in all at b100; at b1000 3 in one process, else one a process. graphile-worker: 24 concurrent, local queue 500, refetch 10 ms, completions batched. pg-boss: 2 workers of 1,000, burst.',
        ...(pgbench ? [pgbench.version] : ['pgbench is not on this machine: its column is empty.']),
      ],
      rounds,
    }
  },
}
