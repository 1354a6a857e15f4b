import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createAgonClient, type RunEvent, type StartTeamRun } from '@agon/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { startWorkerOf } from '../support/worker.ts'

// Teams on the functions as they are deployed, and on a worker that is killed, with a provider on the wire.

let arena: Arena
let agon: ReturnType<typeof createAgonClient>
let wire: Awaited<ReturnType<typeof startWireProvider>>
const workers: ChildProcess[] = []
/** What the provider was asked, with the key by which a repeated call is the same call. */
const asked: { prompt: string; key: string | undefined }[] = []

const turnOf = (prompt: string) => Number(/This is round (\d+)/.exec(prompt)?.[1] ?? 0)

beforeAll(async () => {
  wire = await startWireProvider({
    quill: ({ request, prompt, text }) => {
      asked.push({ prompt, key: request.headers['idempotency-key'] as string | undefined })
      text(turnOf(prompt) === 0 ? 'Loaf.' : `Quill in round ${turnOf(prompt)}.`)
    },
    ember: ({ prompt, text }) => {
      const round = turnOf(prompt)
      text(round === 2 ? 'Then it is settled.\nDONE' : `Ember in round ${round}.`)
    },
    mute: ({ response }) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'no' } }))
    },
  })
  arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: wire.url } })
  agon = createAgonClient({
    url: arena.platform.url,
    publishableKey: arena.platform.publishableKey,
    accessToken: () => arena.asOwner.authorization.slice('Bearer '.length),
  })
}, 120_000)
afterEach(() => {
  for (const worker of workers.splice(0)) if (worker.exitCode === null) worker.kill('SIGKILL')
})
afterAll(async () => {
  await arena.stop()
  await wire.stop()
})

const members = [
  { name: 'Quill', model_key: 'compatible:quill', system_prompt: 'You name things.' },
  { name: 'Ember', model_key: 'compatible:ember' },
]
async function started(team: Partial<StartTeamRun> = {}): Promise<string> {
  const begun = await agon.teams.start({ task: 'Name a {{ bakery }}.', members, ...team })
  if (!begun.ok) throw new Error(JSON.stringify(begun.problem))
  return begun.value.run_id
}
async function transcript(id: string) {
  const found = await agon.runs.transcript(id)
  if (!found.ok) throw new Error(JSON.stringify(found.problem))
  return found.value
}

test('two models take turns until one says that it is done; the stream tells each turn, and the task is no template', async () => {
  const id = await started({ rounds: 5, stop_when: 'DONE', summary: { model_key: 'compatible:quill', instructions: 'One name.' } })
  const events: RunEvent[] = []
  for await (const event of agon.watchRun(id)) events.push(event)
  const run = await agon.runs.get(id)
  if (!run.ok) throw new Error(JSON.stringify(run.problem))
  expect(run.value).toMatchObject({ status: 'completed', output: { output: 'Loaf.', data: { ended: 'stop', rounds: 2 } } })
  expect(run.value.children).toHaveLength(5)
  expect(events.filter(({ type }) => type === 'node.turn').map(({ data }) => data)).toMatchObject([
    { round: 1, member: 'Quill', status: 'completed' },
    { round: 1, member: 'Ember' },
    { round: 2, member: 'Quill' },
    { round: 2, member: 'Ember' },
  ])
  // Who watches hears who begins before what came of it.
  const heard = events.filter(({ type }) => type === 'node.turn_begun' || type === 'node.turn')
  expect(heard.map(({ type, data }) => `${type} ${(data as { member?: string }).member ?? 'summary'}`)).toEqual([
    ...['Quill', 'Ember', 'Quill', 'Ember'].flatMap((name) => [`node.turn_begun ${name}`, `node.turn ${name}`]),
    'node.turn_begun summary',
  ])
  expect(events.map(({ event_id }) => event_id)).toEqual(events.map(({ event_id }) => event_id).toSorted((a, b) => a - b))
  const { teams } = await transcript(id)
  expect(teams[0]).toMatchObject({ ended: 'stop', mode: 'turns', members: ['Quill', 'Ember'], summary: { text: 'Loaf.' } })
  expect(teams[0]!.turns.map(({ member, text }) => `${member}: ${text}`)).toEqual([
    'Quill: Quill in round 1.',
    'Ember: Ember in round 1.',
    'Quill: Quill in round 2.',
    'Ember: Then it is settled.\nDONE',
  ])
  expect(asked[0]!.prompt).toContain('Name a {{ bakery }}.')
  expect(asked[1]!.prompt).toContain('Ember in round 1.')
  expect(await agon.runs.replayed(id)).toMatchObject({ ok: true, value: { equal: true } })
}, 60_000)

