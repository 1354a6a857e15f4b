import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startPlatform } from '../../../packages/local-platform/src/index.ts'
import { monotonicMs } from '../clock.ts'
import { type Contestant, format, interleave, medians } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { startBenchPlatform } from '../platform/bench-platform.ts'
import { pairedRatio } from '../statistics.ts'

const bare = 'bare Deno.serve'
const functionNames = () =>
  readdirSync(new URL('../../../supabase/functions/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)

/** The first answer of each function's new process, beside that of a function that only says ok, through the same platform. */
export const coldStart: Measure = {
  name: 'cold-start',
  title: 'Cold start of each edge function: request to answer, new process (ms)',
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const arena = await startBenchPlatform(postgres)
    const yardstick = await startPlatform({ projectDir: fileURLToPath(new URL('../../bare', import.meta.url)), temporary: true })
    const timed = async (url: string, init: RequestInit): Promise<number> => {
      const from = monotonicMs()
      const response = await fetch(url, init)
      await response.text()
      if (response.status >= 500) throw new Error(`${url} answered ${response.status}`)
      return monotonicMs() - from
    }
    const { platform } = arena
    const contestants: Contestant[] = [
      {
        name: bare,
        run: async () => {
          await yardstick.restartFunctions('bare')
          return timed(`${yardstick.url}/functions/v1/bare`, {})
        },
      },
      ...functionNames().map((name) => ({
        name,
        run: async () => {
          await platform.restartFunctions(name)
          // The public API is read with an application's key, the others are woken with the machine's.
          return name === 'api'
            ? timed(`${platform.url}/functions/v1/api/models`, { headers: { apikey: platform.publishableKey } })
            : timed(`${platform.url}/functions/v1/${name}`, { method: 'POST', headers: { apikey: platform.secretKeys.worker! } })
        },
      })),
    ]
    try {
      for (const { run } of contestants) await run() // Deno's module cache is filled once
      const rounds = await interleave(contestants, quick ? 2 : 9, say)
      const middle = medians(rounds)
      return {
        head: ['', 'p50', '/ bare'],
        rows: contestants.map(({ name }) => [name, format(middle[name]!), format(pairedRatio(rounds[name]!, rounds[bare]!))]),
        goals: functionNames().map((name) => ({ text: `${name} / bare`, value: pairedRatio(rounds[name]!, rounds[bare]!), atMost: 3 })),
        notes: [
          'Modules are in Deno’s cache. The hosted platform starts functions from a bundle, in an isolate: its times are other ones.',
        ],
        rounds,
      }
    } finally {
      await yardstick.stop()
      await arena.stop()
    }
  },
}
