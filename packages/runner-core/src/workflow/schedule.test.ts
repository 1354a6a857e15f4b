import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layersOf } from './graph.ts'
import { type NodeEnd, type Progress, type SchedulePlan, scheduleOf } from './schedule.ts'

type Joined = Partial<Pick<SchedulePlan['nodes'][number], 'join_policy' | 'on_parent_failure'>>
type Drawn = [source: string, target: string, port?: string]

function plan(nodes: Record<string, Joined>, edges: Drawn[], more: Partial<SchedulePlan> = {}): SchedulePlan {
  const ids = Object.keys(nodes)
  const { waves } = layersOf(
    ids,
    edges.map(([source, target]) => ({ source, target })),
  )
  return {
    scheduling: 'waves',
    max_in_flight: 100,
    nodes: ids.map((node_id, ordinal) => ({
      node_id,
      ordinal,
      wave: waves.get(node_id)!,
      join_policy: 'all',
      on_parent_failure: 'skip',
      edges_in: edges.filter(([, target, port]) => target === node_id && port !== '@settled').length,
      ...nodes[node_id],
    })),
    edges: edges.map(([source, target, source_port = 'output']) => ({ source, target, source_port, condition: null })),
    ...more,
  }
}

const done = (...ports: string[]): NodeEnd => ({ status: 'completed', ports: ports.length > 0 ? ports : ['output'] })
const failed: NodeEnd = { status: 'failed' }
const schedule = (given: SchedulePlan, ended: Record<string, NodeEnd> = {}, more: Partial<Progress> = {}) => {
  const { nodes, mayStart, run } = scheduleOf(given, { ended: new Map(Object.entries(ended)), ...more })
  return {
    mayStart,
    run,
    nodes: Object.fromEntries([...nodes].map(([id, { status, reason }]) => [id, reason ? `${status} ${reason}` : status])),
  }
}

describe('a node', () => {
  const diamond = (nodes: Record<string, Joined> = {}) =>
    plan({ check: {}, yes: {}, no: {}, join: {}, ...nodes }, [
      ['check', 'yes', 'true'],
      ['check', 'no', 'false'],
      ['yes', 'join'],
      ['no', 'join'],
    ])

  it('behind an if runs, though the other branch was not taken', () => {
    expect(schedule(diamond(), { check: done('true'), yes: done() })).toMatchObject({
      mayStart: ['join'],
      nodes: { no: 'skipped branch', join: 'queued' },
    })
  })

  it('all of whose branches were not taken is skipped like them, and so is what follows', () => {
    expect(schedule(diamond(), { check: done('neither') })).toMatchObject({
      run: 'completed',
      nodes: { yes: 'skipped branch', no: 'skipped branch', join: 'skipped branch' },
    })
  })

  it('of which a parent failed is skipped, fails, or runs, as it says', () => {
    const after = (join: Joined) => schedule(diamond({ join }), { check: done('true'), yes: failed })
    expect(after({})).toMatchObject({ run: 'failed', nodes: { join: 'skipped upstream_failure' } })
    expect(after({ on_parent_failure: 'propagate' })).toMatchObject({ run: 'failed', nodes: { join: 'failed upstream_failure' } })
    expect(after({ on_parent_failure: 'substitute_default' })).toMatchObject({ run: 'running', mayStart: ['join'] })
    expect(after({ join_policy: 'all_settled' })).toMatchObject({ run: 'running', mayStart: ['join'] })
  })

  it('skipped for a failure hands it on, through its error port too', () => {
    const chain = plan({ a: {}, b: {}, c: {}, d: {} }, [
      ['a', 'b'],
      ['b', 'c'],
      ['b', 'd', 'error'],
    ])
    expect(schedule(chain, { a: failed }).nodes).toEqual({
      a: 'failed',
      b: 'skipped upstream_failure',
      c: 'skipped upstream_failure',
      d: 'skipped upstream_failure',
    })
  })

  it('that fails fires its error port: whoever that leads to runs, and the run has not failed', () => {
    const caught = plan({ a: {}, next: {}, handler: {} }, [
      ['a', 'next'],
      ['a', 'handler', 'error'],
    ])
    expect(schedule(caught, { a: failed })).toMatchObject({ mayStart: ['handler'], nodes: { next: 'skipped upstream_failure' } })
    expect(schedule(caught, { a: failed, handler: done() }).run).toBe('completed')
    expect(schedule(caught, { a: done() })).toMatchObject({ mayStart: ['next'], nodes: { handler: 'skipped branch' } })
  })

  it('that completes may fire its error port itself, as battle_execute does', () => {
    const battle = plan({ a: {}, results: {}, handler: {} }, [
      ['a', 'results', 'results'],
      ['a', 'handler', 'error'],
    ])
    expect(schedule(battle, { a: done('error') })).toMatchObject({ mayStart: ['handler'], nodes: { results: 'skipped branch' } })
  })

  it('waits for what only orders, whatever becomes of that', () => {
    const ordered = plan({ a: {}, b: {} }, [['a', 'b', '@settled']])
    expect(schedule(ordered).mayStart).toEqual(['a'])
    for (const end of [done(), failed]) expect(schedule(ordered, { a: end })).toMatchObject({ mayStart: ['b'] })
  })

  it('runs by an edge whose condition holds of what its source made', () => {
    const given = plan({ a: {}, b: {} }, [['a', 'b']])
    given.edges[0]!.condition = { operator: 'contains', value: 'yes' }
    const said = (output: string) =>
      schedule(given, { a: { ...done(), envelope: { kind: 'text', artifact_kind: 'text', output } } as NodeEnd }).nodes.b
    expect([said('oh yes'), said('no')]).toEqual(['queued', 'skipped branch'])
  })
})

