import { describe, expect, it } from 'vitest'
import { callsOf, defaultMode, judgingPlan, stillToAsk } from './plan.ts'

const slots = (n: number) => Array.from({ length: n }, (_, i) => String.fromCharCode(65 + i))
const rubric = [{ title: 'Correct', weight: 2 }, { title: 'Short' }]

describe('a judging plan', () => {
  it('asks every part in both orders, each the other reversed', () => {
    for (const mode of ['listwise', 'pairwise', 'rubric'] as const) {
      const plan = judgingPlan({ seed: 's', mode, slots: slots(5), rubric })
      expect(plan).toHaveLength(callsOf(mode, 5, rubric.length))
      for (const { part, slots: order } of plan.filter(({ presentation }) => presentation === 0)) {
        expect(plan.find((call) => call.part === part && call.presentation === 1)!.slots).toEqual(order.toReversed())
      }
    }
  })

  it('is made of all answers, of each pair once, or of each criterion', () => {
    const parts = (mode: 'listwise' | 'pairwise' | 'rubric') => [
      ...new Set(judgingPlan({ seed: 's', mode, slots: ['C', 'A', 'B'], rubric }).map(({ part }) => part)),
    ]
    expect(parts('listwise')).toEqual(['all'])
    expect(parts('pairwise')).toEqual(['A-B', 'A-C', 'B-C'])
    expect(parts('rubric')).toEqual(['criterion:1', 'criterion:2'])
    expect(judgingPlan({ seed: 's', mode: 'rubric', slots: ['A', 'B'], rubric }).map(({ weight }) => weight)).toEqual([2, 2, 1, 1])
  })

  it('goes up to 26 contenders: in one list to 8, and two by two beyond, unless it is told otherwise', () => {
    expect([2, 3, 8, 9, 26].map(defaultMode)).toEqual(['listwise', 'listwise', 'listwise', 'pairwise', 'pairwise'])
    expect(judgingPlan({ seed: 's', mode: 'pairwise', slots: slots(26) })).toHaveLength(650)
    expect(judgingPlan({ seed: 's', mode: 'listwise', slots: slots(26) }).map(({ slots: order }) => order.length)).toEqual([26, 26])
  })

  it('shuffles for each judge and for each part anew, and always the same', () => {
    const firsts = (seed: string) =>
      judgingPlan({ seed, mode: 'pairwise', slots: slots(6) })
        .filter((call) => call.presentation === 0)
        .map((call) => call.slots.join(''))
    expect(firsts('one')).toEqual(firsts('one'))
    expect(firsts('one')).not.toEqual(firsts('two'))
    const forwards = firsts('one').filter((order) => order[0]! < order[1]!).length
    expect(forwards).toBeGreaterThan(2)
    expect(forwards).toBeLessThan(13)
  })

  it('asks nothing twice', () => {
    const plan = judgingPlan({ seed: 's', mode: 'pairwise', slots: ['A', 'B', 'C'] })
    const left = stillToAsk(plan, [
      { part: 'A-B', presentation: 0 },
      { part: 'B-C', presentation: 1 },
    ])
    expect(left.map(({ part, presentation }) => `${part} ${presentation}`)).toEqual(['A-B 1', 'A-C 0', 'A-C 1', 'B-C 0'])
    expect(stillToAsk(plan, plan)).toEqual([])
  })
})
