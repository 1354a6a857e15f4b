import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IncomingEdge } from '../ports/index.ts'
import { renderTemplate } from '../template.ts'
import { type BindingJob, bindInputs, gatherInputs, mergeValues } from './bind-inputs.ts'
import { inputContract } from './contract-schema.ts'
import { mergeStrategies } from './document.ts'
import { envelopeOf } from './envelope.ts'

const edge = (ordinal: number, source: string, more: Partial<IncomingEdge> = {}): IncomingEdge => ({
  ordinal,
  source,
  sourcePort: 'output',
  sourceOutputKey: 'output',
  targetParamLabel: 'input',
  mergeStrategy: null,
  outcome: 'taken',
  ...more,
})

type Parents = Record<string, { label?: string; value?: unknown; error?: { code: string; message: string } }>

const job = (edges: IncomingEdge[], parents: Parents = {}, more: Partial<BindingJob> = {}): BindingJob => ({
  nodeType: 'prompt_template',
  config: {},
  lens: null,
  runInputs: {},
  edges,
  parents: Object.fromEntries(
    Object.entries(parents).map(([id, { label = id, value, error }]) => [
      id,
      {
        label,
        nodeType: 'lens',
        status: error ? 'failed' : 'completed',
        envelope: error || value === undefined ? null : envelopeOf(value),
        error: error ?? null,
      },
    ]),
  ),
  ...more,
})

const bound = (...given: Parameters<typeof job>) => {
  const inputs = bindInputs(job(...given))
  if (!inputs.ok) throw new Error(inputs.error.message)
  return inputs.value
}

const lens = (parameters: Record<string, unknown>) => ({ kind: 'text', template: 'x', input_contract: inputContract.parse({ parameters }) })

