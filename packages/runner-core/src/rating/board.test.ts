import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { board, ranked, styleBoard } from './board.ts'
import type { Comparison } from './comparisons.ts'

const names = ['ant', 'bee', 'cat', 'dog', 'elk']

const comparison = fc
  .record({
    pair: fc.uniqueArray(fc.constantFrom(...names), { minLength: 2, maxLength: 2 }),
    result: fc.constantFrom<(0 | 0.5 | 1)[]>(0, 0.5, 1),
    cluster: fc.option(fc.constantFrom('p', 'q', 'r'), { nil: undefined }),
  })
  .map(({ pair, result, cluster }): Comparison => ({ a: pair[0]!, b: pair[1]!, result, ...(cluster && { cluster }) }))
const log = fc.array(comparison, { maxLength: 40 })

const swapped = ({ a, b, result, ...rest }: Comparison): Comparison => ({ a: b, b: a, result: (1 - result) as 0 | 0.5 | 1, ...rest })

describe('a board', () => {
  it('is the same to the last bit in any order, with any pair written the other way round', () => {
    fc.assert(
      fc.property(
        log.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }), fc.nat())),
        ([rows, order, seed]) => {
          const other = order.map((row, nth) => ((seed >> (nth % 16)) & 1 ? swapped(row) : row))
          expect(board(other)).toEqual(board(rows))
        },
      ),
    )
  })

  it('gives what it gave under other names, by those names', () => {
    fc.assert(
      fc.property(log, (rows) => {
        const renamed = (name: string) => `z${9 - names.indexOf(name)}`
        const plain = board(rows).rows
        const other = board(rows.map((row) => ({ ...row, a: renamed(row.a), b: renamed(row.b) }))).rows
        for (const row of plain) {
          const twin = other.find(({ competitor }) => competitor === renamed(row.competitor))!
          expect(twin.provisional).toBe(row.provisional)
          expect(twin.rating).toBeCloseTo(row.rating, 6)
          expect(twin.rank).toBe(row.rank)
        }
      }),
    )
  })

  it('is finite, ranks nobody it cannot, and counts every game, whatever the log', () => {
    fc.assert(
      fc.property(log, (rows) => {
        const { rows: standing } = board(rows)
        for (const row of standing) {
          expect(Number.isFinite(row.rating)).toBe(true)
          expect(row.wins + row.losses + row.ties).toBe(row.games)
          expect(row.rank === null).toBe(row.provisional !== null)
          if (row.rank !== null) expect(row.upper! - row.lower!).toBeGreaterThanOrEqual(0)
        }
        expect(standing.reduce((sum, row) => sum + row.games, 0)).toBe(2 * rows.length)
      }),
    )
  })

  it.each<[string, Comparison[]]>([
    ['no comparison', []],
    ['one comparison', [{ a: 'x', b: 'y', result: 1 }]],
    ['ties alone', Array.from({ length: 20 }, () => ({ a: 'x', b: 'y', result: 0.5 as const }))],
    ['who always wins', Array.from({ length: 50 }, (_, nth) => ({ a: 'x', b: `y${nth % 3}`, result: 1 as const }))],
    [
      'two groups that never met',
      [
        ...Array.from({ length: 10 }, (_, nth) => ({ a: 'a', b: 'b', result: (nth % 2) as 0 | 1 })),
        ...Array.from({ length: 12 }, (_, nth) => ({ a: 'x', b: 'y', result: (nth % 2) as 0 | 1 })),
      ],
    ],
  ])('says what it can of %s', (_, rows) => {
    const { rows: standing } = board(rows)
    expect(standing.every((row) => Number.isFinite(row.rating))).toBe(true)
  })

  it('calls provisional who is outside the largest group that beat each other, and lets it move nobody’s rating', () => {
    const core: Comparison[] = [
      ...Array.from({ length: 10 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: nth < 7 ? 1 : 0, cluster: `q${nth}` })),
    ]
    const alone = board(core).rows
    const { rows } = board([...core, { a: 'new', b: 'a', result: 1, cluster: 'q0' }])
    expect(rows.find(({ competitor }) => competitor === 'new')).toMatchObject({ rank: null, provisional: 'not_connected', lower: null })
    expect(rows.find(({ competitor }) => competitor === 'new')!.rating).toBeGreaterThan(
      rows.find(({ competitor }) => competitor === 'a')!.rating,
    )
    for (const row of alone) expect(rows.find(({ competitor }) => competitor === row.competitor)!.rating).toBe(row.rating)
  })

  it('lists who has played too little last, without a rank', () => {
    const rows: Comparison[] = [
      ...Array.from({ length: 30 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: (nth % 2) as 0 | 1 })),
      { a: 'c', b: 'a', result: 1 },
      { a: 'c', b: 'b', result: 0 },
    ]
    expect(board(rows, { minGames: 10 }).rows.map(({ competitor, rank, provisional }) => [competitor, rank, provisional])).toEqual([
      ['b', 1, null],
      ['a', 1, null],
      ['c', null, 'few_games'],
    ])
  })

  it('gives odds of ten to one 400 points', () => {
    const rows = Array.from({ length: 110 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: nth < 100 ? 1 : 0 }))
    const [a, b] = board(rows).rows
    expect(a!.rating - b!.rating).toBeCloseTo(400, 6)
  })

  it('takes a repeated comparison of one cluster for no new knowledge', () => {
    const once = Array.from({ length: 40 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: nth % 3 ? 1 : 0, cluster: `q${nth}` }))
    const width = (rows: Comparison[]) => board(rows).rows[0]!.upper! - board(rows).rows[0]!.lower!
    expect(width([...once, ...once, ...once])).toBeCloseTo(width(once), 6)
    expect(width([...once, ...once, ...once].map((row) => ({ ...row, cluster: undefined }) as unknown as Comparison))).toBeLessThan(
      width(once) * 0.6,
    )
  })

  it('claims no more certainty from a handful of clusters than from comparisons that share nothing', () => {
    const rows = Array.from({ length: 60 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: nth % 3 ? 1 : 0 }))
    const width = (clusters: number) => {
      const [first] = board(rows.map((row, nth) => ({ ...row, cluster: `q${nth % clusters}` }))).rows
      return first!.upper! - first!.lower!
    }
    const free = board(rows).rows[0]!.upper! - board(rows).rows[0]!.lower!
    for (const few of [1, 2, 3, 29]) expect(width(few)).toBeGreaterThanOrEqual(free)
  })

  it('is not certain of a single tie, nor of two battles', () => {
    for (const rows of [[0.5], [1, 0], [0.5, 0.5, 0.5]] as const) {
      const made = board(rows.map((result, nth): Comparison => ({ a: 'x', b: 'y', result, cluster: `q${nth}` })))
      for (const row of made.rows) expect(row.upper! - row.lower!).toBeGreaterThan(300)
      const styled = styleBoard(rows.map((result): Comparison => ({ a: 'x', b: 'y', result, style: [0.1, 0, 0, 0] })))
      for (const row of styled.rows) expect(row.upper! - row.lower!).toBeGreaterThan(300)
    }
  })

  it('takes a comparison of weight three for three that say the same', () => {
    const once = Array.from({ length: 40 }, (_, nth): Comparison => ({ a: 'a', b: 'b', result: nth % 3 ? 1 : 0, cluster: `q${nth}` }))
    const weighed = board(once.map((row) => ({ ...row, weight: 3 })))
    const said = board([...once, ...once, ...once])
    for (const [nth, row] of weighed.rows.entries()) {
      expect(row).toMatchObject({ games: said.rows[nth]!.games, wins: said.rows[nth]!.wins, rank: said.rows[nth]!.rank })
      expect(row.rating).toBeCloseTo(said.rows[nth]!.rating, 8)
      expect(row.upper).toBeCloseTo(said.rows[nth]!.upper!, 8)
    }
    expect(weighed.clusterRatio).toBeCloseTo(said.clusterRatio!, 8)
  })

  it('ranked anew for another minimum of games is what it would have been', () => {
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 12 }), (rows, minGames) => {
        expect(ranked(board(rows).rows, { minGames })).toEqual(board(rows, { minGames }).rows)
      }),
    )
  })

  it('at equal style ranks by what style leaves over, and is the same in any order', () => {
    const rows = Array.from({ length: 300 }, (_, nth): Comparison => {
      const wordy = ((nth * 7919) % 13) / 13 - 0.4
      return { a: 'wordy', b: 'terse', result: wordy > (nth % 5) / 8 - 0.2 ? 1 : 0, cluster: `q${nth % 100}`, style: [wordy, 0, 0, 0] }
    })
    const made = styleBoard(rows)
    expect(made).toEqual(styleBoard(rows.toReversed().map(({ style, ...row }) => ({ ...swapped(row), style: style!.map((one) => -one) }))))
    expect(made.coefficients.map(({ feature }) => feature)).toEqual(['length', 'headers', 'lists', 'bold'])
    expect(made.coefficients[0]!.value).toBeGreaterThan(made.coefficients[0]!.halfWidth)
    for (const row of made.rows)
      expect(row.rating).not.toBe(board(rows).rows.find(({ competitor }) => competitor === row.competitor)!.rating)
  })

  it.each<[string, Comparison]>([
    ['itself', { a: 'x', b: 'x', result: 1 }],
    ['result', { a: 'x', b: 'y', result: 2 as 1 }],
    ['weight', { a: 'x', b: 'y', result: 1, weight: 0 }],
  ])('refuses a comparison with a wrong %s, by its number', (what, row) => {
    expect(() => board([{ a: 'x', b: 'y', result: 1 }, row])).toThrow(new RegExp(`comparison 1: .*${what}`))
  })
})
