import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { enqueue, makeQueue } from '../support/battles.ts'
import { rows, untilWaiting, useDatabase, value } from '../support/database.ts'
import { budgetOf, type PricedJob, reservationsOf, reserve, setBudget, settle } from '../support/funding.ts'

// Budgets by themselves: what claims set aside, and what the end of a job makes of it. tests/database/funding.test.ts drives them by battles.

const database = useDatabase()
const owner = '00000000-0000-4000-8000-00000000000a'
const battle = '00000000-0000-4000-8000-0000000000b1'
let jobs: number[]
beforeEach(async () => {
  jobs = await enqueue(database.sql, await makeQueue(database.sql), { count: 40 })
})

/** A call on the platform's key that may cost so much. */
const paid = (nth: number, amount: number | null, more: Partial<PricedJob> = {}): PricedJob => ({
  job_id: jobs[nth]!,
  owner_id: owner,
  spender_id: battle,
  amount_usd: amount,
  on_platform: true,
  ...more,
})
const endPeriod = (period: string) =>
  database.sql.query(`update lensers.budgets set period_started_at = period_started_at - $1::interval`, [`1 ${period}`])

describe('an owner’s budget', () => {
  test('sets aside what a call may cost, and settles to what it did', async () => {
    await setBudget(database.sql, owner, 10)
    expect(await reserve(database.sql, paid(0, 4))).toEqual({})
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 0, reserved_usd: 4, left_usd: 6 })
    expect(await settle(database.sql, jobs[0]!, 1.5)).toBe(true)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1.5, reserved_usd: 0, left_usd: 8.5 })
  })

  test('refuses the call that does not fit, and lets a smaller one through', async () => {
    await setBudget(database.sql, owner, 10)
    expect(await reserve(database.sql, paid(0, 6), paid(1, 5), paid(2, 4))).toEqual({ [jobs[1]!]: 'budget_spent' })
    expect(await budgetOf(database.sql, owner)).toMatchObject({ reserved_usd: 10, left_usd: 0 })
  })

  test('of nothing refuses every paid call, and no free one', async () => {
    await setBudget(database.sql, owner, 0)
    expect(await reserve(database.sql, paid(0, 0.000001), paid(1, 0))).toEqual({ [jobs[0]!]: 'budget_spent' })
    expect(await reservationsOf(database.sql, jobs[1]!)).toEqual([])
  })

  test('refuses a call whose price nobody knows', async () => {
    await setBudget(database.sql, owner, 10)
    expect(await reserve(database.sql, paid(0, null))).toEqual({ [jobs[0]!]: 'price_unknown' })
  })

  test('is not touched by calls on the owner’s own key', async () => {
    await setBudget(database.sql, owner, 1)
    expect(await reserve(database.sql, paid(0, 5, { on_platform: false, spender_limit_usd: 9 }))).toEqual({})
    expect(await budgetOf(database.sql, owner)).toMatchObject({ left_usd: 1 })
  })

  test('is settled once: a second settling changes nothing', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    expect(await settle(database.sql, jobs[0]!, 1)).toBe(true)
    expect(await settle(database.sql, jobs[0]!, 3)).toBe(false)
    expect(await settle(database.sql, jobs[1]!, 3)).toBe(false)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1, reserved_usd: 0 })
  })

  test('counts what was set aside when nobody can tell the cost', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    await settle(database.sql, jobs[0]!, null)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 4, reserved_usd: 0 })
  })

  test('counts a call that cost more than its estimate, and then refuses the next', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    await settle(database.sql, jobs[0]!, 11)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 11, left_usd: 0 })
    expect(await reserve(database.sql, paid(1, 0.01))).toEqual({ [jobs[1]!]: 'budget_spent' })
  })

  test('keeps what a retried job set aside, once', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 6))
    await value(database.sql, 'select lensers.attempt_failed($1, 1)', [jobs[0]])
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1, reserved_usd: 6, left_usd: 3 })
    expect(await reserve(database.sql, paid(0, 6))).toEqual({})
    expect(await reservationsOf(database.sql, jobs[0]!)).toEqual([{ amount: 6, spent: 1, settled: false }])
    await settle(database.sql, jobs[0]!, 5)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 6, reserved_usd: 0 })
  })

  test('that was lowered meanwhile stops the retry of a job too', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 6))
    await value(database.sql, 'select lensers.attempt_failed($1, 2)', [jobs[0]])
    await setBudget(database.sql, owner, 7)
    expect(await reserve(database.sql, paid(0, 6))).toEqual({ [jobs[0]!]: 'budget_spent' })
  })

  test('sets aside anew for a job that was redriven, and counts both of its lives', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    await settle(database.sql, jobs[0]!, 3)
    expect(await reserve(database.sql, paid(0, 4))).toEqual({})
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 3, reserved_usd: 4 })
    await settle(database.sql, jobs[0]!, 4)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 7, reserved_usd: 0 })
  })

  test('counts the calls of one job as they are recorded, out of what was set aside for all', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    await value(database.sql, 'select lensers.charge($1, 1.5)', [jobs[0]])
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1.5, reserved_usd: 2.5 })
    await settle(database.sql, jobs[0]!, 0)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1.5, reserved_usd: 0 })
  })

  test('counts a cancelled call as set aside when it was under way, and as nothing when it waited', async () => {
    await setBudget(database.sql, owner, 20)
    await reserve(database.sql, paid(0, 4), paid(1, 5))
    await value(database.sql, 'select lensers.attempt_failed($1, 0)', [jobs[1]])
    await database.sql.query('select lensers.settle_cancelled($1)', [[jobs[0], jobs[1], jobs[2]]])
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 4, reserved_usd: 0 })
  })

  test.each(['day', 'month'])('of a %s begins anew with the next one, and what is set aside stays so', async (period) => {
    await setBudget(database.sql, owner, 10, period)
    await reserve(database.sql, paid(0, 6), paid(1, 3))
    await settle(database.sql, jobs[0]!, 6)
    expect(await reserve(database.sql, paid(2, 3))).toEqual({ [jobs[2]!]: 'budget_spent' })
    await endPeriod(period)
    await database.sql.query(`update lensers.reservations set settled_at = settled_at - $1::interval`, [`1 ${period}`])
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 0, reserved_usd: 3, left_usd: 7 })
    expect(await reserve(database.sql, paid(2, 3))).toEqual({})
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 0, reserved_usd: 6, left_usd: 4 })
    await settle(database.sql, jobs[1]!, 2)
    expect(await reserve(database.sql, paid(3, 5))).toEqual({})
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 2, reserved_usd: 8, left_usd: 0 })
  })

  test('in all never begins anew', async () => {
    await setBudget(database.sql, owner, 10, 'total')
    await reserve(database.sql, paid(0, 6))
    await settle(database.sql, jobs[0]!, 6)
    await database.sql.query(`update lensers.budgets set period_started_at = period_started_at - interval '3 years'`)
    expect(await reserve(database.sql, paid(1, 5))).toEqual({ [jobs[1]!]: 'budget_spent' })
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 6, period_ends_at: null })
  })

  test('is raised, lowered and lifted without forgetting what is spent', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 6))
    await settle(database.sql, jobs[0]!, 6)
    expect(await setBudget(database.sql, owner, 20)).toMatchObject({ limit_usd: 20, spent_usd: 6, left_usd: 14 })
    expect(await setBudget(database.sql, owner, 5)).toMatchObject({ spent_usd: 6, left_usd: 0 })
    expect(await setBudget(database.sql, owner, null)).toBeNull()
    expect(await budgetOf(database.sql, owner)).toBeNull()
  })

  test('shows the same before and after what is settled has been counted', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 3), paid(1, 3))
    await settle(database.sql, jobs[0]!, 2)
    const before = await budgetOf(database.sql, owner)
    await reserve(database.sql, paid(2, 0.5))
    await value(database.sql, 'select lensers.settle($1, 0)', [jobs[2]])
    expect(await budgetOf(database.sql, owner)).toEqual(before)
    expect(await value(database.sql, 'select spent_usd::float8 from lensers.budgets')).toBe(2)
  })

  test('is forgotten in its parts after two months, and not in its sum', async () => {
    await setBudget(database.sql, owner, 10, 'total')
    await reserve(database.sql, paid(0, 3), paid(1, 3))
    await settle(database.sql, jobs[0]!, 2)
    await settle(database.sql, jobs[1]!, 1)
    await database.sql.query(`update lensers.reservations set settled_at = settled_at - interval '63 days' where job_id = $1`, [jobs[0]])
    await database.sql.query(`update lensers.budgets set period_started_at = period_started_at - interval '63 days'`)
    expect(await value(database.sql, `select lensers.forget_reservations('62 days', 1000)`)).toBe(0)
    await reserve(database.sql, paid(2, 1))
    expect(await value(database.sql, `select lensers.forget_reservations('62 days', 1000)`)).toBe(1)
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 3, reserved_usd: 1 })
  })
})

