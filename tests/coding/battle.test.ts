import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
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
  await expect.poll(() => machine.runs(), { timeout: 5_000 }).toEqual([])
  expect(gitIn(machine.repository, 'status', '--porcelain')).toBe('')
})

/** Judges that prefer whoever doubled the price, whatever the order. Returns what they were shown. */
function judgeOfDoubles(): string[] {
  const asked: string[] = []
  arena.provider.reset()
  arena.provider.on({ model: 'arbiter' }, (request) => {
    const shown = request.messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))).join('\n')
    asked.push(shown)
    const first = shown.indexOf('2 * n') < shown.indexOf('3 * n')
    return {
      content: JSON.stringify({
        reasoning: 'It doubles.',
        scores: [
          { label: 1, score: first ? 9 : 4 },
          { label: 2, score: first ? 4 : 9 },
        ],
        verdict: first ? '1' : '2',
      }),
    }
  })
  return asked
}

test('a judge sees what each command said and changed, and which checks passed, fenced and without a name', async () => {
  const asked = judgeOfDoubles()
  machine.configure({ mender: { script: mends }, breaker: { script: breaks } })
  await startWorker()
  const battle = await arena.settled(await create({ scoring_mode: 'ai_judge', judge: { model: 'sparring:arbiter' } }))
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'A', judge_outcome: 'winner' })
  expect(asked).toHaveLength(2)
  for (const shown of asked) {
    expect(shown).toContain('Doubled the price.')
    expect(shown).toContain('+export const price = (n) => 2 * n')
    expect(shown).toMatch(/test: passed[\s\S]*test: failed|test: failed[\s\S]*test: passed/)
    expect(shown).not.toContain('mender')
    expect(shown).not.toContain('breaker')
  }
})

test('in a hybrid half of the score are the checks, and half the judge', async () => {
  judgeOfDoubles()
  machine.configure({ mender: { script: mends }, breaker: { script: breaks } })
  await startWorker()
  const battle = await arena.settled(await create({ scoring_mode: 'hybrid', judge: { model: 'sparring:arbiter' } }))
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', winner_slot: 'A' })
  expect(battle.contenders.map((contender) => (contender as unknown as { score: number }).score)).toEqual([0.95, 0.2])
})

test.each([
  [
    'a backend nobody has',
    { contenders: [{ command: 'mender' }, { command: 'nobody' }] },
    '/contenders/1/command',
    /no worker.*nobody.*breaker, mender/i,
  ],
  ['a repository nobody has', { repository: { source: 'bank' } }, '/repository/source', /bank.*shop/],
  ['a check nobody has', { checks: ['test', 'lint'] }, '/checks', /shop/],
])('%s is refused when the battle is made, with what there is', async (_what, body, path, message) => {
  machine.configure({ mender: { script: mends }, breaker: { script: breaks } })
  await startWorker()
  const response = await arena.post('/battles', {
    prompt: 'Go.',
    contenders: [{ command: 'mender' }, { command: 'breaker' }],
    repository: { source: 'shop' },
    checks: ['test'],
    scoring_mode: 'checks',
    ...body,
  })
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ code: 'capability_missing', errors: [{ path, message: expect.stringMatching(message) }] })
})

test.each([
  ['a path as a repository', { repository: { source: '/etc' } }, '/repository/source'],
  ['a flag as a ref', { repository: { source: 'shop', ref: '--upload-pack=x' } }, '/repository/ref'],
  ['a flag as a model', { contenders: [{ command: 'mender', model: '--yolo' }, { command: 'breaker' }] }, '/contenders/0/model'],
  ['a program as a command', { contenders: [{ command: '/bin/sh' }, { command: 'breaker' }] }, '/contenders/0/command'],
  ['a command line as a check', { checks: ['npm test'] }, '/checks/0'],
  ['a model beside commands', { contenders: [{ command: 'mender' }, { model: 'sparring:quill' }] }, '/contenders/1'],
  ['commands without a repository', { repository: undefined }, '/repository'],
  ['checks that decide and are not named', { checks: undefined }, '/checks'],
  ['a judge where checks decide', { judge: { model: 'sparring:arbiter' } }, '/judge'],
  [
    'checks without commands',
    { contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }], repository: undefined },
    '/checks',
  ],
])('%s is refused by its field', async (_what, body, path) => {
  const response = await arena.post('/battles', {
    prompt: 'Go.',
    contenders: [{ command: 'mender' }, { command: 'breaker' }],
    repository: { source: 'shop' },
    checks: ['test'],
    scoring_mode: 'checks',
    ...body,
  })
  expect(response.status).toBe(422)
  const problem = (await response.json()) as { code: string; errors: { path: string }[] }
  expect(problem.code).toBe('invalid_request')
  expect(problem.errors.map((error) => error.path)).toContain(path)
})

