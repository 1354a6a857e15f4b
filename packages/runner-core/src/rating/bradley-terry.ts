import type { ComparisonLog } from './comparisons.ts'
import { strongComponents } from './connectivity.ts'
import { invert, multiply, solve } from './linear.ts'

/** Ratings are shown on the scale of Elo: 400 points are odds of ten to one, around a mean of 1000. */
export const SCALE = 400 / Math.LN10
export const MEAN = 1000

/** 97.5th percentile of the normal distribution. */
const Z95 = 1.959963984540054

/**
 * Variance of the prior that holds the ratings of competitors outside the core: one standard deviation is 400 points. It gives a place to
 * who has not lost yet, and nothing else rests on it.
 */
const PRIOR_VARIANCE = Math.LN10 ** 2

/**
 * With fewer clusters than this the clustered estimator knows too little of what it estimates (with one it says that nothing is uncertain),
 * so an interval is never narrower than without clusters, nor than the likelihood itself allows: of one tie the residuals, too, would say that
 * nothing is uncertain. Source: Cameron and Miller, "A Practitioner's Guide to Cluster-Robust Inference" (2015), section VI: few is 20 to 50.
 */
export const FEW_CLUSTERS = 30

export interface Fit {
  /** On the scale of Elo, mean 1000 over the core; in the order of the log's competitors. */
  rating: Float64Array
  /** Half of the 95 % interval, clusters taken for what they are (see FEW_CLUSTERS); NaN outside the core. */
  halfWidth: Float64Array
  /** The same for independent comparisons: what the interval would be without clusters. */
  naiveHalfWidth: Float64Array
  /** In the largest strongly connected component, where a maximum-likelihood rating exists. The others are provisional. */
  inCore: Uint8Array
  iterations: number
  /** The negative log likelihood of the core's comparisons. */
  loss: number
}

const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)))

interface Pair {
  a: number
  b: number
  weight: number
  /** What a got of the weight. */
  won: number
}

/** Comparisons of the same two competitors, added up: the likelihood knows no more of them. */
function pairsOf(log: ComparisonLog): Pair[] {
  const pairs = new Map<number, Pair>()
  const n = log.competitors.length
  for (let nth = 0; nth < log.count; nth++) {
    const a = log.a[nth]!
    const b = log.b[nth]!
    const weight = log.weight[nth]!
    const pair = pairs.get(a * n + b) ?? { a, b, weight: 0, won: 0 }
    pairs.set(a * n + b, pair)
    pair.weight += weight
    pair.won += weight * log.result[nth]!
  }
  return [...pairs.values()].sort((x, y) => x.a - y.a || x.b - y.b)
}

interface Likelihood {
  loss: number
  gradient: Float64Array
  /** Row-major, of the free competitors. */
  hessian: Float64Array
}

/**
 * Newton's method over the strengths of some competitors, those of the others held. `place[i]` is a competitor's row, −1 when it is held.
 * Without a prior the strengths are free up to a constant, which the mean takes out.
 */
function newton(pairs: Pair[], strength: Float64Array, place: Int32Array, free: number, priorVariance?: number) {
  const at = (x: Float64Array): Likelihood => {
    const gradient = new Float64Array(free)
    const hessian = new Float64Array(free * free)
    let loss = 0
    for (const { a, b, weight, won } of pairs) {
      const i = place[a]!
      const j = place[b]!
      if (i < 0 && j < 0) continue
      const d = x[a]! - x[b]!
      const p = logistic(d)
      loss += weight * softplus(d) - won * d
      const slope = weight * p - won
      const curve = weight * p * (1 - p)
      if (i >= 0) {
        gradient[i]! += slope
        hessian[i * free + i]! += curve
      }
      if (j >= 0) {
        gradient[j]! -= slope
        hessian[j * free + j]! += curve
      }
      if (i >= 0 && j >= 0) {
        hessian[i * free + j]! -= curve
        hessian[j * free + i]! -= curve
      }
    }
    for (let who = 0; who < place.length; who++) {
      const i = place[who]!
      if (i < 0) continue
      if (priorVariance !== undefined) {
        loss += x[who]! ** 2 / (2 * priorVariance)
        gradient[i]! += x[who]! / priorVariance
        hessian[i * free + i]! += 1 / priorVariance
      } else for (let j = 0; j < free; j++) hessian[i * free + j]! += 1 / free // the constant
    }
    return { loss, gradient, hessian }
  }

  let here = at(strength)
  let iterations = 0
  for (; iterations < 100; iterations++) {
    const largest = here.gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
    if (largest < 1e-10) break
    const step = solve(here.hessian, here.gradient, free)
    let length = 1
    for (; length > 1e-10; length /= 2) {
      const next = strength.slice()
      for (let who = 0; who < place.length; who++) if (place[who]! >= 0) next[who]! -= length * step[place[who]!]!
      const there = at(next)
      if (there.loss <= here.loss + 1e-12 * Math.abs(here.loss)) {
        const gained = here.loss - there.loss
        strength.set(next)
        here = there
        if (gained <= 1e-14 * Math.abs(here.loss)) length = 0 // no further to go in floating point
        break
      }
    }
    if (length <= 1e-10) break
  }
  return { ...here, iterations }
}

/**
 * Bradley–Terry ratings by maximum likelihood, ties as half a win each, with 95 % intervals by the sandwich estimator, clustered.
 * Whoever is outside the largest strongly connected component gets a rating under a weak prior, no interval, and counts for nobody else.
 * Always ends and is always finite, whatever the log: no comparisons, one, all ties, one-sided, disconnected.
 *
 * Sources: Bradley and Terry, Biometrika 39 (1952); Huber (1967) and White (1982) for the sandwich; Liang and Zeger (1986) for clusters.
 */
