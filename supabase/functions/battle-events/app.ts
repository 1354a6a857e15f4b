import { errorTable } from '@agon/runner-core/errors'
import { followEvents } from '@agon/runner-core/follow-events'
import type { EventStore } from '@agon/store/event-store'
import type { RunStore } from '@agon/store/run-store'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { streamSSE } from 'hono/streaming'
import { Hono } from 'hono/tiny'
import { clock } from '../_shared/clock.ts'
import { problem } from '../_shared/problem.ts'
import { readerOf } from '../_shared/reader.ts'
import { battleRequest, runRequest } from './request.ts'
import { greet, pause, speak } from './speak.ts'

export interface StreamOptions {
  read: EventStore['eventsAfter']
  readRun: RunStore['eventsAfter']
  /** How long a stream lasts before its reader is sent away to come back. */
  streamMs: number
  /** Streams at once, in this isolate. */
  most: number
  /** Aborted when the isolate is about to end: every stream pauses, and goes on in another. */
  closing: AbortSignal
}

/** A page of a log after an event, as this reader may see it. */
type ReadLog = (from: number) => ReturnType<EventStore['eventsAfter']>

/** How much longer than its time a stream may take to be read: a reader that does not read is let go. */
const graceMs = 5_000

/** A battle's events as a stream, at /battle-events/{battle_id}; a run's, to its owner, at /battle-events/runs/{run_id}. */
export function createStreams({ read, readRun, streamMs, most, closing }: StreamOptions): Hono {
  const app = new Hono().basePath('/battle-events')
  let open = 0
  app.use('*', cors({ origin: '*', allowHeaders: ['authorization', 'apikey', 'last-event-id', 'x-client-info'], maxAge: 86_400 }))

  app.get('/:battle_id', async (c) => {
    const asked = await readerAndPlace(c, battleRequest)
    if (asked instanceof Response) return asked
    const { reader, id, ...place } = asked
    return serve(c, place, (from) => read(id, reader.user, from), `No battle ${id} is visible to you.`)
  })

  app.get('/runs/:run_id', async (c) => {
    const asked = await readerAndPlace(c, runRequest)
    if (asked instanceof Response) return asked
    const { reader, id, ...place } = asked
    const { user } = reader
    if (user === null)
      return problem('unauthenticated', 'A run is shown to its owner alone: send the access token as Authorization: Bearer.')
    return serve(c, place, (from) => readRun(id, user, from), `You have no run ${id}.`)
  })

  /** Who asks, for what and from where on; or what is wrong with that. */
  async function readerAndPlace(c: Context, schema: typeof battleRequest | typeof runRequest) {
    const { apikey, ...query } = c.req.query()
    const reader = await readerOf(c.req.raw, { keyInUrl: apikey })
    if (reader instanceof Response) return reader
    const parsed = schema.safeParse({ ...query, ...c.req.param(), 'last-event-id': c.req.header('last-event-id') })
    if (parsed.success) return { reader, ...parsed.data }
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }))
    return problem('invalid_request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors)
  }

  async function serve(
    c: Context,
    { after, comesBack }: { after: number; comesBack: boolean },
    readFrom: ReadLog,
    none: string,
  ): Promise<Response> {
    if (open >= most || closing.aborted) return sendAway(c)
    open++
    let streams = false
    try {
      const first = await readFrom(after)
      if (!first.ok) {
        const { code, message } = first.error
        return comesBack && errorTable[code].retryable ? sendAway(c) : problem(code, message)
      }
      if (first.value === null) return problem('not_found', none)
      if (comesBack && first.value.ended && first.value.events.length === 0) return new Response(null, { status: 204 })
      const page = first.value
      streams = true
      return stream(c, async (out, gone) => {
        const left = AbortSignal.any([gone, closing])
        for await (const beat of followEvents({ read: readFrom, first: page, clock, signal: left, untilMs: clock.now() + streamMs }))
          await speak(out, beat)
        if (closing.aborted) await pause(out)
      })
    } finally {
      if (!streams) open--
    }
  }

  type Talk = (out: Parameters<typeof speak>[0], gone: AbortSignal) => Promise<void>

  /** A stream that holds a seat until it is over, or its reader has gone. */
  function stream(c: Context, talk: Talk): Response {
    c.header('X-Accel-Buffering', 'no')
    return streamSSE(c, async (out) => {
      const over = new AbortController()
      out.onAbort(() => over.abort())
      void clock.sleep(streamMs + graceMs, over.signal).then(() => over.signal.aborted || out.abort())
      try {
        await greet(out)
        await talk(out, over.signal)
      } finally {
        open--
        over.abort()
      }
    })
  }

  /** To a browser, any status but 200 is the end of the story: whoever cannot be served now gets a stream that pauses at once. */
  const sendAway = (c: Context) => streamSSE(c, async (out) => void (await pause(out, 'trouble')))

  app.notFound((c) =>
    problem(
      'not_found',
      `No route ${c.req.method} ${c.req.path}; a stream is GET /functions/v1/battle-events/{battle_id} or …/battle-events/runs/{run_id}.`,
    ),
  )
  app.onError((error) => {
    console.error(JSON.stringify({ level: 'error', event: 'request_failed', message: error.message, stack: error.stack }))
    return problem('internal')
  })
  return app
}