test('a command that fails or takes too long fails alone, and the others go on', async () => {
  machine.configure({
    mender: { script: mends },
    fails: { script: "console.error('no key is set')\nprocess.exit(3)\n" },
    sleeps: { script: 'setInterval(() => {}, 1000)\n', timeout_ms: 500 },
    missing: { script: '', command: ['/no/such/program', '{prompt_file}'] },
  })
  await startWorker()
  const battle = await arena.settled(
    await create({ contenders: [{ command: 'mender' }, { command: 'fails' }, { command: 'sleeps' }, { command: 'missing' }] }),
  )
  expect(battle).toMatchObject({ status: 'closed', outcome: 'walkover', winner_slot: 'A' })
  expect(battle.contenders.slice(1)).toMatchObject([
    { status: 'failed', error: { code: 'backend_failed', message: expect.stringContaining('exit code 3: no key is set') } },
    { status: 'timed_out', error: { code: 'deadline_exceeded' } },
    { status: 'failed', error: { code: 'backend_unavailable' } },
  ])
  await expect.poll(() => machine.runs(), { timeout: 5_000 }).toEqual([])
}, 60_000)

test('a local lane runs one at a time while the cloud runs all at once', async () => {
  const spans = `import { appendFileSync, readFileSync } from 'node:fs'
const at = ${JSON.stringify('LOG')}
appendFileSync(at, process.argv[3] + ' begins\\n')
// Whoever is here waits for those who should be here at the same time; were they serial, it would wait in vain.
const here = (name) => readFileSync(at, 'utf8').includes(name + ' begins')
for (let tries = 0; tries < 200 && !(here('far') && here('away') && (here('near') || here('close'))); tries++)
  await new Promise((resolve) => setTimeout(resolve, 50))
await new Promise((resolve) => setTimeout(resolve, 200))
appendFileSync(at, process.argv[3] + ' ends\\n')
console.log('done')
`.replace('"LOG"', JSON.stringify(`${machine.folder}/spans.log`))
  const command = (name: string) => [process.execPath, `${machine.folder}/${name}.mjs`, '{prompt_file}', name]
  machine.configure({
    near: { script: spans, lane: 'local:gpu0', command: command('near') },
    close: { script: spans, lane: 'local:gpu0', command: command('close') },
    far: { script: spans, command: command('far') },
    away: { script: spans, command: command('away') },
  })
  await startWorker()
  await arena.settled(await create({ contenders: ['near', 'close', 'far', 'away'].map((name) => ({ command: name })) }))
  const lines = readFileSync(`${machine.folder}/spans.log`, 'utf8').trim().split('\n')
  const overlap = (a: string, b: string) =>
    Math.max(lines.indexOf(`${a} begins`), lines.indexOf(`${b} begins`)) < Math.min(lines.indexOf(`${a} ends`), lines.indexOf(`${b} ends`))
  expect(lines).toHaveLength(8)
  expect(overlap('near', 'close')).toBe(false)
  expect(overlap('far', 'away')).toBe(true)
  expect(overlap('near', 'far') || overlap('close', 'far')).toBe(true)
})

test('cancelling the battle ends every process of it within seconds, one that left the group and ignores SIGTERM too', async () => {
  const pids = `${machine.folder}/pids`
  machine.configure({
    mender: {
      script: `import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"
const child = spawn(process.execPath, ['-e', stubborn], { detached: true, stdio: 'ignore' })
writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid)
process.on('SIGTERM', () => {})
console.log('working')
setInterval(() => {}, 1000)
`,
    },
    breaker: { script: breaks },
  })
  await startWorker()
  const id = await create()
  await expect.poll(() => existsSync(pids), { timeout: 15_000 }).toBe(true)
  await arena.until(id, ({ contenders }) => contenders[0]!.submission?.content_text === 'working\n')
  const both = readFileSync(pids, 'utf8').split(' ').map(Number)
  expect(both.map(isRunning)).toEqual([true, true])
  const cancelledAt = Date.now()
  expect((await arena.post(`/battles/${id}/cancel`)).status).toBe(200)
  await expect.poll(() => both.map(isRunning), { timeout: 15_000 }).toEqual([false, false])
  expect(Date.now() - cancelledAt).toBeLessThan(10_000)
  await expect.poll(() => machine.runs(), { timeout: 5_000 }).toEqual([])
}, 60_000)

test('a worker takes jobs of its own backends and repositories alone', async () => {
  machine.configure({ breaker: { script: breaks } })
  const other = codingMachine()
  try {
    other.configure({ mender: { script: mends } })
    await startWorker('one')
    await startWorker('two', other.settings)
    const battle = await arena.settled(await create())
    expect(battle).toMatchObject({ status: 'closed', winner_slot: 'A' })
    expect(Object.keys(machine.results()).some((path) => path.includes('breaker-default/'))).toBe(true)
    expect(Object.keys(machine.results()).some((path) => path.includes('mender-default/'))).toBe(false)
  } finally {
    for (const { worker } of workers.splice(0)) {
      worker.kill('SIGTERM')
      await once(worker, 'exit')
    }
    other.remove()
  }
})

const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
