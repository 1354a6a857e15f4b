import { expect, test } from 'vitest'
import {
  type Battle,
  cancel,
  claim,
  complete,
  deadLetter,
  expireLease,
  type HeldJob,
  makeDue,
  requeue,
  startBattle,
  sweep,
} from '../support/battles.ts'
import { type Client, rows, useDatabase, value } from '../support/database.ts'
import { type Budget, budgetOf, setBudget } from '../support/funding.ts'

// Battles under budgets, driven from four connections that claim, answer, fail, vanish and cancel at random and at once.

const database = useDatabase()
const owners = ['a', 'b', 'c'].map((letter) => `00000000-0000-4000-8000-00000000000${letter}`)
const limit = 12
const battleLimit = 2
const estimate = 1

type Held = HeldJob & { refused?: { code: string; message: string } }

/** Dice that roll the same in every run of a seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

const end = (client: Client, job: Held, cost: number) =>
  job.refused ? deadLetter(client, job, job.refused) : complete(client, job, { content_text: 'x', cost_usd: cost })

test.each([1, 2, 3])('nothing is spent twice, nothing stays set aside, and no two lock each other out (seed %i)', async (seed) => {
  const { sql } = database
  for (const owner of owners) await setBudget(sql, owner, limit, 'total')
  const battles: Battle[] = []
  for (let nth = 0; nth < 24; nth++) {
    const model = (slot: number) => ({
      model_key: `house/${slot}`,
      provider: 'openai',
      funding_source: 'platform_credit',
      cost_estimate_usd: estimate,
    })
    battles.push(
      await startBattle(sql, {
        ownerId: owners[nth % 3]!,
        contenders: [0, 1, 2].map(model),
        judge: { provider: 'openai', funding_source: 'platform_credit', cost_estimate_usd: estimate },
        ...(nth % 2 === 0 ? { with: { budget_usd: battleLimit } } : {}),
      }),
    )
  }

  const clients = await database.connectMany(4)
  let refused = 0
  await Promise.all(
    clients.map(async (client, on) => {
      const roll = dice(seed * 100 + on)
      const held: Held[] = []
      for (let turn = 0; turn < 60; turn++) {
        const what = roll(10)
        const job = held.length > 0 && what > 3 ? held.splice(roll(held.length), 1)[0]! : undefined
        if (what <= 3) held.push(...((await claim(client, 1 + roll(4), `driver-${on}`)) as Held[]))
        else if (!job) continue
        else if (what <= 6) await end(client, job, roll(101) / 100)
        else if (what === 7) await requeue(client, job, 0, { code: 'provider_unavailable', message: 'again' })
        else if (what === 8) await expireLease(client, job.lease_token)
        else await cancel(client, battles[roll(battles.length)]!)
        if (roll(5) === 0) await makeDue(client)
        if (roll(5) === 0) await sweep(client)
        refused += held.filter((each) => each.refused?.code === 'budget_spent').length
      }
    }),
  )
  expect(refused).toBeGreaterThan(0)

  // Whoever is left vanishes, and one driver does the rest.
  await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
  for (let round = 0; round < 20; round++) {
    await makeDue(sql)
    await sweep(sql)
    const jobs = (await claim(sql, 100)) as Held[]
    for (const job of jobs) await end(sql, job, 0.5)
    if (jobs.length === 0) break
  }
  expect(await value(sql, `select count(*) from battles.contenders where status = 'pending'`)).toBe(0)
  const open = await rows(
    sql,
    'select r.job_id, j.state from lensers.reservations r join execution.jobs j on j.job_id = r.job_id where r.settled_at is null',
  )
  expect(open).toEqual([])
  for (const owner of owners) {
    const { spent_usd, reserved_usd } = (await budgetOf(sql, owner)) as Budget
    const counted = await value<number>(sql, 'select coalesce(sum(spent_usd), 0)::float8 from lensers.reservations where owner_id = $1', [
      owner,
    ])
    expect(spent_usd).toBeCloseTo(counted, 6)
    expect(reserved_usd).toBe(0)
    expect(spent_usd).toBeLessThanOrEqual(limit)
  }
  for (const { total } of await rows<{ total: number }>(
    sql,
    `select sum(r.spent_usd)::float8 as total from lensers.reservations r join battles.battles b on b.battle_id = r.spender_id
     where b.budget_usd is not null group by r.spender_id`,
  ))
    expect(total).toBeLessThanOrEqual(battleLimit)
  // What an answer cost stands in its submission, and was counted once.
  const answers = await value<number>(
    sql,
    `select coalesce(sum(s.cost_usd), 0)::float8 from battles.submissions s join battles.contenders c on c.contender_id = s.contender_id where c.status = 'submitted'`,
  )
  const settled = await value<number>(sql, 'select coalesce(sum(spent_usd), 0)::float8 from lensers.reservations')
  expect(settled).toBeGreaterThanOrEqual(answers - 1e-6)
})
