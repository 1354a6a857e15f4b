import { describe, expect, test } from 'vitest'
import type { BattleView, ChildResult, NodeJob, NodeWait } from '../../ports/index.ts'
import { ok } from '../../result.ts'
import { fakeStore } from '../../testing/fake-store.ts'
import { actOf, completedWith, failedWith } from '../../testing/node-scene.ts'
import { fedBy, nodeJob } from '../../testing/samples.ts'
import { envelopeOf } from '../envelope.ts'
import { databaseRunners } from './database-runners.ts'

const act = (nodeType: string, job: Partial<NodeJob> = {}, more = {}) => actOf(databaseRunners, { ...job, nodeType }, more)
const wait = (overrides: Partial<NodeWait> = {}): NodeWait => ({
  for: 'delay',
  waitedMs: 0,
  expired: false,
  answer: null,
  state: {},
  ...overrides,
})
const child = (itemIndex: number, overrides: Partial<ChildResult> = {}): ChildResult => ({
  itemIndex,
  runId: `run-${itemIndex}`,
  status: 'completed',
  output: envelopeOf(`made ${itemIndex}`),
  error: null,
  ...overrides,
})

describe('if_condition and switch', () => {
  test.each([
    ['input.score >= 7 and input.kind == "blog"', 'true'],
    ['input.score > 100', 'false'],
    ['input.nothing', 'false'],
    ['input.tags contains "red"', 'true'],
    ['inputs.strict', 'true'],
    ['variables.limit == 3', 'true'],
    ['input.constructor', 'false'],
  ])('%s goes on by %s', async (expression, port) => {
    const input = { score: 8, kind: 'blog', tags: ['red'] }
    const { outcome } = await act('if_condition', {
      ...fedBy({ input }),
      runInputs: { strict: true },
      variables: { limit: 3 },
      config: { expression },
    })
    expect(completedWith(outcome)).toMatchObject({ ports: [port], data: input })
  })

  test('JSON that came as text is looked into, and handed on as it came', async () => {
    const { outcome } = await act('if_condition', {
      ...fedBy({ input: '{"score": "9"}' }),
      config: { path: 'score', operator: 'at_least', value: 9 },
    })
    expect(completedWith(outcome)).toMatchObject({ ports: ['true'], output: '{"score": "9"}' })
  })

  test.each([
    ['equals', '7', 7, 'true'],
    ['not_equals', 'a', 'b', 'true'],
    ['contains', 'a rainy day', 'rain', 'true'],
    ['contains', [1, 2], 2, 'true'],
    ['present', 0, undefined, 'true'],
    ['truthy', 0, undefined, 'false'],
    ['truthy', [], undefined, 'false'],
    ['greater_than', '10', '9', 'true'],
    ['less_than', 'ten', 11, 'false'],
    ['at_most', null, 0, 'false'],
  ])('%s of %j and %j is %s', async (operator, value, wanted, port) => {
    const { outcome } = await act('if_condition', { ...fedBy({ input: { value } }), config: { path: 'value', operator, value: wanted } })
    expect(completedWith(outcome).ports).toEqual([port])
  })

  test('an expression that cannot be read fails the node with what is wrong', async () => {
    const { outcome } = await act('if_condition', { ...fedBy({ input: 'x' }), config: { expression: 'input > 3 && true' } })
    expect(failedWith(outcome)?.code).toBe('expression_invalid')
  })

  test('switch takes the first case that fits, else the default port', async () => {
    const cases = [
      { port: 'small', operator: 'less_than', value: 10 },
      { port: 'blog', expression: 'input.kind == "blog"' },
    ]
    const by = async (size: number, kind: string) =>
      completedWith((await act('switch', { ...fedBy({ input: { size, kind } }), config: { path: 'size', cases } })).outcome).ports
    expect([await by(3, 'blog'), await by(30, 'blog'), await by(30, 'note')]).toEqual([['small'], ['blog'], ['default']])
  })
})

