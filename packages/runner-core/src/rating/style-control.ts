import { hasFewClusters, MEAN, SCALE } from './bradley-terry.ts'
import type { ComparisonLog } from './comparisons.ts'
import { invert, multiply, solve } from './linear.ts'

/** What of an answer is style: how long it is and how it is laid out. */
export interface Style {
  /** Characters, with markdown taken as it stands. */
  length: number
  headers: number
  lists: number
  bold: number
}

export const styleFeatures = ['length', 'headers', 'lists', 'bold'] as const satisfies readonly (keyof Style)[]

/** Counts the style of an answer. Headers, list items and bold spans are markdown's; inside fenced code there are none. */
export function styleOf(text: string): Style {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
  const count = (pattern: RegExp) => prose.match(pattern)?.length ?? 0
  return {
    length: text.length,
    headers: count(/^ {0,3}#{1,6}\s/gm),
    lists: count(/^\s*(?:[-*+]|\d{1,3}[.)])\s/gm),
    bold: count(/\*\*[^*\n]+\*\*|__[^_\n]+__/g),
  }
}

/** The features of a comparison: (a − b) / (a + b + 1) each, between −1 and 1. Source: "Does style matter?", LMSYS blog (2024). */
export const styleDifference = (a: Style, b: Style): number[] => styleFeatures.map((name) => (a[name] - b[name]) / (a[name] + b[name] + 1))

export interface StyleFit {
  /** Ratings at equal style, on the scale of Elo, mean 1000; in the order of the log's competitors; NaN outside `among`. */
  rating: Float64Array
  halfWidth: Float64Array
  /** What one standard deviation of a feature is worth, in units of log odds, with half of its 95 % interval. */
  coefficients: { value: number; halfWidth: number }[]
  /** λ of the penalty λ/2 · Σ γ², on the summed loss and on standardised features. */
  penalty: number
}

/**
 * λ. On the summed loss, as the strengths are fitted: a penalty on the mean loss would weigh a thousand times more with a thousand times the
 * data, and shrink the coefficients to nothing (a known implementation loses a factor of 19 that way).
 */
export const STYLE_PENALTY = 1

const Z95 = 1.959963984540054
const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

/**
 * Bradley–Terry with style as further columns: log odds = strength difference + Σ γ · feature, features standardised by their root mean
 * square, which leaves the sides exchangeable. Fitted by Newton's method over the competitors marked in `among`, which must be strongly
 * connected; intervals by the clustered sandwich.
 */
