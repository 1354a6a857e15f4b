import { setTimeout as delay } from 'node:timers/promises'
import type { BattleEvent } from '@agon/client'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { cancel } from '../support/battles.ts'
import { value } from '../support/database.ts'
import { createStage, type Stage } from '../support/stage.ts'

// What streams cost the database: nothing once nobody listens, and little when many do. Streams last long here, so that nothing but
// their reader ends them.

let arena: Arena
let stage: Stage
beforeAll(async () => {
  arena = await startArena({ functionEnv: { AGON_STREAM_MS: '60000' } })
  stage = createStage(arena)
  await arena.database.query(`alter system set track_functions = 'all'`)
  await arena.database.query('select pg_reload_conf()')
})
afterAll(() => arena.stop())

/** How often the log was read in the database so far. */
async function reads(): Promise<number> {
  await arena.database.query('select pg_stat_clear_snapshot()')
  return value<number>(
    arena.database,
    `select coalesce(sum(calls), 0)::integer from pg_stat_user_functions where schemaname = 'battles' and funcname = 'fn_events_after'`,
  )
}

/** Waits until the counter has stood still for longer than any stream waits between reads; connections report within a second. */
async function readsAtRest(): Promise<number> {
  const deadline = performance.now() + 20_000
  let still = 0
  for (let before = await reads(); ; ) {
    await delay(400)
    const now = await reads()
    still = now === before ? still + 1 : 0
    if (still === 8) return now
    before = now
    if (performance.now() > deadline) throw new Error('the log is being read without end')
  }
}

test('a reader that goes away ends the polling; nobody reads for nobody', async () => {
  const battle = await stage.quietBattle()
  const gone = new AbortController()
  const streams = await Promise.all(
    Array.from({ length: 5 }, () => fetch(stage.urlOf(battle), { headers: stage.anybody, signal: gone.signal })),
  )
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  await expect.poll(reads, { timeout: 10_000 }).toBeGreaterThan(3)
  gone.abort()
  await Promise.allSettled(streams.map((response) => response.text()))
  await readsAtRest()
})

test('two hundred streams of one battle hear everything, and cost the database about what one does', async () => {
  const battle = await stage.quietBattle()
  const many = 200
  const heard = Array.from({ length: many }, () => [] as BattleEvent[])
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const before = await readsAtRest()
  const began = performance.now()
  const watching = heard.map(async (events) => {
    for await (const event of stage.client().watch(battle.battleId, { signal: stop.signal })) events.push(event)
  })
  await expect.poll(() => heard.filter((events) => events.length >= 3).length, { timeout: 60_000 }).toBe(many)
  const opened = performance.now()
  let words = 0
  for (; words < 60; words += 2) {
    await stage.write(battle, 2, words)
    await delay(100)
  }
  await cancel(arena.database, battle)
  await Promise.all(watching)
  const seconds = (performance.now() - began) / 1000
  const log = await stage.logOf(battle)
  for (const events of heard) expect(events.map(({ event_id }) => event_id)).toEqual(log)
  const statements = (await readsAtRest()) - before
  console.log(
    `${many} streams, ${log.length} events each, open after ${((opened - began) / 1000).toFixed(1)} s: ${statements} reads of the log in ${seconds.toFixed(1)} s, ${(statements / seconds).toFixed(1)} a second`,
  )
  // Alone, each stream would read at least once to begin, and then several times a second.
  expect(statements).toBeLessThan(many)
})
