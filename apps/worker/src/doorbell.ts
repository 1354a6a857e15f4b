import { Socket } from 'node:net'
import type { LogEntry } from '@agon/runner-core'
import { Client } from 'pg'
import { clock } from './clock.ts'

const listenSeconds = 30
/** None of its statements takes a second. A connection that hangs longer is broken, also one whose other end has gone without a word. */
const mostMs = 5_000

/**
 * Rings when the database says that a job of these kinds is ready. It tells the database that somebody listens, for half a
 * minute at a time, because an insert notifies only then. A broken connection is opened again; meanwhile the poll goes on.
 */
export function startDoorbell(
  options: { databaseUrl: string; kinds: string[]; log: (entry: LogEntry) => void },
  /** Of a kind, or of any that may have come meanwhile. */
  ring: (kind?: string) => void,
): { stop(): Promise<void> } {
  const { databaseUrl: connectionString, kinds, log } = options
  const stopped = new AbortController()
  const running = listen()

  async function listen(): Promise<void> {
    while (!stopped.signal.aborted) {
      // Its own socket, so that it can hang up whatever the connection waits for: a half-open one never says goodbye.
      const socket = new Socket()
      const client = new Client({
        connectionString,
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
        query_timeout: mostMs,
        stream: () => socket,
      })
      const broken = new AbortController()
      const hangUp = () => void socket.destroy()
      stopped.signal.addEventListener('abort', hangUp)
      client.on('error', () => broken.abort())
      client.on('end', () => broken.abort())
      client.on('notification', ({ payload }) => ring(payload))
      try {
        await client.connect()
        await client.query('listen agon_ready')
        while (!broken.signal.aborted && !stopped.signal.aborted) {
          for (const kind of kinds) await client.query('select execution.fn_worker_listen($1, $2)', [kind, listenSeconds])
          ring()
          await clock.sleep((listenSeconds * 1000) / 2, AbortSignal.any([broken.signal, stopped.signal]))
        }
      } catch (error) {
        if (!stopped.signal.aborted)
          log({ level: 'warn', event: 'doorbell_broken', message: error instanceof Error ? error.message : String(error) })
      }
      stopped.signal.removeEventListener('abort', hangUp)
      hangUp()
      await clock.sleep(1000, stopped.signal)
    }
  }

  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