describe('a battle’s budget', () => {
  const within = (nth: number, amount: number, more: Partial<PricedJob> = {}) =>
    paid(nth, amount, { on_platform: false, spender_limit_usd: 10, ...more })

  test('holds over all calls of the battle, whoever’s key pays, and of no other battle', async () => {
    expect(await reserve(database.sql, within(0, 6), within(1, 3, { on_platform: true }), within(2, 2))).toEqual({
      [jobs[2]!]: 'budget_spent',
    })
    expect(await reserve(database.sql, within(3, 9, { spender_id: randomUUID() }))).toEqual({})
    await settle(database.sql, jobs[0]!, 1)
    expect(await reserve(database.sql, within(2, 2))).toEqual({})
    expect(await value(database.sql, 'select lensers.spending_of($1)', [battle])).toEqual({ spent_usd: 1, reserved_usd: 5 })
  })

  test('refuses a call that the owner’s budget would cover, and the other way round sets nothing aside', async () => {
    await setBudget(database.sql, owner, 3)
    expect(await reserve(database.sql, paid(0, 2, { spender_limit_usd: 1 }))).toEqual({ [jobs[0]!]: 'budget_spent' })
    expect(await reserve(database.sql, paid(1, 5, { spender_limit_usd: 9 }))).toEqual({ [jobs[1]!]: 'budget_spent' })
    expect(await value(database.sql, 'select count(*) from lensers.reservations')).toBe(0)
  })

  test('counts a job that another connection settles while it asks again', async () => {
    const [asking, settling] = await database.connectMany(2)
    await reserve(database.sql, within(0, 6))
    await settling!.query('begin')
    await settle(settling!, jobs[0]!, 6)
    const asked = reserve(asking!, within(0, 6))
    await untilWaiting(database.sql, asking!, asked)
    await settling!.query('commit')
    expect(await asked).toEqual({ [jobs[0]!]: 'budget_spent' })
  })
})

