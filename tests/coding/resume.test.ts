import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, projectDir, startArena } from '../support/arena.ts'
import { type CodingMachine, codingMachine } from '../support/coding.ts'

// A worker is killed (SIGKILL) at every point of a run, and the next one decides from what is on the disk: keep, done, error, cancelled,
// re-dispatch. Real processes, real leases, one contender that matters and one that has long ended.

let arena: Arena
let machine: CodingMachine
const processes: ChildProcess[] = []

beforeAll(async () => {
  arena = await startArena()
  await arena.database.query(`update execution.job_kinds set lease_ms = 1500 where kind = 'coding_job'`)
}, 120_000)
beforeEach(async () => {
  machine = codingMachine()
  await arena.database.query('delete from execution.capabilities')
})
afterEach(async () => {
  for (const child of processes.splice(0)) await kill(child)
  machine.remove()
})
afterAll(() => arena?.stop())

const kill = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Writes a line when it begins and when it ends, so that a test counts runs and sees two at once. */
const counted = (ends: string) => `import { appendFileSync, writeFileSync } from 'node:fs'
appendFileSync(process.env.LOG, 'begins ' + process.pid + '\\n')
writeFileSync('price.mjs', 'export const price = (n) => 2 * n\\n')
console.log('Doubled the price.')
${ends}
appendFileSync(process.env.LOG, 'ends ' + process.pid + '\\n')
`
const slowly = 'await new Promise((resolve) => setTimeout(resolve, 1500))'
const log = () => join(machine.folder, 'runs.log')
const runs = () => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : []).filter((line) => line.startsWith('begins'))

function configure(ends: string): void {
  machine.configure({ worker: { script: counted(ends), env: ['LOG'] }, idle: { script: "console.log('no')\n" } })
}

async function startCoder(id: string, point = 'never'): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, [join(projectDir, 'tests/support/doomed-coder.ts'), point], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      LOG: log(),
      SUPABASE_URL: arena.platform.url,
      AGON_WORKER_KEY: arena.platform.secretKeys.worker!,
      AGON_WORKER_ID: id,
      ...machine.settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream!.on('data', (data) => (output += data))
  for (const end = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const { rows } = await arena.database.query('select 1 from execution.capabilities where driver = $1', [id])
    if (rows.length > 0) return { child, output: () => output }
    if (Date.now() > end) throw new Error(`The coder announced nothing: ${output}`)
  }
}

/** A battle of which B is over, so that what is killed is A's. */
async function battleOfOne(): Promise<string> {
  const helper = await startCoder('helper')
  await kill(helper.child)
  const id = await arena.create({
    prompt: 'Double it.',
    contenders: [{ command: 'worker' }, { command: 'idle' }],
    repository: { source: 'shop' },
    checks: ['test'],
    scoring_mode: 'checks',
    judge: undefined,
    publish: false,
  })
  await arena.database.query(`update battles.contenders set status = 'withdrawn', settled_at = now() where battle_id = $1 and slot = 'B'`, [
    id,
  ])
  expect((await arena.post(`/battles/${id}/publish`)).status).toBe(200)
  await arena.database.query(
    `delete from execution.ready r using execution.jobs j, battles.contenders c where j.job_id = r.job_id and c.contender_id = j.subject_id and c.slot = 'B' and c.battle_id = $1`,
    [id],
  )
  return id
}

test.each([
  ['before the command began', 're-dispatch', 'begun', slowly, 1],
  ['while it ran', 're-dispatch', 'started', slowly, 2],
  ['when it had ended', 'done', 'exited', '', 1],
  ['when its diff was taken', 'done', 'measured', '', 1],
  ['when its checks had run', 'done', 'checked', '', 1],
])(
  'killed %s: the next worker decides %s',
  async (_when, decision, point, ends, times) => {
    configure(ends)
    const id = await battleOfOne()
    const doomed = await startCoder('doomed', point)
    await once(doomed.child, 'exit')
    expect(doomed.child.signalCode).toBe('SIGKILL')
    const next = await startCoder('next')
    const battle = await arena.settled(id)
    expect(battle.contenders[0]).toMatchObject({
      status: 'submitted',
      submission: { content_text: 'Doubled the price.', diff: expect.stringContaining('2 * n') },
    })
    expect(next.output()).toContain(`"decision":"${decision}"`)
    expect(battle.contenders[0]!.job).toMatchObject({ attempts: 1, reclaims: 1 })
    const begun = runs()
    expect(begun.length).toBeGreaterThanOrEqual(times === 2 ? 1 : times) // the kill may come before the script's own first line
    expect(begun.length).toBeLessThanOrEqual(times)
    if (times === 2) expect(isRunning(Number(begun[0]!.split(' ')[1]))).toBe(false)
    await expect.poll(() => machine.runs(), { timeout: 5_000 }).toEqual([])
  },
  60_000,
)

