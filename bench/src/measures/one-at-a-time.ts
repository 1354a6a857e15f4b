import { runDrain } from '../drain-run.ts'
import type { DrainMode, Engine } from '../engines/engine.ts'
import { engines } from '../engines/index.ts'
import { type Contestant, format, interleave, medians } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { findPgbench, pgbenchDrain } from '../pgbench.ts'
import { pairedRatio } from '../statistics.ts'

const modes: { label: string; engine: Engine['name']; mode: DrainMode }[] = [
  { label: 'agon b1, 12 connections', engine: 'agon', mode: { batch: 1, concurrency: 12 } },
  { label: 'graphile-worker, 24 concurrent', engine: 'graphile-worker', mode: { batch: 1, concurrency: 24 } },
  { label: 'pg-boss b1, 10 loops', engine: 'pg-boss', mode: { batch: 1, concurrency: 10 } },
]

/** The same drain with one job a claim: what each engine does when jobs cannot be taken in batches. */
export const oneAtATime: Measure = {
  name: 'one-at-a-time',
  title: 'One job a claim, one process (jobs/s)',
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const jobs = quick ? 2_000 : 20_000
    const contestants: Contestant[] = modes.map(({ label, engine, mode }) => ({
      name: label,
      run: async () => (await runDrain(postgres, { engine: engines[engine], jobs, processes: 1, mode })).jobsPerSecond,
    }))
    const pgbench = findPgbench()
    if (pgbench) {
      contestants.push({ name: 'pgbench, 12 clients', run: () => pgbenchDrain(postgres, pgbench.path, { jobs, batch: 1, clients: 12 }) })
    }
    const rounds = await interleave(contestants, quick ? 1 : 3, say)
    const [ours, graphile, boss] = modes.map(({ label }) => rounds[label]!)
    return {
      head: ['', 'jobs/s'],
      rows: Object.entries(medians(rounds)).map(([name, value]) => [name, format(value)]),
      goals: [
        { text: 'agon / graphile-worker', value: pairedRatio(ours!, graphile!), atLeast: 1.3 },
        { text: 'agon / pg-boss', value: pairedRatio(ours!, boss!), atLeast: 3 },
      ],
      notes: [
        `${jobs.toLocaleString('en-US')} jobs. agon: 12 connections, a fused step each. graphile-worker: its default way, 24 concurrent. pg-boss: fetch and complete calls in 10 loops (its polling worker takes 2 jobs/s at batch 1).`,
      ],
      rounds,
    }
  },
}
