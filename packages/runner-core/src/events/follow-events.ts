import type { StepError } from '../errors.ts'
import type { Clock } from '../ports/index.ts'
import type { Result } from '../result.ts'

/** A line of a battle's log, as a viewer may see it. */
export interface ShownEvent {
  event_id: number
  type: string
  data: unknown
  created_at: string
}

/** What was logged after a place, as one reader may see it. */
export interface EventPage {
  events: ShownEvent[]
  /** Where the next read goes on. It also passes what this reader may not see. */
  cursor: number
  /** The page was full: the next read will find more. */
  more: boolean
  status: string
  /** The battle is final, and nothing comes after the cursor. */
  ended: boolean
}

/** Null: there is no such battle, or it is not for this reader. */
export type ReadEvents = (after: number) => Promise<Result<EventPage | null, StepError>>

/** What a stream says next. After `end` there is nothing more to say; after `pause` the reader comes back for the rest. */
export type Beat =
  | { kind: 'event'; event: ShownEvent }
  | { kind: 'heartbeat' }
  | { kind: 'end'; status: string; cursor: number }
  | { kind: 'pause' }

/**
 * How often the log is read: soon after events, less and less often without any. A heartbeat keeps connections open that
 * proxies would close for being silent, and is how a reader tells a quiet stream from a dead one.
 */
export const eventCadence = Object.freeze({ flowingMs: 250, idleMs: 2_000, slower: 1.5, heartbeatMs: 15_000, failures: 5 })

export interface FollowOptions {
  read: ReadEvents
  /** The first page, which was read to know whether there is anything to follow. */
  first: EventPage
  clock: Clock
  /** Aborted when the reader went away: nothing is read after that. */
  signal: AbortSignal
  /** When the stream pauses, on the clock. */
  untilMs: number
}

/**
 * A battle's log as it grows, until it ends, the time is over or the reader has gone. Reads go on from the cursor of the last
 * page, so nothing is said twice and nothing is left out.
 */
export async function* followEvents({ read, first, clock, signal, untilMs }: FollowOptions): AsyncGenerator<Beat, void> {
  let page = first
  let wait: number = eventCadence.flowingMs
  let saidAtMs = clock.now()
  let failures = 0
  for (;;) {
    for (const event of page.events) yield { kind: 'event', event }
    if (page.ended) return yield { kind: 'end', status: page.status, cursor: page.cursor }
    if (page.events.length > 0) {
      wait = eventCadence.flowingMs
      saidAtMs = clock.now()
    } else if (clock.now() - saidAtMs >= eventCadence.heartbeatMs) {
      yield { kind: 'heartbeat' }
      saidAtMs = clock.now()
    }
    const rest = untilMs - clock.now()
    if (rest <= 0) return yield { kind: 'pause' }
    if (!page.more) await clock.sleep(Math.min(wait, rest), signal)
    if (signal.aborted) return
    const next = await read(page.cursor)
    if (signal.aborted) return
    if (next.ok) {
      if (next.value === null) return yield { kind: 'pause' } // deleted: whoever comes back is told
      page = next.value
      wait = Math.min(eventCadence.idleMs, wait * eventCadence.slower)
      failures = 0
    } else {
      if (++failures >= eventCadence.failures) return yield { kind: 'pause' }
      page = { ...page, events: [], more: false }
      wait = eventCadence.idleMs
    }
  }
}