describe('the inputs of a node', () => {
  it('are run inputs of its parameters, over them its edges, over them its overrides', () => {
    const parameters = { a: {}, b: {}, c: {} }
    const runInputs = { a: 'run', b: 'run', c: 'run', d: 'not a parameter' }
    const edges = [edge(0, 'p', { targetParamLabel: 'b' }), edge(1, 'p', { targetParamLabel: 'c' })]
    expect(
      bound(edges, { p: { value: 'edge' } }, { lens: lens(parameters), runInputs, config: { param_overrides: { c: 'override' } } }),
    ).toEqual({
      a: 'run',
      b: 'edge',
      c: 'override',
    })
  })

  it('have the default where nothing came, and 0, false and empty text where they came', () => {
    const parameters = { a: { default: 'd' }, b: { default: 'd' }, c: { default: 'd' }, d: { default: 0 } }
    expect(bound([], {}, { lens: lens(parameters), runInputs: { a: 0, b: false, c: '' } })).toEqual({ a: 0, b: false, c: '', d: 0 })
  })

  it('are what an edge reads, and nothing where there is nothing to read', () => {
    const parents = { p: { value: { score: 0, deep: { x: [1] } } } }
    const edges = ['score', 'deep.x', 'data', 'missing'].map((sourceOutputKey, at) =>
      edge(at, 'p', { sourceOutputKey, targetParamLabel: `l${at}` }),
    )
    expect(bound(edges, parents)).toEqual({ l0: 0, l1: [1], l2: { score: 0, deep: { x: [1] } } })
  })

  it('do not come from a branch that was not taken, nor from one that only orders', () => {
    expect(
      bound([edge(0, 'a', { outcome: 'not_taken' }), edge(1, 'b', { sourcePort: '@settled' })], { a: { value: 'x' }, b: { value: 'y' } }),
    ).toEqual({})
  })

  it('have the error of what failed, by its error port', () => {
    const error = { code: 'provider_timeout', message: 'late' }
    const edges = [
      edge(0, 'p', { sourcePort: 'error', sourceOutputKey: 'data' }),
      edge(1, 'p', { sourcePort: 'error', sourceOutputKey: 'error.code', targetParamLabel: 'code' }),
    ]
    expect(bound(edges, { p: { error } })).toEqual({ input: { error }, code: 'provider_timeout' })
  })

  it('are empty text for what failed, where the node takes that', () => {
    const failed = (on_parent_failure: string) =>
      bound([edge(0, 'p', { outcome: 'failed' })], { p: { error: { code: 'x', message: '' } } }, { config: { on_parent_failure } })
    expect(failed('substitute_default')).toEqual({ input: '' })
    expect(failed('skip')).toEqual({})
  })

  it('are of the type that their parameter has, where nothing is lost by it', () => {
    const parameters = {
      n: { type: 'number' },
      i: { type: 'integer' },
      b: { type: 'boolean' },
      l: { type: 'array' },
      j: { type: 'json' },
      s: { type: 'string' },
      x: { type: 'integer' },
      any: {},
    }
    const runInputs = { n: '7.5', i: '7', b: 'true', l: '["a"]', j: '{"a": 1}', s: 7, x: 'seven', any: '7' }
    expect(bound([], {}, { lens: lens(parameters), runInputs })).toEqual({
      n: 7.5,
      i: 7,
      b: true,
      l: ['a'],
      j: { a: 1 },
      s: '7',
      x: 'seven',
      any: '7',
    })
  })

  it('are what an override refers to', () => {
    const param_overrides = { a: '[[p.data.score]]', b: '[[inputs.tone]]', c: '[[p]] and more', d: '[[gone]]', e: null }
    expect(bound([], { p: { value: { score: 0 } } }, { config: { param_overrides }, runInputs: { tone: 'dry' } })).toEqual({
      a: 0,
      b: 'dry',
      c: '[[p]] and more',
      e: null,
    })
  })

  it('of a loop are the list that its config names, also out of a text', () => {
    const loop = (items_path: string, runInputs: Record<string, unknown>) =>
      bindInputs(job([], {}, { nodeType: 'loop_map', config: { items_path }, runInputs }))
    expect(loop('pages', { pages: '["a"]', other: 1 })).toEqual({ ok: true, value: { pages: ['a'] } })
    expect(loop('input.rows', { input: '{"rows": [1]}' })).toEqual({ ok: true, value: { input: { rows: [1] } } })
    expect(loop('items', {})).toMatchObject({ ok: false, error: { code: 'input_contract_violation' } })
  })

  it('that its type needs are there, or in its config', () => {
    const image = (more: Partial<BindingJob>) => bindInputs(job([], {}, { nodeType: 'text_to_image', ...more }))
    expect(image({})).toMatchObject({
      ok: false,
      error: { code: 'input_contract_violation', message: '/prompt: prompt is required and was not given' },
    })
    expect(image({ config: { prompt: 'A sea.' } })).toEqual({ ok: true, value: {} })
    expect(image({ runInputs: { prompt: 'A sea.' } })).toEqual({ ok: true, value: { prompt: 'A sea.' } })
  })
})

