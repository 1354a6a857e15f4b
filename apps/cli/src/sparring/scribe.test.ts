import { schemaViolations } from '@agon/runner-core/workflow'
import { templates } from '@agon/templates'
import { describe, expect, test } from 'vitest'
import { scribe } from './scribe.ts'

const told = (schema: unknown) => `Answer with one JSON value and nothing else. It fits this JSON Schema:\n${JSON.stringify(schema)}`
const answer = (schema: unknown, prompt = 'Name three harbours and their tides.', system = '') =>
  JSON.parse(scribe(`${system}\n\n${told(schema)}`, prompt)) as unknown

function schemasIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'output_contract'
      ? (part as { schema?: Record<string, unknown> }).schema
        ? [(part as { schema: Record<string, unknown> }).schema]
        : []
      : schemasIn(part),
  )
}

describe.each(templates.map(({ slug, document }) => [slug, schemasIn(document)] as const).filter(([, schemas]) => schemas.length > 0))(
  'the schemas of %s',
  (_slug, schemas) => {
    test('are met, whatever the task says', () => {
      for (const schema of schemas)
        for (const prompt of ['', '!!!', 'Name three harbours and their tides.', 'x '.repeat(5000)])
          expect(schemaViolations(schema, answer(schema, prompt))).toEqual([])
    })
  },
)

test('the same task is answered the same, another one otherwise', () => {
  const schema = { type: 'object', properties: { said: { type: 'string' } } }
  expect(answer(schema)).toEqual(answer(schema))
  expect(answer(schema)).not.toEqual(answer(schema, 'Explain why lighthouses are painted red and white.'))
})

test('every criterion is decided, once', () => {
  const criteria = {
    type: 'array',
    items: { type: 'object', properties: { name: { type: 'string', enum: ['short', 'true'] }, pass: { type: 'boolean' } } },
  }
  expect(answer({ type: 'object', properties: { criteria } })).toMatchObject({
    criteria: [
      { name: 'short', pass: true },
      { name: 'true', pass: true },
    ],
  })
})

test('the route is taken that says of itself what the request says', () => {
  const schema = { type: 'object', properties: { route: { type: 'string', enum: ['picture', 'film'] } } }
  const system =
    'Choose exactly one of these routes:\n- picture: A still image: a poster, a logo\n- film: A video: something moves or happens'
  expect(answer(schema, 'A poster of a lighthouse', system)).toEqual({ route: 'picture' })
  expect(answer(schema, 'Something that moves: a boat in a lock', system)).toEqual({ route: 'film' })
})

test('a plan uses each lens at hand with what the one before made, and is no deeper than it may be', () => {
  const system =
    'Plan at most 6 steps, at most 2 after one another. These lenses are at hand, and no others:\n- notes (task): Takes notes\n- write (instruction, material)\n- edit (text): Edits'
  expect(answer({ type: 'object', properties: { steps: { type: 'array' } } }, 'A page about tides', system)).toEqual({
    steps: [
      { id: 'step_1', lens: 'notes', inputs: [{ label: 'task', value: 'A page about tides' }], depends_on: [] },
      {
        id: 'step_2',
        lens: 'write',
        inputs: [
          { label: 'instruction', value: '[[step_1]]' },
          { label: 'material', value: '[[step_1]]' },
        ],
        depends_on: ['step_1'],
      },
      { id: 'step_3', lens: 'edit', inputs: [{ label: 'text', value: 'A page about tides' }], depends_on: [] },
    ],
  })
})

test('without a schema it answers in prose that says what it is', () => {
  expect(scribe('', 'Name three harbours.')).toMatch(/^Simulated\. \w.*\.$/)
})
