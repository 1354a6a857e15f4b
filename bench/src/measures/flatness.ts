import type pg from 'pg'
import { monotonicMs } from '../clock.ts'
import { freshDatabase, settle } from '../databases.ts'
import { runDrain } from '../drain-run.ts'
import { agon, noHint, stepQuery } from '../engines/agon.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { median, percentile } from '../statistics.ts'

const queued = 10_000
const batch = 100
const claimsARound = 20

const jobsOf = (state: string, kind: string) => `insert into execution.jobs (queue_id, state, attempts, finished_at, payload)
  select execution.queue_for('${kind}'), '${state}', ${state === 'active' ? '0, null' : '1, now()'}, '{"id": 0}' from generate_series(1, $1::int)`

/** What else is in the table while the same 10,000 jobs wait at the head of their queue. Each statement takes how many. */
const crowds: Record<string, string[]> = {
  'nothing else': [],
  'queued behind them': [`select execution.enqueue(execution.queue_for('noop'), array_fill('{"id": 0}'::jsonb, array[$1::int]))`],
  history: [jobsOf('completed', 'noop')],
  'delayed to tomorrow': [
    `select execution.enqueue(execution.queue_for('noop'), array_fill('{"id": 0}'::jsonb, array[$1::int]), run_after => now() + interval '1 day')`,
  ],
  'in another queue': [`select execution.enqueue(execution.queue_for('other'), array_fill('{"id": 0}'::jsonb, array[$1::int]))`],
}
const alone = 'nothing else'
const delayed = 'delayed to tomorrow'

async function timed(client: pg.Client, values: unknown[]): Promise<{ ms: number; rows: string[][] }> {
  const from = monotonicMs()
  const { rows } = await client.query({ ...stepQuery, values })
  return { ms: monotonicMs() - from, rows }
}

/** Claims without a hint, as a worker that has just started does; what was claimed is completed between the measured calls. */
async function claims(client: pg.Client): Promise<number[]> {
  const samples: number[] = []
  for (let nth = 0; nth < claimsARound; nth++) {
    const { ms, rows } = await timed(client, ['0', [], 'noop', 'bench', batch, noHint])
    if (rows.length !== batch) throw new Error(`a claim returned ${rows.length} jobs`)
    samples.push(ms)
    await client.query('select execution.fn_worker_complete_jobs($1, $2)', [rows[0]![0], rows.map((row) => row[1])])
  }
  return samples
}

async function crowdedClaims({ postgres, quick, say }: Bench) {
  const others = quick ? 100_000 : 1_000_000
  const rounds = quick ? 2 : 4
  const scenes: { name: string; client: pg.Client; drop(): Promise<void>; samples: number[]; idle: number[] }[] = []
  for (const [name, statements] of Object.entries(crowds)) {
    const database = await freshDatabase(postgres, agon)
    const client = await postgres.client(database.name)
    await agon.fill(database.url, queued)
    for (const sql of statements) for (let added = 0; added < others; added += 100_000) await client.query(sql, [100_000])
    await settle(postgres, database.name)
    scenes.push({ name, client, drop: database.drop, samples: [], idle: [] })
    say(`${name}: ready`)
  }
  for (const { client } of scenes) await claims(client)
  for (let round = 0; round < rounds; round++) for (const { client, samples } of scenes) samples.push(...(await claims(client)))
  for (const { name, client, idle } of scenes.filter((scene) => scene.name === alone || scene.name === delayed)) {
    // What an idle worker meets: the head of its queue consumed and vacuumed, nothing left that may run.
    while ((await timed(client, ['0', [], 'noop', 'bench', 5000, noHint])).rows.length > 0);
    await client.query('vacuum execution.ready')
    for (let nth = 0; nth < 200; nth++) idle.push((await timed(client, ['0', [], 'noop', 'bench', 10, noHint])).ms)
    say(`idle poll, ${name}: ${format(median(idle))} ms`)
  }
  for (const { client, drop } of scenes) {
    await client.end()
    await drop()
  }
  return { others, scenes: scenes.map(({ name, samples, idle }) => ({ name, samples, idle })) }
}