test('in parallel, with a member that nobody hears: the others go on', async () => {
  const id = await started({ mode: 'parallel', rounds: 2, members: [...members, { name: 'Mute', model_key: 'compatible:mute' }] })
  const run = await agon.runs.waitFor(id)
  expect(run).toMatchObject({ ok: true, value: { status: 'completed', output: { data: { ended: 'rounds' } } } })
  const { teams } = await transcript(id)
  expect(teams[0]!.turns.map(({ round, member, status }) => `${round} ${member} ${status}`)).toEqual([
    '1 Quill completed',
    '1 Ember completed',
    '1 Mute failed',
    '2 Quill completed',
    '2 Ember completed',
    '2 Mute failed',
  ])
}, 60_000)

test('the same key is the same team; another task under it is refused', async () => {
  const start = { task: 'Once.', members, rounds: 1 }
  const first = await agon.teams.start(start, { idempotencyKey: 'team-1' })
  expect(await agon.teams.start(start, { idempotencyKey: 'team-1' })).toMatchObject({
    ok: true,
    value: { created: false, run_id: first.ok && first.value.run_id },
  })
  expect(await agon.teams.start({ ...start, task: 'Twice.' }, { idempotencyKey: 'team-1' })).toMatchObject({
    ok: false,
    problem: { code: 'idempotency_conflict' },
  })
  expect(await agon.teams.start({ ...start, rounds: 2 }, { idempotencyKey: 'team-1' })).toMatchObject({
    ok: false,
    problem: { code: 'idempotency_conflict' },
  })
})

describe('a team that cannot be is refused, with the field and what to do', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['no task', { task: ' ' }, 'invalid_request', '/task'],
    ['one member', { members: members.slice(0, 1) }, 'invalid_request', '/members'],
    ['21 rounds', { rounds: 21 }, 'invalid_request', '/rounds'],
    ['no such model', { members: [{ name: 'A', model_key: 'openai:gpt-9' }, members[1]] }, 'workflow_invalid', '/members/0/model_key'],
    ['two of one name', { members: [members[0], { ...members[1], name: 'quill' }] }, 'workflow_invalid', '/members/1/name'],
    ['a name that is none', { members: [members[0], { name: '<<<' }] }, 'workflow_invalid', '/members/1/name'],
    ['a config that no team has', { config: { colour: 'red' } }, 'workflow_invalid', ''],
  ])('%s', async (_, change, code, path) => {
    const response = await arena.post('/team-runs', { task: 'Name a bakery.', members, ...change })
    const problem = (await response.json()) as { code: string; errors: { path: string }[] }
    expect([response.status, problem.code]).toEqual([422, code])
    expect(problem.errors.map((each) => each.path)).toContain(path)
  })

  test('a run without a team has no transcript, another’s is not there', async () => {
    const made = await agon.workflows.create({
      document: { format: 'agon.workflow/v1', title: 'X', nodes: [{ id: 'a', type: 'prompt_template', config: { template: 'x' } }] },
    })
    if (!made.ok) throw new Error(JSON.stringify(made.problem))
    const run = await agon.runWorkflow(made.value.workflow_id)
    expect(await agon.runs.transcript(run.ok ? run.value.run_id : '')).toMatchObject({
      ok: false,
      problem: { code: 'no_team', status: 404 },
    })
    expect(await agon.runs.transcript(crypto.randomUUID())).toMatchObject({ ok: false, problem: { code: 'not_found' } })
  })
})

test('workers are killed while a team talks: others go on, and no turn is paid twice', async () => {
  await arena.database.query('select cron.unschedule(jobname) from cron.job')
  await arena.database.query('update execution.job_kinds set wake_function = null')
  asked.length = 0
  const both = [members[0]!, { ...members[0]!, name: 'Twin' }]
  const id = await started({ members: both, rounds: 3 })
  const settings = { COMPATIBLE_BASE_URL: wire.url, AGON_POLL_MS: '100', AGON_SWEEP_MS: '200' }
  const status = async () => {
    const run = await agon.runs.get(id)
    return run.ok ? run.value.status : 'unknown'
  }
  const deaths = 1
  for (let nth = 0; nth <= deaths; nth++) {
    const { worker, output } = startWorkerOf(arena, `team-${nth}`, settings)
    workers.push(worker)
    await expect.poll(output, { timeout: 30_000 }).toContain('"event":"worker_started"')
    if (nth === deaths) break
    // It has answered a turn, and is asking for the next.
    const before = asked.length
    await expect.poll(() => asked.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before + 1)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  }
  // Whatever the dead one held, nobody waits for it, also where its last claim was answered after its death.
  const ended = async () => {
    await arena.database.query(`update execution.leases set expires_at = now() - interval '1 second' where driver like 'team-0%'`)
    return status()
  }
  await expect.poll(ended, { timeout: 60_000 }).toBe('completed')
  const { teams } = await transcript(id)
  expect(teams[0]!.turns).toHaveLength(6)
  expect(teams[0]!.turns.filter(({ status }) => status !== 'completed')).toEqual([])
  // Who was killed in mid-call had no answer to record: the call is made again, under the same key.
  expect(new Set(asked.map(({ prompt }) => prompt)).size).toBe(6)
  expect(new Set(asked.map(({ key }) => key)).size).toBe(6)
  expect(asked.length).toBeLessThanOrEqual(6 + deaths)
}, 120_000)
