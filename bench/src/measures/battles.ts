import { monotonicMs } from '../clock.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { type BenchPlatform, countingSettings, startBenchPlatform } from '../platform/bench-platform.ts'
import { median } from '../statistics.ts'

interface Cost {
  statements: number
  rpcs: number
  commits: number
  invocations: number
}

/** What the database has done so far. Statements inside functions are not counted: one RPC is one. */
async function count(arena: BenchPlatform): Promise<Cost> {
  const { rows } = await arena.database.query(
    `select (select coalesce(sum(calls), 0)::int from pg_stat_statements) as statements,
       (select coalesce(sum(calls), 0)::int from pg_stat_statements where query ~ 'fn_[a-z_]+"?\\s*\\(' and query !~* '^(create|comment|grant|revoke)') as rpcs,
       (select xact_commit::int from pg_stat_database where datname = current_database()) as commits,
       (select last_value::int from net.http_request_queue_id_seq) as invocations`,
  )
  const { statements, rpcs, commits, invocations } = rows[0]
  return { statements: statements - arena.ownQueries, rpcs, commits: commits - arena.ownQueries, invocations }
}

/** Battles of two contenders at a provider that answers at once: the rate, and what one of them costs. */
export const battles: Measure = {
  name: 'battles',
  title: 'Battles end to end at provider latency 0',
  settings: countingSettings,
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const total = quick ? 20 : 200
    const atOnce = 8
    const arena = await startBenchPlatform(postgres)
    const runs: { battlesPerSecond: number; perBattle: Cost }[] = []
    try {
      await arena.database.query('create extension if not exists pg_stat_statements')
      const play = async (n: number) => {
        const ids: string[] = []
        const players = Array.from({ length: atOnce }, async () => {
          while (ids.length < n) {
            const nth = ids.push('') - 1
            ids[nth] = await arena.draft(2)
            await arena.publish(ids[nth])
          }
        })
        await Promise.all(players)
        await arena.closed(ids)
      }
      await play(10)
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        const before = await count(arena)
        const from = monotonicMs()
        await play(total)
        const seconds = (monotonicMs() - from) / 1000
        const after = await count(arena)
        const per = (key: keyof Cost) => (after[key] - before[key]) / total
        // Creating and publishing are two more invocations, of the api function.
        const perBattle = { statements: per('statements'), rpcs: per('rpcs'), commits: per('commits'), invocations: per('invocations') + 2 }
        runs.push({ battlesPerSecond: total / seconds, perBattle })
        say(`round ${round + 1}: ${format(total / seconds)} battles/s, ${JSON.stringify(perBattle)}`)
      }
    } finally {
      await arena.stop()
    }
    const middle = (key: keyof Cost) => format(median(runs.map(({ perBattle }) => perBattle[key])))
    return {
      head: ['', 'median'],
      rows: [
        ['battles/s, from draft to closed and rated', format(median(runs.map(({ battlesPerSecond }) => battlesPerSecond)))],
        ['top-level statements a battle', middle('statements')],
        ['of these, our RPCs', middle('rpcs')],
        ['commits a battle', middle('commits')],
        ['function invocations a battle', middle('invocations')],
      ],
      goals: [],
      notes: [
        `${total} battles of two contenders and one judge in both orders, ${atOnce} created and published at a time, everything on this one machine.`,
        'Statements and commits are those of the whole platform: request settings, net and cron too; this benchmark’s waiting is left out.',
      ],
      rounds: runs,
    }
  },
}
