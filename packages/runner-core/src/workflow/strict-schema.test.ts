import { expect, test } from 'vitest'
import { strictSchema, withoutNulls } from './strict-schema.ts'

const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({ type: 'object', properties, ...more })

test('bounds are left out, objects closed and optional keys may be null, at any depth', () => {
  const schema = object(
    { list: { type: 'array', items: object({ n: { type: 'integer', minimum: 1 } }), maxItems: 3 } },
    { required: ['list'] },
  )
  expect(strictSchema(schema)).toEqual({
    type: 'object',
    properties: {
      list: {
        type: 'array',
        items: {
          type: 'object',
          properties: { n: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
          required: ['n'],
          additionalProperties: false,
        },
      },
    },
    required: ['list'],
    additionalProperties: false,
  })
})

test.each([
  ['a list', { type: 'array', items: { type: 'string' } }],
  ['an object of which nothing is known', { type: 'object' }],
  ['keys of any name', object({ a: { type: 'string' } }, { additionalProperties: { type: 'string' } })],
  ['a reference', object({ a: { $ref: '#/$defs/a' } })],
  ['a list of anything', object({ a: { type: 'array' } })],
  ['a condition', object({ a: { type: 'string' } }, { if: {} })],
  ['a boolean', true],
])('%s is told in words instead', (_, schema) => {
  expect(strictSchema(schema)).toBeUndefined()
})

test('nulls leave where the key was optional, and stay where it was not', () => {
  const schema = object({ a: { type: 'string' }, b: object({ c: { type: 'string' } }) }, { required: ['b'] })
  expect(withoutNulls({ a: null, b: { c: null }, other: 0 }, schema)).toEqual({ b: {}, other: 0 })
  expect(withoutNulls({ b: null }, schema)).toEqual({ b: null })
})
