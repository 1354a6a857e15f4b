import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { monotonicMs } from '../clock.ts'
import { freshDatabase } from '../databases.ts'
import { agon, noHint, stepQuery } from '../engines/agon.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { median } from '../statistics.ts'

const script = fileURLToPath(new URL('../abandoning-worker.ts', import.meta.url))

/** A worker claims a job and is killed; another polls while the sweep runs on its schedule. Seconds until the job runs again. */
async function abandon({ postgres }: Bench, leaseMs: number, sweepMs: number): Promise<number> {
  const database = await freshDatabase(postgres, agon)
  const client = await postgres.client(database.name)
  const sweeper = await postgres.client(database.name)
  await client.query(`update execution.job_kinds set lease_ms = $1 where kind = 'noop'`, [leaseMs])
  await agon.fill(database.url, 1)
  const child = fork(script, [database.url], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error('the worker ended before it claimed')))
  })
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
  const killed = monotonicMs()
  const sweeping = setInterval(() => sweeper.query('select execution.sweep()').catch(() => undefined), sweepMs)
  try {
    for (;;) {
      const { rows } = await client.query({ ...stepQuery, values: ['0', [], 'noop', 'heir', 1, noHint] })
      if (rows.length > 0) return (monotonicMs() - killed) / 1000
      if (monotonicMs() - killed > leaseMs + sweepMs + 30_000) throw new Error('the abandoned job never came back')
      await delay(20)
    }
  } finally {
    clearInterval(sweeping)
    await client.end()
    await sweeper.end()
    await database.drop()
  }
}

/** Where a peer's source says how long it waits, quoted, so that a new version that changes it is noticed. */
function sourceSays(file: string, pattern: RegExp): string {
  const text = readFileSync(new URL(`../../node_modules/${file}`, import.meta.url), 'utf8')
  const found = pattern.exec(text)?.[0]
  return `\`${found?.trim().replace(/\s+/g, ' ') ?? 'not found, read it again'}\` (${file})`
}

/** How long a job of a worker that was killed waits before another runs it. */
export const abandoned: Measure = {
  name: 'abandoned',
  title: 'A killed worker’s job runs again after (s)',
  async take(bench: Bench): Promise<Outcome> {
    const short: number[] = []
    for (let round = 0; round < (bench.quick ? 1 : 5); round++) short.push(await abandon(bench, 1000, 500))
    bench.say(`lease 1 s, sweep every 0.5 s: ${short.map(format).join(', ')}`)
    const shipped = bench.quick ? [] : [await abandon(bench, 30_000, 5_000)]
    return {
      head: ['', 'measured', 'at most'],
      rows: [
        ['agon, lease 1 s, sweep every 0.5 s', format(median(short)), '1.5'],
        ['agon, as shipped: lease 30 s, sweep every 5 s', shipped.length > 0 ? format(shipped[0]!) : '–', '35'],
        ['graphile-worker', 'from its source', '14,400 (4 h), and a poll'],
        ['pg-boss', 'from its source', '900 (15 min), and a 60 s monitor'],
      ],
      goals: [
        { text: 'agon, short lease (s)', value: Math.max(...short), atMost: 2 },
        ...(shipped.length > 0 ? [{ text: 'agon, as shipped (s)', value: shipped[0]!, atMost: 36 }] : []),
      ],
      notes: [
        'SIGKILL right after the claim: the whole lease is waited for. A live worker renews its lease every third of it.',
        `graphile-worker: ${sourceSays('graphile-worker/dist/sql/resetLockedAt.js', /where locked_at < .*/)}`,
        `pg-boss: ${sourceSays('pg-boss/dist/plans.js', /const FIFTEEN_MINUTES = .*/)}, ${sourceSays('pg-boss/dist/attorney.js', /config\.monitorIntervalSeconds = .*/)}; it can be shortened by heartbeatSeconds (10 or more).`,
      ],
      rounds: { short, shipped },
    }
  },
}
