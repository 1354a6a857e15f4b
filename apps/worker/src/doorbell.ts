import type { LogEntry } from '@agon/runner-core'
import { Client } from 'pg'
import { clock } from './clock.ts'

const listenSeconds = 30

/**
 * Rings when the database says that a job of these kinds is ready. It tells the database that somebody listens, for half a
 * minute at a time, because an insert notifies only then. A broken connection is opened again; meanwhile the poll goes on.
 */
export function startDoorbell(
  options: { databaseUrl: string; kinds: string[]; log: (entry: LogEntry) => void },
  /** Of a kind, or of any that may have come meanwhile. */
  ring: (kind?: string) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const running = listen()

  async function listen(): Promise<void> {
    while (!stopped.signal.aborted) {
      const client = new Client({ connectionString: options.databaseUrl, keepAlive: true, connectionTimeoutMillis: 10_000 })
      const broken = new AbortController()
      client.on('error', () => broken.abort())
      client.on('end', () => broken.abort())
      client.on('notification', ({ payload }) => ring(payload))
      try {
        await client.connect()
        await client.query('listen agon_ready')
        while (!broken.signal.aborted && !stopped.signal.aborted) {
          for (const kind of options.kinds) await client.query('select execution.fn_worker_listen($1, $2)', [kind, listenSeconds])
          ring()
          await clock.sleep((listenSeconds * 1000) / 2, AbortSignal.any([broken.signal, stopped.signal]))
        }
      } catch (error) {
        options.log({ level: 'warn', event: 'doorbell_broken', message: error instanceof Error ? error.message : String(error) })
      }
      await client.end().catch(() => undefined)
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
