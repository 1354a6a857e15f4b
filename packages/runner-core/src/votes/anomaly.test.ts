import { describe, expect, it } from 'vitest'
import { type CastVote, voterEvidence } from './anomaly.ts'

/** Park and Miller's minimal standard generator. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

const strength: Record<string, number> = { great: 2, good: 1, fair: 0, poor: -1 }
const names = Object.keys(strength)

/** Votes of people who look: each pair by its strengths, a fifth of them ties. */
function honest(voters: number, each: number, random: () => number): CastVote[] {
  return Array.from({ length: voters * each }, (_, nth) => {
    const first = names[Math.floor(random() * names.length)]!
    const rest = names.filter((name) => name !== first)
    const second = rest[Math.floor(random() * rest.length)]!
    const p = 1 / (1 + Math.exp(strength[second]! - strength[first]!))
    const result = random() < 0.2 ? 0.5 : random() < p ? 1 : 0
    return { voter: `honest-${nth % voters}`, first, second, result }
  })
}

const attacks: Record<string, (vote: CastVote, random: () => number) => CastVote['result']> = {
  coin: (_, random) => (random() < 0.5 ? 1 : 0),
  inverted: ({ result }) => (1 - result) as CastVote['result'],
  always_first: () => 1,
  always_second: () => 0,
  for: ({ first, second, result }) => (first === 'poor' ? 1 : second === 'poor' ? 0 : result),
  against: ({ first, second, result }) => (first === 'great' ? 0 : second === 'great' ? 1 : result),
}

describe('the evidence against a voter', () => {
  it('is strong for an honest one no more often than it may be, however often it is read', () => {
    const flagged = voterEvidence(honest(400, 50, dice(11))).filter(({ flaggedAt }) => flaggedAt !== null)
    expect(flagged.length).toBeLessThanOrEqual(400 * 0.05)
  })

  it.each(Object.entries(attacks))('finds %s among the crowd', (kind, attack) => {
    const random = dice(5)
    const crowd = honest(100, 40, random)
    const mine = honest(1, 100, random).map((vote): CastVote => ({ ...vote, voter: 'attacker', result: attack(vote, random) }))
    const found = voterEvidence([...crowd, ...mine]).find(({ voter }) => voter === 'attacker')!
    expect(found.flaggedAt).not.toBeNull()
    expect(found.suspicion.kind).toBe(kind)
    if (kind === 'for') expect(found.suspicion.competitor).toBe('poor')
    if (kind === 'against') expect(found.suspicion.competitor).toBe('great')
  })

  it('takes a lower alpha for a reason to wait longer', () => {
    const random = dice(3)
    const crowd = honest(50, 40, random)
    const mine = Array.from({ length: 60 }, (): CastVote => ({ voter: 'attacker', first: 'poor', second: 'great', result: 1 }))
    const at = (alpha: number) => voterEvidence([...crowd, ...mine], { alpha }).find(({ voter }) => voter === 'attacker')!.flaggedAt!
    expect(at(0.001)).toBeGreaterThan(at(0.05))
  })

  it('says nothing of a voter who is alone on its pairs', () => {
    const [alone] = voterEvidence(Array.from({ length: 5 }, (): CastVote => ({ voter: 'only', first: 'x', second: 'y', result: 1 })))
    expect(alone).toMatchObject({ flaggedAt: null, evidence: 1 })
  })
})