describe('values', () => {
  test('merge and aggregate follow the workflow’s order, under labels', async () => {
    const fed = fedBy({ b: 'two', a: { n: 1 } })
    const made = async (nodeType: string, config: Record<string, unknown>) =>
      completedWith((await act(nodeType, { ...fed, config })).outcome)
    expect((await made('merge', { mode: 'object' })).data).toEqual({ b: 'two', a: { n: 1 } })
    expect((await made('merge', { mode: 'array' })).data).toEqual(['two', { n: 1 }])
    expect((await made('merge', { mode: 'concat' })).output).toBe('two\n\n{"n":1}')
    expect((await made('merge', { mode: 'first' })).output).toBe('two')
    expect((await made('aggregate', { mode: 'array', keys: ['a', 'b'] })).data).toEqual([{ n: 1 }, 'two'])
    expect((await made('aggregate', { mode: 'object' })).data).toEqual({ b: 'two', a: { n: 1 } })
  })

  test('aggregate misses a key that did not come, unless it takes what came', async () => {
    const job = { ...fedBy({ a: 1 }), config: { keys: ['a', 'z'] } }
    expect(failedWith((await act('aggregate', job)).outcome)?.code).toBe('input_contract_violation')
    const partial = await act('aggregate', { ...job, config: { ...job.config, allow_partial: true } })
    expect(completedWith(partial.outcome).data).toEqual([1])
  })

  test('prompt_template renders once, with the names its variables add', async () => {
    const { outcome } = await act('prompt_template', {
      ...fedBy({ input: '[[tone]]' }),
      config: { template: ' [[input]] in a [[tone]] tone ', variables: { tone: 'dry' } },
    })
    expect(completedWith(outcome).output).toBe('[[tone]] in a dry tone')
  })

  test.each([
    ['{"a": 1}', {}, { a: 1 }],
    ['```json\n{"a": 1}\n```', {}, { a: 1 }],
    ['Sure! Here: {"draft": 1} and then {"a": 1}. Enjoy.', {}, { a: 1 }],
    ['[1, 2]', {}, [1, 2]],
  ])('output_parser reads %j', async (text, config, data) => {
    expect(completedWith((await act('output_parser', { ...fedBy({ input: text }), config })).outcome).data).toEqual(data)
  })

  test.each([
    ['no JSON at all', {}],
    ['{"a": 1} and more', { strict: true }],
    ['{"a": "x"}', { schema: { type: 'object', properties: { a: { type: 'number' } } } }],
  ])('output_parser refuses %j with %j', async (text, config) => {
    const { outcome } = await act('output_parser', { ...fedBy({ input: text }), config })
    expect(failedWith(outcome)?.code).toBe('output_contract_violation')
  })

  test('set_variables keeps types, reads what it has just set, and overwrites only where it may', async () => {
    const { outcome } = await act('set_variables', {
      ...fedBy({ input: { list: [1, 2] } }),
      variables: { kept: 'old', gone: 'old' },
      config: {
        variables: [
          { name: 'list', value: '[[input.list]]' },
          { name: 'told', value: '{{ variables.list | size }} of them' },
          { name: 'kept', value: 'new', overwrite: false },
          { name: 'gone', value: 'new' },
        ],
      },
    })
    expect(completedWith(outcome)).toMatchObject({
      data: { list: [1, 2] },
      rest: { variables: { list: [1, 2], told: '2 of them', gone: 'new' } },
    })
    expect(completedWith(outcome).rest.variables).not.toHaveProperty('kept')
  })
})

describe('error_catch and stop_return', () => {
  const failed = { status: 'failed', error: { code: 'provider_timeout', message: 'slow' } } as const

  test('a failure becomes a value by the port caught; without one, the input goes on', async () => {
    const caught = await act('error_catch', fedBy({ input: 'x' }, { writer: failed }))
    expect(completedWith(caught.outcome)).toMatchObject({
      ports: ['caught'],
      data: { error: { node_id: 'writer', code: 'provider_timeout', message: 'slow' } },
    })
    expect(completedWith((await act('error_catch', fedBy({ input: 'x' }))).outcome)).toMatchObject({ ports: ['output'], output: 'x' })
  })

  test('a code that it does not catch fails it, too', async () => {
    const { outcome } = await act('error_catch', { ...fedBy({}, { writer: failed }), config: { codes: ['content_refused'] } })
    expect(failedWith(outcome)).toMatchObject({ code: 'upstream_failure', message: expect.stringContaining('writer') })
  })

  test('stop_return ends the run with a value of the type it has', async () => {
    const { outcome } = await act('stop_return', { ...fedBy({ input: { n: 3 } }), config: { value: { count: '[[input.n]]' } } })
    expect(completedWith(outcome)).toMatchObject({ data: { count: 3 }, rest: { stopsRun: true } })
    const asText = await act('stop_return', { ...fedBy({ input: { n: 3 } }), config: { return_as: 'text' } })
    expect(completedWith(asText.outcome)).toMatchObject({ output: '{"n":3}', envelope: { artifact_kind: 'text' } })
  })
})

