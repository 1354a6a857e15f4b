import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { KnownWorld } from './known-world.ts'
import { validateWorkflow } from './validate.ts'

type Written = Record<string, unknown>

const model = 'sparring:quill'
const lens = (template: string, more: Written = {}): Written => ({ kind: 'text', template, model_key: model, ...more })
const text = (id: string, template = 'Say something.', more: Written = {}): Written => ({ id, type: 'lens', lens: lens(template), ...more })
const prompt = (id: string, template = 'Say something.', config: Written = {}): Written => ({
  id,
  type: 'prompt_template',
  config: { template, ...config },
})
const edge = (source: string, target: string, more: Written = {}): Written => ({ source, target, ...more })
const workflow = (nodes: Written[], edges: Written[] = [], more: Written = {}): Written => ({
  format: 'agon.workflow/v1',
  title: 'A workflow',
  nodes,
  edges,
  ...more,
})

const problems = (document: unknown, known?: KnownWorld) => validateWorkflow(document, known).problems
const codes = (document: unknown, known?: KnownWorld) => problems(document, known).map(({ code }) => code)

it('a sound workflow has no problems, and comes back whole, with its defaults', () => {
  const { document, problems: found } = validateWorkflow(
    workflow([text('draft', 'Write about [[topic]].'), prompt('shout', '{{ input | upcase }}')], [edge('draft', 'shout')], {
      inputs: { topic: { type: 'string', minLength: 1 } },
      maxInFlight: 3,
      output: 'shout',
    }),
  )
  expect(found).toEqual([])
  expect(document).toMatchObject({
    scheduling: 'waves',
    max_in_flight: 3,
    inputs: { topic: { type: 'string', required: true, min_length: 1 } },
    edges: [{ source_port: 'output', source_output_key: 'output', target_param_label: 'input' }],
  })
  expect(document!.nodes[1]!.config).toMatchObject({ timeout_ms: 60_000, trim_output: true })
})

it('what was found sound is found sound again as it is kept', () => {
  const { document } = validateWorkflow(workflow([text('a'), prompt('b', '[[input]]')], [edge('a', 'b')]))
  const again = validateWorkflow(document)
  expect(again.problems).toEqual([])
  expect(again.document).toEqual(document)
})

describe('every problem is told at once', () => {
  it('of a document that is wrong everywhere', () => {
    const found = problems({
      format: 'agon.workflow/v2',
      title: '',
      maxInFligth: 5,
      nodes: [
        prompt('a', '{{ open'),
        prompt('a'),
        { id: 'Bad', type: 'merge' },
        { id: 'c', type: 'promt_template', config: {} },
        prompt('d', 'x', { timeout: 5, retry: { attempts: 99 } }),
        prompt('e', '[[nothing]]'),
        text('f', 'About [[topic]]'),
      ],
      edges: [edge('a', 'nobody'), edge('nobody', 'a'), edge('e', 'e'), edge('a', 'e', { source_port: 'sideways' }), { source: 'a' }],
      output: 'nobody',
    })
    expect(new Set(found.map(({ code }) => code))).toEqual(
      new Set([
        'invalid_document',
        'unknown_key',
        'template_invalid',
        'template_unknown_input',
        'duplicate_node_id',
        'unknown_node_type',
        'unknown_config_key',
        'invalid_config',
        'orphan_source',
        'orphan_target',
        'self_edge',
        'unknown_port',
      ]),
    )
    for (const { message, remedy, path } of found) {
      expect(message).not.toBe('')
      expect(remedy).not.toBe('')
      expect(path).toMatch(/^(\/|$)/)
    }
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'unknown_key', path: '', message: 'unknown key maxInFligth. Did you mean max_in_flight?' }),
    )
    expect(found).toContainEqual(expect.objectContaining({ code: 'unknown_node_type', node_id: 'c', path: '/nodes/3/type' }))
    expect(found.find(({ code }) => code === 'unknown_node_type')!.message).toContain('Did you mean prompt_template?')
  })

  it('also when a value is not a workflow at all', () => {
    for (const value of [null, 7, 'x', [], {}, { nodes: 'no', edges: {} }]) {
      const { document, problems: found } = validateWorkflow(value)
      expect(document).toBeUndefined()
      expect(found.length).toBeGreaterThan(0)
    }
  })
})

