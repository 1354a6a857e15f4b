import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ELO_K, eloUpdate, expectedScore, type PairResult } from './elo.ts'

const rating = fc.double({ min: 0, max: 3000, noNaN: true })
const result = fc.constantFrom<PairResult['result']>(0, 0.5, 1)

/** A battle of 2 to 8 contenders with a result for some of its pairs. */
const battle = fc.array(rating, { minLength: 2, maxLength: 8 }).chain((numbers) => {
  const ids = numbers.map((_, i) => String.fromCharCode(65 + i))
  const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => ({ a, b })))
  return fc
    .tuple(fc.array(result, { minLength: pairs.length, maxLength: pairs.length }), fc.subarray(pairs.map((_, i) => i)))
    .map(([results, kept]) => ({
      ratings: new Map(ids.map((id, i) => [id, numbers[i]!])),
      pairs: kept.map((i): PairResult => ({ ...pairs[i]!, result: results[i]! })),
    }))
})

const sum = (ratings: ReadonlyMap<string, number>) => [...ratings.values()].reduce((a, b) => a + b, 0)

describe('the expected score', () => {
  it('of two opponents adds up to one, and is a half between equals', () => {
    fc.assert(
      fc.property(rating, rating, (a, b) => {
        expect(expectedScore(a, b) + expectedScore(b, a)).toBeCloseTo(1, 12)
      }),
    )
    expect(expectedScore(1000, 1000)).toBe(0.5)
    expect(expectedScore(1400, 1000)).toBeCloseTo(10 / 11, 12)
  })
})

describe('an Elo update', () => {
  it('of two equals moves the winner by half of K', () => {
    const after = eloUpdate(
      new Map([
        ['A', 1000],
        ['B', 1000],
      ]),
      [{ a: 'A', b: 'B', result: 1 }],
    )
    expect([...after]).toEqual([
      ['A', 1016],
      ['B', 984],
    ])
  })

  it('of two contenders is the classic rule', () => {
    fc.assert(
      fc.property(rating, rating, result, (a, b, score) => {
        const after = eloUpdate(
          new Map([
            ['A', a],
            ['B', b],
          ]),
          [{ a: 'A', b: 'B', result: score }],
        )
        expect(after.get('A')).toBeCloseTo(a + ELO_K * (score - 1 / (1 + 10 ** ((b - a) / 400))), 9)
      }),
    )
  })

  it('neither makes nor loses points', () => {
    fc.assert(
      fc.property(battle, ({ ratings, pairs }) => {
        expect(sum(eloUpdate(ratings, pairs))).toBeCloseTo(sum(ratings), 8)
      }),
    )
  })

  it('is the same to the last bit in any order of the pairs, and whichever side they are told from', () => {
    fc.assert(
      fc.property(battle, fc.infiniteStream(fc.boolean()), ({ ratings, pairs }, turned) => {
        const other = pairs
          .map(
            (pair): PairResult =>
              turned.next().value ? { a: pair.b, b: pair.a, result: (1 - pair.result) as PairResult['result'] } : pair,
          )
          .toReversed()
        expect(eloUpdate(ratings, other)).toEqual(eloUpdate(ratings, pairs))
      }),
    )
  })

  it('moves nobody by K or more, whatever the size of the battle', () => {
    fc.assert(
      fc.property(battle, ({ ratings, pairs }) => {
        for (const [id, after] of eloUpdate(ratings, pairs)) expect(Math.abs(after - ratings.get(id)!)).toBeLessThanOrEqual(ELO_K)
      }),
    )
  })

  it('of a three-way sweep shares K over the two opponents', () => {
    const ratings = new Map([
      ['A', 1000],
      ['B', 1000],
      ['C', 1000],
    ])
    const after = eloUpdate(ratings, [
      { a: 'A', b: 'B', result: 1 },
      { a: 'A', b: 'C', result: 1 },
      { a: 'B', b: 'C', result: 0.5 },
    ])
    expect([...after.values()]).toEqual([1016, 992, 992])
  })

  it('without pairs leaves the ratings alone', () => {
    expect([...eloUpdate(new Map([['A', 1200]]), [])]).toEqual([['A', 1200]])
  })

  it('throws on a pair told twice or a contender without a rating', () => {
    const ratings = new Map([
      ['A', 1000],
      ['B', 1000],
    ])
    expect(() =>
      eloUpdate(ratings, [
        { a: 'A', b: 'B', result: 1 },
        { a: 'B', b: 'A', result: 0 },
      ]),
    ).toThrow('given twice')
    expect(() => eloUpdate(ratings, [{ a: 'A', b: 'X', result: 1 }])).toThrow('no rating for X')
  })
})