describe('loop_map and sub_workflow', () => {
  const config = { items_path: 'items', concurrency: 2, version_ids: { body: 'v1', workflow: 'v1' } }

  test('a loop begins a run for each item, some at once, each with its item and what the loop was handed', async () => {
    const { outcome } = await act('loop_map', { ...fedBy({ items: ['a', 'b'], tone: 'dry' }), runInputs: { lang: 'en' }, config })
    expect(outcome).toMatchObject({
      kind: 'waiting',
      wait: {
        for: 'children',
        maxConcurrent: 2,
        state: { fail_fast: true },
        children: [
          { itemIndex: 0, versionId: 'v1', inputs: { item: 'a', index: 0, tone: 'dry', lang: 'en' } },
          { itemIndex: 1, versionId: 'v1', inputs: { item: 'b', index: 1 } },
        ],
      },
    })
    expect(JSON.stringify(outcome)).not.toContain('"items"')
  })

  test('an item does not carry the list, where the run was given it either', async () => {
    const items = ['a', 'b']
    const loop = async (job: Parameters<typeof act>[1]) => {
      const { outcome } = await act('loop_map', job)
      return outcome.kind === 'waiting' ? outcome.wait.children?.map(({ inputs }) => inputs) : outcome
    }
    const given = (item: string, index: number) => ({ lang: 'en', item, index })
    const children = [given('a', 0), given('b', 1)]
    expect(await loop({ runInputs: { items, lang: 'en' }, config })).toEqual(children)
    expect(await loop({ runInputs: { items: '["a", "b"]', lang: 'en' }, config })).toEqual(children)
    const named = { ...config, param_overrides: { items: '[[inputs.topics]]' } }
    expect(await loop({ runInputs: { topics: items, lang: 'en' }, config: named })).toEqual(children)
    const deep = { ...config, items_path: 'order.rows' }
    expect(await loop({ runInputs: { order: { rows: items }, lang: 'en' }, config: deep })).toEqual(children)
    const deepNamed = { ...config, param_overrides: { items: '[[inputs.order.rows]]' } }
    expect(await loop({ runInputs: { order: { rows: items }, lang: 'en' }, config: deepNamed })).toEqual(children)
  })

  test('what its items would carry together is bounded, and said', async () => {
    const items = Array.from({ length: 1000 }, (_, index) => index)
    const { outcome } = await act('loop_map', { ...fedBy({ items }), runInputs: { brief: 'x'.repeat(20_000) }, config })
    expect(failedWith(outcome)).toMatchObject({ code: 'context_too_large', message: expect.stringContaining('1000 items') })
  })

  test('a list may come as text or lie deep in another value; no items make no run; too many none either', async () => {
    expect((await act('loop_map', { ...fedBy({ items: '["a"]' }), config })).outcome.kind).toBe('waiting')
    expect(
      (await act('loop_map', { ...fedBy({ input: { rows: { all: [1] } } }), config: { ...config, items_path: 'input.rows.all' } })).outcome
        .kind,
    ).toBe('waiting')
    expect(completedWith((await act('loop_map', { ...fedBy({ items: [] }), config })).outcome).data).toMatchObject({ results: [] })
    const many = await act('loop_map', { ...fedBy({ items: [1, 2, 3] }), config: { ...config, max_items: 2 } })
    expect(failedWith(many.outcome)?.code).toBe('context_too_large')
    expect(
      failedWith((await act('loop_map', { ...fedBy({ input: { rows: 'x' } }), config: { ...config, items_path: 'input.rows' } })).outcome)
        ?.code,
    ).toBe('input_contract_violation')
  })

  const ended = (on_item_error: string, children: ChildResult[]) =>
    act('loop_map', {
      ...fedBy({ items: ['a', 'b', 'c'] }),
      config: { ...config, on_item_error },
      wait: wait({ for: 'children' }),
      children,
    })
  const broken = child(1, { status: 'failed', output: null, error: { code: 'content_refused', message: 'no' } })

  test('results stand in the list’s order, whatever the order of the ends', async () => {
    const { outcome } = await ended('fail', [child(2), child(0), child(1, { output: envelopeOf({ n: 1 }) })])
    expect(completedWith(outcome).data).toEqual({ results: ['made 0', { n: 1 }, 'made 2'], count: 3, items: 3, failed: 0 })
  })

  test('an item that fails ends the loop, is left out, or leaves its error', async () => {
    const failing = await ended('fail', [child(0), broken, child(2, { status: 'running', output: null })])
    expect(failedWith(failing.outcome)).toMatchObject({ code: 'child_failed', message: expect.stringContaining('run-1') })
    expect(completedWith((await ended('skip', [child(0), broken, child(2)])).outcome).data).toMatchObject({
      results: ['made 0', 'made 2'],
      failed: 1,
    })
    expect(completedWith((await ended('collect', [child(0), broken, child(2)])).outcome).data).toMatchObject({
      results: ['made 0', { error: { code: 'content_refused', message: 'no' } }, 'made 2'],
    })
  })

  test('woken before its last child it waits on, and begins none again', async () => {
    const { outcome } = await ended('skip', [child(0), child(1, { status: 'running', output: null })])
    expect(outcome).toMatchObject({ kind: 'waiting', wait: { for: 'children' } })
    expect(outcome.kind === 'waiting' && outcome.wait.children).toBeUndefined()
  })

  test('a sub-workflow runs in the version it was saved with, and its output is the node’s', async () => {
    const begun = await act('sub_workflow', { ...fedBy({ input: 'x' }), config: { ...config, input_mapping: { topic: '[[input]]' } } })
    expect(begun.outcome).toMatchObject({ wait: { children: [{ versionId: 'v1', inputs: { topic: 'x' } }] } })
    const over = await act('sub_workflow', { config, wait: wait({ for: 'children' }), children: [child(0)] })
    expect(completedWith(over.outcome)).toMatchObject({ output: 'made 0', envelope: { metadata: { run_id: 'run-0' } } })
    const down = await act('sub_workflow', { config, wait: wait({ for: 'children' }), children: [{ ...broken, itemIndex: 0 }] })
    expect(failedWith(down.outcome)?.code).toBe('child_failed')
  })

  test('nothing runs deeper than eight below the first', async () => {
    const { outcome } = await act('sub_workflow', { config, depth: 8 })
    expect(failedWith(outcome)).toMatchObject({ code: 'node_config', message: expect.stringContaining('8 is the deepest') })
  })
})

