import { type Fit, fitBradleyTerry } from './bradley-terry.ts'
import { type Comparison, type ComparisonLog, readComparisons } from './comparisons.ts'

export interface BoardRow {
  competitor: string
  /** 1 + how many are better beyond doubt, their interval wholly above this one; null for a provisional row. */
  rank: number | null
  /** On the scale of Elo, mean 1000. */
  rating: number
  /** 95 %; null for a provisional row. */
  lower: number | null
  upper: number | null
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
  const fit = fitBradleyTerry(log)
  return { rows: rowsOf(log, fit, rules), comparisons: log.count, clusters: log.clusters, clusterRatio: clusterRatioOf(fit) }
}

function rowsOf(log: ComparisonLog, fit: Fit, { minGames = 1 }: BoardRules): BoardRow[] {
  const rows = log.competitors.map((competitor, who): BoardRow => {
    const inCore = fit.inCore[who] === 1
    const half = fit.halfWidth[who]!
    return {
      competitor,
      rank: null,
      rating: fit.rating[who]!,
      lower: inCore && !Number.isNaN(half) ? fit.rating[who]! - half : null,
      upper: inCore && !Number.isNaN(half) ? fit.rating[who]! + half : null,
      games: 0,
      wins: 0,
      losses: 0,
      ties: 0,
      winRate: 0,
      provisional: inCore ? null : 'not_connected',
    }
  })
  for (let nth = 0; nth < log.count; nth++) {
    const a = rows[log.a[nth]!]!
    const b = rows[log.b[nth]!]!
    const result = log.result[nth]!
    a.games++
    b.games++
    if (result === 0.5) {
      a.ties++
      b.ties++
    } else {
      const [winner, loser] = result === 1 ? [a, b] : [b, a]
      winner.wins++
      loser.losses++
    }
  }
  for (const row of rows) {
    row.winRate = (row.wins + row.ties / 2) / row.games
    if (row.provisional === null && (row.games < minGames || row.lower === null))
      row.provisional = row.lower === null ? 'not_connected' : 'few_games'
    if (row.provisional !== null) row.lower = row.upper = null
  }
  const ranked = rows.filter((row) => row.provisional === null)
  // A millionth of a point is less than floating point can tell apart, and no reason to rank one above the other.
  for (const row of ranked) row.rank = 1 + ranked.filter((other) => other.lower! > row.upper! + 1e-6).length
  const provisional = (row: BoardRow) => (row.provisional === null ? 0 : 1)
  return rows.sort((x, y) => provisional(x) - provisional(y) || y.rating - x.rating || (x.competitor < y.competitor ? -1 : 1))
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
