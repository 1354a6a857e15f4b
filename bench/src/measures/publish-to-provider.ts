import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../clock.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { startBenchPlatform } from '../platform/bench-platform.ts'
import { median, percentile } from '../statistics.ts'

/** From the publish request to the provider receiving the first contender's: API, trigger, net, edge function, claim, call. */
export const publishToProvider: Measure = {
  name: 'publish-to-provider',
  title: 'Publish to the provider’s first request, end to end (ms)',
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const arena = await startBenchPlatform(postgres)
    const { provider, platform } = arena
    const samples: Record<'warm' | 'cold', number[]> = { warm: [], cold: [] }
    const battle = async (): Promise<number> => {
      const id = await arena.draft(2)
      const arrival = provider.next()
      const from = monotonicMs()
      const published = arena.publish(id)
      const at = await arrival
      await published
      await arena.closed([id])
      return at - from
    }
    try {
      for (let nth = 0; nth < 3; nth++) await battle()
      for (let nth = 0; nth < (quick ? 15 : 60); nth++) {
        samples.warm.push(await battle())
        await delay(20)
      }
      say(`warm: p50 ${format(median(samples.warm))}`)
      for (let nth = 0; nth < (quick ? 3 : 15); nth++) {
        await platform.restartFunctions('dispatch-jobs')
        samples.cold.push(await battle())
      }
      say(`cold: p50 ${format(median(samples.cold))}`)
    } finally {
      await arena.stop()
    }
    return {
      head: ['', 'p50', 'p90', 'p99'],
      rows: (['warm', 'cold'] as const).map((state) => [
        state,
        ...[0.5, 0.9, 0.99].map((share) => format(percentile(samples[state], share))),
      ]),
      goals: [
        { text: 'warm p50 (ms)', value: median(samples.warm), atMost: 100 },
        { text: 'cold p50 (ms)', value: median(samples.cold), atMost: 500 },
      ],
      notes: [
        'Through the local platform: HTTP API, trigger, net, dispatch-jobs in Deno, PostgREST-compatible RPC, OpenAI SDK. The provider is a minimal HTTP server on the same machine.',
        'Cold: the process of dispatch-jobs is ended before each battle; its modules are in Deno’s cache, the api function is warm.',
      ],
      rounds: samples,
    }
  },
}