describe('the graph', () => {
  it('has no cycle: the message names it', () => {
    const loop = workflow(
      [prompt('a', '[[input]]'), prompt('b', '[[input]]'), prompt('c', '[[input]]')],
      [edge('a', 'b'), edge('b', 'c'), edge('c', 'a')],
    )
    expect(problems(loop)).toMatchObject([{ code: 'cycle_detected', message: 'a cycle: a → b → c → a' }])
  })

  it('names each knot once', () => {
    const ids = ['a', 'b', 'c', 'd']
    const found = problems(
      workflow(
        ids.map((id) => prompt(id, 'x')),
        [edge('a', 'b'), edge('b', 'a'), edge('c', 'd'), edge('d', 'c')],
      ),
    )
    expect(found.map(({ message }) => message)).toEqual(['a cycle: a → b → a', 'a cycle: c → d → c'])
  })

  it('has edges between nodes that there are, and none to itself', () => {
    expect(problems(workflow([prompt('draft')], [edge('drft', 'draft'), edge('draft', 'draft')]))).toMatchObject([
      { code: 'orphan_source', edge: 0, message: 'there is no node drft. Did you mean draft?' },
      { code: 'self_edge', edge: 1, node_id: 'draft' },
    ])
  })

  it('leaves nodes by ports that they have', () => {
    const branching = { id: 'check', type: 'if_condition', config: { expression: 'input == "yes"' } }
    const found = problems(
      workflow(
        [prompt('a'), branching, prompt('b')],
        [edge('a', 'check'), edge('check', 'b'), edge('check', 'b', { source_port: 'true' })],
      ),
    )
    expect(found).toMatchObject([
      { code: 'unknown_port', edge: 1, node_id: 'check', message: 'check has no port output; it has true, false, error' },
    ])
  })

  it('gives a switch the ports of its cases', () => {
    const choosing = {
      id: 'pick',
      type: 'switch',
      config: {
        cases: [
          { port: 'short', value: 1 },
          { port: 'long', value: 2 },
        ],
      },
    }
    const ports = ['short', 'long', 'default', 'error', 'other']
    const found = problems(
      workflow(
        [choosing, prompt('b', 'x')],
        ports.map((source_port) => edge('pick', 'b', { source_port })),
      ),
    )
    expect(found.filter(({ code }) => code === 'unknown_port').map(({ edge }) => edge)).toEqual([4])
  })

  it('merges what comes to one label in one way', () => {
    const both = workflow(
      [prompt('a'), prompt('b'), prompt('c', '[[input]]')],
      [edge('a', 'c', { merge_strategy: 'concat' }), edge('b', 'c', { mergeStrategy: 'array' })],
    )
    expect(problems(both)).toMatchObject([{ code: 'merge_conflict', edge: 1, node_id: 'c' }])
  })

  it('ends with a node that there is', () => {
    expect(problems(workflow([prompt('draft')], [], { output: 'draf' }))).toMatchObject([
      { code: 'unknown_output', path: '/output', message: 'there is no node draf. Did you mean draft?' },
    ])
  })

  it('has conditions that can hold, and none on an error port', () => {
    const document = workflow(
      [prompt('a'), prompt('b', 'x')],
      [
        edge('a', 'b', { condition: { operator: 'equals' } }),
        edge('a', 'b', { condition: { operator: 'present', value: 1 } }),
        edge('a', 'b', { condition: { operator: 'equals', value: false } }),
        edge('a', 'b', { source_port: 'error', condition: { operator: 'present' } }),
      ],
    )
    expect(codes(document).filter((code) => code.startsWith('condition'))).toEqual([
      'condition_invalid',
      'condition_invalid',
      'condition_on_error_port',
    ])
  })

  it('warns of an error port that leads where the same failure keeps from running', () => {
    const both = (target: Written) => problems(workflow([prompt('a'), target], [edge('a', 'b'), edge('a', 'b', { source_port: 'error' })]))
    expect(both(prompt('b', '[[input]]'))).toMatchObject([{ code: 'error_edge_ineffective', severity: 'warning' }])
    expect(both({ id: 'b', type: 'error_catch' })).toEqual([])
  })

  it('has a size', () => {
    const many = workflow(Array.from({ length: 2001 }, (_, nth) => prompt(`n${nth}`)))
    expect(problems(many)).toMatchObject([{ code: 'too_large', path: '/nodes' }])
    expect(codes(workflow([prompt('a', 'x'.repeat(32_001))]))).toEqual(['invalid_config'])
    expect(codes(workflow(Array.from({ length: 40 }, (_, nth) => prompt(`n${nth}`, 'x'.repeat(30_000)))))).toEqual(['too_large'])
  })

  it('is told in time with as many nodes and edges as there may be', () => {
    const nodes = Array.from({ length: 2000 }, (_, nth) => prompt(`n${nth}`, '[[input]]'))
    const edges = Array.from({ length: 10_000 }, (_, nth) => edge(`n${nth % 1999}`, `n${(nth % 1999) + 1}`))
    const begun = cpuUsage()
    expect(codes(workflow([prompt('n0', 'x'), ...nodes.slice(1)], edges))).toEqual([])
    expect(cpuUsage(begun).user / 1000).toBeLessThan(10_000)
  })
})

