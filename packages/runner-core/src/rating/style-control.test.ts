import { describe, expect, it } from 'vitest'
import { fitBradleyTerry } from './bradley-terry.ts'
import { type Comparison, readComparisons } from './comparisons.ts'
import { fitStyleControlled, styleDifference, styleOf } from './style-control.ts'

/** A sequence that looks random and is the same every time: Park and Miller's minimal standard generator. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Comparisons in which the truth is known: strengths, and what a longer answer is worth. */
function simulated(count: number, strength: Record<string, number>, verbosity: Record<string, number>, worth: number): Comparison[] {
  const random = dice(7)
  const names = Object.keys(strength)
  return Array.from({ length: count }, (_, nth) => {
    const a = names[Math.floor(random() * names.length)]!
    const others = names.filter((name) => name !== a)
    const b = others[Math.floor(random() * others.length)]!
    const style = [verbosity[a]! - verbosity[b]! + (random() - 0.5)]
    const odds = strength[a]! - strength[b]! + worth * style[0]!
    return { a, b, style, result: random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0, cluster: `q${nth % 500}` }
  })
}

describe('style control', () => {
  it('finds the strengths below the style: the wordy model is not the better one', () => {
    const log = readComparisons(simulated(20_000, { terse: 0.5, wordy: 0, plain: -0.5 }, { terse: 0, wordy: 1, plain: 0 }, 1.5))
    const naive = fitBradleyTerry(log)
    const [plain, terse, wordy] = [0, 1, 2]
    expect(naive.rating[wordy!]).toBeGreaterThan(naive.rating[terse!]!)
    const controlled = fitStyleControlled(log, naive.inCore)
    expect(controlled.rating[terse!]).toBeGreaterThan(controlled.rating[wordy!]!)
    const gap = (controlled.rating[terse!]! - controlled.rating[plain!]!) / (400 / Math.LN10)
    expect(gap).toBeCloseTo(1, 1)
    for (const who of [plain, terse, wordy]) expect(controlled.halfWidth[who!]).toBeGreaterThan(0)
  })

  it('gives the coefficient of a feature that has none an interval around nothing', () => {
    const log = readComparisons(simulated(5_000, { x: 0.3, y: 0 }, { x: 0, y: 0 }, 0))
    const { coefficients } = fitStyleControlled(log, new Uint8Array(2).fill(1))
    expect(Math.abs(coefficients[0]!.value)).toBeLessThan(coefficients[0]!.halfWidth * 1.5)
  })

  it('without features gives the plain ratings', () => {
    const rows = simulated(500, { x: 0.3, y: 0, z: -1 }, { x: 0, y: 0, z: 0 }, 0).map(({ style: _, ...row }) => row)
    const log = readComparisons(rows)
    const plain = fitBradleyTerry(log)
    const controlled = fitStyleControlled(log, plain.inCore)
    for (const who of [0, 1, 2]) {
      expect(controlled.rating[who]).toBeCloseTo(plain.rating[who]!, 6)
      expect(controlled.halfWidth[who]).toBeCloseTo(plain.halfWidth[who]!, 6)
    }
  })

  it('shrinks as little with ten times the data as with one: the penalty is on the summed loss', () => {
    const of = (count: number) =>
      fitStyleControlled(readComparisons(simulated(count, { x: 0, y: 0 }, { x: 0, y: 0 }, 2)), new Uint8Array(2).fill(1)).coefficients[0]!
        .value
    expect(of(20_000)).toBeCloseTo(of(2_000), 1)
  })
})

describe('the style of an answer', () => {
  it('counts headers, list items and bold spans outside of code', () => {
    const text = '# One\n\n- a **b**\n* c\n1. d\n\n```md\n# not this\n- nor this\n```\n__e__ 2*3*4'
    expect(styleOf(text)).toEqual({ length: text.length, headers: 1, lists: 3, bold: 2 })
  })

  it('differs in opposite ways from the two sides, between −1 and 1', () => {
    const [a, b] = [styleOf('# Title\n- x\n- y'), styleOf('short')]
    const there = styleDifference(a, b)
    expect(styleDifference(b, a)).toEqual(there.map((each) => (each === 0 ? 0 : -each)))
    for (const each of there) expect(Math.abs(each)).toBeLessThanOrEqual(1)
  })
})
