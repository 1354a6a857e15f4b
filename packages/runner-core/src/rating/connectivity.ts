import type { ComparisonLog } from './comparisons.ts'

/**
 * The strongly connected components of "was preferred to or tied with", as the number of the component of each competitor. Only
 * within one of them does a maximum-likelihood rating exist: who never lost to a group is infinitely better than it.
 * Source: Ford, "Solution of a Ranking Problem from Binary Comparisons" (1957); the algorithm is Tarjan's (1972), without recursion.
 */
export function strongComponents(log: ComparisonLog): { component: Int32Array; sizes: number[] } {
  const n = log.competitors.length
  const beats: Set<number>[] = Array.from({ length: n }, () => new Set())
  for (let nth = 0; nth < log.count; nth++) {
    const a = log.a[nth]!
    const b = log.b[nth]!
    const result = log.result[nth]!
    if (result > 0) beats[a]!.add(b)
    if (result < 1) beats[b]!.add(a)
  }
  const edges = beats.map((set) => [...set])
  const index = new Int32Array(n).fill(-1)
  const low = new Int32Array(n)
  const onStack = new Uint8Array(n)
  const component = new Int32Array(n).fill(-1)
  const sizes: number[] = []
  const stack: number[] = []
  let next = 0
  for (let root = 0; root < n; root++) {
    if (index[root] !== -1) continue
    const path: { at: number; edge: number }[] = [{ at: root, edge: 0 }]
    while (path.length > 0) {
      const frame = path.at(-1)!
      const { at } = frame
      if (frame.edge === 0) {
        index[at] = low[at] = next++
        stack.push(at)
        onStack[at] = 1
      }
      const to = edges[at]![frame.edge]
      if (to !== undefined) {
        frame.edge++
        if (index[to] === -1) path.push({ at: to, edge: 0 })
        else if (onStack[to]) low[at] = Math.min(low[at]!, index[to]!)
        continue
      }
      if (low[at] === index[at]) {
        let size = 0
        for (let member = -1; member !== at; size++) {
          member = stack.pop()!
          onStack[member] = 0
          component[member] = sizes.length
        }
        sizes.push(size)
      }
      path.pop()
      const parent = path.at(-1)?.at
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[at]!)
    }
  }
  return { component, sizes }
}
