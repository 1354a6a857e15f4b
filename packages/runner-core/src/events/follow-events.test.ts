import { describe, expect, it } from 'vitest'
import { stepError } from '../errors.ts'
import { fail, ok } from '../result.ts'
import { virtualClock } from '../testing/virtual-clock.ts'
import { type Beat, type EventPage, eventCadence, followEvents, type ReadEvents } from './follow-events.ts'

const event = (event_id: number) => ({ event_id, type: 'contender.delta', data: {}, created_at: '2026-11-20T00:00:00Z' })
const page = (ids: number[], rest: Partial<EventPage> = {}): EventPage => ({
  events: ids.map(event),
  cursor: ids.at(-1) ?? 0,
  more: false,
  status: 'executing',
  ended: false,
  ...rest,
})

/** A log that grows by hand, and what one reader of it was told, and when. */
function follow({ first = page([]), untilMs = 50_000, read }: { first?: EventPage; untilMs?: number; read?: ReadEvents } = {}) {
  const clock = virtualClock()
  const gone = new AbortController()
  const log: number[] = []
  const reads: number[] = []
  const said: { at: number; beat: Beat }[] = []
  let final = false
  const fromLog: ReadEvents = async (after) => {
    const ids = log.filter((id) => id > after)
    return ok(page(ids, { cursor: ids.at(-1) ?? after, status: final ? 'closed' : 'executing', ended: final }))
  }
  const beats = followEvents({
    clock,
    first,
    signal: gone.signal,
    untilMs,
    read: (after) => {
      reads.push(clock.now())
      return (read ?? fromLog)(after)
    },
  })
  const finished = (async () => {
    for await (const beat of beats) said.push({ at: clock.now(), beat })
  })()
  return {
    clock,
    log,
    reads,
    said,
    finished,
    leave: () => gone.abort(),
    close: () => {
      final = true
    },
    ids: () => said.flatMap(({ beat }) => (beat.kind === 'event' ? [beat.event.event_id] : [])),
    kinds: () => said.map(({ beat }) => beat.kind),
  }
}

describe('a stream of events', () => {
  it('says what was there, what comes, and ends with the battle', async () => {
    const stream = follow({ first: page([1, 2]) })
    await stream.clock.advance(300)
    expect(stream.ids()).toEqual([1, 2])
    stream.log.push(1, 2, 3)
    await stream.clock.advance(2_000)
    stream.log.push(5)
    stream.close()
    await stream.clock.advance(2_000)
    await stream.finished
    expect(stream.ids()).toEqual([1, 2, 3, 5])
    expect(stream.said.at(-1)?.beat).toEqual({ kind: 'end', status: 'closed', cursor: 5 })
  })

  it('reads soon while events flow, and less and less often without any', async () => {
    const stream = follow({ untilMs: 1e9 })
    await stream.clock.advance(30_000)
    const gaps = stream.reads.map((at, nth) => at - (stream.reads[nth - 1] ?? 0))
    expect(gaps[0]).toBe(eventCadence.flowingMs)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(gaps.at(-1)).toBe(eventCadence.idleMs)
    stream.log.push(1)
    await stream.clock.advance(3_000)
    const found = stream.said.find(({ beat }) => beat.kind === 'event')!.at
    expect(stream.reads.find((at) => at > found)).toBe(found + eventCadence.flowingMs)
    stream.leave()
  })

  it('goes on at once after a full page', async () => {
    const stream = follow({ first: page([1], { more: true }) })
    stream.log.push(1, 2)
    await stream.clock.advance(0)
    expect(stream.ids()).toEqual([1, 2])
    stream.leave()
  })

  it('says a heartbeat when it has said nothing for long, and only then', async () => {
    const stream = follow({ untilMs: 1e9 })
    await stream.clock.advance(60_000)
    const beats = stream.said.map(({ at, beat }) => ({ at, kind: beat.kind }))
    expect(new Set(beats.map(({ kind }) => kind))).toEqual(new Set(['heartbeat']))
    const gaps = beats.map(({ at }, nth) => at - (beats[nth - 1]?.at ?? 0))
    expect(gaps.length).toBe(3)
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(eventCadence.heartbeatMs)
      expect(gap).toBeLessThanOrEqual(eventCadence.heartbeatMs + eventCadence.idleMs)
    }
    stream.leave()
  })

  it('pauses when its time is over, in the middle of a wait too', async () => {
    const stream = follow({ untilMs: 10_000 })
    await stream.clock.advance(10_000)
    await stream.finished
    expect(stream.said).toEqual([{ at: 10_000, beat: { kind: 'pause' } }])
  })

  it('reads nothing more once its reader has gone, and does not wait to notice', async () => {
    const stream = follow()
    await stream.clock.advance(5_000)
    const read = stream.reads.length
    stream.leave()
    await stream.finished
    await stream.clock.advance(60_000)
    expect(stream.reads.length).toBe(read)
    expect(stream.kinds()).toEqual([])
  })

  it('outlives a database that is away for a moment, and pauses when it stays away', async () => {
    let away = 2
    const stream = follow({
      read: async () => (away-- > 0 ? fail(stepError('store_unavailable', 'away')) : ok(page([7], { ended: true, status: 'closed' }))),
    })
    await stream.clock.advance(20_000)
    await stream.finished
    expect(stream.kinds()).toEqual(['event', 'end'])

    const lost = follow({ read: async () => fail(stepError('store_unavailable', 'away')) })
    await lost.clock.advance(20_000)
    await lost.finished
    expect(lost.kinds()).toEqual(['pause'])
    expect(lost.reads.length).toBe(eventCadence.failures)
  })

  it('repeats nothing of the page before after a read that failed', async () => {
    let tries = 0
    const stream = follow({
      first: page([1, 2]),
      read: async (after) =>
        tries++ === 0 ? fail(stepError('store_unavailable', 'away')) : ok(page([after + 1], { ended: true, status: 'closed' })),
    })
    await stream.clock.advance(10_000)
    await stream.finished
    expect(stream.ids()).toEqual([1, 2, 3])
  })

  it('pauses when the battle is no longer there', async () => {
    const stream = follow({ read: async () => ok(null) })
    await stream.clock.advance(1_000)
    await stream.finished
    expect(stream.kinds()).toEqual(['pause'])
  })
})