describe('two connections', () => {
  test.each([
    ['an owner’s budget', {}],
    ['a battle’s budget', { spender_limit_usd: 1, on_platform: false }],
  ])('that reserve the last cent of %s at once: one wins', async (_what, more) => {
    await setBudget(database.sql, owner, 1)
    const [first, second] = await database.connectMany(2)
    await first!.query('begin')
    expect(await reserve(first!, paid(0, 1, more))).toEqual({})
    const late = reserve(second!, paid(1, 1, more))
    await untilWaiting(database.sql, second!, late)
    await first!.query('commit')
    expect(await late).toEqual({ [jobs[1]!]: 'budget_spent' })
  })

  test('that reserve for the same two owners in opposite order do not lock each other out', async () => {
    const other = randomUUID()
    for (const each of [owner, other]) await setBudget(database.sql, each, 100)
    const [first, second] = await database.connectMany(2)
    for (let round = 0; round < 20; round++) {
      const pair = [paid(round * 2, 1), paid(round * 2 + 1, 1, { owner_id: other })] as const
      await Promise.all([reserve(first!, ...pair), reserve(second!, ...pair.toReversed())])
    }
    expect(await budgetOf(database.sql, owner)).toMatchObject({ reserved_usd: 20 })
  })

  test('of which one settles and the other reserves do not wait for each other', async () => {
    await setBudget(database.sql, owner, 10)
    await reserve(database.sql, paid(0, 4))
    const [first, second] = await database.connectMany(2)
    await first!.query('begin')
    await settle(first!, jobs[0]!, 1)
    const reserving = reserve(second!, paid(1, 5))
    await untilWaiting(database.sql, second!, reserving)
    expect(await reserving).toEqual({})
    await first!.query('commit')
    expect(await budgetOf(database.sql, owner)).toMatchObject({ spent_usd: 1, reserved_usd: 5 })
  })

  test('of which one cancels a job that the other claims right now leave nothing set aside', async () => {
    await setBudget(database.sql, owner, 10)
    const [claiming, cancelling] = await database.connectMany(2)
    const cancel = async () => {
      await cancelling!.query('begin')
      await cancelling!.query('select execution.cancel_jobs($1)', [[jobs[0]]])
      await cancelling!.query('select lensers.settle_cancelled($1)', [[jobs[0]]])
    }
    // The claim first: the cancel waits for it, and settles what it set aside.
    await claiming!.query('begin')
    expect(await reserve(claiming!, paid(0, 4))).toEqual({})
    const cancelled = cancel()
    await untilWaiting(database.sql, cancelling!, cancelled)
    await claiming!.query('commit')
    await cancelled
    await cancelling!.query('commit')
    expect(await reservationsOf(database.sql, jobs[0]!)).toEqual([{ amount: 4, spent: 4, settled: true }])
    // The cancel first: the claim lets the job go.
    await cancelling!.query('begin')
    await cancelling!.query('select execution.cancel_jobs($1)', [[jobs[1]]])
    expect(await reserve(claiming!, paid(1, 4))).toEqual({ [jobs[1]!]: 'lease_lost' })
    await cancelling!.query('commit')
    expect(await reserve(claiming!, paid(1, 4))).toEqual({ [jobs[1]!]: 'lease_lost' })
    expect(await reservationsOf(database.sql, jobs[1]!)).toEqual([])
  })
})

