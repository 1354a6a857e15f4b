import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { type CodingMachine, codingMachine, mends } from '../support/coding.ts'
import { type RunningWorker, startWorkerOf } from '../support/worker.ts'

// A machine that refuses: folders that cannot be written, disks that are full. What is refused is told, and nothing else ends of it.

let arena: Arena
let machine: CodingMachine
let running: RunningWorker | undefined

beforeAll(async () => {
  arena = await startArena()
}, 120_000)
beforeEach(async () => {
  machine = codingMachine()
  await arena.database.query('delete from execution.capabilities')
})
afterEach(async () => {
  const worker = running?.worker
  if (worker && worker.exitCode === null && worker.signalCode === null) {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
  machine.remove()
})
afterAll(() => arena?.stop())

async function startWorker(): Promise<RunningWorker> {
  const started = startWorkerOf(arena, 'coder', { ...machine.settings, AGON_POLL_MS: '300', AGON_SWEEP_MS: '1000', AGON_DRAIN_MS: '500' })
  running = started
  const announced = async () =>
    (await arena.database.query(`select 1 from execution.capabilities where driver = 'coder' and capability like 'coding:%'`)).rows.length
  await expect.poll(announced, { timeout: 15_000 }).toBeGreaterThan(0)
  return started
}

const battle = () =>
  arena.create({
    prompt: 'Make price(2) cost 4.',
    contenders: [{ command: 'mender' }, { command: 'other' }],
    repository: { source: 'shop' },
    checks: ['test'],
    scoring_mode: 'checks',
    judge: undefined,
  })

test('results that cannot be written are told of, and the battle is decided all the same by a worker that lives on', async () => {
  // A file where the folder of results is to be: what a command of this run makes of it, a full disk or another user would.
  const spoils = `import { rmSync, writeFileSync as write } from 'node:fs'\nrmSync('${machine.settings.AGON_RESULTS}', { recursive: true, force: true })\nwrite('${machine.settings.AGON_RESULTS}', '')\n`
  machine.configure({ mender: { script: spoils + mends }, other: { script: spoils } })
  const worker = await startWorker()
  const ended = await arena.settled(await battle())
  expect(ended).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'A' })
  expect(ended.contenders[0]).toMatchObject({ status: 'submitted', job: { attempts: 1, reclaims: 0 } })
  expect(worker.output()).toContain('"event":"results_not_written"')
  await new Promise((resolve) => setTimeout(resolve, 3_000)) // another look at the manifests
  expect(worker.worker.exitCode).toBeNull()
  expect(machine.runs()).toEqual([])
}, 60_000)

test('a folder of runs that cannot be written is what the contender failed of, in seconds and before a command was paid for', async () => {
  machine.configure({
    mender: { script: `import { writeFileSync as mark } from 'node:fs'\nmark('${machine.folder}/ran', '')\n${mends}` },
    other: { script: mends },
  })
  const worker = await startWorker()
  const blocked = join(machine.settings.AGON_CODING_DIR!, 'runs')
  mkdirSync(machine.settings.AGON_CODING_DIR!, { recursive: true })
  rmSync(blocked, { recursive: true, force: true })
  writeFileSync(blocked, '')
  const ended = await arena.settled(await battle())
  expect(ended.contenders[0]).toMatchObject({
    status: 'failed',
    error: { code: 'workspace_unavailable', message: expect.stringMatching(/ENOTDIR|EEXIST/) },
    job: { reclaims: 0 },
  })
  expect(JSON.stringify(ended.contenders[0])).not.toContain(machine.folder)
  expect(worker.output()).toContain('"event":"machine_refused"')
  expect(worker.worker.exitCode).toBeNull()
  expect(existsSync(join(machine.folder, 'ran'))).toBe(false)
}, 60_000)

test('a command that removes the very folder it works in has failed, and is not paid for again', async () => {
  const ran = join(machine.folder, 'ran')
  const removes = `import { appendFileSync, rmSync } from 'node:fs'\nappendFileSync('${ran}', 'x')\nrmSync(process.cwd(), { recursive: true })\n`
  machine.configure({ mender: { script: mends }, other: { script: removes } })
  await startWorker()
  const ended = await arena.settled(await battle())
  expect(ended.contenders[1]).toMatchObject({
    status: 'failed',
    error: { code: 'backend_failed', message: expect.stringContaining('worktree') },
  })
  expect(readFileSync(ran, 'utf8')).toBe('x')
}, 60_000)
