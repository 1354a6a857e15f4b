/** Points a battle can move between two contenders. `battles.fn_compute_elo_after_battle` has the same number. */
export const ELO_K = 32

/** Two contenders, and what the judge made of them: 1 when `a` won, 0 when `b` won, 0.5 for a draw or a judge that flipped. */
export interface PairResult {
  a: string
  b: string
  result: 0 | 0.5 | 1
}

/** The chance that `rating` wins against `opponent`: 1 / (1 + 10^((opponent − rating) / 400)). */
export const expectedScore = (rating: number, opponent: number): number => 1 / (1 + 10 ** ((opponent - rating) / 400))

/**
 * The ratings after one battle of n contenders: each pair moves K / (n − 1) · (result − expected), all computed from the ratings
 * before the battle, so no order of the pairs matters. With two contenders this is the classic rule.
 *
 * The database rates battles (supabase/migrations/20261120000400_ratings.sql, fn_compute_elo_after_battle); this is the reference
 * its tests compare with, and what recomputes a board from the log. Source: Elo, The Rating of Chessplayers (1978); base 10 and
 * scale 400 as arenas use it; pairs weighted by 1 / (n − 1) so that a battle moves a contender by less than K, whatever its size.
 *
 * @example eloUpdate(new Map([['A', 1000], ['B', 1000]]), [{ a: 'A', b: 'B', result: 1 }]) // A 1016, B 984
 */
export function eloUpdate(ratings: ReadonlyMap<string, number>, results: readonly PairResult[], k = ELO_K): Map<string, number> {
  const share = k / (ratings.size - 1)
  const moves = new Map<string, { opponent: string; points: number }[]>()
  const seen = new Set<string>()
  const ratingOf = (id: string): number => {
    const rating = ratings.get(id)
    if (rating === undefined) throw new Error(`eloUpdate: no rating for ${id}`)
    return rating
  }
  const move = (id: string, opponent: string, result: number) => {
    const points = share * (result - expectedScore(ratingOf(id), ratingOf(opponent)))
    moves.set(id, [...(moves.get(id) ?? []), { opponent, points }])
  }
  for (const { a, b, result } of results) {
    const pair = JSON.stringify([a, b].sort())
    if (a === b || seen.has(pair)) throw new Error(`eloUpdate: ${pair} is no pair, or was given twice`)
    seen.add(pair)
    move(a, b, result)
    move(b, a, 1 - result)
  }
  // Summed in the order of the opponents: floating-point sums depend on the order, and a recomputed board must not.
  const total = (id: string) =>
    (moves.get(id) ?? []).sort((x, y) => (x.opponent < y.opponent ? -1 : 1)).reduce((sum, { points }) => sum + points, 0)
  return new Map([...ratings].map(([id, rating]) => [id, rating + total(id)]))
}
