import { voterEvidence } from '@agon/runner-core/votes'
import { readCsv } from './data.ts'

export const voterFiles = ['mtbench/human_votes.csv']
export const alphas = [0.05, 0.01, 0.001] as const

/** How many of MT-Bench's human judges, honest people all, are flagged at each alpha. */
export function honestVotersFlagged(): { judges: number; votes: number; flagged: Record<number, string[]> } {
  const votes = readCsv('mtbench/human_votes.csv').map(({ judge, model_a, model_b, winner }) => ({
    voter: judge!,
    first: model_a!,
    second: model_b!,
    result: winner === 'model_a' ? (1 as const) : winner === 'model_b' ? (0 as const) : (0.5 as const),
  }))
  return {
    judges: new Set(votes.map(({ voter }) => voter)).size,
    votes: votes.length,
    flagged: Object.fromEntries(
      alphas.map((alpha) => [
        alpha,
        voterEvidence(votes, { alpha }).flatMap(({ voter, flaggedAt }) => (flaggedAt === null ? [] : [voter])),
      ]),
    ),
  }
}
