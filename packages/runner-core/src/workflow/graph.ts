/** An edge as a graph sees it. */
export interface Arrow {
  source: string
  target: string
}

export interface Layers {
  /** The longest path from a root, in edges. Nodes on or behind a cycle have none. */
  waves: Map<string, number>
  /** A cycle for each knot, as the nodes in its order. Empty: the graph can be run. */
  cycles: string[][]
}

/** Layers a graph, by Kahn. Arrows to or from what is not a node, and from a node to itself, are left out. Linear in nodes and arrows. */
export function layersOf(nodes: readonly string[], arrows: readonly Arrow[]): Layers {
  const after = new Map<string, string[]>(nodes.map((id) => [id, []]))
  const open = new Map<string, number>(nodes.map((id) => [id, 0]))
  for (const { source, target } of arrows) {
    if (source === target || !after.has(source) || !after.has(target)) continue
    after.get(source)!.push(target)
    open.set(target, open.get(target)! + 1)
  }
  const waves = new Map<string, number>()
  let wave = nodes.filter((id) => open.get(id) === 0)
  for (let nth = 0; wave.length > 0; nth++) {
    const next: string[] = []
    for (const id of wave) {
      waves.set(id, nth)
      for (const target of after.get(id)!) {
        open.set(target, open.get(target)! - 1)
        if (open.get(target) === 0) next.push(target)
      }
    }
    wave = next
  }
  return {
    waves,
    cycles: cyclesOf(
      nodes.filter((id) => !waves.has(id)),
      after,
    ),
  }
}

/** One cycle of each knot: a walk that comes back to where it was. What it walked is not walked again. */
function cyclesOf(rest: readonly string[], after: ReadonlyMap<string, readonly string[]>): string[][] {
  const within = new Set(rest)
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[][] = []
  for (const start of rest) {
    if (state.has(start)) continue
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }]
    state.set(start, 'open')
    while (path.length > 0) {
      const here = path.at(-1)!
      const target = after.get(here.id)![here.next++]
      if (target === undefined) {
        state.set(here.id, 'done')
        path.pop()
      } else if (within.has(target)) {
        if (state.get(target) === 'open') {
          cycles.push(path.slice(path.findIndex(({ id }) => id === target)).map(({ id }) => id))
          // The knot is told once: the rest of it is taken for walked.
          for (const { id } of path) state.set(id, 'done')
          path.length = 0
        } else if (!state.has(target)) {
          state.set(target, 'open')
          path.push({ id: target, next: 0 })
        }
      }
    }
  }
  return cycles
}
