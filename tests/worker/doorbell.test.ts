import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDoorbell } from '../../apps/worker/src/doorbell.ts'
import { type Passage, startPassage } from '../chaos/passage.ts'
import { useDatabase, value } from '../support/database.ts'

// A doorbell whose way to PostgreSQL goes half-open: both ends believe in it, and nothing passes.

const database = useDatabase()
/** After how long a doorbell gives up a way by itself, in milliseconds: what is told to stop does not wait for that. */
const quiet = 5_000
let way: Passage
let lines: { event: string }[] = []
beforeAll(async () => {
  way = await startPassage(Number(new URL(database.url).port))
})
afterAll(() => way.close())

function listening(kinds: string[]) {
  lines = []
  const databaseUrl = Object.assign(new URL(database.url), { port: String(way.port) }).href
  return startDoorbell({ databaseUrl, kinds, log: (line) => lines.push(line) }, () => undefined)
}
const timeToStop = async (doorbell: { stop(): Promise<void> }) => {
  const began = performance.now()
  await doorbell.stop()
  return performance.now() - began
}
/** So many that it is still saying what it listens for when the way breaks. */
const endlessly = Array.from({ length: 100_000 }, () => 'battle_job')
const connections = () =>
  value<number>(
    database.sql,
    `select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query ~ 'fn_worker_listen'`,
  )

test('stops at once though it waits for an answer that never comes', async () => {
  const doorbell = listening(endlessly)
  await expect.poll(connections, { interval: 5 }).toBe(1)
  way.swallow()
  expect(await timeToStop(doorbell)).toBeLessThan(quiet)
})

test('stops at once while it is still connecting', async () => {
  way.stall()
  const doorbell = listening(['battle_job'])
  expect(await timeToStop(doorbell)).toBeLessThan(quiet)
  way.resume()
})

test('a way that has gone quiet is given up, and another is found', async () => {
  const doorbell = listening(endlessly)
  await expect.poll(connections, { interval: 5 }).toBe(1)
  way.swallow()
  await expect.poll(() => lines, { timeout: 20_000 }).toContainEqual(expect.objectContaining({ event: 'doorbell_broken' }))
  await expect.poll(connections, { timeout: 5000 }).toBe(1)
  expect(await timeToStop(doorbell)).toBeLessThan(quiet)
})
