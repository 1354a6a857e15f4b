import { PgBoss } from 'pg-boss'
import type { Engine } from './engine.ts'
import { expectEqual } from './engine.ts'

/** Its maintenance is off in every run: nothing but the jobs is measured. */
export async function startBoss(url: string, options: Record<string, unknown> = {}): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 10, ...options })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  return boss
}

const stopBoss = (boss: PgBoss) => boss.stop({ graceful: false, close: true })

/** A worker of batch size 1 polls every half second at best; the fetch and complete calls are its fastest way with one job a time. */
async function fetchLoop(boss: PgBoss, onHandled: (jobs: number) => void, state: { stopped: boolean }) {
  while (!state.stopped) {
    const [job] = await boss.fetch('noop', { batchSize: 1 })
    if (!job) return
    onHandled(1)
    await boss.complete('noop', job.id)
  }
}

export const pgBoss: Engine = {
  name: 'pg-boss',
  gate: 'pgboss.job',

  async install(url) {
    const boss = await startBoss(url)
    await boss.createQueue('noop')
    await boss.createQueue('bell', { notify: true })
    await stopBoss(boss)
  },

  async fill(url, jobs) {
    const boss = await startBoss(url)
    for (let from = 0; from < jobs; from += 10_000) {
      await boss.insert(
        'noop',
        Array.from({ length: Math.min(10_000, jobs - from) }, (_, nth) => ({ data: { id: from + nth } })),
      )
    }
    await stopBoss(boss)
  },

  async unfinished(client) {
    const { rows } = await client.query(`select exists (select from pgboss.job where name = 'noop' and state < 'completed') as found`)
    return rows[0].found
  },

  async verify(client, jobs, handled) {
    const { rows } = await client.query(
      `select count(*) filter (where state = 'completed' and retry_count = 0)::int as completed_once, count(*)::int as jobs
       from pgboss.job where name = 'noop'`,
    )
    expectEqual('pg-boss', { completed_once: jobs, jobs, handled: jobs }, { ...rows[0], handled })
  },

  async drain(url, mode, onHandled) {
    const boss = await startBoss(url)
    const state = { stopped: false }
    if (mode.batch === 1) {
      for (let nth = 0; nth < mode.concurrency; nth++) void fetchLoop(boss, onHandled, state)
    } else {
      await boss.work(
        'noop',
        { batchSize: mode.batch, localConcurrency: mode.concurrency, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
        async (jobs) => onHandled(jobs.length),
      )
    }
    return {
      async stop() {
        state.stopped = true
        await stopBoss(boss)
      },
    }
  },
}