describe('what comes to one label', () => {
  const from = (strategy: IncomingEdge['mergeStrategy'], config = {}) =>
    bound(
      [edge(2, 'b'), edge(0, 'a', { mergeStrategy: strategy }), edge(5, 'c')],
      { a: { value: 'A' }, b: { value: { x: 1 } }, c: { value: '' } },
      { config },
    ).input

  it('is merged as its edges say, else as the node says, in their order', () => {
    expect(from(null)).toBe('')
    expect(from('last_write_wins')).toBe('')
    expect(from('concat')).toBe('A\n\n{"x":1}\n\n')
    expect(from('array')).toEqual(['A', '{"x":1}', ''])
    expect(from('json_object')).toEqual({ a: 'A', b: '{"x":1}', c: '' })
    expect(from(null, { merge: 'array' })).toEqual(['A', '{"x":1}', ''])
    expect(from('concat', { merge: 'array' })).toBe('A\n\n{"x":1}\n\n')
  })

  it('is one value where one edge is drawn, unless that edge says how to merge', () => {
    const one = (mergeStrategy: IncomingEdge['mergeStrategy']) =>
      bound([edge(0, 'a', { mergeStrategy })], { a: { value: 'A' } }, { config: { merge: 'array' } }).input
    expect(one(null)).toBe('A')
    expect(one('array')).toEqual(['A'])
  })

  it('is keyed by the label of its source, by its id where two have that label, by the key where one source brings two', () => {
    const parents = {
      a: { label: 'Draft', value: 'A' },
      b: { label: 'Draft', value: 'B' },
      c: { label: 'Title', value: 'C' },
      d: { label: '', value: { x: 1, y: 2 } },
    }
    const edges = [
      edge(0, 'a', { mergeStrategy: 'json_object' }),
      edge(1, 'b'),
      edge(2, 'c'),
      edge(3, 'd', { sourceOutputKey: 'x' }),
      edge(4, 'd', { sourceOutputKey: 'y' }),
    ]
    expect(bound(edges, parents).input).toEqual({ a: 'A', b: 'B', Title: 'C', 'd.x': 1, 'd.y': 2 })
  })

  it('has the same keys whichever branch was taken', () => {
    const parents = { a: { label: 'Draft', value: 'A' }, b: { label: 'Draft', value: 'B' } }
    const edges = [edge(0, 'a', { mergeStrategy: 'json_object', outcome: 'not_taken' }), edge(1, 'b')]
    expect(bound(edges, parents).input).toEqual({ b: 'B' })
  })

  it('may have any label for a key', () => {
    const edges = [edge(0, 'a', { mergeStrategy: 'json_object' }), edge(1, 'b')]
    const input = bound(edges, { a: { label: '__proto__', value: 'A' }, b: { label: 'constructor', value: 'B' } }).input as object
    expect(Object.entries(input)).toEqual([
      ['__proto__', 'A'],
      ['constructor', 'B'],
    ])
  })

  it('leaves out what failed, and keeps its place where it is a list or an object', () => {
    const merged = (mergeStrategy: IncomingEdge['mergeStrategy']) =>
      bound(
        [edge(0, 'a', { mergeStrategy }), edge(1, 'b', { outcome: 'failed' })],
        { a: { value: 'A' }, b: {} },
        { config: { on_parent_failure: 'substitute_default' } },
      ).input
    expect(merged('last_write_wins')).toBe('A')
    expect(merged('concat')).toBe('A')
    expect(merged('array')).toEqual(['A', ''])
    expect(merged('json_object')).toEqual({ a: 'A', b: '' })
  })

  it('does not depend on the order in which it came', () => {
    const contributions = fc.uniqueArray(
      fc.record({
        ordinal: fc.nat(50),
        source: fc.constantFrom('a', 'b', 'c'),
        label: fc.constantFrom('', 'X', 'Y', 'a'),
        value: fc.jsonValue(),
        substitute: fc.boolean(),
      }),
      { selector: ({ ordinal }) => ordinal, maxLength: 8 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...mergeStrategies), contributions, fc.infiniteStream(fc.nat()), (strategy, given, dice) => {
        const one = given.map(({ ordinal, source, label, value, substitute }) => ({
          edge: { ordinal, source, sourceOutputKey: 'output' },
          label,
          value,
          substitute,
        }))
        const other = one
          .map((each) => ({ each, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each)
        expect(mergeValues(strategy, other)).toEqual(mergeValues(strategy, one))
        if (strategy === 'json_object') expect(Object.keys(mergeValues(strategy, one) as object)).toHaveLength(one.length)
      }),
    )
  })

  it('is shown to a model as JSON where it is a list', () => {
    expect(renderTemplate('[[input]]', { input: ['a', { b: 1 }] }, { lists: 'json' })).toEqual({ ok: true, value: '["a",{"b":1}]' })
  })
})

it('a join is given all that came, in order, named by its label or its source', () => {
  const edges = [edge(3, 'c', { targetParamLabel: 'extra' }), edge(1, 'a'), edge(2, 'b', { outcome: 'not_taken' })]
  const gathered = gatherInputs(job(edges, { a: { value: 'A' }, b: { value: 'B' }, c: { value: 'C' } }, { nodeType: 'merge' }))
  expect(gathered.map(({ label, value }) => [label, value])).toEqual([
    ['a', 'A'],
    ['b', undefined],
    ['extra', 'C'],
  ])
  expect(mergeValues('json_object', gathered)).toEqual({ a: 'A', extra: 'C' })
  expect(mergeValues('array', gathered)).toEqual(['A', 'C'])
})

it('a value is data: what looks like a template or a check box in it stays', () => {
  const text = '[ x ] {{ inputs.secret }} [[input]] {% raw %}'
  const inputs = bound([edge(0, 'p')], { p: { value: text } })
  expect(renderTemplate('Say: [[input]]', { ...inputs, inputs: { secret: 's' } })).toEqual({ ok: true, value: `Say: ${text}` })
})
