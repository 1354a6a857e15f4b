import { judgeQuality, type TwoOrders } from '@agon/runner-core/rating'
import { type Reproduced, readCsv, readJson, row } from './data.ts'

export const llmbarFiles = ['llmbar/verdicts.csv', 'llmbar/expected.json']

interface Cell {
  subset: string
  judge: string
  strategy: string
  acc_order1: number
  acc_order2: number
  both_correct: number
  positional_agreement: number
  non_12_verdicts: number
}

/** LLMBar's 325 cells: each judge and strategy against gold, in both orders (Zeng et al. 2024). */
export function reproduceLlmbar(): Reproduced[] {
  const side = (said: string) => (said === '1' ? 'a' : said === '2' ? 'b' : null)
  const asked = new Map<string, TwoOrders[]>()
  for (const { subset, judge, strategy, gold, winner_order1, winner_order2 } of readCsv('llmbar/verdicts.csv')) {
    const cell = `${subset}, ${judge}, ${strategy}`
    const item: TwoOrders = { aFirst: side(winner_order1!), bFirst: side(winner_order2!), gold: side(gold!)! }
    asked.set(cell, [...(asked.get(cell) ?? []), item])
  }
  return readJson<Cell[]>('llmbar/expected.json').flatMap((expected) => {
    const cell = `${expected.subset}, ${expected.judge}, ${expected.strategy}`
    const ours = judgeQuality(asked.get(cell)!)
    // Two verdicts that cannot be read agree in the published table; here they do not.
    const agreeing = ours.consistency + ours.unreadableBoth / ours.items
    return [
      row('LLMBar', `${cell}: right in order 1`, expected.acc_order1, ours.correct.aFirst),
      row('LLMBar', `${cell}: right in order 2`, expected.acc_order2, ours.correct.bFirst),
      row('LLMBar', `${cell}: right in both`, expected.both_correct, ours.correct.both),
      row('LLMBar', `${cell}: agreement of the orders`, expected.positional_agreement, agreeing, 1e-9),
      row('LLMBar', `${cell}: unreadable`, expected.non_12_verdicts, ours.unreadable),
    ]
  })
}
