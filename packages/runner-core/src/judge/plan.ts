import type { RubricCriterion } from '../ports/index.ts'
import { presentations } from './labels.ts'

/** How a judge is asked: about all answers at once, about each pair, or about each criterion of the rubric. */
export type JudgeMode = 'listwise' | 'pairwise' | 'rubric'

/** One call to a judge. Its part and presentation name it for good: what is recorded under them is never asked again. */
export interface JudgeCall {
  /** `all`, `<slot>-<slot>`, or `criterion:<n>`. */
  part: string
  presentation: 0 | 1
  /** In the order shown: the first is Answer 1. */
  slots: string[]
  /** The one criterion this call is about. */
  criterion?: RubricCriterion
  /** What its scores count for beside those of the other parts. */
  weight: number
}

/** More answers than this are compared two by two: a judge loses sight of a longer list. */
const MOST_IN_A_LIST = 8

/** The mode of a battle that names none. A pair is the same question in both. */
export const defaultMode = (contenders: number): JudgeMode => (contenders > MOST_IN_A_LIST ? 'pairwise' : 'listwise')

/** How many calls one judge makes, both orders of every part. */
export function callsOf(mode: JudgeMode, contenders: number, criteria: number): number {
  if (mode === 'pairwise') return contenders * (contenders - 1)
  return mode === 'rubric' ? 2 * Math.max(1, criteria) : 2
}

/**
 * Every call that a judge has to make of a battle, in an order that is always the same. Each part is asked in both orders. The shuffle is
 * drawn for each part from the seed, so that no two judges and no two parts show the contenders alike.
 *
 * @example judgingPlan({ seed: judgeId, mode: 'listwise', slots: ['A', 'B'] }) // part 'all' in both orders
 */
export function judgingPlan({
  seed,
  mode,
  slots,
  rubric,
}: {
  seed: string
  mode: JudgeMode
  slots: readonly string[]
  rubric?: readonly RubricCriterion[] | null
}): JudgeCall[] {
  const sorted = [...slots].sort()
  const bothOrders = (part: string, among: readonly string[], more: { criterion?: RubricCriterion; weight: number }): JudgeCall[] =>
    presentations(`${seed}/${part}`, among).map((order, nth) => ({ part, presentation: nth as 0 | 1, slots: order, ...more }))
  if (mode === 'pairwise') {
    return sorted.flatMap((one, nth) =>
      sorted.slice(nth + 1).flatMap((other) => bothOrders(`${one}-${other}`, [one, other], { weight: 1 })),
    )
  }
  if (mode === 'rubric' && rubric?.length) {
    return rubric.flatMap((criterion, nth) => bothOrders(`criterion:${nth + 1}`, sorted, { criterion, weight: criterion.weight ?? 1 }))
  }
  return bothOrders('all', sorted, { weight: 1 })
}

/** The calls that are still to be made when these are on record. */
export const stillToAsk = (plan: readonly JudgeCall[], recorded: readonly { part: string; presentation: number }[]): JudgeCall[] =>
  plan.filter((call) => !recorded.some(({ part, presentation }) => part === call.part && presentation === call.presentation))
