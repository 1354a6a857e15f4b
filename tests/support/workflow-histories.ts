import fc from 'fast-check'
import type { TestGraph } from './workflow-graphs.ts'

// Random workflows and what may happen to their runs, for the model of one command at a time and for races.

const pick = fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) })

export const anyGraph: fc.Arbitrary<TestGraph> = fc
  .record({
    nodes: fc.array(
      fc.record({
        join_policy: fc.constantFrom('all' as const, 'all' as const, 'all_settled' as const),
        on_parent_failure: fc.constantFrom('skip' as const, 'skip' as const, 'propagate' as const, 'substitute_default' as const),
        max_attempts: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    edges: fc.array(
      fc.record({
        from: fc.nat(7),
        to: fc.nat(7),
        port: fc.constantFrom('output', 'output', 'output', 'x', 'error', '@settled'),
        condition: fc.constantFrom(undefined, undefined, undefined, { operator: 'equals', value: '0' }, { operator: 'truthy' }),
      }),
      { maxLength: 12 },
    ),
    places: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8, maxLength: 8 }),
    scheduling: fc.constantFrom('waves' as const, 'eager' as const),
    max_in_flight: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ nodes, edges, places, ...settings }) => {
    // The workflow's order need not be an order of the graph: an edge leads from a lower place to a higher one.
    const named = nodes.map((node, nth) => ({ id: `n${nth}`, ...node }))
    return {
      ...settings,
      nodes: named,
      edges: edges
        .map(({ from, to, port, condition }) => ({ from: from % nodes.length, to: to % nodes.length, port, condition }))
        .filter(({ from, to }) => places[from]! < places[to]!)
        .map(({ from, to, port, condition }) => ({
          source: `n${from}`,
          target: `n${to}`,
          source_port: port,
          ...(condition && port !== '@settled' ? { condition } : {}),
        })),
    }
  })

export const anyEnd = fc.record({
  ports: fc.constantFrom<string[][]>(['output'], ['output'], ['x'], ['output', 'x'], []),
  output: fc.constantFrom<string[]>('0', '', 'text'),
})
export type AnyEnd = typeof anyEnd extends fc.Arbitrary<infer End> ? End : never

const weigh = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })
export const anyCommand = fc.oneof(
  weigh(
    3,
    fc.record({
      do: fc.constant('start' as const),
      graph: fc.nat(4),
      pinned: fc.array(fc.record({ node: fc.nat(7), fails: fc.boolean(), end: anyEnd }), { maxLength: 2 }),
    }),
  ),
  weigh(8, fc.record({ do: fc.constant('claim' as const), most: fc.integer({ min: 1, max: 4 }) })),
  // A driver that does its work: it takes what there is, and each ends somehow.
  weigh(
    10,
    fc.record({
      do: fc.constant('work' as const),
      /** Ends of one tree are told together, as they are when they come at once. */
      together: fc.boolean(),
      ends: fc.array(
        fc.oneof({ weight: 4, arbitrary: anyEnd }, { weight: 1, arbitrary: fc.constantFrom('provider_unavailable', 'node_timeout') }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    }),
  ),
  weigh(12, fc.record({ do: fc.constant('complete' as const), job: pick, end: anyEnd, stops: fc.nat(11).map((n) => n === 0) })),
  weigh(
    4,
    fc.record({
      do: fc.constant('fail' as const),
      job: pick,
      again: fc.boolean(),
      code: fc.constantFrom('provider_unavailable', 'node_timeout', 'contract_violated'),
    }),
  ),
  weigh(
    4,
    fc.record({
      do: fc.constant('suspend' as const),
      job: pick,
      for: fc.constantFrom('delay' as const, 'approval' as const, 'children' as const, 'children' as const),
      children: fc.array(fc.nat(4), { maxLength: 4 }),
      most: fc.integer({ min: 1, max: 3 }),
      failFast: fc.boolean(),
    }),
  ),
  weigh(2, fc.record({ do: fc.constant('answer' as const), nth: pick })),
  weigh(2, fc.record({ do: fc.constant('lose' as const), job: pick })),
  weigh(2, fc.record({ do: fc.constant('due' as const) })),
  weigh(1, fc.record({ do: fc.constant('cancel' as const), run: pick })),
  weigh(1, fc.record({ do: fc.constant('overdue' as const), run: pick })),
  weigh(3, fc.record({ do: fc.constant('retry' as const), run: pick, node: fc.option(fc.nat(7), { nil: null }) })),
  weigh(2, fc.record({ do: fc.constant('fork' as const), run: pick, node: fc.nat(7) })),
  weigh(1, fc.record({ do: fc.constant('replay' as const), run: pick })),
  weigh(1, fc.record({ do: fc.constant('heartbeat' as const), job: pick })),
)
export type Command = typeof anyCommand extends fc.Arbitrary<infer One> ? One : never
