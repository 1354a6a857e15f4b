import type { Arena } from '../support/arena.ts'

/** Work for one function, as much at once as it takes: how it is made, and how many steps it is. */
export interface Load {
  /** Of the function's own line; the others' functions are kept asleep meanwhile. */
  kind: string
  what: string
  prepare(arena: Arena): Promise<number>
  /** How many of the steps are recorded. */
  done: string
}

const create = (arena: Arena, contenders: object[], more: object = {}) =>
  arena.create({ contenders, judge: { model: 'compatible:judge' }, ...more })

/** By function. One that is not here is measured at rest: a room that brings a function that works adds its load. */
export const loads: Record<string, Load> = {
  'dispatch-jobs': {
    kind: 'battle_job',
    what: '64 answers of 1 MB, 32 at a time',
    async prepare(arena) {
      for (let battle = 0; battle < 4; battle++) {
        const contenders = Array.from({ length: 16 }, (_, nth) => ({ model: 'compatible:megabyte', identity: `voice ${nth}` }))
        await create(arena, contenders)
      }
      return 64
    },
    done: `select count(*)::int as n from battles.events where type = 'contender.submitted'`,
  },
  'ai-judge-battle': {
    kind: 'battle_judging',
    what: '32 judgings of two answers of 10 kB, in both orders, 32 at a time',
    async prepare(arena) {
      await arena.database.query(`update execution.job_kinds set wake_function = 'dispatch-jobs' where kind = 'battle_job'`)
      for (let battle = 0; battle < 32; battle++)
        await create(arena, [{ model: 'compatible:page' }, { model: 'compatible:page', identity: 'again' }])
      for (;;) {
        const { rows } = await arena.database.query(
          `select count(*)::int as n from execution.ready r join execution.queues q using (queue_id) where q.kind = 'battle_judging'`,
        )
        if (rows[0].n === 32) break
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await arena.database.query(`update execution.job_kinds set wake_function = null`)
      return 32
    },
    done: `select count(*)::int as n from battles.battles where status = 'closed'`,
  },
}
