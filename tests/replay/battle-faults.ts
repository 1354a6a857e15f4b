import type { Battle } from '@agon/client'
import { modelKey } from './fixtures.ts'
import type { Replayed } from './play-pair.ts'
import { recordedWinner } from './record.ts'

/** What two sides of a comparison are, as text: enough for values of JSON. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Where a replayed battle departs from the record; empty when it went as it must. */
export function battleFaults({ recorded, battle }: Replayed): string[] {
  const faults: string[] = []
  const expect = (what: string, got: unknown, wanted: unknown) => {
    if (!same(got, wanted)) faults.push(`${what} is ${JSON.stringify(got)} and should be ${JSON.stringify(wanted)}`)
  }
  const { review, answer_1, answer_2 } = recorded
  const sides = [
    { ...answer_1, score: review.score_1 },
    { ...answer_2, score: review.score_2 },
  ].map((side) => ({ ...side, contender: battle.contenders.find(({ model }) => model === modelKey(side.model)) }))
  const winner = recordedWinner(review)
  const winnerSlot = sides.find(({ model }) => model === winner)?.contender?.slot ?? null

  expect('status', battle.status, 'closed')
  expect('winner_slot', battle.winner_slot, winnerSlot)
  expect('outcome', battle.outcome, winner ? 'winner' : 'draw')
  expect('judge_outcome', battle.judge_outcome, winner ? 'winner' : 'tie')
  expect('events battle.closed', eventsOf(battle, 'battle.closed').length, 1)
  expect('events battle.rated', eventsOf(battle, 'battle.rated').length, 1)
  for (const { model, text, score, contender } of sides) {
    expect(`${model}: status`, contender?.status, 'submitted')
    expect(`${model}: attempts`, contender?.job?.attempts, 1)
    expect(`${model}: lost leases`, contender?.job?.reclaims, 0)
    expect(`${model}: answer`, contender?.submission?.content_text ?? null, text)
    expect(`${model}: judge_mean`, contender?.judge_mean ?? null, score)
    expect(`${model}: rated`, (contender?.rating ?? null) !== null, true)
  }
  faults.push(...verdictFaults(battle, winnerSlot))
  return faults
}

/** Two presentations, each the other's reverse, and the same winner in both. */
function verdictFaults({ verdicts, judging }: Battle, winnerSlot: string | null): string[] {
  const faults: string[] = []
  const orders = verdicts.map(({ slot_order }) => slot_order)
  if (!same(verdicts.map(({ presentation }) => presentation).sort(), [0, 1])) faults.push(`${verdicts.length} presentations were judged`)
  if (!same([...orders].sort(), ['AB', 'BA'])) faults.push(`the orders judged are ${orders.join(' and ')}`)
  for (const { slot_order, winner_slot } of verdicts)
    if (winner_slot !== winnerSlot) faults.push(`shown as ${slot_order}, the winner is ${winner_slot} and should be ${winnerSlot}`)
  if (judging?.attempts !== 1) faults.push(`judging took ${judging?.attempts} attempts`)
  return faults
}

export const eventsOf = ({ events }: Battle, type: string): Battle['events'] => events.filter((event) => event.type === type)
