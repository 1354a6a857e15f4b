import { modelKey } from './fixtures.ts'
import type { Replayed } from './play-pair.ts'
import type { ExpectedPair } from './vicuna80.ts'

export type Tally = Pick<ExpectedPair, 'wins_1' | 'wins_2' | 'ties'>

/** Wins and ties of a pair as Agon has them: what the API says of each battle, and nothing of the record. */
export function tally({ model_1, model_2 }: ExpectedPair, replayed: readonly Replayed[]): Tally {
  const winners = replayed.map(({ battle }) => {
    const winner = battle.contenders.find(({ slot }) => slot === battle.winner_slot)
    return winner ? winner.model : battle.status === 'closed' && battle.outcome === 'draw' ? 'tie' : undefined
  })
  const count = (what: string) => winners.filter((winner) => winner === what).length
  return { wins_1: count(modelKey(model_1)), wins_2: count(modelKey(model_2)), ties: count('tie') }
}

/** 3–76–1: wins, losses and ties of the first. */
export const tallyText = ({ wins_1, wins_2, ties }: Tally): string => `${wins_1}–${wins_2}–${ties}`
