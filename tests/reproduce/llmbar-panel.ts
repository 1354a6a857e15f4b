import { type PairDecision, panelDecisions, panelWeight } from '@agon/runner-core'
import type { TwoOrders } from '@agon/runner-core/rating'
import { readCsv } from './data.ts'

/** How a way of judging did: how much it decided, how often it was right then, and its score with the undecided at a half. */
export interface Standing {
  who: string
  coverage: number
  accuracy: number
  score: number
}

export interface PanelTrial {
  strategy: string
  best: Standing
  equal: Standing
  /** With weights learned on the other half of the pairs. */
  weighted: Standing
}

interface Item {
  gold: 'a' | 'b'
  said: Map<string, TwoOrders>
}

/** LLMBar's 419 gold pairs, each judged in both orders by up to six models under ten strategies: one judge against panels of all. */
export function tryPanels(): PanelTrial[] {
  const strategies = new Map<string, Map<string, Item>>()
  const side = (said: string | undefined) => (said === '1' ? 'a' : said === '2' ? 'b' : null)
  for (const { subset, idx, judge, strategy, gold, winner_order1, winner_order2 } of readCsv('llmbar/verdicts.csv')) {
    const items = strategies.get(strategy!) ?? new Map<string, Item>()
    strategies.set(strategy!, items)
    const item = items.get(`${subset} ${idx}`) ?? { gold: side(gold)!, said: new Map() }
    items.set(`${subset} ${idx}`, item)
    item.said.set(judge!, { aFirst: side(winner_order1), bFirst: side(winner_order2), gold: item.gold })
  }
  return [...strategies].flatMap(([strategy, byId]) => {
    const items = [...byId.values()]
    const judges = [...items[0]!.said.keys()]
    if (judges.length < 5) return []
    const learned = [0, 1].map((half) =>
      weights(
        judges,
        items.filter((_, nth) => nth % 2 !== half),
      ),
    )
    const alone = judges.map((judge) => standing(judge, items, () => new Map([[judge, 1]])))
    return [
      {
        strategy,
        best: alone.reduce((best, each) => (each.score > best.score ? each : best)),
        equal: standing('equal weights', items, () => new Map(judges.map((judge) => [judge, 1]))),
        weighted: standing('learned weights', items, (nth) => learned[nth % 2]!),
      },
    ]
  })
}

const weights = (judges: string[], items: Item[]) =>
  new Map(judges.map((judge) => [judge, panelWeight(items.map(({ said }) => said.get(judge)!))]))

const decisionOf = ({ aFirst, bFirst }: TwoOrders): PairDecision =>
  aFirst === null || aFirst !== bFirst ? 'inconsistent' : aFirst === 'a' ? 'first' : 'second'

function standing(who: string, items: Item[], weightsOf: (nth: number) => Map<string, number>): Standing {
  let decided = 0
  let right = 0
  for (const [nth, { gold, said }] of items.entries()) {
    const members = [...weightsOf(nth)].map(([judge, weight]) => ({ weight, decisions: new Map([['a b', decisionOf(said.get(judge)!)]]) }))
    const decision = panelDecisions(members).get('a b')
    if (decision !== 'first' && decision !== 'second') continue
    decided++
    if ((decision === 'first') === (gold === 'a')) right++
  }
  return { who, coverage: decided / items.length, accuracy: right / decided, score: (right + (items.length - decided) / 2) / items.length }
}
