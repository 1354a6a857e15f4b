import { judgeQuality, type TwoOrders } from '../rating/agreement.ts'

/**
 * What a judge's word should weigh beside another's, from pairs whose better side is known: log(p / (1 - p)), where p is how often one of
 * its calls is right, with half an item each way added; never less than 0, which is the weight of a coin. A judge that says the one
 * thing in one order and the other in the other is right half the time. In thousandths, as they are stored.
 *
 * Source: the optimal weights of independent voters, Nitzan and Paroush (1982). Measured on LLMBar's 419 gold pairs, weights halved
 * apart from the pairs they are tried on: docs/judging.md.
 */
export function panelWeight(gold: readonly TwoOrders[]): number {
  const { correct } = judgeQuality(gold)
  const right = (correct.aFirst + correct.bFirst) / 2
  const share = (right + 0.5) / (correct.items + 1)
  return Math.max(0, Math.round(Math.log(share / (1 - share)) * 1000) / 1000)
}

/** How one judge did on gold pairs, and what its word weighs by it. */
export interface WeighedJudge {
  /** Pairs it decided in both orders: what the rest is made of. */
  pairs: number
  /** Pairs it gave no verdict on in one order or both. They say how often it is silent, and nothing of how often it is right. */
  abstained: number
  /** How often one of its calls is right; null without a pair. */
  accuracy: number | null
  /** Wilson's 95 % interval of the accuracy, a pair for one observation: its two orders are no two. */
  interval: { lower: number; upper: number } | null
  weight: number
}

/** Weighs a judge by pairs whose better side is known; what has no gold is passed by. */
export function weighJudge(asked: readonly TwoOrders[]): WeighedJudge {
  const gold = asked.filter((pair) => pair.gold !== undefined)
  const decided = gold.filter(({ aFirst, bFirst }) => aFirst !== null && bFirst !== null)
  const { correct } = judgeQuality(decided)
  const pairs = decided.length
  const accuracy = pairs === 0 ? null : (correct.aFirst + correct.bFirst) / 2 / pairs
  return {
    pairs,
    abstained: gold.length - pairs,
    accuracy,
    interval: accuracy === null ? null : wilson(accuracy, pairs),
    weight: panelWeight(decided),
  }
}

/** Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927). */
function wilson(share: number, items: number, z = 1.959963984540054): { lower: number; upper: number } {
  const centre = share + (z * z) / (2 * items)
  const half = z * Math.sqrt((share * (1 - share)) / items + (z * z) / (4 * items * items))
  const scale = 1 + (z * z) / items
  return { lower: Math.max(0, (centre - half) / scale), upper: Math.min(1, (centre + half) / scale) }
}
