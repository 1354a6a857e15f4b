import { describe, expect, it } from 'vitest'
import type { EdgeCondition } from './document.ts'
import { conditionHolds, overrideReference, valueAt } from './edge-values.ts'
import type { NodeOutputEnvelope } from './envelope.ts'

const envelope: NodeOutputEnvelope = {
  kind: 'text',
  artifact_kind: 'json',
  output: 'the text',
  data: { score: 7, none: null, no: false, empty: '', 'a.b': 'dotted key', a: { b: 'nested', list: [{ x: 1 }, 2] }, output: 'inner' },
  media: { url: 'https://a.example/i.png' },
  metadata: { model: 'm' },
}

describe('the value of an edge', () => {
  it.each([
    [undefined, 'the text'],
    ['output', 'the text'],
    ['data', envelope.data],
    ['data.output', 'inner'],
    ['score', 7],
    ['none', null],
    ['no', false],
    ['empty', ''],
    ['a.b', 'dotted key'],
    ['data.a.b', 'nested'],
    ['a.list.0.x', 1],
    ['a.list.-1', 2],
    ['a.list.length', undefined],
    ['media.url', 'https://a.example/i.png'],
    ['metadata.model', 'm'],
    ['missing', undefined],
    ['missing.too', undefined],
    ['constructor', undefined],
    ['score.toFixed', undefined],
  ])('at %s is %j', (path, value) => {
    expect(valueAt(envelope, path)).toEqual(value)
  })

  it('is none where there is no data, or data is a list without that place', () => {
    const { data: _, ...bare } = envelope
    expect(valueAt(bare, 'score')).toBeUndefined()
    expect(valueAt(bare, 'data')).toBeUndefined()
    expect(valueAt({ ...envelope, data: ['x', 'y'] }, '1')).toBe('y')
    expect(valueAt({ ...envelope, data: ['x'] }, '1')).toBeUndefined()
  })
})

const holds = (value: unknown, operator: EdgeCondition['operator'], wanted?: EdgeCondition['value']) =>
  conditionHolds({ path: 'v', operator, ...(wanted !== undefined && { value: wanted }) }, { ...envelope, data: { v: value } })

describe('a condition', () => {
  it.each([
    ['a', 'a', true],
    [7, '7', true],
    ['7', 7, true],
    [true, 'true', true],
    [1e21, '1000000000000000000000', true],
    [1.5e-7, '0.00000015', true],
    [-2.5e-7, '-0.00000025', true],
    [null, null, true],
    ['a', 'A', false],
    [null, 'null', false],
    [0, false, false],
    [['a'], 'a', false],
    [undefined, null, false],
  ])('%j equals %j: %s', (value, wanted, expected) => {
    expect(holds(value, 'equals', wanted)).toBe(expected)
  })

  it.each([
    ['seaside', 'sea', true],
    ['seaside', '', true],
    ['room 101', 101, true],
    [['a', 1], 1, true],
    [['a', 1], '1', false],
    [[null], null, true],
    [['seaside'], 'sea', false],
    [{ sea: 1 }, 'sea', false],
    [undefined, 'x', false],
  ])('%j contains %j: %s', (value, wanted, expected) => {
    expect(holds(value, 'contains', wanted)).toBe(expected)
  })

  it.each([0, '', false, [], {}])('%j is present and not truthy', (value) => {
    expect(holds(value, 'present')).toBe(true)
    expect(holds(value, 'truthy')).toBe(false)
  })

  it.each([null, undefined])('%j is neither', (value) => {
    expect(holds(value, 'present')).toBe(false)
    expect(holds(value, 'truthy')).toBe(false)
  })

  it.each([1, 'x', true, [0], { a: 0 }])('%j is both', (value) => {
    expect(holds(value, 'present')).toBe(true)
    expect(holds(value, 'truthy')).toBe(true)
  })
})

it('an override refers to a node, or to an input, only as a whole', () => {
  expect(overrideReference('[[draft]]')).toEqual({ node: 'draft', path: 'output' })
  expect(overrideReference('[[ draft-2.data.score ]]')).toEqual({ node: 'draft-2', path: 'data.score' })
  for (const literal of ['see [[draft]]', '[[draft', '[ x ]', 7, null, ['[[draft]]']]) expect(overrideReference(literal)).toBeUndefined()
})