describe('waits', () => {
  const waitToken = async ({ runId, nodeId, jobId }: { runId: string; nodeId: string; jobId: number }) => ({
    token: `${runId}-${nodeId}-${jobId}`,
    sha256: 'f'.repeat(64),
  })

  test('a wait of a duration is one delay, and one that was rung too early waits for the rest', async () => {
    const begun = await act('wait', { ...fedBy({ input: 'x' }), config: { duration_ms: 5000 } })
    expect(begun.outcome).toMatchObject({ kind: 'waiting', wait: { for: 'delay', expiresInMs: 5000 } })
    const early = await act('wait', { config: { duration_ms: 5000 }, wait: wait({ waitedMs: 2000, state: { for_ms: 5000 } }) })
    expect(early.outcome).toMatchObject({ wait: { expiresInMs: 3000 } })
    const over = await act('wait', {
      ...fedBy({ input: 'x' }),
      config: {},
      wait: wait({ waitedMs: 5001, expired: true, state: { for_ms: 5000 } }),
    })
    expect(completedWith(over.outcome)).toMatchObject({ output: 'x', ports: ['output'] })
  })

  test('a wait until a day knows the date, and a day that is over is no wait', async () => {
    const clock = { now: () => 0, sleep: async () => undefined, epochMs: () => Date.UTC(2027, 0, 1) }
    const until = async (day: string) => (await act('wait', { config: { until: day } }, { clock })).outcome
    expect(await until('2027-01-01T00:00:05Z')).toMatchObject({ wait: { expiresInMs: 5000 } })
    expect((await until('2026-12-31T00:00:00Z')).kind).toBe('completed')
    expect(failedWith(await until('soon'))?.code).toBe('node_config')
  })

  test('an approval asks with the hash of a token, and the answer is its port', async () => {
    const asked = await act('approval', { config: { prompt: 'Publish?', expires_in_ms: 9000 } }, { waitToken })
    expect(asked.outcome).toMatchObject({
      wait: { for: 'approval', prompt: 'Publish?', expiresInMs: 9000, tokenSha256: 'f'.repeat(64) },
    })
    expect(JSON.stringify(asked.outcome)).not.toContain('-node-21')
    const answered = await act('approval', {
      ...fedBy({ input: 'the draft' }),
      config: { prompt: 'x' },
      wait: wait({ for: 'approval', answer: { decision: 'approved', by: 'ann', data: { note: 'fine' } } }),
    })
    expect(completedWith(answered.outcome)).toMatchObject({
      ports: ['approved'],
      output: 'the draft',
      data: { decision: 'approved', by: 'ann', data: { note: 'fine' }, input: 'the draft' },
    })
    const expired = await act('approval', { config: { prompt: 'x' }, wait: wait({ for: 'approval', expired: true }) })
    expect(completedWith(expired.outcome).ports).toEqual(['expired'])
  })

  test('an external wait ends with what was sent', async () => {
    const { outcome } = await act('external_wait', { config: {}, wait: wait({ for: 'external', answer: { data: { paid: true } } }) })
    expect(completedWith(outcome)).toMatchObject({ data: { paid: true }, ports: ['output'] })
  })
})

