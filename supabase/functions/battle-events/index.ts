import { shareReads } from '@agon/runner-core/share-reads'
import { connect } from '@agon/store/connection'
import { createEventStore } from '@agon/store/event-store'
import { createRunStore } from '@agon/store/run-store'
import { clock } from '../_shared/clock.ts'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createStreams } from './app.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const { eventsAfter } = createEventStore(database)
const runs = createRunStore(database)
const closing = new AbortController()
addEventListener('beforeunload', () => closing.abort())

const app = createStreams({
  // Streams at the same place of the same battle are one question, many times a second.
  read: shareReads(eventsAfter, { keyOf: (...question) => question.join(' '), clock, freshMs: 200 }),
  readRun: shareReads(runs.eventsAfter, { keyOf: (...question) => question.join(' '), clock, freshMs: 200 }),
  streamMs: environment.AGON_STREAM_MS,
  most: environment.AGON_STREAMS,
  closing: closing.signal,
})

/** Server-sent events of one battle or run, from its first or after the last one the reader saw. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
