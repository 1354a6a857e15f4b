import { describe, expect, it } from 'vitest'
import { type ScannedVote, scanVotes } from './scan.ts'

const models = ['great', 'good', 'fair']

/** Voters who prefer the better of two nine times in ten, a minute apart; by Park and Miller's generator. */
function crowd(voters: number, each: number): ScannedVote[] {
  let state = 7
  const roll = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: voters * each }, (_, nth) => {
    const [a, b] = [models[nth % 3]!, models[(nth + 1) % 3]!]
    const better = models.indexOf(a) < models.indexOf(b) ? 'A' : 'B'
    const worse = better === 'A' ? 'B' : 'A'
    return {
      battleId: `battle-${nth % 97}`,
      open: true,
      voter: `honest-${nth % voters}`,
      choice: roll() < 0.1 ? worse : better,
      at: nth * 60_000,
      cleared: false,
      contenders: { A: a, B: b },
    }
  })
}
const faithful = (changes: Partial<ScannedVote> = {}): ScannedVote[] =>
  Array.from({ length: 30 }, (_, nth) => ({
    battleId: `his-${nth}`,
    open: nth === 29,
    voter: 'fan',
    choice: nth % 2 ? 'B' : 'A',
    at: 1e9 + nth * 60_000,
    cleared: false,
    contenders: nth % 2 ? { A: 'great', B: 'fair' } : { A: 'fair', B: 'great' },
    ...changes,
  }))

describe('a scan', () => {
  it('finds nothing in an honest crowd', () => expect(scanVotes(crowd(40, 25))).toEqual([]))

  it('finds who is for one competitor whatever the answers, and says how strong the evidence is', () => {
    const [found, ...more] = scanVotes([...crowd(40, 25), ...faithful()])
    expect(more).toEqual([])
    expect(found).toMatchObject({
      voter: 'fan',
      battleId: null,
      reason: 'concentration',
      evidence: { kind: 'for', competitor: 'fair', alpha: 0.001 },
    })
    expect(found!.evidence.log10).toBeGreaterThan(3)
  })

  it('holds nobody whom a moderator has cleared, or who has no vote that is open', () => {
    expect(scanVotes([...crowd(40, 25), ...faithful({ cleared: true })])).toEqual([])
    expect(scanVotes([...crowd(40, 25), ...faithful({ open: false })])).toEqual([])
  })

  it('takes no evidence from battles of more than two: their choices are no independent pairs', () => {
    const three = faithful().map((vote) => ({ ...vote, contenders: { ...vote.contenders, C: 'good' } }))
    expect(scanVotes([...crowd(40, 25), ...three])).toEqual([])
  })

  const at = (voter: string, ms: number, choice: string, battleId = 'one'): ScannedVote => ({
    battleId,
    open: true,
    voter,
    choice,
    at: ms,
    cleared: false,
    contenders: { A: 'x', B: 'y' },
  })
  const stream = (count: number, everyMs: number, choice: (nth: number) => string) =>
    Array.from({ length: count }, (_, nth) => at(`v${nth}`, nth * everyMs, choice(nth)))

  it('finds a burst of one choice in one battle, and not a crowd that is divided, or slow', () => {
    const burst = scanVotes(stream(25, 300, () => 'A'))
    expect(burst).toHaveLength(25)
    expect(burst[0]).toMatchObject({ battleId: 'one', reason: 'burst', evidence: { choice: 'A', within_ms: 10_000 } })
    expect(scanVotes(stream(25, 300, (nth) => (nth % 2 ? 'A' : 'B')))).toEqual([])
    expect(scanVotes(stream(25, 1000, () => 'A'))).toEqual([])
    expect(scanVotes(stream(19, 300, () => 'A'))).toEqual([])
  })

  it('finds two who vote alike within seconds, battle after battle', () => {
    const battles = (count: number, choice: (nth: number) => string) =>
      Array.from({ length: count }, (_, nth) => [
        at('one', nth * 1e6, 'A', `b${nth}`),
        at('two', nth * 1e6 + 900, choice(nth), `b${nth}`),
      ]).flat()
    expect(scanVotes(battles(5, () => 'A'))).toEqual([
      { voter: 'one', battleId: null, reason: 'pair_timing', evidence: { with: 'two', battles: 5, within_ms: 2000 } },
      { voter: 'two', battleId: null, reason: 'pair_timing', evidence: { with: 'one', battles: 5, within_ms: 2000 } },
    ])
    expect(scanVotes(battles(4, () => 'A'))).toEqual([])
    expect(scanVotes(battles(8, (nth) => (nth % 2 ? 'A' : 'B')))).toEqual([])
  })
})
