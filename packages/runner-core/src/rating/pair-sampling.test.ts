import { describe, expect, it } from 'vitest'
import { board } from './board.ts'
import type { Comparison } from './comparisons.ts'
import { drawPair, informativePairs } from './pair-sampling.ts'

/** Park and Miller's minimal standard generator. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

const known: Comparison[] = [
  ...Array.from({ length: 200 }, (_, nth): Comparison => ({ a: 'high', b: 'higher', result: (nth % 2) as 0 | 1 })),
  ...Array.from({ length: 200 }, (_, nth): Comparison => ({ a: 'high', b: 'low', result: nth % 50 ? 1 : 0 })),
]

describe('the pair to compare next', () => {
  it('has the newcomer in it', () => {
    const [first] = informativePairs(known, ['new'])
    expect([first!.a, first!.b]).toContain('new')
  })

  it('is a close one rather than one whose outcome is known', () => {
    const gains = informativePairs(known, [])
    const of = (a: string, b: string) => gains.find((pair) => [pair.a, pair.b].sort().join() === [a, b].sort().join())!.gain
    expect(of('high', 'higher')).toBeGreaterThan(0)
    expect(of('low', 'higher')).toBeGreaterThan(of('high', 'higher'))
    const even = Array.from({ length: 200 }, (_, nth): Comparison => ({ a: 'low', b: 'lower', result: (nth % 2) as 0 | 1 }))
    const withEven = informativePairs([...known, ...even], [])
    expect(withEven.at(-1)!.gain).toBeLessThan(withEven[0]!.gain)
  })

  it('is none of those excluded, and there are as many as were asked for', () => {
    const gains = informativePairs(known, ['new'], { excluded: (a, b) => a === 'new' || b === 'new', most: 2 })
    expect(gains).toHaveLength(2)
    for (const { a, b } of gains) expect([a, b]).not.toContain('new')
  })

  it('is any of two nobody has seen', () => expect(informativePairs([], ['x', 'y'])).toMatchObject([{ a: 'x', b: 'y' }]))

  it('is drawn in proportion to what it tells', () => {
    const gains = [
      { a: 'x', b: 'y', gain: 3 },
      { a: 'x', b: 'z', gain: 1 },
    ]
    expect(drawPair(gains, 0)).toBe(gains[0])
    expect(drawPair(gains, 0.74)).toBe(gains[0])
    expect(drawPair(gains, 0.76)).toBe(gains[1])
    expect(drawPair([], 0.5)).toBeUndefined()
  })

  it('makes a sharper board of as many comparisons than a pair drawn blindly', () => {
    const strength: Record<string, number> = Object.fromEntries(Array.from({ length: 12 }, (_, nth) => [`m${nth}`, nth * 0.7]))
    const names = Object.keys(strength)
    const widest = (choose: (log: Comparison[], random: () => number) => [string, string]) => {
      const random = dice(17)
      const log: Comparison[] = []
      for (let nth = 0; nth < 600; nth++) {
        const [a, b] = choose(log, random)
        log.push({ a, b, result: random() < 1 / (1 + Math.exp(strength[b]! - strength[a]!)) ? 1 : 0 })
      }
      const widths = board(log).rows.map(({ lower, upper }) => (lower === null ? 400 : upper! - lower))
      return widths.reduce((sum, width) => sum + width, 0) / widths.length
    }
    const blind = widest((_, random) => {
      const a = names[Math.floor(random() * names.length)]!
      const rest = names.filter((name) => name !== a)
      return [a, rest[Math.floor(random() * rest.length)]!]
    })
    const informed = widest((log, random) => {
      const { a, b } = drawPair(informativePairs(log, names), random())!
      return [a, b]
    })
    console.log(`mean width of the 95 % intervals after 600 comparisons: ${informed.toFixed(0)} informed, ${blind.toFixed(0)} blind`)
    expect(informed).toBeLessThan(blind)
  })
})