describe('what a node needs', () => {
  it('comes by an edge, an input of the run, an override or a default', () => {
    const node = (more: Written = {}) => text('a', 'About [[topic]].', more)
    expect(problems(workflow([node()]))).toMatchObject([
      { code: 'missing_binding', node_id: 'a', message: 'nothing feeds topic, which a needs.' },
    ])
    expect(codes(workflow([node()], [], { inputs: { topic: {} } }))).toEqual([])
    expect(codes(workflow([node({ config: { param_overrides: { topic: 'the sea' } } })]))).toEqual([])
    expect(codes(workflow([prompt('b'), node()], [edge('b', 'a', { target_param_label: 'topic' })]))).toEqual([])
    const declared = lens('About [[topic]].', { parameters: [{ label: 'topic', default: 'the sea' }] })
    expect(codes(workflow([{ id: 'a', type: 'lens', lens: declared }]))).toEqual([])
  })

  it('is told with what its edges bring instead', () => {
    const [found] = problems(workflow([prompt('b'), text('a', 'About [[topic]].')], [edge('b', 'a')]))
    expect(found).toMatchObject({ code: 'missing_binding', message: 'nothing feeds topic, which a needs. Its edges bring input.' })
  })

  it('is one of a group', () => {
    const either = lens('[[a]][[b]]', {
      input_contract: { parameters: { a: { required: false }, b: { required: false } }, require_any_of: [['a', 'b']] },
    })
    expect(codes(workflow([{ id: 'x', type: 'lens', lens: either }]))).toEqual(['missing_binding'])
    expect(codes(workflow([{ id: 'x', type: 'lens', lens: either, config: { param_overrides: { b: 0 } } }]))).toEqual([])
  })

  it('is no more than it says, where its contract is strict', () => {
    const strict = lens('[[topic]]', { input_contract: { strict: true, parameters: { topic: {} } } })
    const found = problems(
      workflow([prompt('b'), { id: 'x', type: 'lens', lens: strict }], [edge('b', 'x', { target_param_label: 'topi' })]),
    )
    expect(found.map(({ code }) => code)).toEqual(['missing_binding', 'unknown_parameter'])
    expect(found[1]!.message).toContain('Did you mean topic?')
  })

  it('may be in the config of a node that is no lens', () => {
    const image = (config: Written) => ({ id: 'x', type: 'text_to_image', config: { model_key: 'fal:flux-2-pro', ...config } })
    expect(codes(workflow([image({})]))).toEqual(['missing_binding'])
    expect(codes(workflow([image({ prompt: 'A sea.' })]))).toEqual([])
  })

  it('is referred to by nodes that lead to it, or by inputs', () => {
    const node = prompt('b', '[[x]][[y]][[z]]', { param_overrides: { x: '[[a.data.score]]', y: '[[inputs.tone]]', z: '[[elsewhere]]' } })
    const found = problems(workflow([prompt('a'), prompt('elsewhere'), node], [edge('a', 'b')], { inputs: { tone: {} } }))
    expect(found).toMatchObject([
      { code: 'unknown_reference', path: '/nodes/2/config/param_overrides/z', message: 'no edge leads from elsewhere to b.' },
    ])
  })
})

