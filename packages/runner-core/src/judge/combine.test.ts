import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judgeDecisions,
  type PairDecisions,
  type PanelMember,
  pairKey,
  panelDecisions,
  panelOutcome,
  type RecordedVerdict,
} from './combine.ts'
import { type JudgeMode, judgingPlan } from './plan.ts'

const ids = ['a', 'b', 'c', 'd']

/** One call, by the scores it gave; equal scores are a tie between them, and all places equal with both_bad. */
function verdict(part: string, presentation: number, scores: Record<string, number>, more: Partial<RecordedVerdict> = {}): RecordedVerdict {
  const entries = Object.entries(scores)
  const best = Math.max(...Object.values(scores))
  const winners = entries.filter(([, score]) => score === best)
  const outcome = more.outcome ?? (winners.length === 1 ? 'winner' : 'tie')
  return {
    part,
    presentation,
    weight: 1,
    ...more,
    outcome,
    scores:
      outcome === 'abstain'
        ? []
        : entries.map(([contenderId, score]) => ({
            contenderId,
            score,
            place: outcome === 'both_bad' ? 1 : 1 + entries.filter(([, other]) => other > score).length,
          })),
  }
}
const both = (scores: Record<string, number>, more: Partial<RecordedVerdict> = {}) =>
  [0, 1].map((order) => verdict('all', order, scores, more))
const decide = (verdicts: RecordedVerdict[], mode: JudgeMode = 'listwise') => Object.fromEntries(judgeDecisions(mode, verdicts))

describe('one judge', () => {
  it('decides what both of its orders say, and nothing where they disagree', () => {
    expect(decide(both({ a: 9, b: 4 }))).toEqual({ 'a b': 'first' })
    expect(decide(both({ a: 5, b: 5 }))).toEqual({ 'a b': 'tie' })
    expect(decide(both({ a: 1, b: 1 }, { outcome: 'both_bad' }))).toEqual({ 'a b': 'both_bad' })
    expect(decide([verdict('all', 0, { a: 9, b: 4 }), verdict('all', 1, { a: 4, b: 9 })])).toEqual({ 'a b': 'inconsistent' })
    expect(decide([verdict('all', 0, { a: 9, b: 4 }), verdict('all', 1, { a: 5, b: 5 })])).toEqual({ 'a b': 'inconsistent' })
    expect(decide([verdict('all', 0, { a: 1, b: 1 }), verdict('all', 1, { a: 1, b: 1 }, { outcome: 'both_bad' })])).toEqual({
      'a b': 'inconsistent',
    })
  })

  it('that abstained in one order of a part decided nothing in it', () => {
    expect(decide([verdict('all', 0, { a: 9, b: 4 }), verdict('all', 1, {}, { outcome: 'abstain' })])).toEqual({})
    expect(decide([verdict('all', 0, { a: 9, b: 4 })])).toEqual({})
    const pairs = [
      ...[0, 1].map((order) => verdict('a-b', order, { a: 9, b: 4 })),
      verdict('a-c', 0, { a: 9, c: 4 }),
      verdict('a-c', 1, {}, { outcome: 'abstain' }),
    ]
    expect(decide(pairs, 'pairwise')).toEqual({ 'a b': 'first' })
  })

  it('of a rubric adds the criteria up by their weights, each order for itself', () => {
    const correct = [0, 1].map((order) => verdict('criterion:1', order, { a: 9, b: 6 }, { weight: 2 }))
    const short = [0, 1].map((order) => verdict('criterion:2', order, { a: 2, b: 9 }))
    expect(decide([...correct, ...short], 'rubric')).toEqual({ 'a b': 'second' })
    const heavier = correct.map((each) => ({ ...each, weight: 3 }))
    expect(decide([...heavier, ...short], 'rubric')).toEqual({ 'a b': 'first' })
  })
})

describe('a panel', () => {
  const member = (weight: number, decision: 'first' | 'second' | 'tie' | 'both_bad' | 'inconsistent'): PanelMember => ({
    weight,
    decisions: new Map([['a b', decision]]),
  })
  const panel = (...members: PanelMember[]) => panelDecisions(members).get('a b')

  it('decides by weight, not by heads', () => {
    expect(panel(member(2, 'first'), member(0.9, 'second'), member(0.9, 'second'))).toBe('first')
    expect(panel(member(1, 'first'), member(1, 'second'), member(1, 'second'))).toBe('second')
  })

  it('is not decided by a judge that contradicts itself', () => {
    expect(panel(member(1, 'first'), member(5, 'inconsistent'))).toBe('first')
    expect(panel(member(1, 'inconsistent'))).toBe('inconsistent')
  })

  it('tells a tie from a balance of the sides', () => {
    expect(panel(member(1, 'first'), member(1, 'tie'))).toBe('tie')
    expect(panel(member(1, 'first'), member(1, 'second'))).toBe('inconsistent')
    expect(panel(member(1, 'tie'), member(2, 'both_bad'))).toBe('both_bad')
  })

  it('of weights that add up in tenths balances to the thousandth', () => {
    expect(panel(member(0.1, 'first'), member(0.2, 'first'), member(0.3, 'second'))).toBe('inconsistent')
  })
})

