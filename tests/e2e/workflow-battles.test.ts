import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'

/*
 * Workflows in battles, over the whole platform: a workflow that makes its battle and answers in it, and workflows that contend in a battle
 * somebody makes. Nobody who judges or votes learns that a workflow answered, or which.
 */

let arena: Arena
beforeAll(async () => {
  arena = await startArena()
}, 120_000)
beforeEach(() => {
  arena.provider.reset()
  simpleProvider(arena.provider)
})
afterAll(() => arena?.stop())

// biome-ignore lint/suspicious/noExplicitAny: documents of the API, looked into by path
type Any = any

async function sent(path: string, body?: unknown, method = 'POST'): Promise<Any> {
  const response = method === 'POST' ? await arena.post(path, body) : await arena.api(path, { method, headers: arena.asOwner })
  const document = (await response.json()) as Any
  return { status: response.status, ...document }
}
const got = (path: string) => sent(path, undefined, 'GET')

async function saved(document: object): Promise<{ workflow_id: string; version_id: string }> {
  const made = await sent('/workflows', { document: { format: 'agon.workflow/v1', ...document } })
  expect(made, JSON.stringify(made)).toMatchObject({ status: 201 })
  return made
}

async function until<T>(look: () => Promise<T>, wished: (seen: T) => boolean): Promise<T> {
  for (let end = Date.now() + 40_000; ; ) {
    const seen = await look()
    if (wished(seen)) return seen
    if (Date.now() > end) throw new Error(`It did not get there: ${JSON.stringify(seen, null, 1)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const speaker = (title: string, model: string, more: object = {}) => ({
  title,
  inputs: { prompt: { type: 'string' }, manner: { type: 'string', default: 'plain' } },
  nodes: [
    {
      id: 'secret_node',
      type: 'lens',
      lens: { kind: 'text', model_key: model, template: '[[prompt]] ([[manner]])' },
    },
  ],
  ...more,
})

const judgeSaw = () =>
  JSON.stringify(
    arena.provider
      .getRequests()
      .filter((request) => (request.body as { model: string }).model === 'arbiter')
      .map(({ body }) => body),
  )

test('a workflow makes a battle, answers in it, has it judged, and reads where it stands', async () => {
  const contender = (slot: string, model: string) => ({
    id: `answer_${slot.toLowerCase()}`,
    type: 'contender_run',
    config: { slot, model_key: model },
  })
  const chain = ['judge', 'score', 'ratings']
  const { workflow_id } = await saved({
    title: 'Clandestine duel',
    nodes: [
      {
        id: 'create',
        type: 'battle_create',
        config: {
          title: 'Colours',
          task_prompt: 'Name a colour, and say why.',
          contenders: [{ node: 'answer_a', identity: 'incognito' }, { workflow: true }],
          judges: [{ model: 'sparring:arbiter' }],
          automation_mode: 'full_auto',
        },
      },
      contender('A', 'sparring:quill'),
      contender('B', 'sparring-anthropic:ember'),
      { id: 'execute', type: 'battle_execute', config: {} },
      { id: 'judge', type: 'judge_battle', config: {} },
      { id: 'score', type: 'score_aggregator', config: {} },
      { id: 'ratings', type: 'leaderboard_update', config: {} },
    ],
    edges: [
      ...['answer_a', 'answer_b', 'execute', ...chain].map((target) => ({
        source: 'create',
        target,
        source_output_key: 'data',
        target_param_label: 'battle',
      })),
      ...['answer_a', 'answer_b'].map((source) => ({ source, target: 'execute' })),
      { source: 'execute', source_port: 'results', target: 'judge' },
      { source: 'judge', target: 'score' },
      { source: 'score', target: 'ratings' },
    ],
    output: 'ratings',
  })
  const { run_id } = await sent(`/workflows/${workflow_id}/runs`, {})
  const run = await until(
    () => got(`/runs/${run_id}`),
    ({ status }) => status !== 'running' && status !== 'queued',
  )
  expect(run, JSON.stringify(run.error)).toMatchObject({
    status: 'completed',
    output: { data: { outcome: 'winner', winner_slot: 'A', rated_now: false } },
  })
  const battle = (await got(`/battles/${run.output.data.battle_id}`)) as Any
  expect(battle).toMatchObject({
    status: 'closed',
    battle_type: 'workflow_battle',
    contenders: [
      {
        contender_type: 'workflow',
        model: `workflow:${workflow_id}/answer_a`,
        identity: 'incognito',
        workflow: { run_id, node_id: 'answer_a', version_id: null },
        submission: { content_text: 'Ultramarine, because the sea is deep.' },
        rating: { before: 1000, after: 1016 },
      },
      { model: `workflow:${workflow_id}/B`, submission: { content_text: 'Beige. It is fine.' }, rating: { after: 984 } },
    ],
  })
  expect(judgeSaw()).toContain('Ultramarine')
  expect(judgeSaw()).not.toMatch(new RegExp(`Clandestine|incognito|answer_[ab]|workflow|${workflow_id}|${run_id}|quill|ember`))
  // To others than its owner, how it was made is nothing.
  const shown = (await (
    await arena.api(`/battles/${battle.battle_id}`, { headers: { apikey: arena.platform.publishableKey } })
  ).json()) as Any
  expect(shown.contenders[0]).toMatchObject({ workflow: null, model: `workflow:${workflow_id}/answer_a` })
})

test('workflows contend beside each other in a battle that somebody makes', async () => {
  const first = await saved(speaker('Clandestine speaker', 'sparring:quill'))
  const second = await saved(speaker('Another speaker', 'sparring-anthropic:ember'))
  expect(
    await sent('/battles', {
      prompt: 'Name a colour.',
      contenders: [{ workflow_id: first.workflow_id }, { workflow_id: second.workflow_id }],
      judge: { model: 'sparring:arbiter' },
    }),
  ).toMatchObject({
    status: 409,
    code: 'workflow_unpublished',
    errors: [{ path: '/contenders/0/workflow_id' }, { path: '/contenders/1/workflow_id' }],
  })
  const id = await arena.create({
    contenders: [
      { workflow_version_id: first.version_id, inputs: { manner: 'loud' }, identity: 'incognito' },
      { workflow_version_id: second.version_id },
    ],
  })
  const battle = (await arena.settled(id)) as Any
  expect(battle).toMatchObject({
    status: 'closed',
    battle_type: 'workflow_battle',
    winner_slot: 'A',
    contenders: [
      {
        contender_type: 'workflow',
        model: `workflow:${first.workflow_id}`,
        simulated: true,
        workflow: { version_id: first.version_id, inputs: { manner: 'loud' } },
        submission: { content_text: 'Ultramarine, because the sea is deep.' },
      },
      { workflow: { inputs: { manner: 'plain' } }, submission: { content_text: 'Beige. It is fine.' } },
    ],
  })
  const asked = arena.provider.getRequests().map(({ body }) => JSON.stringify(body))
  expect(asked.some((body) => body.includes('Name a colour. (loud)'))).toBe(true)
  const { run_id } = battle.contenders[0].workflow
  expect(await got(`/runs/${run_id}`)).toMatchObject({ status: 'completed', trigger_mode: 'contender' })
  expect(judgeSaw()).not.toMatch(new RegExp(`landestine|incognito|secret_node|workflow|${first.workflow_id}|${run_id}|quill|ember`))
})

test('who votes sees answers, and nothing of what made them', async () => {
  const { version_id, workflow_id } = await saved(speaker('Clandestine voter test', 'sparring:quill'))
  const id = await arena.create({
    contenders: [{ workflow_version_id: version_id }, { model: 'sparring-anthropic:ember' }],
    judge: undefined,
    scoring_mode: 'community',
  })
  await arena.until(id, ({ status }) => status === 'voting')
  const shown = await (await arena.api(`/battles/${id}`, { headers: { apikey: arena.platform.publishableKey } })).text()
  expect(shown).toContain('Ultramarine')
  expect(shown).not.toMatch(new RegExp(`landestine|secret_node|${workflow_id}|${version_id}`))
  expect((JSON.parse(shown) as Any).contenders[0]).toMatchObject({ contender_type: null, model: null, workflow: null })
})

test('a battle that is cancelled ends the runs that were to answer in it', async () => {
  const { version_id } = await saved({
    title: 'Slow',
    inputs: { prompt: { type: 'string' } },
    nodes: [{ id: 'pause', type: 'wait', config: { duration_ms: 3_600_000 } }],
  })
  const id = await arena.create({ contenders: [{ workflow_version_id: version_id }, { model: 'sparring:quill' }] })
  const begun = (await arena.until(id, (now) => (now as Any).contenders[0].workflow.run_id !== null)) as Any
  const { run_id } = begun.contenders[0].workflow
  expect(await sent(`/battles/${id}/cancel`)).toMatchObject({ status: 'cancelled' })
  await until(
    () => got(`/runs/${run_id}`),
    ({ status }) => status === 'cancelled',
  )
})

test('what keeps a workflow from contending is told at its field, all at once', async () => {
  const { version_id } = await saved(
    speaker('Picky', 'sparring:quill', { inputs: { prompt: { type: 'string' }, manner: { type: 'string', required: true } } }),
  )
  const deaf = await saved({ title: 'Deaf', nodes: [{ id: 'say', type: 'prompt_template', config: { template: 'Yes.' } }] })
  const refused = (contenders: object[]) => sent('/battles', { prompt: 'Name a colour.', contenders, judge: { model: 'sparring:arbiter' } })
  expect(
    await refused([
      { workflow_version_id: version_id, inputs: { colour: 1 } },
      { workflow_version_id: deaf.version_id },
      { workflow_id: crypto.randomUUID() },
    ]),
  ).toMatchObject({
    status: 422,
    code: 'input_contract_violation',
    errors: [
      { path: '/contenders/0/inputs/manner' },
      { path: '/contenders/0/inputs/colour' },
      { path: '/contenders/1/workflow_version_id', code: 'workflow_takes_no_task' },
      { path: '/contenders/2/workflow_id', code: 'not_found' },
    ],
  })
  const twice = { workflow_version_id: version_id, inputs: { manner: 'x' } }
  expect(await refused([twice, twice])).toMatchObject({ status: 422, code: 'duplicate_contender' })
  expect(
    await refused([
      { ...twice, model: 'sparring:quill' },
      { model: 'sparring:quill', inputs: {} },
    ]),
  ).toMatchObject({
    status: 422,
    errors: [{ path: '/contenders/0/model' }, { path: '/contenders/1/inputs' }],
  })
})
