import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  cancel,
  claim,
  claimJudgings,
  complete,
  completeJudging,
  createBattle,
  deadLetter,
  finalize,
  type HeldJob,
  type HeldJudging,
  makeDue,
  publish,
  ratings,
  recordVerdict,
  requeue,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { type Client, empty, rows, useDatabase, value, warningsDuring } from '../support/database.ts'

/*
 * Whole battles from six connections at once: publish, answer, fail, lose, judge, finalise, cancel, hold, release, redrive and sweep, over few
 * models and few owners so that they meet on the same ratings and shares. A deadlock is an error of the statement, or, inside the sweep, which
 * survives it, a warning: both fail the history.
 */

const database = useDatabase()
const connections = 6
const models = ['a', 'b', 'c']
const owners = [randomUUID(), randomUUID()]

const pick = fc.nat(12)
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('start' as const), owner: fc.nat(1), contenders: fc.integer({ min: 2, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), most: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('answer' as const, 'answer' as const, 'retry' as const, 'give up' as const), pick }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'fall due' as const, 'sweep' as const, 'schedule' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('judge' as const), flip: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'cancel' as const,
        'hold' as const,
        'release' as const,
        'release' as const,
        'finalise' as const,
        'redrive' as const,
      ),
      pick,
    }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

/** Each a sentence about what must never be, and the rows for which it is. */
const never = [
  [
    'a live job is in one place, a held one in none',
    `select j.job_id, j.state from execution.jobs j where j.state in ('active', 'held') and (j.state = 'active')::int <>
    (select count(*) from execution.ready r where r.job_id = j.job_id) + (select count(*) from execution.later w where w.job_id = j.job_id) + (select count(*) from execution.leases l where j.job_id = any (l.job_ids))`,
  ],
  [
    'a contender and its job end alike',
    `select c.contender_id, c.status, j.state from battles.contenders c join execution.jobs j on j.subject_id = c.contender_id
    where (j.state = 'completed') <> (c.status = 'submitted') or (j.state = 'cancelled') <> (c.status = 'cancelled') or (j.state = 'failed') <> (c.status in ('failed', 'timed_out'))`,
  ],
  [
    'a finished battle has no live job',
    `select b.battle_id from battles.battles b join battles.contenders c using (battle_id) join execution.jobs j on j.subject_id in (c.contender_id, b.battle_id)
    where b.status in ('closed', 'void', 'cancelled') and j.state in ('active', 'held')`,
  ],
  [
    'a held battle’s jobs are held',
    `select b.battle_id from battles.battles b join battles.contenders c using (battle_id) join execution.jobs j on j.subject_id in (c.contender_id, b.battle_id)
    where b.held_at is not null and b.status not in ('closed', 'void', 'cancelled') and j.state = 'active'`,
  ],
  [
    'a settled battle has gone on',
    `select b.battle_id from battles.battles b where b.status = 'executing' and b.held_at is null
    and not exists (select from battles.contenders c where c.battle_id = b.battle_id and c.status = 'pending')`,
  ],
  [
    'an event of a battle comes once',
    `select battle_id, type from battles.events where type in ('battle.published', 'battle.scoring', 'battle.closed', 'battle.void', 'battle.cancelled', 'battle.rated')
    group by 1, 2 having count(*) > 1`,
  ],
  [
    'a contender submits once',
    `select battle_id, data ->> 'slot' from battles.events where type = 'contender.submitted' group by 1, 2 having count(*) > 1`,
  ],
  [
    'a rated battle is in the log',
    `select battle_id from battles.elo_battle_log except select battle_id from battles.events where type = 'battle.rated'`,
  ],
] as const