/** An open REPEATABLE READ transaction in another session, as a forgotten psql or a dump holds one: nothing deleted since can be vacuumed. */
async function holdSnapshot(client: pg.Client): Promise<() => Promise<void>> {
  await client.query('begin isolation level repeatable read')
  await client.query('select count(*) from execution.queues')
  return () => client.end()
}

async function heldSnapshot({ postgres, quick, say }: Bench) {
  const jobs = quick ? 20_000 : 200_000
  const mode = { batch, concurrency: 2 }
  const taken: Record<'free' | 'held' | 'small', { rate: number; steps: number[] }[]> = { free: [], held: [], small: [] }
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const kind of ['small', 'free', 'held'] as const) {
      const result = await runDrain(postgres, {
        engine: agon,
        jobs: kind === 'small' ? queued : jobs,
        processes: 1,
        mode,
        ...(kind === 'held' ? { beforeStart: async (database) => holdSnapshot(await postgres.client(database)) } : {}),
      })
      // The last 10,000 jobs of the drain: by then everything before them is dead and, where a snapshot is held, still there.
      const steps = result.reports[0]!.steps!.slice(-queued / batch)
      taken[kind].push({ rate: result.jobsPerSecond, steps })
      say(
        `drain, ${kind}: ${format(result.jobsPerSecond)} jobs/s, step p50 ${format(median(steps))} ms, p99 ${format(percentile(steps, 0.99))} ms`,
      )
    }
  }
  const p50 = (kind: keyof typeof taken) => median(taken[kind].map(({ steps }) => median(steps)))
  const rate = (kind: keyof typeof taken) => median(taken[kind].map((run) => run.rate))
  return { jobs, taken, p50, rate }
}

/** The claim stays as fast as it was with 10,000 jobs: with a million other rows around it, and behind a snapshot that holds vacuum back. */
export const flatness: Measure = {
  name: 'flatness',
  title: 'A claim of 100 among other rows, and behind a held snapshot (ms)',
  async take(bench: Bench): Promise<Outcome> {
    const { others, scenes } = await crowdedClaims(bench)
    const held = await heldSnapshot(bench)
    const many = others.toLocaleString('en-US')
    const base = scenes.find(({ name }) => name === alone)!
    const idle = scenes.find(({ name }) => name === delayed)!.idle
    return {
      head: ['', 'p50', 'p99', 'jobs/s'],
      rows: [
        ...scenes.map(({ name, samples }) => [
          name === alone ? '10,000 queued' : `+ ${many} ${name}`,
          format(median(samples)),
          format(percentile(samples, 0.99)),
          '',
        ]),
        [`idle poll, ${many} delayed`, format(median(idle)), format(percentile(idle, 0.99)), ''],
        ...(['small', 'free', 'held'] as const).map((kind) => [
          kind === 'small'
            ? 'step, drain of 10,000'
            : `step, last 10,000 of ${held.jobs.toLocaleString('en-US')}, ${kind === 'held' ? 'snapshot held' : 'none held'}`,
          format(held.p50(kind)),
          format(median(held.taken[kind].map(({ steps }) => percentile(steps, 0.99)))),
          format(held.rate(kind)),
        ]),
      ],
      goals: [
        ...scenes
          .filter(({ name }) => name !== alone)
          .map(({ name, samples }) => ({
            text: `claim p50, + ${many} ${name} / without`,
            value: median(samples) / median(base.samples),
            atMost: 1.25,
          })),
        { text: 'step p50 with a snapshot held / drain of 10,000', value: held.p50('held') / held.p50('small'), atMost: 1.25 },
        { text: `idle poll p50, ${many} delayed (ms)`, value: median(idle), atMost: 0.3 },
      ],
      notes: [
        'Claims are timed at the client, without a hint, one connection; what they take is completed between the measured calls.',
        'The drains use hints, 2 connections, batches of 100; a step completes one batch and claims the next.',
      ],
      rounds: {
        claims: Object.fromEntries(scenes.map(({ name, samples }) => [name, samples])),
        idle: Object.fromEntries(scenes.filter((scene) => scene.idle.length > 0).map((scene) => [scene.name, scene.idle])),
        drains: held.taken,
      },
    }
  },
}
