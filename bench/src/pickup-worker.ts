import { run } from 'graphile-worker'
import { monotonicMs } from './clock.ts'
import { connectTo, noHint, stepQuery } from './engines/agon.ts'
import type { Engine } from './engines/engine.ts'
import { graphileSettings, silent } from './engines/graphile-worker.ts'
import { startBoss } from './engines/pg-boss.ts'

export interface PickupWorker {
  engine: Engine['name']
  batch: number
}

type Handler = (payload: { id: number }) => void

const listeners: Record<Engine['name'], (url: string, batch: number, handle: Handler) => Promise<void>> = {
  /** Idle on a notification; woken, it claims, handles and, with the next claim, records, until nothing comes. */
  async agon(url, batch, handle) {
    const listener = await connectTo(url)
    const client = await connectTo(url)
    const renew = () => client.query(`select execution.fn_worker_listen('noop', 30)`)
    let busy = false
    let again = false
    const drain = async () => {
      if (busy) {
        again = true
        return
      }
      busy = true
      let lease = '0'
      let done: string[] = []
      do {
        again = false
        const { rows } = await client.query({ ...stepQuery, values: [lease, done, 'noop', 'bench', batch, noHint] })
        for (const row of rows) handle(row[4])
        lease = rows[0]?.[0] ?? '0'
        done = rows.map((row) => row[1])
      } while (done.length > 0 || again)
      busy = false
    }
    listener.on('notification', drain)
    await listener.query('listen agon_ready')
    await renew()
    setInterval(renew, 10_000)
  },
  async 'graphile-worker'(url, batch, handle) {
    await run({
      connectionString: url,
      logger: silent,
      preset: { worker: graphileSettings(batch, 24) },
      taskList: { noop: (payload) => handle(payload as { id: number }) },
    })
  },
  async 'pg-boss'(url, batch, handle) {
    const boss = await startBoss(url, { useListenNotify: true })
    await boss.work('bell', { batchSize: batch, pollingIntervalSeconds: 0.5 }, async ([job]) => handle(job!.data as { id: number }))
  },
}

const { engine, url, batch } = JSON.parse(process.argv[2]!) as PickupWorker & { url: string }
await listeners[engine](url, batch, ({ id }) => process.send?.({ id, at: monotonicMs() }))
setTimeout(() => process.send?.('listening'), 1000) // a peer's listener is up some time after its start returns
