import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterEvent, type RunEvent, replay, unbegunRun } from './replay.ts'

const log = (...events: [type: string, node?: string, data?: Record<string, unknown>][]): RunEvent[] =>
  events.map(([type, node_id, data], at) => ({ event_id: at + 1, type, node_id: node_id ?? null, data: data ?? {} }))

const full = log(
  ['run.started', undefined, { nodes: 4 }],
  ['node.queued', 'a'],
  ['node.retried', 'a', { error: { code: 'provider_timeout' } }],
  ['contract.violated', 'a', { side: 'output' }],
  ['node.completed', 'a', { ports: ['true'] }],
  ['node.skipped', 'b', { reason: 'branch' }],
  ['node.queued', 'c'],
  ['node.waiting', 'c'],
  ['node.queued', 'd'],
  ['node.failed', 'd', { error: { code: 'internal' } }],
  ['node.cancelled', 'c', { reason: 'cancelled' }],
  ['run.failed', undefined, { error: { code: 'internal', node_id: 'd' } }],
)

describe('a run out of its log', () => {
  it('stands where it stood', () => {
    expect(replay(full, ['a', 'b', 'c', 'd', 'e'])).toEqual({
      status: 'failed',
      error: { code: 'internal', node_id: 'd' },
      lastEventId: 12,
      oddities: [],
      nodes: {
        a: { status: 'completed', attempts: 2, ports: ['true'] },
        b: { status: 'skipped', attempts: 0, ports: [], reason: 'branch' },
        c: { status: 'cancelled', attempts: 1, ports: [], reason: 'cancelled' },
        d: { status: 'failed', attempts: 1, ports: [], error: { code: 'internal' } },
        e: { status: 'awaiting_dependency', attempts: 0, ports: [] },
      },
    })
  })

  it('is the same in whatever order, and how often, its events come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(full, { minLength: full.length }), fc.subarray(full), (shuffled, again) => {
        expect(replay([...shuffled, ...again])).toEqual(replay(full))
      }),
    )
  })

  it('goes on from where it was, as from the beginning, and takes a late repeat for nothing', () => {
    fc.assert(
      fc.property(fc.nat(full.length), fc.nat(full.length), (cut, back) => {
        const first = replay(full.slice(0, cut))
        expect(full.slice(Math.max(0, cut - back)).reduce(afterEvent, first)).toEqual(replay(full))
      }),
    )
  })

  it('begins again where it was resumed, and keeps the rest', () => {
    const resumed = replay([
      ...full,
      { event_id: 13, type: 'run.resumed', data: { nodes: ['c', 'd'] } },
      { event_id: 14, type: 'node.queued', node_id: 'd' },
      { event_id: 15, type: 'node.completed', node_id: 'd', data: { ports: ['output'] } },
    ])
    expect(resumed).toMatchObject({
      status: 'running',
      oddities: [],
      nodes: { a: { status: 'completed' }, c: { status: 'awaiting_dependency', attempts: 0 }, d: { status: 'completed', attempts: 1 } },
    })
    expect(resumed).not.toHaveProperty('error')
    expect(resumed.nodes.d).not.toHaveProperty('error')
  })

  it('tells what no sound run does: a second end', () => {
    const odd = replay([...full, { event_id: 13, type: 'node.completed', node_id: 'd' }, { event_id: 14, type: 'run.completed' }])
    expect(odd.oddities).toEqual([
      'event 13: d is completed after it ended as failed',
      'event 14: the run ends as completed after it ended as failed',
    ])
  })

  it('is told nothing by types that came later, and by nodes called like what every object has', () => {
    const run = replay([
      { event_id: 1, type: 'run.sang' },
      { event_id: 2, type: 'node.dreamt', node_id: 'a' },
      { event_id: 3, type: 'other' },
      { event_id: 4, type: 'node.queued', node_id: 'constructor' },
    ])
    expect(run).toEqual({ ...unbegunRun(), lastEventId: 4, nodes: { constructor: { status: 'queued', attempts: 1, ports: [] } } })
  })
})