describe('battle nodes', () => {
  const battleId = '00000000-0000-4000-8000-0000000000b1'
  const view = (overrides: Partial<BattleView> = {}): BattleView => ({
    battleId,
    status: 'executing',
    isOwner: true,
    outcome: null,
    winnerSlot: null,
    votingEndsAt: null,
    taskPrompt: 'The task of the battle',
    document: { judges: [{ seat: 1, model: 'm', status: 'pending' }], verdicts: [], contenders: [] },
    ...overrides,
  })
  const storeOf = (battle: BattleView | null, more = {}) => ({ store: fakeStore({ battleFor: async () => ok(battle), ...more }) })
  const contender = (slot: string, status: 'completed' | 'timed_out' = 'completed') => ({
    nodeType: 'contender_run',
    label: `Contender ${slot}`,
    status,
    envelope: status === 'completed' ? { ...envelopeOf(`answer ${slot}`), metadata: { slot, latency_ms: 1200 } } : null,
    error: status === 'completed' ? null : { code: 'node_timeout', message: 'late' },
  })

  test('battle_execute packs what its contenders made by slot, and one that is late is there as timed out', async () => {
    const { outcome } = await act(
      'battle_execute',
      {
        ...fedBy({ battle: { battle_id: battleId } }, { run_b: contender('B'), run_a: contender('A'), run_c: contender('C', 'timed_out') }),
        config: {},
      },
      storeOf(view()),
    )
    expect(completedWith(outcome)).toMatchObject({
      ports: ['results'],
      output: 'The task of the battle',
      data: {
        battleId,
        upstreamCount: 3,
        completed: 2,
        parallel: true,
        durationMs: 1200,
        slot_A: { output: 'answer A', status: 'completed' },
        slot_B: { output: 'answer B' },
        slot_C: { status: 'timed_out', output: null, error: { code: 'node_timeout' } },
      },
    })
  })

  test('its own task prompt goes before the battle’s, and config before the input', async () => {
    const { outcome, store } = await act(
      'battle_execute',
      { ...fedBy({ battle: { battle_id: 'another' } }), config: { battle_id: battleId, task_prompt: 'A haiku', parallel: false } },
      storeOf(view()),
    )
    expect(completedWith(outcome)).toMatchObject({ output: 'A haiku', data: { battleId, parallel: false } })
    expect(store.calls[0]!.args[0]).toBe(battleId)
  })

  test.each([
    ['without a battle id', {}, view()],
    ['with an id that is none', { battle_id: 'x' }, view()],
    ['with a battle that is not there', { battle_id: battleId }, null],
    ['with another’s battle', { battle_id: battleId }, view({ isOwner: false })],
  ])('%s it leaves by the port error, with the node’s id', async (_, config, battle) => {
    const { outcome } = await act('battle_execute', { config }, storeOf(battle))
    expect(completedWith(outcome)).toMatchObject({ ports: ['error'], data: { error: { message: expect.any(String), nodeId: 'node' } } })
  })

  test('an abort is thrown', async () => {
    const stop = new AbortController()
    stop.abort()
    const job = nodeJob({ nodeType: 'battle_execute', config: { battle_id: battleId } })
    const context = { job, config: job.config, inputs: {}, prompt: '', timeoutMs: 1, idempotencyKey: 'k', note: () => undefined }
    await expect(databaseRunners.battle_execute!({ ...context, signal: stop.signal, world: {} as never })).rejects.toThrow()
  })

  test('battle_create makes a battle of the run’s owner under a key of the node, and publishes it where it is to', async () => {
    let row: Record<string, unknown> = {}
    const store = fakeStore({
      createBattleFor: async (_owner, battle) => {
        row = battle
        return ok({ battleId })
      },
    })
    const config = {
      title: 'On [[topic]]',
      task_prompt: 'Write on [[topic]].',
      contenders: [{ model: 'sparring:quill' }, { model: 'sparring:brick' }],
      judges: [{ model: 'sparring:arbiter' }],
      scoring_mode: 'ai_judge',
      automation_mode: 'full_auto',
    }
    const { outcome } = await act('battle_create', { ...fedBy({ topic: 'rain' }), config }, { store })
    expect(completedWith(outcome).data).toMatchObject({ battle_id: battleId, title: 'On rain', contenders: [{ slot: 'A' }, { slot: 'B' }] })
    expect(row).toMatchObject({
      task_prompt: 'Write on rain.',
      idempotency_key: `agon-node-${nodeJob().runId}-node`,
      contenders: [{ model_key: 'sparring:quill', funding_source: 'simulated', limit_key: 'sparring' }, {}],
      judges: [{ model_key: 'sparring:arbiter', weight: 1, recused: null }],
    })
    expect(store.calls.map(({ method }) => method)).toEqual(['createBattleFor', 'publishBattleFor'])
  })

  const wanted = { title: 'x', task_prompt: 'A haiku.', judges: [{ model: 'sparring:arbiter' }] }

  test('battle_create leaves slots to its own run under its lease, and to nodes by name', async () => {
    let row: Record<string, unknown> = {}
    const store = fakeStore({
      createBattleInRun: async (_lease, battle) => {
        row = battle
        return ok({ battleId })
      },
    })
    const contenders = [{ workflow: true, identity: 'one' }, { node: 'run_b' }, { model: 'sparring:quill' }]
    const { outcome } = await act('battle_create', { config: { ...wanted, contenders } }, { store })
    expect(completedWith(outcome).data).toMatchObject({ contenders: [{ slot: 'A', identity: 'one' }, { slot: 'B', node: 'run_b' }, {}] })
    expect(row.contenders).toMatchObject([
      { workflow: { node_id: null }, identity: 'one' },
      { workflow: { node_id: 'run_b' } },
      { model_key: 'sparring:quill' },
    ])
  })

  test('battle_create pins workflows that contend, and says all that keeps them from it', async () => {
    let row: Record<string, unknown> = {}
    const version = {
      version_id: 'v',
      workflow_id: 'w',
      inputs: { prompt: { type: 'string' as const } },
      missing: [],
      makes: 'text',
      simulated: false,
    }
    const store = fakeStore({
      contendingVersions: async (_owner, asked) =>
        ok(asked.map(({ version_id }) => (version_id === 'gone' ? { refused: 'not_found' as const } : version))),
      createBattleFor: async (_owner, battle) => {
        row = battle
        return ok({ battleId })
      },
    })
    const made = await act(
      'battle_create',
      { config: { ...wanted, contenders: [{ workflow_id: 'w' }, { model: 'sparring:quill' }] } },
      { store },
    )
    expect(completedWith(made.outcome).data).toMatchObject({ battle_id: battleId })
    expect(row.contenders).toMatchObject([
      { workflow: { version_id: 'v', workflow_id: 'w', inputs: {}, makes: 'text' } },
      { model_key: 'sparring:quill' },
    ])
    const contenders = [{ workflow_version_id: 'gone' }, { workflow_id: 'w', inputs: { colour: 1 } }]
    const refused = await act('battle_create', { config: { ...wanted, contenders } }, { store })
    expect(failedWith(refused.outcome)).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/contenders\/0.*contenders\/1\/inputs\/colour/),
    })
  })

  test('a battle that nobody would judge is refused before it is made', async () => {
    const config = { title: 'x', task_prompt: 'y', contenders: [{ model: 'sparring:quill' }, { model: 'sparring:brick' }] }
    const { outcome, store } = await act('battle_create', { config })
    expect([failedWith(outcome)?.code, store.calls]).toEqual(['node_config', []])
  })

  test('judge_battle looks again until every judge has decided, and gives up at its timeout', async () => {
    const config = { battle_id: battleId, timeout_ms: 60_000 }
    const waits = await act('judge_battle', { config }, storeOf(view({ status: 'executing' })))
    expect(waits.outcome).toMatchObject({ kind: 'waiting', wait: { for: 'delay', expiresInMs: 2000, state: { looks: 1 } } })
    const late = await act(
      'judge_battle',
      { config, wait: wait({ waitedMs: 60_000, expired: true, state: { looks: 9 } }) },
      storeOf(view()),
    )
    expect(failedWith(late.outcome)?.code).toBe('node_timeout')
    const judged = view({
      status: 'scoring',
      document: { judges: [{ seat: 1, model: 'm', status: 'judged' }], verdicts: [{ judge_seat: 1, outcome: 'winner' }] },
    })
    const { outcome } = await act('judge_battle', { config }, storeOf(judged))
    expect(completedWith(outcome).data).toMatchObject({ battle_id: battleId, verdicts: [{ outcome: 'winner' }] })
  })

  test('vote_collector stops at its quorum or at the end of the vote', async () => {
    const scores = {
      battleScores: async () => ok([{ slot: 'A', contenderId: 'a', judgeMean: null, verdicts: 0, votes: 3, voteShare: 1, score: 1 }]),
    }
    const collect = (status: string, quorum: number) =>
      act('vote_collector', { config: { battle_id: battleId, quorum } }, storeOf(view({ status }), scores))
    expect((await collect('voting', 5)).outcome.kind).toBe('waiting')
    expect(completedWith((await collect('voting', 3)).outcome).data).toMatchObject({ given: 3, quorum_reached: true })
    expect(completedWith((await collect('scoring', 5)).outcome).data).toMatchObject({ given: 3, quorum_reached: false })
  })

  test('score_aggregator finalises once it can, and says how it ended', async () => {
    const closed = view({ status: 'closed', outcome: 'winner', winnerSlot: 'A' })
    const aggregate = (answer: string, battle = closed) =>
      act('score_aggregator', { config: { battle_id: battleId } }, storeOf(battle, { finalizeBattle: async () => ok(answer) }))
    expect(completedWith((await aggregate('closed')).outcome).data).toMatchObject({ outcome: 'winner', winner_slot: 'A' })
    expect(completedWith((await aggregate('already_closed')).outcome).ports).toEqual(['output'])
    expect((await aggregate('judging', view())).outcome.kind).toBe('waiting')
    expect(failedWith((await aggregate('judging_failed', view())).outcome)?.code).toBe('battle_state')
    const other = await aggregate('closed', view({ isOwner: false }))
    expect([failedWith(other.outcome)?.code, other.store.count('finalizeBattle')]).toEqual(['forbidden', 0])
  })

  test('leaderboard_update rates a closed battle, and asking twice is no harm', async () => {
    const document = { contenders: [{ slot: 'A', model: 'm', identity: '', rating: { before: 1000, after: 1016 } }] }
    const { outcome } = await act(
      'leaderboard_update',
      { config: { battle_id: battleId } },
      storeOf(view({ status: 'closed', document }), { rateBattle: async () => ok(false) }),
    )
    expect(completedWith(outcome).data).toMatchObject({ rated_now: false, ratings: [{ slot: 'A', rating: { after: 1016 } }] })
  })
})
