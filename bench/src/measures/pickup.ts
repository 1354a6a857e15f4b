import { fork } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeWorkerUtils } from 'graphile-worker'
import { monotonicMs } from '../clock.ts'
import { freshDatabase } from '../databases.ts'
import { connectTo } from '../engines/agon.ts'
import type { Engine } from '../engines/engine.ts'
import { silent } from '../engines/graphile-worker.ts'
import { engines } from '../engines/index.ts'
import { startBoss } from '../engines/pg-boss.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import type { PickupWorker } from '../pickup-worker.ts'
import { median, percentile } from '../statistics.ts'

const script = fileURLToPath(new URL('../pickup-worker.ts', import.meta.url))

interface Enqueuer {
  insert(id: number): Promise<unknown>
  close(): Promise<unknown>
}

const enqueuers: Record<Engine['name'], (url: string) => Promise<Enqueuer>> = {
  async agon(url) {
    const client = await connectTo(url)
    const { rows } = await client.query(`select execution.queue_for('noop') as id`)
    return {
      insert: (id) =>
        client.query({
          name: 'enqueue',
          text: 'select execution.enqueue($1, array[$2::jsonb])',
          values: [rows[0].id, JSON.stringify({ id })],
        }),
      close: () => client.end(),
    }
  },
  async 'graphile-worker'(url) {
    const utils = await makeWorkerUtils({ connectionString: url, logger: silent })
    return { insert: (id) => utils.addJob('noop', { id }), close: () => utils.release() }
  },
  async 'pg-boss'(url) {
    const boss = await startBoss(url)
    return { insert: (id) => boss.send('bell', { id }), close: () => boss.stop({ graceful: false }) }
  },
}

const contestants: { label: string; worker: PickupWorker }[] = [
  { label: 'agon, LISTEN', worker: { engine: 'agon', batch: 10 } },
  { label: 'graphile-worker, local queue', worker: { engine: 'graphile-worker', batch: 500 } },
  { label: 'graphile-worker, default', worker: { engine: 'graphile-worker', batch: 1 } },
  { label: 'pg-boss, notify', worker: { engine: 'pg-boss', batch: 1 } },
]

async function sample(bench: Bench, { worker }: { worker: PickupWorker }, count: number): Promise<number[]> {
  const engine = engines[worker.engine]
  const database = await freshDatabase(bench.postgres, engine)
  const child = fork(script, [JSON.stringify({ ...worker, url: database.url })], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const ended = new Promise<never>((_, reject) => child.once('exit', (code) => reject(new Error(`the worker ended with code ${code}`))))
  ended.catch(() => undefined)
  const message = () => Promise.race([ended, new Promise<{ id: number; at: number }>((resolve) => child.once('message', resolve as never))])
  const enqueuer = await enqueuers[worker.engine](database.url)
  const samples: number[] = []
  try {
    await message()
    for (let id = 0; id < count + 20; id++) {
      const started = message()
      const from = monotonicMs()
      await enqueuer.insert(id)
      const { at } = await started
      if (id >= 20) samples.push(at - from)
      await delay(3 + (id % 7)) // the worker records the job and is idle again
    }
  } finally {
    await enqueuer.close()
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
    await database.drop()
  }
  return samples
}

/** From the call that inserts a job to its handler's start in another process that was idle. */
export const pickup: Measure = {
  name: 'pickup',
  title: 'Insert to handler start, idle worker, direct connection (ms)',
  async take(bench: Bench): Promise<Outcome> {
    const inserts = bench.quick ? 60 : 300
    const rounds: Record<string, number[][]> = Object.fromEntries(contestants.map(({ label }) => [label, []]))
    for (let round = 1; round <= (bench.quick ? 1 : 3); round++) {
      for (const contestant of contestants) {
        const samples = await sample(bench, contestant, inserts)
        rounds[contestant.label]!.push(samples)
        bench.say(`round ${round}  ${contestant.label}: p50 ${format(median(samples))}, p99 ${format(percentile(samples, 0.99))}`)
      }
    }
    const at = (label: string, share: number) => median(rounds[label]!.map((samples) => percentile(samples, share)))
    const [ours, ...peers] = contestants.map(({ label }) => label)
    return {
      head: ['', 'p50', 'p90', 'p99'],
      rows: contestants.map(({ label }) => [label, format(at(label, 0.5)), format(at(label, 0.9)), format(at(label, 0.99))]),
      goals: [0.5, 0.99].map((share) => ({
        text: `agon p${share * 100} / the fastest peer's`,
        value: at(ours!, share) / Math.min(...peers.map((label) => at(label, share))),
        atMost: 1,
      })),
      notes: [
        `${inserts} inserts a round, one at a time; medians of the rounds. Inserting and handling are separate processes on the machine’s one monotonic clock.`,
      ],
      rounds,
    }
  },
}
