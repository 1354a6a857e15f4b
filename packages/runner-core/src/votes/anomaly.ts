/** A vote as the test reads it: what was preferred, and in which order the two were shown. */
export interface CastVote {
  voter: string
  /** The competitor shown first, and the other. */
  first: string
  second: string
  /** 1 when the first was preferred, 0 when the second was, 0.5 for a tie. */
  result: 0 | 0.5 | 1
}

/** How a voter may vote who does not look at the answers. */
export type Suspicion = 'coin' | 'inverted' | 'always_first' | 'always_second' | 'for' | 'against'

export interface VoterEvidence {
  voter: string
  votes: number
  /** How much better the suspicions explain the votes than honesty does. At 1/α an honest voter is there with a chance of at most α. */
  evidence: number
  /** The most it ever was, which is what is compared with 1/α: the test may be read after every vote. */
  peak: number
  /** After how many votes it first reached 1/α; null when it never did. */
  flaggedAt: number | null
  /** What explains the votes best, and for whom. */
  suspicion: { kind: Suspicion; competitor?: string }
}

export interface AnomalyRules {
  /** The chance that an honest voter is held, over all its votes. */
  alpha?: number
}

type Outcome = 0 | 1 | 2 // first preferred, tie, second preferred
const outcomeOf = (vote: CastVote): Outcome => (vote.result === 1 ? 0 : vote.result === 0.5 ? 1 : 2)

/** Added to the count of each outcome of a pair: nothing is impossible for want of votes. */
const PRIOR = 0.5
/** Below these votes of others on a pair nobody knows what an honest voter would say of it, and a vote on it is no evidence. */
const MIN_OTHERS = 5
/** How often a single-minded voter votes as it means to; the rest are slips, so that one slip does not clear it. */
const RESOLVE = 0.9

/**
 * How suspicious each voter's votes are: a mixture likelihood-ratio e-process. The null says that the voter votes as the others do on the
 * same pair (its own votes left out); the alternatives that it flips a coin, inverts, always takes the first or the second, or is for or
 * against one competitor. A product of likelihood ratios is a martingale under the null, so it may be read after every vote (Ville 1939).
 *
 * It holds votes for a moderator and never deletes them: real people do have preferences, and of 64 real experts a handful is flagged.
 * Sources: Vovk and Wang, "E-values" (2021); Ramdas et al., "Game-theoretic statistics" (2023).
 */
export function voterEvidence(votes: readonly CastVote[], { alpha = 0.05 }: AnomalyRules = {}): VoterEvidence[] {
  const crowd = new Map<string, number[]>()
  const byVoter = new Map<string, CastVote[]>()
  const competitors = new Map<string, Set<string>>()
  /** Counted from the side of the name that comes first, so that both orders of showing add up. */
  const counts = (tally: Map<string, number[]>, vote: CastVote): { row: number[]; turned: boolean } => {
    const turned = vote.first > vote.second
    const key = turned ? `${vote.second}\n${vote.first}` : `${vote.first}\n${vote.second}`
    const row = tally.get(key) ?? [0, 0, 0]
    tally.set(key, row)
    return { row, turned }
  }
  const note = (tally: Map<string, number[]>, vote: CastVote) => {
    const { row, turned } = counts(tally, vote)
    row[turned ? 2 - outcomeOf(vote) : outcomeOf(vote)]!++
  }
  for (const vote of votes) {
    note(crowd, vote)
    const cast = byVoter.get(vote.voter)
    if (cast) cast.push(vote)
    else byVoter.set(vote.voter, [vote])
    const met = competitors.get(vote.voter) ?? new Set()
    competitors.set(vote.voter, met.add(vote.first).add(vote.second))
  }

  return [...byVoter].map(([voter, cast]) => {
    const own = new Map<string, number[]>()
    for (const vote of cast) note(own, vote)
    const suspicions: VoterEvidence['suspicion'][] = [
      { kind: 'coin' },
      { kind: 'inverted' },
      { kind: 'always_first' },
      { kind: 'always_second' },
      ...[...competitors.get(voter)!].sort().flatMap((competitor) => [
        { kind: 'for' as const, competitor },
        { kind: 'against' as const, competitor },
      ]),
    ]
    const logs = suspicions.map(() => 0)
    let peak = 1
    let flaggedAt: number | null = null
    let evidence = 1
    for (const [nth, vote] of cast.entries()) {
      const { row: all, turned } = counts(crowd, vote)
      const { row: mine } = counts(own, vote)
      const others = all.map((count, outcome) => count - mine[outcome]! + PRIOR)
      const total = others.reduce((sum, count) => sum + count, 0)
      if (total < MIN_OTHERS + 3 * PRIOR) continue
      const shares = (turned ? others.toReversed() : others).map((count) => count / total) as [number, number, number]
      const seen = outcomeOf(vote)
      for (const [which, suspicion] of suspicions.entries()) logs[which]! += Math.log(under(suspicion, vote, shares)[seen] / shares[seen])
      evidence = logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length
      peak = Math.max(peak, evidence)
      if (flaggedAt === null && evidence >= 1 / alpha) flaggedAt = nth + 1
    }
    const best = logs.indexOf(Math.max(...logs))
    return { voter, votes: cast.length, evidence, peak, flaggedAt, suspicion: suspicions[best]! }
  })
}

/** The chances of each outcome of a vote, were the voter what the suspicion says. */
function under(
  { kind, competitor }: VoterEvidence['suspicion'],
  vote: CastVote,
  honest: [number, number, number],
): [number, number, number] {
  const tie = honest[1]
  const bent = (towards: 0 | 2): [number, number, number] => {
    const slip = (1 - RESOLVE) / 2
    return towards === 0 ? [RESOLVE, slip, slip] : [slip, slip, RESOLVE]
  }
  switch (kind) {
    case 'coin':
      return [(1 - tie) / 2, tie, (1 - tie) / 2]
    case 'inverted':
      return [honest[2], tie, honest[0]]
    case 'always_first':
      return bent(0)
    case 'always_second':
      return bent(2)
    default: {
      if (vote.first !== competitor && vote.second !== competitor) return honest
      return bent((vote.first === competitor) === (kind === 'for') ? 0 : 2)
    }
  }
}