describe('a battle', () => {
  const outcome = (pairs: Record<string, 'first' | 'second' | 'tie' | 'both_bad' | 'inconsistent'>, contenders = ['a', 'b', 'c']) =>
    panelOutcome(contenders, new Map(Object.entries(pairs)))
  it('is won by who beats every other', () => {
    expect(outcome({ 'a b': 'second', 'a c': 'tie', 'b c': 'first' })).toEqual({ outcome: 'winner', winnerId: 'b' })
  })
  it('without such a one is a tie when the unbeaten are level, and inconsistent when the judge is or goes round in a circle', () => {
    expect(outcome({ 'a b': 'tie', 'a c': 'first', 'b c': 'first' })).toEqual({ outcome: 'tie' })
    expect(outcome({ 'a b': 'inconsistent', 'a c': 'first', 'b c': 'first' })).toEqual({ outcome: 'inconsistent' })
    expect(outcome({ 'a b': 'first', 'a c': 'second', 'b c': 'first' })).toEqual({ outcome: 'inconsistent' })
    expect(outcome({ 'a b': 'both_bad', 'a c': 'both_bad', 'b c': 'both_bad' })).toEqual({ outcome: 'both_bad' })
  })
  it('of which no pair was decided has no verdict', () => {
    expect(outcome({})).toEqual({ outcome: 'abstain' })
  })
})

describe('whatever the judges say', () => {
  const score = fc.integer({ min: 0, max: 20 }).map((half) => half / 2)
  const call = fc.record({
    scores: fc.array(score, { minLength: 4, maxLength: 4 }),
    abstains: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    bad: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  })
  const rubric = [{ title: 'x', weight: 2 }, { title: 'y' }]
  const judge = fc.record({
    mode: fc.constantFrom<JudgeMode>('listwise', 'pairwise', 'rubric'),
    weight: fc.constantFrom(0, 0.5, 1, 1, 1, 2.125),
    calls: fc.array(call, { minLength: 12, maxLength: 12 }),
  })
  type Judge = typeof judge extends fc.Arbitrary<infer J> ? J : never

  const said = ({ mode, calls }: Judge, rename: (id: string) => string = (id) => id): RecordedVerdict[] =>
    judgingPlan({ seed: 's', mode, slots: ids, rubric }).map(({ part, presentation, slots, weight }, nth) => {
      const { scores, abstains, bad } = calls[nth]!
      const given = Object.fromEntries([...slots].sort().map((id) => [rename(id), scores[ids.indexOf(id)]!]))
      return verdict(part, presentation, given, { weight, ...(abstains ? { outcome: 'abstain' } : bad ? { outcome: 'both_bad' } : {}) })
    })
  const member = (judge: Judge, rename?: (id: string) => string): PanelMember => ({
    weight: judge.weight,
    decisions: judgeDecisions(judge.mode, said(judge, rename)),
  })
  const outcomeOf = (decisions: PairDecisions) => panelOutcome(ids, decisions)

  it('new names for the contenders give the same result under the new names', () => {
    fc.assert(
      fc.property(fc.array(judge, { minLength: 1, maxLength: 4 }), fc.shuffledSubarray(ids, { minLength: 4 }), (judges, names) => {
        const rename = (id: string) => names[ids.indexOf(id)]!
        const plain = outcomeOf(panelDecisions(judges.map((each) => member(each))))
        const renamed = outcomeOf(panelDecisions(judges.map((each) => member(each, rename))))
        expect(renamed).toEqual(plain.outcome === 'winner' ? { outcome: 'winner', winnerId: rename(plain.winnerId) } : plain)
      }),
    )
  })

  it('the two orders may be swapped, and the calls recorded in any sequence', () => {
    fc.assert(
      fc.property(judge, fc.infiniteStream(fc.nat()), (each, keys) => {
        const swapped = said(each).map((call) => ({ call: { ...call, presentation: 1 - call.presentation }, key: keys.next().value! }))
        const shuffled = swapped.sort((x, y) => x.key - y.key).map(({ call }) => call)
        expect(new Map([...judgeDecisions(each.mode, shuffled)].sort())).toEqual(new Map([...judgeDecisions(each.mode, said(each))].sort()))
      }),
    )
  })

  it('the seats of the judges do not matter, and a judge of weight 0 does not', () => {
    fc.assert(
      fc.property(fc.array(judge, { minLength: 1, maxLength: 5 }), judge, fc.infiniteStream(fc.nat()), (judges, extra, keys) => {
        const members = judges.map((each) => member(each))
        const decided = new Map([...panelDecisions(members)].sort())
        const seated = members.map((each) => ({ each, key: keys.next().value! })).sort((x, y) => x.key - y.key)
        expect(new Map([...panelDecisions(seated.map(({ each }) => each))].sort())).toEqual(decided)
        expect(new Map([...panelDecisions([...members, { ...member(extra), weight: 0 }])].sort())).toEqual(decided)
      }),
    )
  })

  it('a panel of one is that one, and one judge thrice is that one', () => {
    fc.assert(
      fc.property(judge, (each) => {
        const one = { ...member(each), weight: 1 }
        const outcome = outcomeOf(one.decisions)
        expect(outcomeOf(panelDecisions([one]))).toEqual(outcome)
        expect(outcomeOf(panelDecisions([one, one, one]))).toEqual(outcome)
      }),
    )
  })

  it('a pair has one name', () => {
    expect(pairKey('b', 'a')).toBe(pairKey('a', 'b'))
  })
})
