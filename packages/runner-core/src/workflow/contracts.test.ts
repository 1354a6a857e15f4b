import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ContractField, contractField, type InputContract, inputContract } from './contract-schema.ts'
import {
  contractError,
  fieldFaults,
  fieldJsonSchema,
  inputJsonSchema,
  inputViolations,
  jsonSchemaOf,
  outputViolations,
  sameJson,
} from './contracts.ts'
import type { NodeOutputEnvelope } from './envelope.ts'
import { schemaFault, schemaViolations } from './json-schema.ts'

const contract = (parameters: Record<string, Partial<ContractField>>, more: Partial<InputContract> = {}): InputContract =>
  inputContract.parse({ parameters, ...more })
const reasons = (parameters: Record<string, Partial<ContractField>>, inputs: Record<string, unknown>, more: Partial<InputContract> = {}) =>
  inputViolations(contract(parameters, more), inputs).map(({ path, reason }) => `${path} ${reason}`)

describe('an input contract', () => {
  it('asks for what is required, and takes 0, false and empty text for values', () => {
    expect(reasons({ a: {}, b: {}, c: {} }, { a: 0, b: false, c: '' })).toEqual([])
    expect(reasons({ a: {}, b: { required: false }, c: { default: 1 } }, {})).toEqual(['/a missing_required'])
    expect(reasons({ a: {} }, { a: null })).toEqual(['/a missing_required'])
  })

  it.each([
    [{ type: 'string' }, 7, 'type_mismatch'],
    [{ type: 'number' }, '7', 'type_mismatch'],
    [{ type: 'number' }, Number.NaN, 'type_mismatch'],
    [{ type: 'integer' }, 7.5, 'type_mismatch'],
    [{ type: 'boolean' }, 'true', 'type_mismatch'],
    [{ type: 'url' }, 'ftp://a.example', 'type_mismatch'],
    [{ type: 'url' }, 'no address', 'type_mismatch'],
    [{ type: 'json' }, '{no json', 'type_mismatch'],
    [{ type: 'array' }, { length: 1 }, 'type_mismatch'],
    [{ type: 'number', min: 3 }, 2.9, 'below_min'],
    [{ type: 'integer', max: 3 }, 4, 'above_max'],
    [{ type: 'string', min_length: 2 }, '🌊', 'too_short'],
    [{ type: 'string', max_length: 2 }, 'sea', 'too_long'],
    [{ type: 'array', max_length: 1 }, [1, 2], 'too_long'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'A', 'pattern_mismatch'],
    [{ type: 'any', enum: ['a', { b: 1 }] }, { b: 2 }, 'enum_mismatch'],
  ] as const)('of %j refuses %j: %s', (field, value, reason) => {
    expect(reasons({ a: field as unknown as Partial<ContractField> }, { a: value })).toEqual([`/a ${reason}`])
  })

  it.each([
    [{ type: 'json' }, '{"a": 1}'],
    [{ type: 'json' }, { a: 1 }],
    [{ type: 'url' }, 'https://a.example/b?c=d'],
    [{ type: 'integer', min: 0, max: 0 }, 0],
    [{ type: 'string', max_length: 1 }, '🌊'],
    [
      { type: 'any', enum: [{ b: 1, c: [2] }] },
      { c: [2], b: 1 },
    ],
  ] as const)('of %j takes %j', (field, value) => {
    expect(reasons({ a: field as unknown as Partial<ContractField> }, { a: value })).toEqual([])
  })

  it('lists everything, in its own order, with the place of each item', () => {
    const found = reasons({ a: { type: 'string' }, list: { type: 'array', item_type: 'integer' } }, { list: [1, 'two', 3.5] })
    expect(found).toEqual(['/a missing_required', '/list/1 type_mismatch', '/list/2 type_mismatch'])
    expect(reasons({ a: { type: 'string', min_length: 9, pattern: '^x' } }, { a: 'abc' })).toEqual(['/a too_short', '/a pattern_mismatch'])
  })

  it('asks for one of a group, and refuses others only where it is strict', () => {
    const parameters = { a: { required: false }, b: { required: false } }
    expect(reasons(parameters, {}, { require_any_of: [['a', 'b']] })).toEqual([' require_any_of'])
    expect(reasons(parameters, { b: 0, z: 1 }, { require_any_of: [['a', 'b']] })).toEqual([])
    expect(reasons(parameters, { z: 1 }, { strict: true })).toEqual(['/z unknown_field'])
  })

  it('says nothing of a value, which may be secret', () => {
    const found = inputViolations(contract({ key: { type: 'string', pattern: '^sk-' } }), { key: 'hunter2' })
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect(contractError('input', found)).toMatchObject({ code: 'input_contract_violation', message: '/key: key must match ^sk-' })
  })

  it('is not fooled by what every object inherits', () => {
    expect(reasons({ constructor: {}, toString: {} }, {})).toEqual(['/constructor missing_required', '/toString missing_required'])
  })

  it('as JSON Schema refuses and takes the same, but for what JSON Schema cannot say', () => {
    const number = fc.record({
      type: fc.constantFrom('number' as const, 'integer' as const),
      min: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
      max: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
    })
    const text = fc.record({
      type: fc.constant('string' as const),
      min_length: fc.option(fc.nat(3), { nil: undefined }),
      max_length: fc.option(fc.nat(3), { nil: undefined }),
    })
    const value = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ maxLength: 5 }),
      fc.boolean(),
      fc.array(fc.nat(3), { maxLength: 3 }),
    )
    fc.assert(
      fc.property(
        fc.oneof(number, text, fc.constant({ type: 'array' as const }), fc.constant({ type: 'boolean' as const })),
        value,
        (field, given) => {
          const full = contractField.parse(JSON.parse(JSON.stringify(field)))
          const bySchema = schemaViolations(fieldJsonSchema(full) as Record<string, unknown>, given).length === 0
          expect(inputViolations({ parameters: { a: full }, strict: false }, { a: given }).length === 0).toBe(bySchema)
        },
      ),
    )
  })

  it('as JSON Schema says what is required, and that no more may come', () => {
    expect(inputJsonSchema(contract({ a: { type: 'string' }, b: { default: 1 } }, { strict: true, require_any_of: [['a', 'b']] }))).toEqual(
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { default: 1 } },
        required: ['a'],
        allOf: [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }],
        additionalProperties: false,
      },
    )
  })

  it('that nothing satisfies is found before anybody tries', () => {
    expect(fieldFaults(contractField.parse({ type: 'integer', min: 2, max: 1, default: 'x' }))).toHaveLength(2)
    expect(fieldFaults(contractField.parse({ type: 'string', enum: ['a', 7] }))).toEqual([
      'enum has 7, which the rest of the contract refuses',
    ])
    expect(fieldFaults(contractField.parse({ type: 'string', enum: ['a'], default: 'a' }))).toEqual([])
  })
})

