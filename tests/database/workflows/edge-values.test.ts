import { conditionHolds, type EdgeCondition, type NodeOutputEnvelope, valueAt } from '@agon/runner-core/workflow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { useDatabase } from '../../support/database.ts'

// Which edges are taken, the database decides; what they bring, TypeScript reads; and the editor shows both. So both say the same.

const database = useDatabase()

const key = fc.constantFrom('a', 'b', 'a.b', 'output', 'data', '0')
/** Few, so that two of them often look alike. */
const lookalike = fc.constantFrom<string | number | boolean | null>(
  '7',
  7,
  '7.0',
  'true',
  true,
  'false',
  false,
  '',
  0,
  '0',
  'null',
  null,
  '1000000000000000000000',
  1e21,
  '0.00000015',
  1.5e-7,
)
const scalar = fc.oneof(
  { weight: 3, arbitrary: lookalike },
  fc.constantFrom('a', 'ab', -1.5),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  // PostgreSQL's text holds neither NUL nor half a surrogate pair.
  fc.string({ unit: 'grapheme', maxLength: 4 }).filter((text) => !text.includes('\0')),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
const path = fc.oneof(
  fc.constantFrom(undefined, 'output', 'data', 'media', 'media.url', 'metadata.model', 'data.'),
  fc
    .array(fc.constantFrom('a', 'b', 'data', 'output', '0', '1', '-1', 'length'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('.')),
)
const envelope = fc.record(
  { output: fc.constantFrom('', 'a', '7'), data: value, media: fc.record({ url: fc.constant('https://a.example') }) },
  { requiredKeys: ['output'] },
) as fc.Arbitrary<Partial<NodeOutputEnvelope>>
const condition = fc.record(
  { path, operator: fc.constantFrom<EdgeCondition['operator']>('equals', 'contains', 'present', 'truthy'), value: scalar },
  { requiredKeys: ['operator'] },
) as fc.Arbitrary<EdgeCondition>

/** A scalar, or a list of some, asked for one that may be the same. */
const alike = fc
  .tuple(
    fc.oneof(lookalike, fc.array(lookalike, { maxLength: 2 })),
    lookalike,
    fc.constantFrom<EdgeCondition['operator']>('equals', 'contains'),
  )
  .map(([a, value, operator]): [Partial<NodeOutputEnvelope>, EdgeCondition] => [
    { output: '', data: { a } },
    { path: 'a', operator, value },
  ])

const plain = <T>(given: T): T => JSON.parse(JSON.stringify(given)) as T

test('an edge brings in TypeScript what the database looks at', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(envelope, path), { minLength: 1, maxLength: 60, size: 'max' }), async (cases) => {
      const given = cases.map(([made, at]) => [plain({ kind: 'json', artifact_kind: 'json', ...made }), at ?? null])
      const { rows } = await database.sql.query<{ found: unknown; there: boolean }>(
        `select v as found, v is not null as there from jsonb_array_elements($1::jsonb) with ordinality c (c, nth)
         cross join lateral lenses.value_at(c -> 0, c ->> 1) v order by nth`,
        [JSON.stringify(given)],
      )
      for (const [nth, [made, at]] of given.entries()) {
        const mine = valueAt(made as NodeOutputEnvelope, (at as string | null) ?? undefined)
        expect([JSON.stringify(given[nth]), mine !== undefined, mine ?? null]).toEqual([
          JSON.stringify(given[nth]),
          rows[nth]!.there,
          rows[nth]!.found,
        ])
      }
    }),
    { numRuns: 20 },
  )
})

test('a condition holds in TypeScript where it holds in the database', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.tuple(envelope, condition), alike), { minLength: 1, maxLength: 60, size: 'max' }),
      async (cases) => {
        const given = cases.map(([made, asked]) => [plain({ kind: 'json', artifact_kind: 'json', ...made }), plain(asked)] as const)
        const { rows } = await database.sql.query<{ holds: boolean | null }>(
          `select lenses.condition_holds(c -> 1, c -> 0) as holds from jsonb_array_elements($1::jsonb) with ordinality c (c, nth) order by nth`,
          [JSON.stringify(given)],
        )
        for (const [nth, [made, asked]] of given.entries())
          expect([asked, made, conditionHolds(asked, made as NodeOutputEnvelope)]).toEqual([asked, made, rows[nth]!.holds === true])
      },
    ),
    { numRuns: 20 },
  )
})