export function fitBradleyTerry(log: ComparisonLog): Fit {
  const n = log.competitors.length
  const pairs = pairsOf(log)
  const { component, sizes } = strongComponents(log)
  // Of components of one size, the one with more comparisons. Where that leaves two, or one of a single competitor, nobody is ranked:
  // whichever were taken, it would be for its name.
  const played = new Float64Array(sizes.length)
  for (const { a, b, weight } of pairs) if (component[a] === component[b]) played[component[a]!]! += weight
  const [best, next] = sizes.map((_, which) => which).sort((x, y) => sizes[y]! - sizes[x]! || played[y]! - played[x]!)
  const tied = next !== undefined && sizes[next] === sizes[best!] && played[next] === played[best!]
  const core = best === undefined || sizes[best] === 1 || tied ? -1 : best

  const inCore = new Uint8Array(n)
  const place = new Int32Array(n).fill(-1)
  let size = 0
  for (let who = 0; who < n; who++) {
    if (component[who] !== core) continue
    inCore[who] = 1
    place[who] = size++
  }
  const strength = new Float64Array(n)
  const corePairs = pairs.filter(({ a, b }) => inCore[a] && inCore[b])
  const fitted = newton(corePairs, strength, place, size)
  let mean = 0
  for (let who = 0; who < n; who++) if (inCore[who]) mean += strength[who]! / size
  for (let who = 0; who < n; who++) if (inCore[who]) strength[who]! -= mean

  if (size < n) {
    const outside = new Int32Array(n).fill(-1)
    let rows = 0
    for (let who = 0; who < n; who++) if (!inCore[who]) outside[who] = rows++
    newton(pairs, strength, outside, rows, PRIOR_VARIANCE)
  }

  const halfWidth = new Float64Array(n).fill(Number.NaN)
  const naiveHalfWidth = new Float64Array(n).fill(Number.NaN)
  if (size > 1) {
    const inverse = invert(fitted.hessian, size)
    const half = (meat: Float64Array, who: number): number => {
      const i = place[who]!
      const row = multiply(meat, inverse.subarray(i * size, (i + 1) * size), size)
      let variance = 0
      for (let j = 0; j < size; j++) variance += inverse[i * size + j]! * row[j]!
      return Z95 * SCALE * Math.sqrt(Math.max(0, variance))
    }
    /** From the information alone, with the constant taken out again. */
    const likelihoodHalf = (who: number): number => {
      const i = place[who]!
      return Z95 * SCALE * Math.sqrt(Math.max(0, inverse[i * size + i]! - 1 / size))
    }
    const clustered = meatOf(log, strength, place, size, true)
    const naive = meatOf(log, strength, place, size, false)
    const few = hasFewClusters(log, inCore)
    for (let who = 0; who < n; who++) {
      if (!inCore[who]) continue
      naiveHalfWidth[who] = half(naive, who)
      halfWidth[who] = half(clustered, who)
      if (few) halfWidth[who] = Math.max(halfWidth[who]!, naiveHalfWidth[who]!, likelihoodHalf(who))
    }
  }
  const rating = strength.map((each) => MEAN + SCALE * each)
  return { rating, halfWidth, naiveHalfWidth, inCore, iterations: fitted.iterations, loss: fitted.loss }
}

/** Whether the comparisons among these come from so few clusters that the clustered estimator cannot be left alone with them. */
export function hasFewClusters(log: ComparisonLog, among: Uint8Array): boolean {
  const seen = new Set<number>()
  for (let nth = 0; nth < log.count && seen.size < FEW_CLUSTERS; nth++)
    if (among[log.a[nth]!] && among[log.b[nth]!]) seen.add(log.cluster[nth]!)
  return seen.size < FEW_CLUSTERS
}

/**
 * The middle of the sandwich: what the gradient of each cluster says of its variance; or, not clustered, of each comparison, one of weight w
 * being w that agree.
 */
function meatOf(log: ComparisonLog, strength: Float64Array, place: Int32Array, size: number, clustered: boolean): Float64Array {
  const meat = new Float64Array(size * size)
  const sums = new Float64Array(size)
  const isTouched = new Uint8Array(size)
  const touched: number[] = []
  const add = (i: number, value: number) => {
    if (!isTouched[i]) touched.push(i)
    isTouched[i] = 1
    sums[i]! += value
  }
  const close = () => {
    for (const i of touched) for (const j of touched) meat[i * size + j]! += sums[i]! * sums[j]!
    for (const i of touched) sums[i] = isTouched[i] = 0
    touched.length = 0
  }
  // The log is sorted by cluster, those without one at the front with numbers of their own.
  for (let nth = 0; nth < log.count; nth++) {
    if (nth > 0 && (!clustered || log.cluster[nth] !== log.cluster[nth - 1])) close()
    const i = place[log.a[nth]!]!
    const j = place[log.b[nth]!]!
    if (i < 0 || j < 0) continue
    const d = strength[log.a[nth]!]! - strength[log.b[nth]!]!
    const weight = clustered ? log.weight[nth]! : Math.sqrt(log.weight[nth]!)
    const slope = weight * (logistic(d) - log.result[nth]!)
    add(i, slope)
    add(j, -slope)
  }
  close()
  return meat
}
