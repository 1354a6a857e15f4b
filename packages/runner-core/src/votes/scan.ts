import { type CastVote, voterEvidence } from './anomaly.ts'

/** A vote of the crowd as a scan reads it, oldest first. */
export interface ScannedVote {
  battleId: string
  /** Its battle has not closed: the vote can still be held. */
  open: boolean
  voter: string
  /** A slot, tie or both_bad. */
  choice: string
  /** When, in milliseconds. */
  at: number
  /** A moderator has released a vote of this voter: their word stands. */
  cleared: boolean
  /** Who stood in which slot, of those who answered. */
  contenders: Record<string, string>
}

/** Why votes are held. battleId null: all open votes of the voter. */
export interface VoteFinding {
  voter: string
  battleId: string | null
  reason: 'anomaly' | 'concentration' | 'burst' | 'pair_timing'
  evidence: Record<string, unknown>
}

export interface ScanRules {
  /** The chance that an honest voter is held for how they vote. Fifty times below what is worth a look: to hold takes a voice away. */
  alpha?: number
  /** So many votes for one choice of one battle within so long. */
  burst?: { votes: number; withinMs: number; share: number }
  /** Two voters who give the same vote within so long of each other, in so many battles. */
  pair?: { withinMs: number; battles: number }
}

/** Votes that follow within the time of a pair are compared with so many before them: a stadium is not compared with itself. */
const neighbours = 20

/** What of the crowd's votes a moderator should look at before they count. Deterministic: the same votes give the same findings. */
export function scanVotes(
  votes: readonly ScannedVote[],
  { alpha = 0.001, burst = { votes: 20, withinMs: 10_000, share: 0.9 }, pair = { withinMs: 2000, battles: 5 } }: ScanRules = {},
): VoteFinding[] {
  const open = new Set(votes.filter((vote) => vote.open).map(({ voter }) => voter))
  const cleared = new Set(votes.filter((vote) => vote.cleared).map(({ voter }) => voter))
  const byBattle = Map.groupBy(votes, ({ battleId }) => battleId)
  return [...evidenceFindings(votes, alpha), ...burstFindings(byBattle, burst), ...pairFindings(byBattle, pair)].filter(
    ({ voter }) => open.has(voter) && !cleared.has(voter),
  )
}

function evidenceFindings(votes: readonly ScannedVote[], alpha: number): VoteFinding[] {
  return voterEvidence(votes.flatMap(castVote), { alpha }).flatMap(({ voter, votes: count, peak, flaggedAt, suspicion }) =>
    flaggedAt === null
      ? []
      : [
          {
            voter,
            battleId: null,
            reason: suspicion.kind === 'for' || suspicion.kind === 'against' ? ('concentration' as const) : ('anomaly' as const),
            evidence: { ...suspicion, alpha, votes: count, flagged_at: flaggedAt, log10: Math.round(Math.log10(peak) * 100) / 100 },
          },
        ],
  )
}

/** Only of two answers: the choices between more are no product of independent pairs, and the test would promise too much. */
function castVote({ voter, choice, contenders }: ScannedVote): CastVote[] {
  const [one, two, ...more] = Object.keys(contenders).sort()
  if (one === undefined || two === undefined || more.length > 0 || contenders[one] === contenders[two]) return []
  return [{ voter, first: contenders[one]!, second: contenders[two]!, result: choice === one ? 1 : choice === two ? 0 : 0.5 }]
}

function burstFindings(
  byBattle: Map<string, ScannedVote[]>,
  { votes: least, withinMs, share }: NonNullable<ScanRules['burst']>,
): VoteFinding[] {
  return [...byBattle].flatMap(([battleId, given]) => {
    const found = new Map<string, VoteFinding>()
    let from = 0
    for (let to = 0; to < given.length; to++) {
      while (given[to]!.at - given[from]!.at > withinMs) from++
      if (to - from + 1 < least) continue
      const within = given.slice(from, to + 1)
      const [choice, same] = [...Map.groupBy(within, (vote) => vote.choice)].sort((a, b) => b[1].length - a[1].length)[0]!
      if (same.length < least || same.length < share * within.length) continue
      for (const { voter } of same)
        found.set(voter, { voter, battleId, reason: 'burst', evidence: { choice, votes: same.length, within_ms: withinMs } })
    }
    return [...found.values()]
  })
}

function pairFindings(byBattle: Map<string, ScannedVote[]>, { withinMs, battles: least }: NonNullable<ScanRules['pair']>): VoteFinding[] {
  const together = new Map<string, number>()
  for (const given of byBattle.values())
    for (const [nth, vote] of given.entries())
      for (const earlier of given.slice(Math.max(0, nth - neighbours), nth))
        if (vote.at - earlier.at <= withinMs && vote.choice === earlier.choice && vote.voter !== earlier.voter) {
          const key = [vote.voter, earlier.voter].sort().join(' ')
          together.set(key, (together.get(key) ?? 0) + 1)
        }
  const found = new Map<string, VoteFinding>()
  for (const [key, battles] of together) {
    if (battles < least) continue
    const [one, two] = key.split(' ') as [string, string]
    for (const [voter, other] of [
      [one, two],
      [two, one],
    ] as const)
      if (Number(found.get(voter)?.evidence.battles ?? 0) < battles)
        found.set(voter, { voter, battleId: null, reason: 'pair_timing', evidence: { with: other, battles, within_ms: withinMs } })
  }
  return [...found.values()]
}
