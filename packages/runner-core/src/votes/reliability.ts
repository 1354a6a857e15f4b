/** How a voter has stood to the others so far. */
export interface VoterRecord {
  /** Battles in which the others were not split, and so can be agreed with or not. */
  compared: number
  agreed: number
}

/** Below so many battles nothing is said of a voter. */
const leastCompared = 10

/** Whose word weighs one: people who looked agree with a majority of people who looked in more than three cases of four. */
const reference = 0.75

/**
 * What a voter's word weighs in a battle that asks for weights by reliability: their log odds of agreeing with the others, against those
 * of three in four; from 0, which is a coin or worse, to 1. Ten battles at three in four are added, so that few say little.
 *
 * Nobody weighs more than one. Whoever can make accounts can let them agree with each other in battles made for that, and would be paid
 * for it with weight; so a record can cost weight and earn none. battles.vote_weight is the same in SQL.
 */
export function voteWeight({ compared, agreed }: VoterRecord): number {
  if (compared < leastCompared) return 1
  const share = (agreed + leastCompared * reference) / (compared + leastCompared)
  if (share >= reference) return 1
  return Math.max(0, Math.round((Math.log(share / (1 - share)) / Math.log(reference / (1 - reference))) * 1000) / 1000)
}
