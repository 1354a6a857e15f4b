import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { type CompiledWorkflow, compileWorkflow, workflowInvalid } from './compile.ts'
import type { LensDocument } from './document.ts'
import type { KnownWorld } from './known-world.ts'
import { lensWorkflow, teamWorkflow } from './validate.ts'

type Written = Record<string, unknown>
const sha256 = async (text: string) => createHash('sha256').update(text).digest('hex')

async function compile(value: unknown, known: KnownWorld = {}): Promise<CompiledWorkflow> {
  const compiled = await compileWorkflow(value, { known, sha256 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value.workflow
}

const prompt = (id: string, config: Written = {}): Written => ({ id, type: 'prompt_template', config: { template: 'x', ...config } })
const lens = (more: Written = {}): Written => ({ kind: 'text', template: 'Say something.', model_key: 'openai:gpt-5-mini', ...more })
const workflow = (nodes: Written[], edges: Written[] = [], more: Written = {}): Written => ({
  format: 'agon.workflow/v1',
  title: 'W',
  nodes,
  edges,
  ...more,
})
const node = (compiled: CompiledWorkflow, id: string) => compiled.nodes.find(({ node_id }) => node_id === id)!

describe('a compiled workflow', () => {
  it('names the judges of a battle it makes, as the default of its project was', async () => {
    const making = workflow([
      {
        id: 'create',
        type: 'battle_create',
        config: {
          title: 'T',
          task_prompt: 'A haiku',
          contenders: [{ workflow: true }, { workflow: true }],
          judges: [{ weight: 2 }, { model: 'openai:gpt-5-mini' }],
        },
      },
    ])
    const known = (text: string) => ({ defaultModels: { text } })
    const quill = await compile(making, known('sparring:quill'))
    expect(node(quill, 'create').config.judges).toEqual([{ weight: 2, model: 'sparring:quill' }, { model: 'openai:gpt-5-mini' }])
    expect((await compile(making, known('sparring:scribe'))).content_hash).not.toBe(quill.content_hash)
    expect(await compileWorkflow(making, { sha256 })).toMatchObject({
      ok: false,
      error: [{ code: 'model_missing', path: '/nodes/0/config/judges/0' }],
    })
  })

  it('has each node in the layer behind its last parent', async () => {
    const edges = [
      ['a', 'b'],
      ['b', 'd'],
      ['a', 'c'],
      ['c', 'd'],
      ['d', 'e'],
      ['a', 'e'],
    ].map(([source, target]) => ({ source, target }))
    const compiled = await compile(
      workflow(
        ['e', 'd', 'c', 'b', 'a', 'f'].map((id) => prompt(id)),
        edges,
      ),
    )
    expect(Object.fromEntries(compiled.nodes.map(({ node_id, wave }) => [node_id, wave]))).toEqual({ a: 0, b: 1, c: 1, d: 2, e: 3, f: 0 })
    expect(compiled.nodes.map(({ ordinal, edges_in }) => [ordinal, edges_in])).toEqual([
      [0, 2],
      [1, 2],
      [2, 1],
      [3, 1],
      [4, 0],
      [5, 0],
    ])
    expect(compiled.edges[0]).toEqual({
      ordinal: 0,
      source: 'a',
      source_port: 'output',
      source_output_key: 'output',
      target: 'b',
      target_param_label: 'input',
      merge_strategy: null,
      condition: null,
    })
  })

  it('layers any graph so that every edge leads to a later layer', async () => {
    const graph = fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        graph,
        fc.shuffledSubarray(
          Array.from({ length: 15 }, (_, at) => at),
          { minLength: 15 },
        ),
        async (pairs, order) => {
          const edges = pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({ source: `n${Math.min(a, b)}`, target: `n${Math.max(a, b)}` }))
          const compiled = await compile(
            workflow(
              order.map((at) => prompt(`n${at}`)),
              edges,
            ),
          )
          const waves = new Map(compiled.nodes.map(({ node_id, wave }) => [node_id, wave]))
          for (const { node_id, wave } of compiled.nodes) {
            const before = edges.filter(({ target }) => target === node_id).map(({ source }) => waves.get(source)!)
            expect(wave).toBe(before.length === 0 ? 0 : Math.max(...before) + 1)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('knows what each node needs to run', async () => {
    const compiled = await compile(
      workflow([
        { id: 'say', type: 'lens', lens: lens(), config: { retry: { attempts: 3 }, timeoutMs: 5000 } },
        { id: 'paint', type: 'lens', lens: lens({ kind: 'image', model_key: 'fal:flux-2-pro' }) },
        { id: 'print', type: 'lens', lens: lens({ kind: 'pdf' }) },
        { id: 'call', type: 'http_request', config: { url: 'https://a.example' } },
        { id: 'convert', type: 'media_convert', config: { format: 'mp3', param_overrides: { media: 'https://a.example/a.wav' } } },
        { id: 'local', type: 'lens', lens: lens({ model_key: 'ollama:llama3.2' }) },
        { id: 'listen', type: 'speech_to_text', config: { param_overrides: { audio: 'https://a.example/a.wav' } } },
      ]),
    )
    expect(compiled.nodes.map(({ job_kind }) => job_kind)).toEqual([
      'lens_run',
      'workflow_media',
      'workflow_tool',
      'workflow_tool',
      'workflow_program',
      'lens_run',
      'workflow_media',
    ])
    expect(compiled.capabilities).toEqual(['ffmpeg'])
    expect(node(compiled, 'say')).toMatchObject({
      model_key: 'openai:gpt-5-mini',
      provider: 'openai',
      concurrency_key: 'openai:gpt-5-mini',
      concurrency_limit: null,
      limit_key: 'openai',
      funding_source: 'platform_credit',
      simulated: false,
      max_attempts: 3,
      timeout_ms: 5000,
      join_policy: 'all',
      on_parent_failure: 'skip',
      side_effects: false,
      lens: { input_contract: { parameters: {}, strict: false } },
    })
    expect(node(compiled, 'say').cost_estimate_usd).toBeGreaterThan(0.008)
    expect(node(compiled, 'paint')).toMatchObject({ provider: 'fal', cost_estimate_usd: 0.045 })
    expect(node(compiled, 'print')).toMatchObject({ model_key: null, provider: null, cost_estimate_usd: null })
    expect(node(compiled, 'local')).toMatchObject({
      concurrency_key: 'local:ollama',
      concurrency_limit: 1,
      funding_source: 'local',
      cost_estimate_usd: 0,
    })
    expect(node(compiled, 'call').side_effects).toBe(true)
    expect(node(compiled, 'listen')).toMatchObject({ provider: 'openai', model_key: 'openai:gpt-4o-mini-transcribe' })
  })

  it('expects a node to cost more the more may come into it', async () => {
    const chain = await compile(
      workflow(
        [
          { id: 'a', type: 'lens', lens: lens({ max_tokens: 100_000 }) },
          { id: 'b', type: 'lens', lens: lens({ template: '[[input]]' }) },
        ],
        [{ source: 'a', target: 'b' }],
      ),
    )
    const alone = await compile(workflow([{ id: 'b', type: 'lens', lens: lens() }]))
    expect(node(chain, 'b').cost_estimate_usd! - node(alone, 'b').cost_estimate_usd!).toBeCloseTo((100_000 * 0.25) / 1e6, 4)
  })

  it('takes the model of its config before that of its lens, and the default last', async () => {
    const models = async (node: Written, known?: KnownWorld) => (await compile(workflow([node]), known)).nodes[0]!.model_key
    expect(await models({ id: 'a', type: 'lens', lens: lens(), config: { modelKey: 'gpt-5' } })).toBe('openai:gpt-5')
    expect(
      await models({ id: 'a', type: 'lens', lens: lens({ model_key: undefined }) }, { defaultModels: { text: 'sparring:quill' } }),
    ).toBe('sparring:quill')
  })

  it('keeps a lens version whole: its contract out of its template too', async () => {
    const id = '00000000-0000-4000-8000-000000000001'
    const version: LensDocument = { kind: 'text', template: 'About [[topic]] {{ inputs.tone }}', model_key: 'sparring:quill' }
    const compiled = await compile(workflow([{ id: 'a', type: 'lens', lens_version_id: id }], [], { inputs: { topic: {}, tone: {} } }), {
      lenses: new Map([[id, version]]),
    })
    expect(compiled.nodes[0]).toMatchObject({
      lens_version_id: id,
      lens: { ...version, input_contract: { parameters: { topic: { type: 'any', required: true } } } },
    })
  })

  it('holds what its loops and orchestrations begin', async () => {
    const caps = { max_nodes: 3, max_depth: 1, budget_usd: 1 }
    const compiled = await compile(
      workflow(
        [
          { id: 'each', type: 'loop_map', config: { body: { lens: lens({ template: '[[item]]' }) } } },
          {
            id: 'plan',
            type: 'lens',
            lens: lens({ kind: 'orchestration' }),
            config: {
              caps,
              lenses: [
                { name: 'write', lens: lens({ template: '[[topic]]' }) },
                { name: 'flow', workflowId: '00000000-0000-4000-8000-000000000009' },
              ],
            },
          },
          {
            id: 'turn',
            type: 'loop_map',
            config: { body: { node: { type: 'media_convert', config: { format: 'mp3', param_overrides: { media: '[[inputs.item]]' } } } } },
          },
        ],
        [],
        { inputs: { items: { type: 'array' } } },
      ),
    )
    expect(node(compiled, 'each').bodies.body).toMatchObject({
      output_node_id: 'body',
      nodes: [{ node_id: 'body', job_kind: 'lens_run', model_key: 'openai:gpt-5-mini' }],
    })
    expect(Object.keys(node(compiled, 'plan').bodies)).toEqual(['write'])
    expect(Object.keys(node(compiled, 'plan').bodies.write!.inputs)).toEqual(['topic'])
    expect(compiled.capabilities).toEqual(['ffmpeg'])
  })
})

describe('battle_execute', () => {
  const contender = (id: string, slot: string): Written => ({
    id,
    type: 'contender_run',
    config: { slot, model_key: 'sparring:quill', prompt: 'Hi.' },
  })
  const battle = (config: Written, edges: Written[] = []) =>
    compile(
      workflow(
        [contender('b', 'B'), contender('a', 'A'), contender('c', 'C'), { id: 'fight', type: 'battle_execute', config }],
        [...['a', 'b', 'c'].map((source) => ({ source, target: 'fight' })), ...edges],
      ),
    )

  it('takes its contenders as they come, and starts one clock for all of them', async () => {
    const compiled = await battle({ timeoutMs: 90_000 })
    expect(node(compiled, 'fight')).toMatchObject({ join_policy: 'all_settled', edges_in: 3, deadline_group: null })
    for (const id of ['a', 'b', 'c']) expect(node(compiled, id)).toMatchObject({ deadline_group: 'fight', deadline_ms: 90_000, wave: 0 })
    expect(compiled.edges).toHaveLength(3)
  })

  it('that shares a contender with another gives it the clock that runs out first', async () => {
    for (const [first, second] of [
      [5000, 9000],
      [9000, 5000],
    ]) {
      const fights = [
        { id: 'one', type: 'battle_execute', config: { timeoutMs: first } },
        { id: 'two', type: 'battle_execute', config: { timeoutMs: second } },
      ]
      const edges = ['one', 'two'].map((target) => ({ source: 'a', target }))
      expect(node(await compile(workflow([contender('a', 'A'), ...fights], edges)), 'a').deadline_ms).toBe(5000)
    }
  })

  it('lets them run one after the other with parallel: false, by edges that bring nothing', async () => {
    const compiled = await battle({ parallel: false })
    expect(compiled.edges.slice(3).map(({ source, source_port, target, ordinal }) => [source, source_port, target, ordinal])).toEqual([
      ['b', '@settled', 'a', 3],
      ['a', '@settled', 'c', 4],
    ])
    expect(['b', 'a', 'c', 'fight'].map((id) => node(compiled, id).wave)).toEqual([0, 1, 2, 3])
    expect(node(compiled, 'a').edges_in).toBe(0)
  })

  it('puts them into an order that their own edges have already', async () => {
    const compiled = await battle({ parallel: false }, [{ source: 'c', target: 'b' }])
    expect(['a', 'c', 'b', 'fight'].map((id) => node(compiled, id).wave)).toEqual([0, 1, 2, 3])
  })
})

describe('the content hash', () => {
  const one = workflow([prompt('a', { trim_output: true })], [], { inputs: { x: { type: 'string', min: 1 } } })

  it('is the same for the same content, however it is spelt', async () => {
    const other = {
      edges: [],
      nodes: [{ config: { trimOutput: true, template: 'x', timeoutMs: 60_000 }, type: 'prompt_template', id: 'a' }],
      title: 'W',
      inputs: { x: { min: 1, type: 'string' } },
      format: 'agon.workflow/v1',
      maxInFlight: 10,
    }
    expect((await compile(other)).content_hash).toBe((await compile(one)).content_hash)
    expect((await compile((await compile(one)).document)).content_hash).toBe((await compile(one)).content_hash)
  })

  it('is another for other content, another lens behind an id, another default model', async () => {
    const hash = async (value: unknown, known?: KnownWorld) => (await compile(value, known)).content_hash
    const id = '00000000-0000-4000-8000-000000000001'
    const byId = workflow([{ id: 'a', type: 'lens', lens_version_id: id }])
    const version = (template: string): KnownWorld => ({
      lenses: new Map([[id, { kind: 'text', template }]]),
      defaultModels: { text: 'sparring:quill' },
    })
    const hashes = [
      await hash(one),
      await hash({ ...one, title: 'V' }),
      await hash(byId, version('x')),
      await hash(byId, version('y')),
      await hash(byId, { ...version('x'), defaultModels: { text: 'gpt-5' } }),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is over JSON whose keys have one order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: undefined })).toBe('{"b":[{"c":2,"d":1}]}')
  })
})

it('a lens alone is a workflow of one node, whose inputs are its parameters', async () => {
  const compiled = await compile(lensWorkflow({ kind: 'text', template: 'About [[topic]]', model_key: 'sparring:quill' }))
  expect(compiled).toMatchObject({
    output_node_id: 'lens',
    inputs: { topic: { required: true } },
    nodes: [{ node_id: 'lens', job_kind: 'lens_run', wave: 0 }],
  })
})

it('what has errors is not compiled, and the error tells them', async () => {
  const refused = await compileWorkflow(workflow([prompt('a', { timeout: 1 }), prompt('a')]), { sha256 })
  expect(refused.ok).toBe(false)
  expect(!refused.ok && workflowInvalid(refused.error)).toMatchObject({
    code: 'workflow_invalid',
    message: expect.stringContaining('a: unknown key timeout') as string,
  })
})

describe('a team', () => {
  const members = [{ name: 'Ada', modelKey: 'sparring:quill', maxTokens: 200 }, { name: 'Bo' }]
  const known = { defaultModels: { text: 'openai:gpt-5-mini' } }
  const team = (config: object) => teamWorkflow(config as Record<string, unknown>, 'Names')

  it('is one node whose turns are versions of their own, each asking its member’s model; a task in it is no template', async () => {
    const compiled = await compile(team({ members, summary: { instructions: 'One.' }, retry: { attempts: 3 }, moderation: 'both' }), known)
    const [node] = compiled.nodes
    expect(node).toMatchObject({ job_kind: 'team_run', model_key: null, config: { mode: 'turns', rounds: 3 } })
    const bodies = Object.entries(node!.bodies).map(([name, body]) => [name, body.nodes[0]!] as const)
    expect(bodies.map(([name, body]) => [name, body.model_key, body.job_kind])).toEqual([
      ['Ada', 'sparring:quill', 'lens_run'],
      ['Bo', 'openai:gpt-5-mini', 'lens_run'],
      ['@summary', 'sparring:quill', 'lens_run'],
    ])
    expect(bodies[0]![1]).toMatchObject({
      max_attempts: 3,
      lens: { template: '{{ prompt }}', max_tokens: 200, system_prompt: 'You are Ada, one of a team of 2: Ada, Bo.' },
      config: { moderation: 'output' },
    })
    expect(compiled.inputs).toMatchObject({ task: { type: 'string' } })
  })

  it.each([
    ['no such model', { members: [{ name: 'Ada', model_key: 'openai:gpt-9' }, { name: 'Bo' }] }, '/nodes/0/config/members/0/model_key'],
    ['a model that paints', { members, summary: { model_key: 'fal:flux-2-pro' } }, '/nodes/0/config/summary/model_key'],
    ['two of one name', { members: [{ name: 'Ada' }, { name: 'ada' }] }, '/nodes/0/config/members/1/name'],
    ['one member', { members: [{ name: 'Ada' }] }, '/nodes/0/config/members'],
    ['a name that could be a fence', { members: [{ name: 'Ada>>>' }, { name: 'Bo' }] }, '/nodes/0/config/members/0/name'],
    ['a rule of its own', { members, stop_when: { agreed: false } }, '/nodes/0/config/stop_when'],
  ])('with %s is refused at its place', async (_, config, path) => {
    const refused = await compileWorkflow(team(config), { known, sha256 })
    expect(!refused.ok && refused.error.map((problem) => problem.path)).toContain(path)
  })
})
