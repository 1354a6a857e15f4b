import { createHash } from 'node:crypto'

// Graphs as tests write them, and as `compile` would hand them to the database. No test runner is needed here: the chaos uses them too.

export interface TestNode {
  id: string
  type?: string
  job_kind?: string
  config?: Record<string, unknown>
  join_policy?: 'all' | 'all_settled'
  on_parent_failure?: 'skip' | 'propagate' | 'substitute_default'
  [column: string]: unknown
}
export interface TestEdge {
  source: string
  target: string
  source_port?: string
  condition?: Record<string, unknown>
  [column: string]: unknown
}
export interface TestGraph {
  nodes: (TestNode | string)[]
  edges?: (TestEdge | [string, string] | [string, string, string])[]
  [setting: string]: unknown
}

/** The rows of a graph, with waves and counts as the compiler finds them. */
export function compiledGraph({ nodes, edges = [], ...settings }: TestGraph): Record<string, unknown> {
  const all = edges.map((edge) =>
    Array.isArray(edge) ? { source: edge[0], target: edge[1], ...(edge[2] && { source_port: edge[2] }) } : edge,
  )
  const named = nodes.map((node) => (typeof node === 'string' ? { id: node } : node))
  const waves = new Map(named.map(({ id }) => [id, 0]))
  for (const _round of named) {
    let changed = false
    for (const { source, target } of all) {
      const wave = waves.get(source)! + 1
      if (waves.get(target)! < wave) {
        waves.set(target, wave)
        changed = true
      }
    }
    if (!changed) break
  }
  const content = {
    ...settings,
    nodes: named.map(({ id, type = 'prompt_template', job_kind = 'workflow_node', ...columns }, ordinal) => ({
      node_id: id,
      ordinal,
      node_type: type,
      job_kind,
      wave: waves.get(id),
      edges_in: all.filter(({ target, source_port }) => target === id && source_port !== '@settled').length,
      ...columns,
    })),
    edges: all.map(({ source, target, ...columns }, ordinal) => ({ ordinal, source_node_id: source, target_node_id: target, ...columns })),
  }
  return { content_hash: createHash('sha256').update(JSON.stringify(content)).digest('hex'), document: { title: 'A workflow' }, ...content }
}