describe('templates', () => {
  it('name what there is', () => {
    const found = problems(
      workflow([prompt('a', '[[topic]] {{ inputs.topik }} {{ variables.tone }} {% for x in input %}{{ x }}{% endfor %}')], [], {
        inputs: { topic: {} },
      }),
    )
    expect(found).toMatchObject([
      { code: 'template_unknown_input', path: '/nodes/0/config/template' },
      { code: 'template_unknown_input', message: 'the workflow has no input topik. Did you mean topic?' },
      { code: 'unknown_variable', severity: 'warning' },
    ])
    expect(found[0]!.message).toContain('Write inputs.topic for the input of the run.')
  })

  it('can be parsed, wherever they stand', () => {
    const call = {
      id: 'call',
      type: 'http_request',
      config: { url: 'https://a.example/[[input.id', headers: { 'X-A': '{{ a | nope' }, body: { q: ['{% if %}'] } },
    }
    const found = problems(workflow([prompt('a'), call, text('b', '{{ open')], [edge('a', 'call')]))
    expect(found.map(({ code, path }) => [code, path])).toEqual([
      ['template_invalid', '/nodes/1/config/headers/X-A'],
      ['template_invalid', '/nodes/1/config/body/q/0'],
      ['template_invalid', '/nodes/2/lens/template'],
    ])
  })

  it('are conditions where the key says so', () => {
    const check = (expression: string) => codes(workflow([{ id: 'x', type: 'if_condition', config: { expression } }]))
    expect(check('input.score >= 7 and input.kind == "blog"')).toEqual([])
    expect(check('input | nope')).toEqual(['expression_invalid'])
    expect(check('true %}{% endif %}')).toEqual(['expression_invalid'])
    expect(check('elsewhere > 1')).toEqual(['template_unknown_input'])
  })
})

describe('models', () => {
  const withModel = (model_key: string | undefined, kind = 'text') =>
    workflow([{ id: 'x', type: 'lens', lens: { kind, template: 'x', ...(model_key && { model_key }) } }])

  it('are chosen, or the default of their kind', () => {
    expect(codes(withModel(undefined))).toEqual(['model_missing'])
    expect(codes(withModel(undefined), { defaultModels: { text: model } })).toEqual([])
    expect(codes(withModel(undefined, 'pdf'))).toEqual([])
  })

  it('are known, can be called, and make what is asked for', () => {
    expect(codes(withModel('openai:gpt-77'))).toEqual(['model_unknown'])
    expect(codes(withModel('suno:suno-v5'))).toEqual(['adapter_missing'])
    expect(problems(withModel('openai:gpt-5-mini', 'image'))).toMatchObject([{ code: 'model_kind', path: '/nodes/0/lens/model_key' }])
  })

  it('are not shut down: that is a warning, and none before the day', () => {
    expect(problems(withModel('openai:dall-e-3', 'image'))).toMatchObject([{ code: 'model_retired', severity: 'warning' }])
    expect(codes(withModel('openai:dall-e-3', 'image'), { today: '2026-05-11' })).toEqual([])
    expect(validateWorkflow(withModel('openai:dall-e-3', 'image')).document).toBeDefined()
  })

  it('are what is moderated', () => {
    expect(codes(workflow([prompt('a', 'x', { moderation: 'both' })]))).toEqual(['moderation_without_model'])
    expect(codes(workflow([text('a', 'x', { config: { moderation: 'both' } })]))).toEqual([])
  })
})

