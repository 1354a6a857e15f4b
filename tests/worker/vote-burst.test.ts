import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { startWorkerOf } from '../support/worker.ts'

// A burst of votes, on a project whose scans are left to a worker: heard by one with a direct connection, found by the poll of one without.

let arena: Arena
const workers: ChildProcess[] = []

beforeAll(async () => {
  arena = await startArena()
  simpleProvider(arena.provider)
  await arena.database.query(`select cron.unschedule(jobname) from cron.job where jobname <> 'agon-sweep'`)
})
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await arena.stop()
})

const votingBattle = async (): Promise<string> => {
  const id = await arena.create({ judge: undefined, scoring_mode: 'community', voting_window_ms: 3_600_000 })
  await arena.until(id, ({ status }) => status === 'voting')
  return id
}

/** Twenty people want one answer; how long after the last of them their votes were held, in milliseconds. */
async function burst(id: string, timeout: number): Promise<number> {
  await arena.database.query('delete from battles.vote_watch')
  for (let n = 0; n < 20; n++) await arena.database.query(`select battles.fn_submit_vote($1, gen_random_uuid(), 'A')`, [id])
  const held = () =>
    arena.database
      .query(
        `select count(*)::int as votes, extract(epoch from min(decided_at) - max(created_at))::float8 * 1000 as ms from battles.votes
         where battle_id = $1 and status = 'held' and reason = 'burst'`,
        [id],
      )
      .then(({ rows }) => rows[0] as { votes: number; ms: number })
  await expect.poll(async () => (await held()).votes, { timeout, interval: 20 }).toBe(20)
  return (await held()).ms
}

test('is held long before the next poll of a worker with a direct connection, and by the next poll of one without', async () => {
  const ids = [await votingBattle(), await votingBattle(), await votingBattle(), await votingBattle()]
  await arena.database.query('select cron.unschedule(jobname) from cron.job')
  await arena.database.query('update execution.job_kinds set wake_function = null')
  const slow = { AGON_WORKERS: 'vote-anomaly', AGON_POLL_MS: '60000', AGON_SWEEP_MS: '60000' }
  const start = async (id: string, settings: Record<string, string | undefined>) => {
    const { worker, output } = startWorkerOf(arena, id, settings as Record<string, string>)
    workers.push(worker)
    await expect.poll(output, { timeout: 30_000 }).toContain('"event":"worker_started"')
    return worker
  }

  const listening = await start('listens', slow)
  await expect
    .poll(async () => (await arena.database.query(`select from execution.waiters where kind = 'vote_scan'`)).rowCount, { timeout: 10_000 })
    .toBe(1)
  const took: number[] = []
  for (const id of ids.slice(0, 3)) took.push(await burst(id, 30_000)) // its own poll is a minute away
  console.log(`a burst of votes was held ${took.map((ms) => ms.toFixed(0)).join(', ')} ms after its last vote`)
  listening.kill('SIGTERM')
  await once(listening, 'exit')

  await start('polls', { ...slow, AGON_DATABASE_URL: undefined, AGON_POLL_MS: '300' })
  await burst(ids[3]!, 30_000)
})
