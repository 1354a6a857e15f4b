import { type Block, readBlocks } from './event-blocks.ts'
import { mayPass, type Problem, unreachable } from './outcome.ts'
import { pause } from './pause.ts'

/** A line of a log: of a battle or of a run. */
export interface LogEvent {
  event_id: number
  type: string
}

export interface WatchLogOptions<Event extends LogEvent> {
  /** Aborting it ends the iteration, without an error. */
  signal?: AbortSignal
  /** The id of the last event that is known: the watch begins after it. Default: from the first. */
  after?: number
  /** Called for each event, before it is yielded. */
  onEvent?: (event: Event) => void
  /** Called before the stream is opened again: with what broke it, or without a problem when it had only paused. */
  onReconnect?: (problem?: Problem) => void
  /** How long the watch goes on without reaching the server, in milliseconds. A page that should outlive a night's sleep sets Infinity. */
  patienceMs?: number
}

/** What ends a watch before what it watches: the server refused, or could not be reached for longer than its patience. */
export class WatchError extends Error {
  override name = 'WatchError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
    this.problem = problem
  }
}

/** Opens the stream after an event; undefined: from the first. */
export type OpenStream = (lastEventId: number | undefined, signal: AbortSignal) => Promise<Response>

const backoff = { baseMs: 500, capMs: 30_000 }
/** Half is certain, half is drawn: those who were cut off together do not come back together. */
const jittered = (ms: number) => ms * (0.5 + Math.random() / 2)

/**
 * The events of a log as they happen, each once and in order, until it has ended. Streams pause and break; the watch goes on after the last
 * event it yielded.
 */
export async function* watchLog<Event extends LogEvent>(
  url: string,
  open: OpenStream,
  { signal, after, onEvent, onReconnect, patienceMs = 120_000 }: WatchLogOptions<Event> = {},
): AsyncGenerator<Event, void> {
  let last = after
  let failures = 0
  let servedAt = performance.now()
  while (!signal?.aborted) {
    let waitMs = backoff.baseMs
    let problem: Problem | undefined = unreachable(url, 'it is busy')
    for await (const block of readBlocks(url, (gone) => open(last, signal ? AbortSignal.any([signal, gone]) : gone))) {
      if (signal?.aborted || block.kind === 'over') return
      if (block.kind === 'failed') problem = block.problem
      else if (block.kind === 'retry') waitMs = block.ms
      else {
        problem = undefined
        failures = 0
        servedAt = performance.now()
        if (block.kind === 'sign') continue
        if (block.event === 'end') return
        const event = eventOf<Event>(block)
        if (event === undefined || event.event_id <= (last ?? 0)) continue
        last = event.event_id
        onEvent?.(event)
        yield event
      }
    }
    if (signal?.aborted) return
    if (problem !== undefined) {
      if (!mayPass(problem) || performance.now() - servedAt >= patienceMs) throw new WatchError(problem)
      waitMs = Math.max(waitMs, Math.min(backoff.capMs, backoff.baseMs * 2 ** failures++))
    }
    await pause(jittered(waitMs), signal)
    if (!signal?.aborted) onReconnect?.(problem)
  }
}

/** The event of a message. What is none, from a server that is newer or is not Agon's, is passed over. */
function eventOf<Event extends LogEvent>({ data }: Extract<Block, { kind: 'message' }>): Event | undefined {
  try {
    const event = JSON.parse(data) as Event
    return Number.isSafeInteger(event?.event_id) && typeof event.type === 'string' ? event : undefined
  } catch {
    return undefined
  }
}