test('whatever the interleaving, no statement deadlocks, and every battle ends once and is rated once', async () => {
  const clients = await database.connectMany(connections)
  const observer = await database.connect()
  for (const client of clients) await client.query(`set deadlock_timeout = '20ms'`)
  const batch = fc.array(command, { minLength: connections, maxLength: connections })
  const ended: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 14, maxLength: 14 }), async (batches: Command[][]) => {
      await empty(database.sql)
      const battles: Battle[] = []
      const jobs: HeldJob[] = []

      const act = async (each: Command, client: Client, nth: number): Promise<void> => {
        const battle = 'pick' in each ? battles.at(-1 - (each.pick % Math.max(1, battles.length))) : undefined
        const job = 'pick' in each ? jobs.at(-1 - (each.pick % Math.max(1, jobs.length))) : undefined
        switch (each.do) {
          case 'start': {
            const shown = models.map((_, turn) => models[(turn + nth) % models.length]!).slice(0, each.contenders)
            const made = await createBattle(client, { ownerId: owners[each.owner]!, contenders: shown.map((model_key) => ({ model_key })) })
            await publish(client, made)
            battles.push(made)
            return
          }
          case 'claim':
            jobs.push(...(await claim(client, each.most)))
            return
          case 'answer':
            if (job) await complete(client, job)
            return
          case 'retry':
            if (job) await requeue(client, job, 60_000)
            return
          case 'give up':
            if (job) await deadLetter(client, job)
            return
          case 'lose':
            await client.query(`update execution.leases set expires_at = now() - interval '1 second'
              where ctid = any (array(select ctid from execution.leases limit 3 for update skip locked))`)
            await sweep(client)
            return
          case 'fall due':
            await client.query(`update execution.later set run_after = now() - interval '1 second'
              where ctid = any (array(select ctid from execution.later for update skip locked))`)
            return
          case 'sweep':
            await sweep(client)
            return
          case 'schedule':
            await autoFinalize(client)
            return
          case 'judge':
            for (const held of await claimJudgings(client, 2)) await judgeOne(client, held, each.flip)
            return
          case 'cancel':
            if (battle) await cancel(client, battle)
            return
          case 'hold':
            if (battle) await value(client, `select battles.fn_battles_hold($1, 'test')`, [battle.battleId])
            return
          case 'release':
            if (battle) await value(client, 'select battles.fn_battles_release($1)', [battle.battleId])
            return
          case 'finalise':
            if (battle) await finalize(client, battle)
            return
          case 'redrive':
            await client.query(
              'select battles.fn_redrive_dead_letter(dead_letter_id) from (select dead_letter_id from execution.dead_letters order by 1 desc limit 1) d',
            )
        }
      }

      const warnings = await Promise.all(
        clients.map(async (client, nth) => {
          const heard = await warningsDuring(client, async () => {
            for (const commands of batches) await act(commands[nth]!, client, nth)
          })
          return heard.filter((warning) => !warning.includes('cannot wake'))
        }),
      )
      expect(warnings.flat()).toEqual([])
      await check(observer)

      // Drivers that do their work bring all of it to its end.
      for (const { battleId } of battles) await value(observer, 'select battles.fn_battles_release($1)', [battleId])
      await makeDue(observer)
      await observer.query(`update execution.leases set expires_at = now() - interval '1 second'`)
      await sweep(observer)
      for (let taken = await claim(observer, 100); taken.length > 0; taken = await claim(observer, 100))
        for (const job of taken) await complete(observer, job)
      for (const held of await claimJudgings(observer, 100)) await judgeOne(observer, held, false)
      await autoFinalize(observer)
      await check(observer)
      for (const { status, n } of await rows<{ status: string; n: number }>(
        observer,
        'select status::text, count(*)::int as n from battles.battles group by 1',
      )) {
        expect(['closed', 'void', 'cancelled']).toContain(status)
        ended[status] = (ended[status] ?? 0) + n
      }
      const board = await ratings(observer)
      expect(board.reduce((sum, row) => sum + row.rating, 0)).toBeCloseTo(1000 * board.length, 6)
      expect(board.reduce((sum, row) => sum + row.games, 0)).toBe(await value(observer, 'select count(*)::int from battles.elo_changes'))
    }),
    { numRuns: 15 },
  )
  expect(Object.keys(ended), 'battles ended in more than one way').toEqual(expect.arrayContaining(['cancelled', 'closed']))
})

async function judgeOne(client: Client, held: HeldJudging, flip: boolean): Promise<void> {
  const slots = held.answers.map(({ slot }) => slot)
  for (const presentation of [0, 1] as const) {
    if (held.recorded_presentations.includes(presentation)) continue
    if (
      (await recordVerdict(client, held, verdictOf(held, presentation, flip && presentation === 1 ? slots.toReversed() : slots))) === 'lost'
    )
      return
  }
  if (await completeJudging(client, held)) await finalize(client, { battleId: held.battle_id, ownerId: '' })
}

async function check(client: Client): Promise<void> {
  for (const [is, query] of never) expect(await rows(client, query), is).toEqual([])
}