describe('lenses', () => {
  const id = '00000000-0000-4000-8000-000000000001'

  it('are there where a node needs one', () => {
    expect(codes(workflow([{ id: 'a', type: 'lens' }]))).toEqual(['lens_missing'])
    expect(codes(workflow([{ ...prompt('a'), lens: lens('x') }]))).toEqual(['lens_unexpected'])
  })

  it('are versions that there are', () => {
    const document = workflow([{ id: 'a', type: 'lens', lens_version_id: id }])
    expect(codes(document, { lenses: new Map() })).toEqual(['unknown_lens_version'])
    const version = { kind: 'text' as const, template: 'About [[topic]]', model_key: model }
    expect(codes(document, { lenses: new Map([[id, version]]) })).toEqual(['missing_binding'])
    expect(codes(document)).toEqual([])
  })

  it('route to at least two places, each by a name and an edge of its own', () => {
    const routing = (routes: string[]) => ({
      id: 'r',
      type: 'lens',
      lens: lens('x', { kind: 'routing' }),
      config: { routes: routes.map((name) => ({ name })) },
    })
    expect(codes(workflow([routing(['blog'])]))).toEqual(['routing_insufficient_routes', 'route_without_edge'])
    const two = (routes: string[]) => codes(workflow([routing(routes), prompt('b', 'x')], [edge('r', 'b', { source_port: 'blog' })]))
    expect(two(['blog', 'video'])).toEqual(['route_without_edge'])
    expect(two(['blog', 'blog'])).toEqual(['duplicate_route'])
  })

  it('validate by criteria, and orchestrate within caps', () => {
    expect(codes(workflow([{ id: 'v', type: 'lens', lens: lens('x', { kind: 'validation' }) }]))).toEqual(['validation_missing_criteria'])
    expect(codes(workflow([{ id: 'o', type: 'lens', lens: lens('x', { kind: 'orchestration' }) }]))).toEqual(['orchestration_missing_caps'])
    const caps = (given: Written) =>
      codes(workflow([{ id: 'o', type: 'lens', lens: lens('x', { kind: 'orchestration' }), config: { caps: given } }]))
    expect(caps({ max_nodes: 5, max_depth: 2, budget_usd: 1 })).toEqual([])
    expect(caps({ max_nodes: 5, max_depth: 2 })).toEqual(['invalid_config'])
  })

  it('have contracts that agree with themselves, and schemas that can be used', () => {
    const contracts = lens('[[a]]', {
      input_contract: { parameters: { a: { type: 'integer', min: 3, max: 2, default: 'x' } }, require_any_of: [['b']] },
      output_contract: { kind: 'text', schema: { type: 'object', properties: { a: { type: 'strin' } } } },
    })
    expect(codes(workflow([{ id: 'x', type: 'lens', lens: contracts }]))).toEqual([
      'invalid_contract',
      'invalid_contract',
      'invalid_contract',
      'invalid_schema',
      'missing_binding',
    ])
  })
})

describe('what is nested', () => {
  const loop = (body: Written, config: Written = {}) => ({ id: 'each', type: 'loop_map', config: { body, ...config } })
  const items = { inputs: { items: { type: 'array' } } }

  it('is not given the list: a template of it that names that is told', () => {
    const inputs = { items: { type: 'array' }, rows: { type: 'array' }, topic: { type: 'string' } }
    const named = (template: string, config: Written = {}) =>
      codes(workflow([loop({ node: prompt('x', `[[inputs.item]] of ${template}`) }, config)], [], { inputs }))
    expect(named('[[inputs.topic]] and [[inputs.rows]]')).toEqual([])
    expect(named('[[inputs.items]]')).toEqual(['template_unknown_input'])
    expect(named('[[inputs.rows]]', { param_overrides: { items: '[[inputs.rows]]' } })).toEqual(['template_unknown_input'])
  })

  it('is read like what is not: the place is that of the body', () => {
    const found = problems(workflow([loop({ lens: lens('About [[topic]]') })], [], items))
    expect(found).toMatchObject([{ code: 'missing_binding', node_id: 'each', path: '/nodes/0/config/body' }])
    const config = problems(workflow([loop({ node: { type: 'wait', config: {} } })], [], items))
    expect(config).toMatchObject([{ code: 'invalid_config', node_id: 'each', path: '/nodes/0/config/body/node/config' }])
  })

  it('is given the item, its index and what the loop was given', () => {
    expect(
      codes(
        workflow([loop({ lens: lens('[[index]]: [[page]] in [[tone]]') }, { itemVariable: 'page' })], [], {
          inputs: { tone: {}, items: {} },
        }),
      ),
    ).toEqual([])
  })

  it('has a list to go through, by whatever label', () => {
    const over = (items_path: string, inputs: Written = {}) => codes(workflow([loop({ lens: lens('x') }, { items_path })], [], { inputs }))
    expect(over('items')).toEqual(['missing_binding'])
    expect(over('pages', { pages: {} })).toEqual([])
    expect(over('input.rows', { input: {} })).toEqual([])
    expect(over('inputs.rows', { rows: {} })).toEqual(['invalid_config'])
  })

  it('is one thing, within bounds', () => {
    expect(codes(workflow([loop({})], [], items))).toEqual(['invalid_config'])
    expect(codes(workflow([loop({ lens: lens('x') }, { concurrency: 0, max_items: 10_001 })], [], items))).toEqual([
      'invalid_config',
      'invalid_config',
    ])
  })

  it('is not nested for ever', () => {
    // Each loops over what the one around it makes of an item.
    let body: Written = { node: prompt('x') }
    for (let nth = 5; nth >= 0; nth--)
      body = { node: { type: 'loop_map', config: { body, items_path: `rows${nth}`, item_variable: `rows${nth + 1}` } } }
    expect(codes(workflow([loop(body, { item_variable: 'rows0' })], [], items))).toEqual(['depth_exceeded'])
  })
})

