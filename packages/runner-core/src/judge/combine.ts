import type { JudgeMode } from './plan.ts'

/** A recorded call, as the combination sees it. */
export interface RecordedVerdict {
  part: string
  presentation: number
  outcome: 'winner' | 'tie' | 'both_bad' | 'abstain'
  /** Of its criterion; 1 elsewhere. */
  weight: number
  scores: readonly { contenderId: string; score: number; place: number }[]
}

/** What came of one pair. `first` and `second` are the contenders as the pair names them. */
export type PairDecision = 'first' | 'second' | 'tie' | 'both_bad' | 'inconsistent'

/** Decisions by pair: `pairKey` makes the key. A pair that is not in it was not decided by anybody. */
export type PairDecisions = ReadonlyMap<string, PairDecision>

/** Contender ids hold no space. The smaller id comes first, so that a pair has one name however it is asked for. */
export const pairKey = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

type Leaning = 1 | 0 | -1

/** Scores have two decimals and weights three. */
const EVEN = 1e-6

/**
 * What one judge decided of each pair: what both of its orders say. Orders that disagree are `inconsistent`, and decide nothing. A part
 * counts when both its orders could be read; so a judge that abstained from every part decided no pair.
 *
 * In rubric mode the scores of an order are added up by the weights of the criteria before its orders are compared; in the other modes
 * it is the places that count, since a judge may tell apart what it scores alike.
 */
export function judgeDecisions(mode: JudgeMode, verdicts: readonly RecordedVerdict[]): PairDecisions {
  const read = new Map<string, RecordedVerdict[]>()
  for (const verdict of verdicts) {
    if (verdict.outcome !== 'abstain') read.set(verdict.part, [...(read.get(verdict.part) ?? []), verdict])
  }
  const whole = [...read.values()].filter((both) => both.length === 2).flat()
  /** For each pair, what each order leaned to; in rubric mode the sum of its criteria. */
  const leanings = new Map<string, Map<number, { sum: number; bad: boolean }>>()
  for (const { presentation, outcome, weight, scores } of whole) {
    for (const one of scores) {
      for (const other of scores) {
        if (one.contenderId >= other.contenderId) continue
        const orders = leanings.get(pairKey(one.contenderId, other.contenderId)) ?? new Map()
        leanings.set(pairKey(one.contenderId, other.contenderId), orders)
        const before = orders.get(presentation) ?? { sum: 0, bad: true }
        const lead = mode === 'rubric' ? weight * (one.score - other.score) : other.place - one.place
        orders.set(presentation, { sum: before.sum + lead, bad: before.bad && outcome === 'both_bad' })
      }
    }
  }
  const decided = new Map<string, PairDecision>()
  for (const [pair, orders] of leanings) {
    const said = [...orders.values()].map(({ sum, bad }) => ({ lean: lean(sum), bad }))
    decided.set(pair, ofOrders(said))
  }
  return decided
}

const lean = (sum: number): Leaning => (sum > EVEN ? 1 : sum < -EVEN ? -1 : 0)

function ofOrders(said: { lean: Leaning; bad: boolean }[]): PairDecision {
  const [first] = said
  if (!first || said.some((order) => order.lean !== first.lean)) return 'inconsistent'
  if (first.lean !== 0) return first.lean > 0 ? 'first' : 'second'
  if (said.some((order) => order.bad !== first.bad)) return 'inconsistent'
  return first.bad ? 'both_bad' : 'tie'
}

export interface PanelMember {
  /** 0 or more; three decimals count. */
  weight: number
  decisions: PairDecisions
}

/**
 * What a panel decided of each pair, by the weight of those who decided it. An inconsistent judge sides with nobody. A side wins with
 * more weight than the other side and than those who saw none ahead; where the sides balance, the panel is inconsistent.
 */
export function panelDecisions(members: readonly PanelMember[]): PairDecisions {
  const decided = new Map<string, PairDecision>()
  const counted = members
    .map(({ weight, decisions }) => ({ weight: Math.round(weight * 1000), decisions }))
    .filter(({ weight }) => weight > 0)
  for (const pair of new Set(counted.flatMap(({ decisions }) => [...decisions.keys()]))) {
    const sums: Record<PairDecision, number> = { first: 0, second: 0, tie: 0, both_bad: 0, inconsistent: 0 }
    for (const { weight, decisions } of counted) {
      const decision = decisions.get(pair)
      if (decision) sums[decision] += weight
    }
    decided.set(pair, ofWeights(sums))
  }
  return decided
}

function ofWeights({ first, second, tie, both_bad }: Record<PairDecision, number>): PairDecision {
  const level = tie + both_bad
  if (first > second && first > level) return 'first'
  if (second > first && second > level) return 'second'
  if (level > 0 && level >= first && level >= second) return both_bad > tie ? 'both_bad' : 'tie'
  return 'inconsistent'
}

/** How a battle stands when all that its judges said is put together. */
export type PanelOutcome = { outcome: 'winner'; winnerId: string } | { outcome: 'tie' | 'both_bad' | 'inconsistent' | 'abstain' }

/**
 * The outcome of a battle. Who beats every other wins. Else it is a draw, and the outcome says of which sort: `both_bad` when that is
 * what was said of every pair; `tie` when those whom nobody beats were called level; `inconsistent` when the judges could not make up
 * their minds or went round in a circle; `abstain` when no pair was decided at all.
 */
export function panelOutcome(contenderIds: readonly string[], decisions: PairDecisions): PanelOutcome {
  if (decisions.size === 0) return { outcome: 'abstain' }
  const result = (one: string, other: string): PairDecision | undefined => {
    const decision = decisions.get(pairKey(one, other))
    if (one < other || (decision !== 'first' && decision !== 'second')) return decision
    return decision === 'first' ? 'second' : 'first'
  }
  const against = (one: string) => contenderIds.filter((other) => other !== one).map((other) => result(one, other))
  const winnerId = contenderIds.find((one) => against(one).every((decision) => decision === 'first'))
  if (winnerId !== undefined) return { outcome: 'winner', winnerId }
  if ([...decisions.values()].every((decision) => decision === 'both_bad')) return { outcome: 'both_bad' }
  const unbeaten = contenderIds.filter((one) => !against(one).includes('second'))
  const level = unbeaten.flatMap(against).every((decision) => decision === 'first' || decision === 'tie' || decision === 'both_bad')
  return { outcome: unbeaten.length > 0 && level ? 'tie' : 'inconsistent' }
}
