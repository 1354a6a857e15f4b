import { SCALE } from './bradley-terry.ts'
import { type Comparison, readComparisons } from './comparisons.ts'
import { invert, solve } from './linear.ts'

export interface PairGain {
  a: string
  b: string
  /** By how much one more comparison of the two shrinks the uncertainty of the whole board, in nats. */
  gain: number
}

export interface SamplingRules {
  /** Pairs that may not be drawn, e.g. of one owner. */
  excluded?: (a: string, b: string) => boolean
  /** How many pairs to return; the most informative first. */
  most?: number
}

/** One standard deviation of who has not played yet: 400 points. */
const PRIOR_VARIANCE = (400 / SCALE) ** 2

const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

/**
 * The pairs whose comparison would tell most, the most informative first: each adds p(1 − p) to the information along the difference of the
 * two, and the determinant of the posterior covariance shrinks by 1 + p(1 − p) · Var(difference) (D-optimal design). Close competitors
 * with wide intervals come first, a newcomer before all; a pair that everyone knows the outcome of comes last.
 *
 * `competitors` may name some that have not played. Sources: Wald (1943) and Kiefer (1959) for D-optimality; Chiang et al., "Chatbot
 * Arena" (2024), section 5, for spending comparisons by variance.
 *
 * @example informativePairs(log, ['old', 'older', 'new'])[0] // a pair with `new` in it
 */
export function informativePairs(comparisons: Iterable<Comparison>, competitors: Iterable<string>, rules: SamplingRules = {}): PairGain[] {
  const log = readComparisons(comparisons)
  const names = [...new Set([...log.competitors, ...competitors])].sort()
  const n = names.length
  const number = new Map(names.map((name, nth) => [name, nth]))
  const at = log.competitors.map((name) => number.get(name)!)

  const strength = new Float64Array(n)
  const information = () => {
    const gradient = Float64Array.from(strength, (each) => each / PRIOR_VARIANCE)
    const hessian = new Float64Array(n * n)
    for (let i = 0; i < n; i++) hessian[i * n + i] = 1 / PRIOR_VARIANCE
    for (let nth = 0; nth < log.count; nth++) {
      const i = at[log.a[nth]!]!
      const j = at[log.b[nth]!]!
      const p = logistic(strength[i]! - strength[j]!)
      const slope = log.weight[nth]! * (p - log.result[nth]!)
      const curve = log.weight[nth]! * p * (1 - p)
      gradient[i]! += slope
      gradient[j]! -= slope
      hessian[i * n + i]! += curve
      hessian[j * n + j]! += curve
      hessian[i * n + j]! -= curve
      hessian[j * n + i]! -= curve
    }
    return { gradient, hessian }
  }
  let here = information()
  // The prior makes the loss strictly convex; a damped step of at most one natural unit never diverges on it.
  for (let iteration = 0; iteration < 50 && here.gradient.some((slope) => Math.abs(slope) > 1e-9); iteration++) {
    const step = solve(here.hessian, here.gradient, n)
    const largest = step.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
    for (let i = 0; i < n; i++) strength[i]! -= step[i]! / Math.max(1, largest)
    here = information()
  }
  const covariance = invert(here.hessian, n)

  const gains: PairGain[] = []
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      const [a, b] = [names[i]!, names[j]!]
      if (rules.excluded?.(a, b)) continue
      const p = logistic(strength[i]! - strength[j]!)
      const variance = covariance[i * n + i]! + covariance[j * n + j]! - 2 * covariance[i * n + j]!
      gains.push({ a, b, gain: Math.log1p(p * (1 - p) * variance) })
    }
  return gains.sort((x, y) => y.gain - x.gain || (x.a < y.a ? -1 : x.a > y.a ? 1 : x.b < y.b ? -1 : 1)).slice(0, rules.most)
}

/**
 * Draws a pair with a chance in proportion to its gain, so that the board sharpens where it is blunt and no pair is ever out of reach.
 * Undefined when there is none. `random` is uniform in [0, 1).
 */
export function drawPair(gains: readonly PairGain[], random: number): PairGain | undefined {
  const total = gains.reduce((sum, { gain }) => sum + gain, 0)
  let left = random * total
  for (const pair of gains) {
    left -= pair.gain
    if (left < 0) return pair
  }
  return gains.at(-1)
}