const envelope = (more: Partial<NodeOutputEnvelope> = {}): NodeOutputEnvelope => ({
  kind: 'text',
  artifact_kind: 'text',
  output: 'x',
  ...more,
})

describe('an output contract', () => {
  it('is kept by what is of its kind and fits its schema', () => {
    const asked = { kind: 'validation' as const, artifact_kind: 'json' as const, schema: { type: 'object', required: ['passed'] } }
    expect(outputViolations(asked, envelope({ kind: 'validation', artifact_kind: 'json', data: { passed: true } }))).toEqual([])
    expect(outputViolations(asked, envelope()).map(({ path, reason }) => [path, reason])).toEqual([
      ['/kind', 'kind'],
      ['/artifact_kind', 'artifact_kind'],
      ['/data', 'schema'],
    ])
  })

  it('reads the text where there is no data', () => {
    const asked = { schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } }, additionalProperties: false } }
    expect(outputViolations(asked, envelope({ output: '{"a": 1}' }))).toEqual([])
    expect(outputViolations(asked, envelope({ output: '{"a": "x", "b": 2}' })).map(({ path }) => path)).toEqual(['/data/a', '/data'])
  })

  it('is broken by what is no envelope, whatever it asks', () => {
    for (const value of [
      null,
      'x',
      {},
      { kind: 'text' },
      { kind: 'text', artifact_kind: 'poem', output: '' },
      { kind: 'text', artifact_kind: 'text' },
      envelope({ media: {} as never }),
    ])
      expect(outputViolations({}, value)).toMatchObject([{ reason: 'invalid_envelope' }])
    expect(outputViolations({}, envelope({ output: '' }))).toEqual([])
  })

  it('asks a provider for its schema, where it is an object', () => {
    expect(jsonSchemaOf({ schema: { type: 'object' } })).toEqual({ name: 'output', schema: { type: 'object' } })
    expect(jsonSchemaOf({ schema: true })).toBeUndefined()
    expect(jsonSchemaOf(undefined)).toBeUndefined()
  })

  it('tells five violations, and how many more', () => {
    const many = Array.from({ length: 8 }, (_, nth) => ({ path: `/data/${nth}`, reason: 'schema' as const, message: 'no' }))
    expect(contractError('output', many)).toMatchObject({
      code: 'output_contract_violation',
      message: expect.stringMatching(/; and 3 more$/) as string,
    })
  })
})