export function fitStyleControlled(log: ComparisonLog, among: Uint8Array, penalty = STYLE_PENALTY): StyleFit {
  const n = log.competitors.length
  const k = log.features
  const place = new Int32Array(n).fill(-1)
  let players = 0
  for (let who = 0; who < n; who++) if (among[who]) place[who] = players++
  const size = players + k
  const spread = spreads(log)

  /** The row of a comparison in the design: +1 and −1 for the two, then its style. */
  const parameters = new Float64Array(size)
  const style = (nth: number, feature: number) => log.style[nth * k + feature]! / spread[feature]!
  const each = (visit: (nth: number, i: number, j: number, odds: number) => void) => {
    for (let nth = 0; nth < log.count; nth++) {
      const i = place[log.a[nth]!]!
      const j = place[log.b[nth]!]!
      if (i < 0 || j < 0) continue
      let odds = parameters[i]! - parameters[j]!
      for (let f = 0; f < k; f++) odds += parameters[players + f]! * style(nth, f)
      visit(nth, i, j, odds)
    }
  }
  const curvature = () => {
    const gradient = new Float64Array(size)
    const hessian = new Float64Array(size * size)
    const add = (row: number, column: number, value: number) => {
      hessian[row * size + column]! += value
      if (row !== column) hessian[column * size + row]! += value
    }
    each((nth, i, j, odds) => {
      const p = logistic(odds)
      const slope = log.weight[nth]! * (p - log.result[nth]!)
      const curve = log.weight[nth]! * p * (1 - p)
      gradient[i]! += slope
      gradient[j]! -= slope
      add(i, i, curve)
      add(j, j, curve)
      add(i, j, -curve)
      for (let f = 0; f < k; f++) {
        const x = style(nth, f)
        gradient[players + f]! += slope * x
        add(i, players + f, curve * x)
        add(j, players + f, -curve * x)
        for (let g = f; g < k; g++) add(players + f, players + g, curve * x * style(nth, g))
      }
    })
    for (let f = 0; f < k; f++) {
      gradient[players + f]! += penalty * parameters[players + f]!
      add(players + f, players + f, penalty)
    }
    for (let i = 0; i < players; i++) for (let j = 0; j < players; j++) hessian[i * size + j]! += 1 / players // the constant
    return { gradient, hessian }
  }

  let here = curvature()
  for (let iteration = 0; iteration < 50 && players > 1; iteration++) {
    if (here.gradient.every((slope) => Math.abs(slope) < 1e-9)) break
    const step = solve(here.hessian, here.gradient, size)
    // Far from the solution a whole step of logistic regression can overshoot: none moves a strength by more than one natural unit.
    const largest = step.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
    for (let row = 0; row < size; row++) parameters[row]! -= step[row]! / Math.max(1, largest)
    here = curvature()
  }
  let mean = 0
  for (let row = 0; row < players; row++) mean += parameters[row]! / players

  const variance = players > 1 ? sandwich(here.hessian, true) : new Float64Array(size).fill(Number.NaN)
  if (players > 1 && hasFewClusters(log, among)) {
    const naive = sandwich(here.hessian, false)
    const inverse = invert(here.hessian, size)
    for (let row = 0; row < size; row++) {
      const likelihood = inverse[row * size + row]! - (row < players ? 1 / players : 0)
      variance[row] = Math.max(variance[row]!, naive[row]!, likelihood)
    }
  }
  const rating = new Float64Array(n).fill(Number.NaN)
  const halfWidth = new Float64Array(n).fill(Number.NaN)
  for (let who = 0; who < n; who++) {
    const row = place[who]!
    if (row < 0) continue
    rating[who] = MEAN + SCALE * (parameters[row]! - mean)
    halfWidth[who] = Z95 * SCALE * Math.sqrt(variance[row]!)
  }
  const coefficients = Array.from({ length: k }, (_, f) => ({
    value: parameters[players + f]!,
    halfWidth: Z95 * Math.sqrt(variance[players + f]!),
  }))
  return { rating, halfWidth, coefficients, penalty }

  function sandwich(hessian: Float64Array, clustered: boolean): Float64Array {
    const meat = new Float64Array(size * size)
    const score = new Float64Array(size)
    const touched = new Set<number>()
    let open = -1
    const close = () => {
      for (const i of touched) for (const j of touched) meat[i * size + j]! += score[i]! * score[j]!
      for (const i of touched) score[i] = 0
      touched.clear()
    }
    each((nth, i, j, odds) => {
      if (!clustered || log.cluster[nth] !== open) close()
      open = log.cluster[nth]!
      const weight = clustered ? log.weight[nth]! : Math.sqrt(log.weight[nth]!)
      const slope = weight * (logistic(odds) - log.result[nth]!)
      const put = (row: number, value: number) => {
        touched.add(row)
        score[row]! += value
      }
      put(i, slope)
      put(j, -slope)
      for (let f = 0; f < k; f++) put(players + f, slope * style(nth, f))
    })
    close()
    const inverse = invert(hessian, size)
    return Float64Array.from({ length: size }, (_, row) => {
      const line = inverse.subarray(row * size, (row + 1) * size)
      const through = multiply(meat, line, size)
      return Math.max(
        0,
        line.reduce((sum, value, column) => sum + value * through[column]!, 0),
      )
    })
  }
}

/** The root mean square of each feature; 1 for one that never differs. */
function spreads(log: ComparisonLog): Float64Array {
  const squares = new Float64Array(log.features)
  for (let nth = 0; nth < log.count; nth++) for (let f = 0; f < log.features; f++) squares[f]! += log.style[nth * log.features + f]! ** 2
  return squares.map((sum) => (sum > 0 ? Math.sqrt(sum / log.count) : 1))
}
