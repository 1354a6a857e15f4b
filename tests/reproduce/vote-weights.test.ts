import { voteWeight } from '@agon/runner-core/votes'
import { describe, expect, test } from 'vitest'
import { missingFiles, readCsv } from './data.ts'

const missing = missingFiles('mtbench/human_votes.csv')

/** How often each of MT-Bench's human judges agrees with the majority of the others on what they both decided. */
function records(): { agreed: number; compared: number }[] {
  const items = new Map<string, { judge: string; winner: string }[]>()
  for (const { question_id, turn, model_a, model_b, winner, judge } of readCsv('mtbench/human_votes.csv')) {
    const item = [question_id, turn, ...[model_a, model_b].toSorted()].join(' ')
    items.set(item, [
      ...(items.get(item) ?? []),
      { judge: judge!, winner: winner === 'model_a' ? model_a! : winner === 'model_b' ? model_b! : 'tie' },
    ])
  }
  const found = new Map<string, { agreed: number; compared: number }>()
  for (const votes of items.values())
    for (const { judge, winner } of votes) {
      const others = votes.filter((vote) => vote.judge !== judge)
      const most = others.find(
        ({ winner: one }) => one !== 'tie' && 2 * others.filter((vote) => vote.winner === one).length > others.length,
      )
      if (winner === 'tie' || !most) continue
      const record = found.get(judge) ?? { agreed: 0, compared: 0 }
      found.set(judge, { agreed: record.agreed + (most.winner === winner ? 1 : 0), compared: record.compared + 1 })
    }
  return [...found.values()].filter(({ compared }) => compared >= 10)
}

describe('vote weights on MT-Bench’s human judges', () => {
  test.skipIf(missing)(
    `leave honest people their word: of 59 with ten comparisons or more, four weigh less than one, none less than three quarters ${missing ?? ''}`,
    () => {
      const known = records()
      const total = known.reduce((sum, { agreed, compared }) => [sum[0]! + agreed, sum[1]! + compared], [0, 0])
      const lowered = known.map(voteWeight).filter((weight) => weight < 1)
      console.log(`${known.length} judges, agreement ${(total[0]! / total[1]!).toFixed(3)}, weights below one: ${lowered.join(', ')}`)
      expect(known).toHaveLength(59)
      expect(total[0]! / total[1]!).toBeCloseTo(0.88, 2)
      expect(lowered).toHaveLength(4)
      expect(Math.min(...lowered)).toBeGreaterThan(0.75)
    },
  )

  test('take most of it from who does not look: 200 coins with 24 battles each weigh a third of one in the mean', () => {
    let state = 7
    const coin = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state >>> 31
    }
    const weights = Array.from({ length: 200 }, () =>
      voteWeight({ compared: 24, agreed: Array.from({ length: 24 }, coin).reduce((sum, one) => sum + one, 0) }),
    )
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
    console.log(`coins: mean weight ${mean.toFixed(3)}, the most ${Math.max(...weights)}`)
    expect(mean).toBeLessThan(0.34)
  })
})
