/** One comparison of two competitors: who was preferred, and what it belongs to. */
export interface Comparison {
  a: string
  b: string
  /** What `a` got: 1 when it was preferred, 0 when `b` was, 0.5 for a tie. */
  result: 0 | 0.5 | 1
  /** How often it was said; 1 when left out. */
  weight?: number
  /**
   * What it shares with others: the prompt, the battle, the voter. Comparisons of one cluster are not independent, and an interval that
   * takes them for so is too narrow (2.2 times for rankings of 13 models on 300 prompts).
   */
  cluster?: string
  /** How the two differ in style, a against b, feature by feature (see styleDifference): for a board that controls for it. */
  style?: readonly number[]
}

/** Comparisons as the fit reads them: competitors and clusters by number. */
export interface ComparisonLog {
  /** In the order of their names, so that no order of the input shows in a sum. */
  readonly competitors: readonly string[]
  readonly count: number
  readonly a: Int32Array
  readonly b: Int32Array
  readonly result: Float64Array
  readonly weight: Float64Array
  /** The number of the cluster each belongs to; a comparison without one is a cluster of its own. */
  readonly cluster: Int32Array
  readonly clusters: number
  /** Row-major, one row a comparison. */
  readonly style: Float64Array
  readonly features: number
}

/**
 * Reads comparisons into columns, sorted, so that the board made of them does not depend on the order they came in.
 *
 * Throws RangeError for a comparison of a competitor with itself, a result other than 0, ½ or 1, a weight that is not positive, or
 * another number of style features than the first has.
 */
export function readComparisons(comparisons: Iterable<Comparison>): ComparisonLog {
  const rows: Comparison[] = []
  const names = new Set<string>()
  const clusterNames = new Set<string>()
  const refuse = (why: string): never => {
    throw new RangeError(`comparison ${rows.length}: ${why}`)
  }
  for (const row of comparisons) {
    const { a, b, result, weight = 1, cluster, style } = row
    if (a === b) refuse(`${JSON.stringify(a)} is compared with itself`)
    if (result !== 0 && result !== 0.5 && result !== 1) refuse(`result is ${result}, expected 0, 0.5 or 1`)
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) refuse(`weight is ${weight}, expected a positive number`)
    if (rows.length > 0 && style?.length !== rows[0]!.style?.length)
      refuse('style has another number of features than the first comparison')
    names.add(a).add(b)
    if (cluster !== undefined) clusterNames.add(cluster)
    rows.push(a < b ? row : turned(row))
  }
  const competitors = [...names].sort()
  const number = new Map(competitors.map((name, nth) => [name, nth]))
  const clusterNumber = new Map([...clusterNames].sort().map((name, nth) => [name, nth]))
  const keyed = rows.map((row) => ({
    a: number.get(row.a)!,
    b: number.get(row.b)!,
    result: row.result,
    weight: row.weight ?? 1,
    cluster: row.cluster === undefined ? -1 : clusterNumber.get(row.cluster)!,
    style: row.style ?? [],
  }))
  keyed.sort(
    (x, y) => x.cluster - y.cluster || x.a - y.a || x.b - y.b || x.result - y.result || x.weight - y.weight || lexical(x.style, y.style),
  )
  const count = keyed.length
  const features = rows[0]?.style?.length ?? 0
  const log = {
    competitors,
    count,
    a: new Int32Array(count),
    b: new Int32Array(count),
    result: new Float64Array(count),
    weight: new Float64Array(count),
    cluster: new Int32Array(count),
    style: new Float64Array(count * features),
    features,
  }
  let clusters = clusterNumber.size
  for (const [nth, row] of keyed.entries()) {
    log.a[nth] = row.a
    log.b[nth] = row.b
    log.result[nth] = row.result
    log.weight[nth] = row.weight
    log.cluster[nth] = row.cluster < 0 ? clusters++ : row.cluster
    log.style.set(row.style, nth * features)
  }
  return { ...log, clusters }
}

/** The same comparison, told from the other side: of the two ways to write it, the one whose first name comes first is kept. */
const turned = ({ a, b, result, style, ...rest }: Comparison): Comparison => ({
  ...rest,
  a: b,
  b: a,
  result: (1 - result) as Comparison['result'],
  ...(style && { style: style.map((each) => -each) }),
})

function lexical(x: readonly number[], y: readonly number[]): number {
  for (const [nth, each] of x.entries()) if (each !== y[nth]) return each - y[nth]!
  return 0
}
