import type { Beat } from '@agon/runner-core/follow-events'
import type { SSEStreamingApi } from 'hono/streaming'

/** How soon a reader comes back: at once after a pause that was planned, later when its stream broke or could not be served. */
const retryMs = { planned: 500, trouble: 2_000 }

/** The first bytes: they open the stream in every proxy on the way, before anything has happened. */
export const greet = (stream: SSEStreamingApi) => stream.write(`: agon\nretry: ${retryMs.trouble}\n\n`)

/** Sends the reader away for now; it comes back with the id of the last event it saw. */
export const pause = (stream: SSEStreamingApi, why: keyof typeof retryMs = 'planned') => stream.write(`retry: ${retryMs[why]}\n\n`)

/** One beat of the log, as a block of the stream. `retry` and comments are written by hand: as messages they would be empty events. */
export async function speak(stream: SSEStreamingApi, beat: Beat): Promise<void> {
  switch (beat.kind) {
    case 'event':
      await stream.writeSSE({ id: String(beat.event.event_id), event: beat.event.type, data: JSON.stringify(beat.event) })
      return
    case 'heartbeat':
      await stream.write(':\n\n')
      return
    case 'end':
      // Under the last event's id, so that a browser that comes back after it is told 204: there is nothing more, ever.
      await stream.writeSSE({ id: String(beat.cursor), event: 'end', data: JSON.stringify({ status: beat.status }) })
      return
    case 'pause':
      await pause(stream)
  }
}
