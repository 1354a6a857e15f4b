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
