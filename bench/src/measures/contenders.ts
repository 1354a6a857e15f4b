import { monotonicMs } from '../clock.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { startBenchPlatform } from '../platform/bench-platform.ts'

/** The functions' default, AGON_SLOTS. */
const slots = 32
const latencyMs = 2000
const contendersABattle = 25

/** Many contenders whose provider takes two seconds, and one pool of slots: how close its refilling comes to never having a slot idle. */
export const contenders: Measure = {
  name: 'contenders',
  title: 'Contenders at a provider latency of 2 s, one pool of 32 slots (s)',
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const battles = quick ? 4 : 20
    const arena = await startBenchPlatform(postgres)
    const runs: { seconds: number; ideal: number }[] = []
    const total = battles * contendersABattle
    try {
      const warmUp = await arena.draft(2)
      await arena.publish(warmUp)
      await arena.closed([warmUp])
      arena.provider.latencyMs = latencyMs
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        const ids: string[] = []
        for (let nth = 0; nth < battles; nth++) ids.push(await arena.draft(contendersABattle))
        const first = arena.provider.next()
        const before = arena.provider.arrivals.length
        for (const id of ids) await arena.publish(id)
        const from = await first
        await answered(ids)
        const seconds = (monotonicMs() - from) / 1000
        const ideal = (Math.ceil(total / slots) * latencyMs) / 1000
        await arena.closed(ids)
        const calls = arena.provider.arrivals.length - before
        if (calls !== total) throw new Error(`the provider was called ${calls} times for ${total} contenders`)
        runs.push({ seconds, ideal })
        say(`round ${round + 1}: ${format(seconds)} s, ideal ${format(ideal)} s`)
      }
    } finally {
      await arena.stop()
    }
    async function answered(ids: string[]) {
      for (;;) {
        const { rows } = await arena.database.query(
          `select count(*)::int as n from battles.contenders where battle_id = any ($1) and status = 'pending'`,
          [ids],
        )
        if (rows[0].n === 0) return
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    const middle = [...runs].sort((a, b) => a.seconds - b.seconds)[runs.length >> 1]!
    return {
      head: ['', 'measured', 'ideal'],
      rows: [[`${total} contenders`, format(middle.seconds), format(middle.ideal)]],
      goals: [{ text: 'measured / ideal', value: middle.seconds / middle.ideal, atMost: 1.15 }],
      notes: [
        `${battles} battles of ${contendersABattle}, published one after the other; from the provider’s first request to the last recorded answer. Ideal: ⌈${total} / ${slots}⌉ turns of 2 s. Each contender was asked exactly once.`,
      ],
      rounds: runs,
    }
  },
}