describe('a JSON Schema', () => {
  it('tells the parts, not the whole because of them, and of alternatives only that none fits', () => {
    const schema = {
      type: 'object',
      required: ['a', 'b'],
      properties: { c: { type: 'array', items: { type: 'integer', minimum: 3 } } },
      anyOf: [{ required: ['y'] }, { required: ['z'] }],
    }
    expect(schemaViolations(schema, { c: [1, 'x', 5] }).map(({ path, keyword }) => [path, keyword])).toEqual([
      ['', 'anyOf'],
      ['', 'required'],
      ['', 'required'],
      ['/c/0', 'minimum'],
      ['/c/1', 'type'],
    ])
  })

  it.each([
    [{ type: 'strin' }, '/type'],
    [{ properties: { a: { pattern: '(a+)+' } } }, '/properties/a/pattern'],
    [{ patternProperties: { '(x*)*': {} } }, '/patternProperties'],
    [{ $ref: 'https://a.example/schema.json' }, '/$ref'],
    [{ $ref: '#/$defs/none' }, ''],
    [{ required: 'a' }, '/required'],
    [{ properties: 3 }, '/properties'],
  ])('like %j is refused where it is given', (schema, path) => {
    expect(schemaFault(schema as Record<string, unknown>)).toMatchObject({ path })
  })

  it.each([
    {
      $defs: {
        tree: { type: 'object', properties: { pattern: { type: 'string' }, type: { enum: ['a'] }, required: { type: 'boolean' } } },
      },
      $ref: '#/$defs/tree',
    },
    { enum: [{ type: 'no type', pattern: '(a+)+' }] },
    { type: ['string', 'null'] },
    true,
  ])('like %j may be given: names and data are no keywords', (schema) => {
    expect(schemaFault(schema as Record<string, unknown>)).toBeUndefined()
  })

  it('that refers to itself for ever is a violation, and no crash', () => {
    expect(schemaViolations({ $ref: '#' }, {})).toMatchObject([{ keyword: 'schema' }])
  })
})

it('JSON is the same whatever the order of keys, and never by what is inherited', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value, JSON.parse(JSON.stringify(value)))))
  expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true)
  expect(sameJson([], {})).toBe(false)
  expect(sameJson({ a: undefined }, { toString: undefined })).toBe(false)
  expect(sameJson(1, '1')).toBe(false)
})