describe('a run', () => {
  const two = (scheduling: 'waves' | 'eager', max_in_flight = 100) =>
    plan(
      { a: {}, b: {}, c: {}, d: {} },
      [
        ['a', 'c'],
        ['b', 'd'],
      ],
      { scheduling, max_in_flight },
    )

  it('in waves begins none before the wave before it has ended; eager, each when its own parents have', () => {
    expect(schedule(two('waves'), { a: done() }, { started: new Set(['b']) }).mayStart).toEqual([])
    expect(schedule(two('eager'), { a: done() }, { started: new Set(['b']) }).mayStart).toEqual(['c'])
    expect(schedule(two('waves'), { a: done(), b: failed }).mayStart).toEqual(['c'])
  })

  it('has no more in flight than it may, and does not count those that wait', () => {
    expect(schedule(two('eager', 1)).mayStart).toEqual(['a'])
    expect(schedule(two('eager', 1), {}, { started: new Set(['a']) }).mayStart).toEqual([])
    expect(schedule(two('eager', 1), {}, { started: new Set(['a']), waiting: new Set(['a']) })).toMatchObject({
      mayStart: ['b'],
      nodes: { a: 'waiting' },
    })
  })

  it('that is stopped has completed; that is cancelled or late has not; what was open is cancelled', () => {
    expect(schedule(two('eager'), { a: { ...done(), stopsRun: true } as NodeEnd })).toMatchObject({
      run: 'completed',
      mayStart: [],
      nodes: { a: 'completed', b: 'cancelled stopped', c: 'cancelled stopped' },
    })
    for (const closed of ['cancelled', 'timed_out'] as const)
      expect(schedule(two('eager'), { a: done() }, { closed })).toMatchObject({
        run: closed,
        mayStart: [],
        nodes: { a: 'completed', c: `cancelled ${closed}` },
      })
  })

  it('takes a pinned node for ended once it would run, and not before', () => {
    const pinned = new Map([['c', done()]])
    expect(schedule(two('eager'), {}, { pinned }).nodes.c).toBe('awaiting_dependency')
    expect(schedule(two('eager'), { a: done() }, { pinned }).nodes.c).toBe('completed')
    expect(schedule(two('eager'), { a: failed }, { pinned }).nodes.c).toBe('skipped upstream_failure')
  })
})

