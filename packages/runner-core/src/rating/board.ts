import { type Fit, fitBradleyTerry } from './bradley-terry.ts'
import { type Comparison, type ComparisonLog, readComparisons } from './comparisons.ts'
import { fitStyleControlled, styleFeatures } from './style-control.ts'

export interface BoardRow {
  competitor: string
  /** 1 + how many are better beyond doubt, their interval wholly above this one; null for a provisional row. */
  rank: number | null
  /** On the scale of Elo, mean 1000. */
  rating: number
  /** 95 %; null for a provisional row. */
  lower: number | null
  upper: number | null
  /** Comparisons, by their weight. */
  games: number
  wins: number
  losses: number
  ties: number
  /** Wins and half the ties, of all games. */
  winRate: number
  /** Why no rank is given. */
  provisional: 'few_games' | 'not_connected' | null
}

export interface Board {
  rows: BoardRow[]
  comparisons: number
  clusters: number
  /** Mean of clustered over naive interval: how much certainty the clusters take away. Null without an interval. */
  clusterRatio: number | null
}

/** A board at equal style: its ratings, intervals and ranks are those that style leaves over. */
export interface StyleBoard extends Board {
  /** Log odds per standard deviation of a feature, with half of the 95 % interval. */
  coefficients: { feature: (typeof styleFeatures)[number]; value: number; halfWidth: number }[]
  /** λ of the penalty on the coefficients, on the summed loss. */
  penalty: number
}

export interface BoardRules {
  /** Below these games a competitor is provisional. */
  minGames?: number
}

/**
 * The leaderboard of a log of comparisons: Bradley–Terry with clustered 95 % intervals, ranks from the intervals. The same log in any order,
 * split in any way, gives the same board to the last bit.
 *
 * @example board([{ a: 'x', b: 'y', result: 1, cluster: 'q1' }, { a: 'y', b: 'x', result: 1, cluster: 'q2' }]).rows[0]!.rating // 1000
 */
export function board(comparisons: Iterable<Comparison>, rules: BoardRules = {}): Board {
  const log = readComparisons(comparisons)
  return boardOf(log, fitBradleyTerry(log), rules)
}

/** The same at equal style, for comparisons that all carry their style. Who is provisional keeps the rating without it. */
export function styleBoard(comparisons: Iterable<Comparison>, rules: BoardRules = {}): StyleBoard {
  const log = readComparisons(comparisons)
  const fit = fitBradleyTerry(log)
  const controlled = fitStyleControlled(log, fit.inCore)
  const made = boardOf(
    log,
    {
      ...fit,
      rating: fit.rating.map((plain, who) => (fit.inCore[who] ? controlled.rating[who]! : plain)),
      halfWidth: controlled.halfWidth,
    },
    rules,
  )
  const coefficients = controlled.coefficients.map((one, nth) => ({ feature: styleFeatures[nth]!, ...one }))
  return { ...made, coefficients, penalty: controlled.penalty }
}

const boardOf = (log: ComparisonLog, fit: Fit, rules: BoardRules): Board => ({
  rows: ranked(rowsOf(log, fit), rules),
  comparisons: log.count,
  clusters: log.clusters,
  clusterRatio: clusterRatioOf(fit),
})

function rowsOf(log: ComparisonLog, fit: Fit): BoardRow[] {
  const rows = log.competitors.map((competitor, who): BoardRow => {
    const half = fit.inCore[who] === 1 ? fit.halfWidth[who]! : Number.NaN
    const rating = fit.rating[who]!
    const interval = Number.isNaN(half) ? { lower: null, upper: null } : { lower: rating - half, upper: rating + half }
    return { competitor, rank: null, rating, ...interval, games: 0, wins: 0, losses: 0, ties: 0, winRate: 0, provisional: null }
  })
  for (let nth = 0; nth < log.count; nth++) {
    const a = rows[log.a[nth]!]!
    const b = rows[log.b[nth]!]!
    const result = log.result[nth]!
    const weight = log.weight[nth]!
    a.games += weight
    b.games += weight
    if (result === 0.5) {
      a.ties += weight
      b.ties += weight
    } else {
      const [winner, loser] = result === 1 ? [a, b] : [b, a]
      winner.wins += weight
      loser.losses += weight
    }
  }
  for (const row of rows) row.winRate = (row.wins + row.ties / 2) / row.games
  return rows
}

/**
 * The rows of a board, best first: who is provisional by these rules has no rank and no interval and stands last. Rows that were ranked by
 * a lower minimum of games may be given again.
 */
export function ranked<Row extends BoardRow>(rows: readonly Row[], { minGames = 1 }: BoardRules = {}): Row[] {
  const standing = rows.map((row): Row => {
    const provisional = row.lower === null ? (row.provisional ?? 'not_connected') : row.games < minGames ? 'few_games' : null
    return { ...row, provisional, rank: null, ...(provisional !== null && { lower: null, upper: null }) }
  })
  const certain = standing.filter((row) => row.provisional === null)
  // A millionth of a point is less than floating point can tell apart, and no reason to rank one above the other.
  for (const row of certain) row.rank = 1 + certain.filter((other) => other.lower! > row.upper! + 1e-6).length
  const place = (row: Row) => (row.provisional === null ? 0 : 1)
  return standing.sort((x, y) => place(x) - place(y) || y.rating - x.rating || (x.competitor < y.competitor ? -1 : 1))
}

function clusterRatioOf(fit: Fit): number | null {
  let sum = 0
  let count = 0
  for (const [who, naive] of fit.naiveHalfWidth.entries()) {
    if (!(naive > 0)) continue
    sum += fit.halfWidth[who]! / naive
    count++
  }
  return count === 0 ? null : sum / count
}
