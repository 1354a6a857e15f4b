import type pg from 'pg'
import { connect } from '../database/connect.ts'
import type { Log } from '../log.ts'
import { createHttpSender, type QueuedRequest } from './send-request.ts'

export interface HttpWorker {
  /** Stops taking requests, and waits for those on the wire until their own timeouts or `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

const pollMs = 1000
const batchSize = 200
const responseTtl = '6 hours'

/**
 * Sends what net.http_* queued. A row is deleted in the statement that takes it, before anything is sent: a request is sent at most once,
 * and a crash in between loses it, as with pg_net. It is woken by the commit itself, and looks by itself each second.
 */
export async function startHttpWorker(dbUrl: string, log: Log): Promise<HttpWorker> {
  const sender = createHttpSender()
  const inFlight = new Set<Promise<void>>()
  let client: pg.Client | undefined
  let stopped = false
  let closed = false
  let draining: Promise<void> | undefined
  let again = false
  let lastCleaned = 0

  async function connection(): Promise<pg.Client> {
    if (client) return client
    if (closed) throw new Error('the worker has stopped')
    const fresh = await connect(dbUrl)
    fresh.on('notification', drain)
    fresh.on('end', () => {
      if (client === fresh) client = undefined
    })
    await fresh.query('listen platform_net')
    client = fresh
    return fresh
  }

  /** One statement at a time: answers arrive together, the connection is one. */
  let last: Promise<unknown> = Promise.resolve()
  function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
    const next = last.then(async () => (await connection()).query<Row>(text, values))
    last = next.catch(() => undefined)
    return next
  }

  async function send(queued: QueuedRequest): Promise<void> {
    const result = await sender.send(queued)
    const values = [
      queued.id,
      result.status_code,
      result.content_type,
      result.headers && JSON.stringify(result.headers),
      result.content,
      result.timed_out,
      result.error_msg,
    ]
    await query(
      `insert into net._http_response (id, status_code, content_type, headers, content, timed_out, error_msg)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      values,
    )
  }

  async function takeAll(): Promise<void> {
    do {
      again = false
      const room = batchSize - inFlight.size
      if (room <= 0) return // the next answer makes room, and drains
      const { rows } = await query<QueuedRequest>(
        `delete from net.http_request_queue
         where id in (select id from net.http_request_queue order by id limit ${room} for update skip locked)
         returning id, method, url, headers, body, timeout_milliseconds`,
      )
      for (const queued of rows) {
        const sending = send(queued)
          .catch((error: Error) => {
            if (!stopped) log({ source: 'net', level: 'warning', message: `the answer to request ${queued.id} is lost: ${error.message}` })
          })
          .finally(() => {
            inFlight.delete(sending)
            if (inFlight.size === batchSize - 1) drain()
          })
        inFlight.add(sending)
      }
      if (rows.length === room) again = true
      if (Date.now() - lastCleaned > 60_000) {
        lastCleaned = Date.now()
        await query(`delete from net._http_response where created < now() - interval '${responseTtl}'`)
      }
    } while (again && !stopped)
  }

  function drain(): void {
    if (stopped) return
    if (draining) {
      again = true
      return
    }
    draining = takeAll()
      .catch((error: Error) => {
        client = undefined
        if (!stopped) log({ source: 'net', level: 'warning', message: `the request queue cannot be read: ${error.message}` })
      })
      .finally(() => {
        draining = undefined
        if (again) drain()
      })
  }

  await connection()
  drain()
  const poll = setInterval(drain, pollMs)

  return {
    async stop(graceMs = 1000) {
      stopped = true
      clearInterval(poll)
      await draining
      let timer: NodeJS.Timeout | undefined
      await Promise.race([
        Promise.all(inFlight),
        new Promise((resolve) => {
          timer = setTimeout(resolve, graceMs)
        }),
      ])
      clearTimeout(timer)
      sender.close() // those still on the wire fail now, and are recorded as failed
      await Promise.all(inFlight)
      closed = true
      await client?.end().catch(() => undefined)
    },
  }
}
