import type { DrainMode, Engine } from './engines/engine.ts'
import { engines } from './engines/index.ts'

/** One worker process of a drain; src/drain-run.ts starts it and tells it to stop. */
const { engine, url, mode } = JSON.parse(process.argv[2]!) as { engine: Engine['name']; url: string; mode: DrainMode }

let handled = 0
let told = 0
const tell = () => {
  if (handled === told) return
  told = handled
  process.send?.({ kind: 'handled', handled })
}
const telling = setInterval(tell, 5)

const drainer = await engines[engine].drain(url, mode, (jobs) => {
  handled += jobs
})
drainer.finished?.then(
  () => process.send?.({ kind: 'finished', handled, report: drainer.report?.() ?? {} }),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
process.on('message', async () => {
  clearInterval(telling)
  tell()
  await drainer.stop().catch(() => undefined)
  process.exit(0)
})
