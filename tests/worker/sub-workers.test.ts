import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { codingOffers, readCodingConfiguration } from '@agon/coding'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { subWorkerNames } from '../../apps/worker/src/sub-workers/index.ts'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { breaks, codingMachine, mends } from '../support/coding.ts'
import { makeSchedule, makeTrigger, runsOf } from '../support/triggers.ts'
import { startReceiver } from '../support/webhook-receiver.ts'
import { startWorkerOf } from '../support/worker.ts'

// Each sub-worker's work, on a project that has no schedules and wakes no function: with the sub-worker switched off and all others on
// it is left undone, and with it on it is done.

const secrets = { AGON_SEALING_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }), AGON_OUTBOUND_ALLOW: 'http://127.0.0.1:*' }
const machine = codingMachine()
let arena: Arena
let receiver: Awaited<ReturnType<typeof startReceiver>>
const workers: ChildProcess[] = []

beforeAll(async () => {
  machine.configure({ mender: { script: mends }, breaker: { script: breaks } })
  receiver = await startReceiver()
  arena = await startArena({ functionEnv: secrets })
  simpleProvider(arena.provider)
  await arena.database.query('select cron.unschedule(jobname) from cron.job')
  await arena.database.query('update execution.job_kinds set wake_function = null')
})
afterEach(() => {
  for (const worker of workers.splice(0)) if (worker.exitCode === null) worker.kill('SIGKILL')
})
afterAll(async () => {
  await arena.stop()
  await receiver.stop()
  machine.remove()
})

async function start(id: string, settings: Record<string, string>) {
  const running = startWorkerOf(arena, id, {
    ...secrets,
    ...machine.settings,
    AGON_POLL_MS: '200',
    AGON_SWEEP_MS: '200',
    AGON_HEARTBEAT_MS: '200',
    ...settings,
  })
  workers.push(running.worker)
  await expect.poll(running.output, { timeout: 30_000 }).toContain('"event":"worker_started"')
  return running.worker
}

const exists = async (sql: string, parameters: unknown[] = []) => (await arena.database.query(sql, parameters)).rowCount! > 0
const ended = (kind: string) =>
  exists(`select from execution.jobs j join execution.queues q using (queue_id) where q.kind = $1 and j.state = 'completed'`, [kind])

/** Brings about what the sub-worker is there for; what it returns says whether that was done. */
const work: Record<string, () => Promise<() => Promise<boolean>>> = {
  async 'battle-jobs'() {
    const id = await arena.create({})
    return async () => (await arena.battle(id)).status === 'closed'
  },
  async 'execution-runs'() {
    const document = { kind: 'text', template: 'A haiku about [[topic]]', model_key: 'sparring:quill' }
    const made = (await (await arena.post('/lenses', { title: 'Haiku', document })).json()) as { lens_id: string }
    expect((await arena.post(`/lenses/${made.lens_id}/runs`, { inputs: { topic: 'the sea' } })).status).toBeLessThan(300)
    return () => ended('lens_run')
  },
  async 'team-runs'() {
    const members = [
      { name: 'Ada', model_key: 'sparring:quill' },
      { name: 'Bo', model_key: 'sparring:quill' },
    ]
    expect((await arena.post('/team-runs', { task: 'Name a bakery.', members, rounds: 1 })).status).toBe(201)
    return () => ended('team_run')
  },
  async 'scheduled-workflows'() {
    const { triggerId } = await makeSchedule(arena.database, { cron_expr: '0 0 1 1 *' }, [1])
    return async () => (await runsOf(arena.database, triggerId)).length > 0
  },
  async 'workflow-events'() {
    const { triggerId } = await makeTrigger(arena.database, 'battle_event', { owner: arena.ownerId, config: { types: ['battle.closed'] } })
    await arena.settled(await arena.create({}))
    return async () => (await runsOf(arena.database, triggerId)).length > 0
  },
  async 'vote-anomaly'() {
    const id = await arena.create({ judge: undefined, scoring_mode: 'community', voting_window_ms: 3_600_000 })
    await arena.until(id, ({ status }) => status === 'voting')
    await arena.database.query(
      `insert into battles.votes (battle_id, voter_id, choice) select $1, gen_random_uuid(), 'A' from generate_series(1, 5)`,
      [id],
    )
    return () => ended('vote_scan')
  },
  async 'auto-promote'() {
    const id = await arena.create({ publish: false, promote_at: new Date(Date.now() + 3_600_000).toISOString() })
    await arena.database.query(`update battles.battles set promote_at = now() - interval '1 second' where battle_id = $1`, [id])
    return async () => !['draft', 'pending_promotion'].includes((await arena.battle(id)).status)
  },
  async 'webhook-drain'() {
    const made = (await (await arena.post('/webhooks', { url: `${receiver.url}/drained` })).json()) as { webhook_id: string }
    expect((await arena.post(`/webhooks/${made.webhook_id}/test`)).status).toBe(202)
    return async () => receiver.at('/drained').length > 0
  },
  async coding() {
    const offers = codingOffers(readCodingConfiguration(machine.settings.AGON_BACKENDS!))
    await arena.database.query('select execution.fn_worker_announce_capabilities($1, $2, $3)', ['another', Object.keys(offers), offers])
    const id = await arena.create({
      prompt: 'Double it.',
      contenders: [{ command: 'mender' }, { command: 'breaker' }],
      repository: { source: 'shop' },
      checks: ['test'],
      scoring_mode: 'checks',
      judge: undefined,
    })
    return async () => (await arena.battle(id)).winner_slot === 'A'
  },
  async sweeper() {
    await arena.database.query(
      `insert into execution.leases (queue_id, driver, expires_at, job_ids) select min(queue_id), 'vanished', now() - interval '1 second', '{999999999}' from execution.queues`,
    )
    return async () => !(await exists(`select from execution.leases where driver = 'vanished'`))
  },
  async heartbeat() {
    await arena.database.query('delete from execution.worker_heartbeats') // of those before, some of which were killed
    return () => exists(`select from execution.worker_heartbeats where state = 'running' and sub_workers @> '{heartbeat}'`)
  },
}

test('there is a test for every sub-worker', () => {
  expect(Object.keys(work).sort()).toEqual([...subWorkerNames].sort())
})

describe('its work is left undone while it is switched off, and done when it is on:', () => {
  test.each(subWorkerNames)('%s', async (name) => {
    const others = await start(`without-${name}`, { AGON_WORKERS: `-${name}` })
    const done = await work[name]!()
    await wait(1_500) // several polls and sweeps
    expect(await done(), `${name} is off`).toBe(false)
    others.kill('SIGTERM')
    await once(others, 'exit')
    await start(`with-${name}`, {})
    await expect.poll(done, { timeout: 30_000, interval: 100 }).toBe(true)
  })
})

test('a name that there is not is refused with the nearest', async () => {
  const { worker, output } = startWorkerOf(arena, 'misspelt', { AGON_WORKERS: 'battle-jbos,heartbeat' })
  const [code] = await once(worker, 'exit')
  expect(code).toBe(2)
  expect(output()).toContain('AGON_WORKERS has no sub-worker battle-jbos. Did you mean battle-jobs?')
})
