import type pg from 'pg'
import { connect } from '../database/connect.ts'
import type { Log } from '../log.ts'

/** Calls back when the schema changes: `notify pgrst, 'reload schema'`, sent by hand or by the event triggers. Returns how to stop. */
export async function watchSchema(dbUrl: string, reload: () => Promise<void>, log: Log): Promise<() => Promise<void>> {
  let client: pg.Client | undefined
  let stopped = false
  let retry: NodeJS.Timeout | undefined

  /** What could not be read now is read at the next change; until then REST serves the schema it knows. */
  const refresh = () =>
    reload().catch((error: Error) =>
      log({ source: 'platform', level: 'warning', message: `the schema could not be read again: ${error.message}` }),
    )

  async function watch(): Promise<void> {
    const fresh = await connect(dbUrl)
    if (stopped) return fresh.end() // it was stopped while it reconnected
    fresh.on('notification', refresh)
    fresh.on('end', () => {
      if (!stopped) again()
    })
    await fresh.query('listen pgrst')
    client = fresh
  }
  function again(): void {
    if (stopped) return
    retry = setTimeout(() => watch().then(refresh, again), 200)
  }

  await watch()
  return async () => {
    stopped = true
    clearTimeout(retry)
    await client?.end().catch(() => undefined)
  }
}