test('killed when its command had failed: the next worker records the error, and does not run it again', async () => {
  configure("console.error('no key is set')\nprocess.exit(3)")
  const id = await battleOfOne()
  await once((await startCoder('doomed', 'exited')).child, 'exit')
  const next = await startCoder('next')
  const battle = await arena.settled(id)
  expect(next.output()).toContain('"decision":"error"')
  expect(battle.contenders[0]).toMatchObject({
    status: 'failed',
    error: { code: 'backend_failed', message: expect.stringContaining('no key is set') },
  })
  expect(runs()).toHaveLength(1)
}, 60_000)

test('killed when it was recorded: nothing is left to decide, and what is left on the disk is removed', async () => {
  configure('')
  const id = await battleOfOne()
  await once((await startCoder('doomed', 'recorded')).child, 'exit')
  await arena.database.query('select battles.fn_auto_finalize_battles()')
  expect((await arena.settled(id)).contenders[0]).toMatchObject({ status: 'submitted' })
  expect(machine.runs()).toHaveLength(1)
  await startCoder('next')
  await expect.poll(() => machine.runs(), { timeout: 10_000 }).toEqual([])
  expect(runs()).toHaveLength(1)
}, 60_000)

test('cancelled while nobody watched: the next worker ends what was left running, and removes it', async () => {
  configure('setInterval(() => {}, 1000)\nawait new Promise(() => {})')
  const id = await battleOfOne()
  const doomed = await startCoder('doomed')
  await expect.poll(() => runs(), { timeout: 15_000 }).toHaveLength(1)
  await kill(doomed.child)
  const pid = Number(runs()[0]!.split(' ')[1])
  expect(isRunning(pid)).toBe(true)
  expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(200)
  await startCoder('next')
  await expect.poll(() => [isRunning(pid), machine.runs()], { timeout: 15_000 }).toEqual([false, []])
  expect(runs()).toHaveLength(1)
}, 60_000)

test('a worker that was only away for a while keeps its run until it lets go: two never work on one contender', async () => {
  configure(`if (!process.env.SECOND) await new Promise((resolve) => setTimeout(resolve, 3000))`)
  const id = await battleOfOne()
  const away = await startCoder('away')
  await expect.poll(() => runs(), { timeout: 15_000 }).toHaveLength(1)
  away.child.kill('SIGSTOP')
  const next = await startCoder('next')
  await expect
    .poll(
      async () => {
        await arena.database.query('select execution.sweep()')
        return (await arena.database.query(`select driver from execution.leases where driver = 'next'`)).rows.length
      },
      { timeout: 15_000 },
    )
    .toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(runs()).toHaveLength(1)
  away.child.kill('SIGCONT')
  const battle = await arena.settled(id)
  expect(battle.contenders[0]).toMatchObject({ status: 'submitted' })
  const lines = readFileSync(log(), 'utf8').trim().split('\n')
  const [first] = lines[0]!.split(' ').slice(1)
  const secondBegins = lines.findIndex((line) => line.startsWith('begins') && !line.endsWith(first!))
  if (secondBegins >= 0) expect(isRunning(Number(first))).toBe(false)
  expect(next.output()).not.toContain('step_threw')
}, 60_000)

test('another machine, without that disk, begins anew', async () => {
  configure(slowly)
  const id = await battleOfOne()
  await once((await startCoder('doomed', 'started')).child, 'exit')
  const elsewhere = codingMachine()
  try {
    const old = machine
    machine = {
      ...elsewhere,
      folder: old.folder,
      remove: old.remove,
      settings: { ...elsewhere.settings, AGON_BACKENDS: old.settings.AGON_BACKENDS! },
    }
    const next = await startCoder('elsewhere')
    const battle = await arena.settled(id)
    expect(battle.contenders[0]).toMatchObject({ status: 'submitted', job: { attempts: 1, reclaims: 1 } })
    expect(next.output()).not.toContain('coding_run_found')
    expect(readdirSync(join(elsewhere.folder, 'results')).length).toBe(1)
    await kill(next.child)
  } finally {
    elsewhere.remove()
  }
}, 60_000)

const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
