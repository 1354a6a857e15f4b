import { createHash } from 'node:crypto'

/** A workflow as the compiler gives it to the database. */
export interface Shape {
  name: string
  /** Nodes of the run and of those it begins. */
  nodes: number
  compiled: Record<string, unknown>
  /** The workflow that each child of the one node runs, and how many. */
  children?: { compiled: Record<string, unknown>; count: number }
}

type Edge = [source: number, target: number]

function compiled(title: string, waves: number[], edges: Edge[], settings: object = {}): Record<string, unknown> {
  const id = (nth: number) => `n${nth}`
  const content = {
    max_in_flight: 100,
    ...settings,
    nodes: waves.map((wave, nth) => ({
      node_id: id(nth),
      ordinal: nth,
      node_type: 'prompt_template',
      job_kind: 'workflow_node',
      config: { template: 'made' },
      wave,
      edges_in: edges.filter(([, target]) => target === nth).length,
    })),
    edges: edges.map(([source, target], ordinal) => ({ ordinal, source_node_id: id(source), target_node_id: id(target) })),
  }
  return {
    content_hash: createHash('sha256')
      .update(JSON.stringify([title, content]))
      .digest('hex'),
    document: { title },
    ...content,
  }
}

const many = (count: number) => Array.from({ length: count }, (_, nth) => nth)

/** What is measured, at a size. */
export function shapes(size: number, depth: number): Shape[] {
  const flat = (settings: object, name: string): Shape => ({
    name,
    nodes: size,
    compiled: compiled(
      name,
      many(size).map(() => 0),
      [],
      settings,
    ),
  })
  const fanEdges = many(size).flatMap((nth): Edge[] => [
    [0, nth + 1],
    [nth + 1, size + 1],
  ])
  const fan = (settings: object, name: string): Shape => ({
    name,
    nodes: size + 2,
    compiled: compiled(name, [0, ...many(size).map(() => 1), 2], fanEdges, settings),
  })
  const count = size.toLocaleString('en-US')
  return [
    flat({}, `${count} nodes, no edges`),
    fan({}, `1 → ${count} → 1, waves`),
    fan({ scheduling: 'eager' }, `1 → ${count} → 1, eager`),
    {
      name: `chain of ${depth}`,
      nodes: depth,
      compiled: compiled(
        'chain',
        many(depth),
        many(depth - 1).map((nth): Edge => [nth, nth + 1]),
      ),
    },
    {
      name: `loop of ${count} children`,
      nodes: size + 1,
      compiled: compiled('loop', [0], []),
      children: { compiled: compiled('item', [0], []), count: size },
    },
  ]
}