describe('whatever is reserved, charged, settled and cancelled, from four connections at once', () => {
  type Command = { job: number; on: number } & (
    | { do: 'reserve'; amount: number }
    | { do: 'settle'; cost: number | null }
    | { do: 'attempt_failed' | 'charge'; cost: number }
    | { do: 'cancel' }
  )
  const limit = 10
  const cents = (least: number, most: number) => fc.integer({ min: least * 100, max: most * 100 }).map((count) => count / 100)
  const at = { job: fc.nat(11), on: fc.nat(3) }
  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('reserve' as const), amount: cents(0.01, 6), ...at }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), cost: fc.option(cents(0, 7)), ...at }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('attempt_failed' as const, 'charge' as const), cost: cents(0, 3), ...at }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), ...at }) },
  )

  test('no budget is exceeded but by what calls cost above their estimate', async () => {
    const { sql } = database
    const clients = await database.connectMany(4)
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 60 }), async (commands) => {
        await sql.query('delete from lensers.reservations; delete from lensers.budgets')
        await setBudget(sql, owner, limit, 'total')
        const act = async ({ on, job, ...what }: Command) => {
          const client = clients[on]!
          const id = jobs[job]!
          if (what.do === 'reserve') await reserve(client, paid(job, what.amount, { spender_limit_usd: limit }))
          else if (what.do === 'settle') await settle(client, id, what.cost)
          else if (what.do === 'cancel') await client.query('select lensers.settle_cancelled($1)', [[id]])
          else await client.query(`select lensers.${what.do}($1, $2)`, [id, what.cost])
        }
        // Each connection in its own order, the four at once.
        await Promise.all(
          clients.map(async (_client, on) => {
            for (const each of commands.filter((command) => command.on === on)) await act(each)
          }),
        )
        // What was granted is an amount; what a call cost beyond it is the overrun. The first reservation of a life is its grant.
        const [{ total, overrun } = { total: 0, overrun: 0 }] = await rows<{ total: number; overrun: number }>(
          sql,
          `select coalesce(sum(spent_usd + case when settled_at is null then amount_usd else 0 end), 0)::float8 as total,
             coalesce(sum(greatest(spent_usd + case when settled_at is null then amount_usd else 0 end - granted_usd, 0)), 0)::float8 as overrun
           from lensers.reservations cross join lateral (select granted_usd from granted g where g.reservation_id = reservations.reservation_id) g`,
        )
        expect(total - overrun).toBeLessThanOrEqual(limit + 1e-9)
        const [shown] = await rows<{ total: number }>(
          sql,
          `select coalesce(sum(spent_usd + case when settled_at is null then amount_usd else 0 end), 0)::float8 as total from lensers.reservations where on_platform`,
        )
        const budget = (await budgetOf(sql, owner))!
        expect(budget.spent_usd + budget.reserved_usd).toBeCloseTo(shown!.total, 6)
      }),
      { numRuns: 60 },
    )
  })

  // What each reservation was granted, which the product has no need to keep.
  beforeEach(async () => {
    await database.sql.query(`
      drop table if exists public.granted;
      create table public.granted (reservation_id bigint primary key, granted_usd numeric);
      create or replace function public.note_grant() returns trigger language plpgsql as $$
        begin insert into public.granted values (new.reservation_id, new.amount_usd); return null; end $$;
      create or replace trigger note_grant after insert on lensers.reservations for each row execute function public.note_grant()`)
    return async () => {
      await database.sql.query('drop trigger note_grant on lensers.reservations; drop table public.granted')
    }
  })
})
