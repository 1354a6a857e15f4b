import type { Leaderboard } from '@agon/client'
import { eloUpdate } from '@agon/runner-core'
import { eventsOf } from './battle-faults.ts'
import { modelKey } from './fixtures.ts'
import type { Replayed } from './play-pair.ts'
import { battleName, recordedWinner } from './record.ts'

const startRating = 1000
const tolerance = 1e-6

/**
 * Rates the recorded verdicts again with runner-core, in the order in which the battles were closed, and says where the ratings in the
 * database differ: in a battle's step, or in the end. Takes every battle the board has seen.
 */
export function ratingFaults(replayed: readonly Replayed[], board: Leaderboard['leaderboard']): string[] {
  const faults: string[] = []
  const expectRating = (whose: string, got: number | undefined, wanted: number) => {
    if (got === undefined || !(Math.abs(got - wanted) <= tolerance)) faults.push(`${whose} is ${got} and should be ${wanted}`)
  }
  const ratings = new Map<string, number>()
  const games = new Map<string, number>()
  const rated = replayed
    .flatMap((each) => eventsOf(each.battle, 'battle.rated').map(({ event_id }) => ({ ...each, event_id })))
    .sort((a, b) => a.event_id - b.event_id)

  for (const { recorded, battle } of rated) {
    const [a, b] = [modelKey(recorded.answer_1.model), modelKey(recorded.answer_2.model)]
    const before = new Map([a, b].map((key) => [key, ratings.get(key) ?? startRating]))
    const winner = recordedWinner(recorded.review)
    const after = eloUpdate(before, [{ a, b, result: winner === undefined ? 0.5 : modelKey(winner) === a ? 1 : 0 }])
    for (const [key, rating] of after) {
      const step = battle.contenders.find(({ model }) => model === key)?.rating
      expectRating(`${battleName(recorded)}: ${key} before`, step?.before, before.get(key)!)
      expectRating(`${battleName(recorded)}: ${key} after`, step?.after, rating)
      ratings.set(key, rating)
      games.set(key, (games.get(key) ?? 0) + 1)
    }
  }
  for (const [key, rating] of ratings) {
    const row = board.find(({ competitor }) => competitor === key)
    expectRating(`the board: ${key}`, row?.rating, rating)
    if (row && row.games !== games.get(key)) faults.push(`the board: ${key} has ${row.games} games and should have ${games.get(key)}`)
  }
  if (board.length !== ratings.size) faults.push(`the board has ${board.length} competitors and should have ${ratings.size}`)
  return faults
}