const policies = fc.record({
  join_policy: fc.constantFrom('all' as const, 'all_settled' as const),
  on_parent_failure: fc.constantFrom('skip' as const, 'propagate' as const, 'substitute_default' as const),
})
const graphs = fc
  .record({
    policies: fc.array(policies, { minLength: 1, maxLength: 12 }),
    edges: fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.constantFrom('output', 'other', 'error', '@settled')), { maxLength: 30 }),
    scheduling: fc.constantFrom('waves' as const, 'eager' as const),
    max_in_flight: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ policies, edges, ...more }) =>
    plan(
      Object.fromEntries(policies.map((each, at) => [`n${at}`, each])),
      edges
        .filter(([a, b]) => a !== b && a < policies.length && b < policies.length)
        .map(([a, b, port]): Drawn => [`n${Math.min(a, b)}`, `n${Math.max(a, b)}`, port]),
      more,
    ),
  )
const fates = fc.array(
  fc.constantFrom<NodeEnd>(done(), done('output', 'other'), done('error'), done('other'), failed, { status: 'timed_out' }),
  { minLength: 12, maxLength: 12 },
)

describe('any workflow, whatever becomes of its nodes and in whatever order they end', () => {
  it('ends: every node once, none before its parents, no more at once than may be', () => {
    fc.assert(
      fc.property(graphs, fates, fc.infiniteStream(fc.nat(1000)), (given, ends, dice) => {
        const ended = new Map<string, NodeEnd>()
        const started = new Set<string>()
        for (let turn = 0; turn < 100; turn++) {
          const now = scheduleOf(given, { ended, started })
          for (const id of now.mayStart) {
            for (const edge of given.edges)
              if (edge.target === id) expect(['awaiting_dependency', 'queued', 'waiting']).not.toContain(now.nodes.get(edge.source)!.status)
            if (given.scheduling === 'waves')
              for (const other of given.nodes)
                if (other.wave < given.nodes[Number(id.slice(1))]!.wave) expect(now.nodes.get(other.node_id)!.status).not.toBe('queued')
            started.add(id)
          }
          expect(started.size).toBeLessThanOrEqual(given.max_in_flight)
          if (now.run !== 'running') {
            expect(started.size).toBe(0)
            expect([...now.nodes.values()].every(({ status }) => ['completed', 'failed', 'timed_out', 'skipped'].includes(status))).toBe(
              true,
            )
            return
          }
          // Something is always under way: a run does not get stuck.
          expect(started.size).toBeGreaterThan(0)
          const next = [...started][(dice.next().value as number) % started.size]!
          started.delete(next)
          ended.set(next, ends[Number(next.slice(1))]!)
        }
        throw new Error('the run did not end')
      }),
    )
  })

  it('comes to the same, whatever the order', () => {
    const play = (given: SchedulePlan, ends: NodeEnd[], dice: IterableIterator<number>) => {
      const ended = new Map<string, NodeEnd>()
      const started = new Set<string>()
      for (;;) {
        const now = scheduleOf(given, { ended, started })
        if (now.run !== 'running') return { run: now.run, nodes: [...now.nodes], edges: now.edges }
        for (const id of now.mayStart) started.add(id)
        const next = [...started][dice.next().value % started.size]!
        started.delete(next)
        ended.set(next, ends[Number(next.slice(1))]!)
      }
    }
    const stream = fc.infiniteStream(fc.nat(1000)) as unknown as fc.Arbitrary<IterableIterator<number>>
    fc.assert(
      fc.property(graphs, fates, stream, stream, (given, ends, one, other) => {
        expect(play({ ...given, scheduling: 'eager' }, ends, one)).toEqual(
          play({ ...given, scheduling: 'waves', max_in_flight: 1 }, ends, other),
        )
      }),
    )
  })
})
