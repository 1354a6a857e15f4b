import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, type BattleDocument, startArena } from '../support/arena.ts'
import { breaks, type CodingMachine, codingMachine, gitIn, mends } from '../support/coding.ts'
import { type RunningWorker, startWorkerOf } from '../support/worker.ts'

// Coding battles as their owner sees them: real git, real processes, a worker of its own, and the whole platform.

let arena: Arena
let machine: CodingMachine
const workers: RunningWorker[] = []

beforeAll(async () => {
  arena = await startArena()
}, 120_000)
beforeEach(async () => {
  machine = codingMachine()
  await arena.database.query('delete from execution.capabilities')
})
afterEach(async () => {
  for (const { worker } of workers.splice(0)) {
    worker.kill('SIGTERM')
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit')
  }
  machine.remove()
})
afterAll(() => arena?.stop())

async function startWorker(id = 'coder', settings: Record<string, string> = {}): Promise<RunningWorker> {
  const running = startWorkerOf(arena, id, {
    ...machine.settings,
    AGON_POLL_MS: '300',
    AGON_SWEEP_MS: '1000',
    AGON_DRAIN_MS: '500',
    ...settings,
  })
  workers.push(running)
  for (const end = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const { rows } = await arena.database.query('select 1 from execution.capabilities where driver = $1 and capability like $2', [
      id,
      'coding:%',
    ])
    if (rows.length > 0) return running
    if (Date.now() > end) throw new Error(`The worker announced no backend: ${running.output()}`)
  }
}

const create = (body: object = {}) =>
  arena.create({
    prompt: 'Make price(2) cost 4.',
    contenders: [{ command: 'mender' }, { command: 'breaker' }],
    repository: { source: 'shop' },
    checks: ['test'],
    scoring_mode: 'checks',
    judge: undefined,
    ...body,
  })

test('two commands work on a repository, its checks decide, and the results stand in a folder', async () => {
  machine.configure({ mender: { script: mends, tokens: { regex: 'tokens: ([0-9,]+)' } }, breaker: { script: breaks } })
  await startWorker()
  const id = await create()
  const battle = (await arena.settled(id)) as BattleDocument & { repository: { commit: string } }
  expect(battle).toMatchObject({ status: 'closed', battle_type: 'coding', outcome: 'winner', winner_slot: 'A', judge_outcome: null })
  expect(battle.repository.commit).toBe(gitIn(machine.repository, 'rev-parse', 'HEAD'))
  expect(battle.contenders[0]).toMatchObject({
    contender_type: 'command',
    model: 'command:mender',
    simulated: true,
    checks_share: 1,
    submission: {
      content_text: 'Doubled the price.\ntokens: 1,200',
      diff: expect.stringContaining('+export const price = (n) => 2 * n'),
      work: { exit_code: 0, files: 1, checks: [{ name: 'test', passed: true, exit_code: 0 }] },
    },
  })
  expect(battle.contenders[1]).toMatchObject({
    checks_share: 0,
    submission: { work: { checks: [{ name: 'test', passed: false, output: expect.stringContaining('price(2) is 6') }] } },
  })
  await expect.poll(() => Object.values(machine.results()).some((text) => text.includes('"winner": {')), { timeout: 10_000 }).toBe(true)
  const results = machine.results()
  const folder = Object.keys(results)[0]!.split('/')[0]!
  expect(Object.keys(results).sort()).toEqual(
    [
      'breaker-default/diff.patch',
      'breaker-default/result.md',
      'manifest.json',
      'mender-default/diff.patch',
      'mender-default/result.md',
    ].map((path) => `${folder}/${path}`),
  )
  expect(results[`${folder}/mender-default/result.md`]).toBe('Doubled the price.\ntokens: 1,200\n')
  const manifest = JSON.parse(results[`${folder}/manifest.json`]!)
  expect(manifest).toMatchObject({
    battle_id: id,
    status: 'closed',
    winner: { slot: 'A', folder: 'mender-default' },
    contenders: [
      { backend: 'mender', folder: 'mender-default', output_tokens: 1200, tokens_per_second: expect.any(Number) },
      { backend: 'breaker' },
    ],
  })
  expect(manifest.finished_at).not.toBeNull()
  expect(machine.runs()).toEqual([])
  expect(gitIn(machine.repository, 'status', '--porcelain')).toBe('')
})