describe('what runs here', () => {
  it('can do what a node needs', () => {
    const convert = workflow([
      { id: 'x', type: 'media_convert', config: { format: 'mp3', param_overrides: { media: 'https://a.example/a.wav' } } },
    ])
    expect(codes(convert)).toEqual([])
    expect(problems(convert, { capabilities: new Set() })).toMatchObject([{ code: 'capability_missing', node_id: 'x' }])
    expect(codes(convert, { capabilities: new Set(['ffmpeg']) })).toEqual([])
  })

  it('has the connections that nodes name, for what they are', () => {
    const id = '00000000-0000-4000-8000-000000000002'
    const mail = (config: Written) =>
      workflow([{ id: 'x', type: 'email_send', config: { to: 'a@b.example', subject: 's', body: 'b', ...config } }])
    expect(codes(mail({}))).toEqual(['credential_missing'])
    expect(codes(mail({ credentialId: id }), { connections: new Map() })).toEqual(['credential_unknown'])
    expect(codes(mail({ credentialId: id }), { connections: new Map([[id, 'slack']]) })).toEqual(['credential_unknown'])
    expect(codes(mail({ credentialId: id }), { connections: new Map([[id, 'smtp']]) })).toEqual([])
  })

  it('has the workflows that are run as a node', () => {
    const sub = workflow([{ id: 'x', type: 'sub_workflow', config: { workflowId: '00000000-0000-4000-8000-000000000003' } }])
    expect(codes(sub)).toEqual([])
    expect(codes(sub, { workflows: new Set() })).toEqual(['unknown_workflow'])
    expect(codes(workflow([{ id: 'x', type: 'sub_workflow' }]))).toEqual(['invalid_config'])
  })
})

it('a slot is left to a contender_run of this document that answers as it', () => {
  const judged = { title: 't', task_prompt: 'p', judges: [{ model: 'openai:gpt-5-mini' }] }
  const create = (...nodes: string[]) => ({
    id: 'create',
    type: 'battle_create',
    config: { ...judged, contenders: nodes.map((node) => ({ node })) },
  })
  const answers = (id: string, slot: string) => ({ id, type: 'contender_run', config: { slot, model_key: 'openai:gpt-5-mini' } })
  const both = [answers('one', 'A'), answers('two', 'B')]
  const found = (...nodes: string[]) =>
    problems(workflow([create(...nodes), ...both], [edge('create', 'one'), edge('create', 'two')])).map(({ code, path, message }) => [
      code,
      path,
      message,
    ])
  expect(found('one', 'two')).toEqual([])
  expect(found('two', 'create')).toEqual([
    ['invalid_config', '/nodes/0/config/contenders/0/node', 'two answers as slot B, and this is slot A'],
    ['unknown_reference', '/nodes/0/config/contenders/1/node', expect.stringContaining('there is no contender_run create')],
  ])
})
