import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  cancel,
  claim,
  claimJudgings,
  claimOne,
  complete,
  completeJudging,
  createBattle,
  deadLetter,
  expireLease,
  type HeldJob,
  makeDue,
  publish,
  recordVerdict,
  requeue,
  startBattle,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'
import { addKey, type Budget, budgetOf, setBudget, someSealed } from '../support/funding.ts'

// Who pays, in the life of a battle: what each claim hands out and sets aside, and what each end of a job makes of it.

const database = useDatabase()
const owner = '00000000-0000-4000-8000-00000000000a'

interface Payable {
  byok?: { key_id: string; owner_id: string; provider: string; sealed: string }
  refused?: { code: string; message: string }
}

const model = (estimate: number | null, more: Record<string, unknown> = {}) => ({
  model_key: `house/${randomUUID()}`,
  provider: 'openai',
  funding_source: 'platform_credit',
  cost_estimate_usd: estimate,
  ...more,
})
const judge = (estimate: number | null, more: Record<string, unknown> = {}) => ({ ...model(estimate, more), model_key: 'house/judge' })
const ofOwner = { ownerId: owner }
const answer = (cost: number | null) => ({ content_text: 'an answer', cost_usd: cost })
const spending = async () => {
  const { spent_usd, reserved_usd } = (await budgetOf(database.sql, owner)) as Budget
  return [spent_usd, reserved_usd]
}
const claimAll = async () => (await claim(database.sql, 20)) as (HeldJob & Payable)[]

describe('a claim under a budget', () => {
  test('sets aside what each contender may cost, and hands out those that do not fit as refused', async () => {
    await setBudget(database.sql, owner, 5)
    await startBattle(database.sql, { ...ofOwner, contenders: [model(3), model(3), model(1)] })
    const jobs = await claimAll()
    expect(jobs.map(({ slot, refused }) => [slot, refused?.code])).toEqual([
      ['A', undefined],
      ['B', 'budget_spent'],
      ['C', undefined],
    ])
    expect(await spending()).toEqual([0, 4])
  })

  test('of one battle leaves the battle of another owner alone', async () => {
    await setBudget(database.sql, owner, 0)
    const spent = await startBattle(database.sql, { ...ofOwner, contenders: [model(1), model(1)] })
    await startBattle(database.sql, { contenders: [model(1), model(null)] })
    const jobs = await claimAll()
    expect(jobs.filter(({ refused }) => refused).map(({ battle_id }) => battle_id)).toEqual([spent.battleId, spent.battleId])
    expect(jobs).toHaveLength(4)
  })

  test('that is a battle’s holds for its contenders and its judge together', async () => {
    const battle = await startBattle(database.sql, { contenders: [model(1), model(1)], judge: judge(1), with: { budget_usd: 1.5 } })
    const [first, second] = await claimAll()
    expect(second!.refused).toMatchObject({ code: 'budget_spent' })
    await complete(database.sql, first!, answer(0.2))
    await deadLetter(database.sql, second!, second!.refused)
    expect(await statusOf(database.sql, battle)).toBe('closed')
    const other = await startBattle(database.sql, { contenders: [model(0.2), model(0.2)], judge: judge(1), with: { budget_usd: 1.5 } })
    for (const job of await claimAll()) await complete(database.sql, job, answer(0.3))
    const [judging] = (await claimJudgings(database.sql)) as Payable[]
    expect(judging!.refused).toMatchObject({ code: 'budget_spent' })
    expect(await statusOf(database.sql, other)).toBe('scoring')
  })

  test('refuses nothing that is free, whatever the budget', async () => {
    await setBudget(database.sql, owner, 0)
    for (const source of ['local', 'simulated']) {
      await startBattle(database.sql, {
        ...ofOwner,
        contenders: [model(null, { funding_source: source }), model(0, { funding_source: source })],
      })
    }
    expect((await claimAll()).map(({ refused }) => refused)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('sets nothing aside for people and battles without one', async () => {
    await startBattle(database.sql, { contenders: [model(5), model(5)], judge: judge(5) })
    for (const job of await claimAll()) await complete(database.sql, job, answer(9))
    expect((await claimJudgings(database.sql)).length).toBe(1)
    expect(await value(database.sql, 'select count(*) from lensers.reservations')).toBe(0)
  })
})

describe('what was set aside is settled', () => {
  const started = async (estimate = 2) => {
    await setBudget(database.sql, owner, 10)
    const battle = await startBattle(database.sql, { ...ofOwner, contenders: [model(estimate), model(0)], judge: judge(4) })
    const [job, free] = await claimAll()
    await complete(database.sql, free!, answer(0))
    expect(await spending()).toEqual([0, estimate])
    return { battle, job: job! }
  }

  test('by an answer, to what it cost', async () => {
    const { job } = await started()
    await complete(database.sql, job, answer(0.5))
    expect(await spending()).toEqual([0.5, 0])
  })

  test('by an answer whose cost nobody knows, to what was set aside', async () => {
    const { job } = await started()
    await complete(database.sql, job, answer(null))
    expect(await spending()).toEqual([2, 0])
  })

  test('by a dead letter, to what the failed call is known to have cost', async () => {
    const { job } = await started()
    await deadLetter(database.sql, job, { code: 'provider_rejected', message: 'no', cost_usd: 0.25 })
    expect(await spending()).toEqual([0.25, 0])
  })

  test('by the last attempt, with what the attempts before it cost', async () => {
    const { job } = await started()
    let held = job
    for (const nth of [1, 2]) {
      expect(await requeue(database.sql, held, 0, { code: 'provider_malformed', message: 'again', cost_usd: 0.5 })).toBe('requeued')
      expect(await spending()).toEqual([0.5 * nth, 2])
      await makeDue(database.sql)
      held = await claimOne(database.sql)
    }
    expect(await requeue(database.sql, held, 0, { code: 'provider_malformed', message: 'again', cost_usd: 0.5 })).toBe('dead_lettered')
    expect(await spending()).toEqual([1.5, 0])
  })

  test('by a cancel: a call under way counts as set aside, one that waits for its retry as nothing', async () => {
    const { battle } = await started()
    await cancel(database.sql, battle)
    expect(await spending()).toEqual([2, 0])
    const { battle: waiting, job } = await started2()
    await requeue(database.sql, job, 60_000)
    await cancel(database.sql, waiting)
    expect(await spending()).toEqual([2, 0])
  })
  const started2 = async () => {
    const battle = await startBattle(database.sql, { ...ofOwner, contenders: [model(3), model(0)] })
    const [job] = await claimAll()
    expect(await spending()).toEqual([2, 3])
    return { battle, job: job! }
  }

  test('by the last of three drivers that vanished, to what was set aside: any of them may have called', async () => {
    const { job } = await started()
    let held = job
    for (let nth = 0; nth < 3; nth++) {
      expect(await spending()).toEqual([0, 2])
      await expireLease(database.sql, held.lease_token)
      await sweep(database.sql)
      if (nth < 2) held = await claimOne(database.sql)
    }
    expect(await spending()).toEqual([2, 0])
  })

  test('never by a driver that lost its lease', async () => {
    const { job } = await started()
    await expireLease(database.sql, job.lease_token)
    await sweep(database.sql)
    expect(await complete(database.sql, job, answer(9))).toBe(false)
    expect(await deadLetter(database.sql, job)).toBe('lost')
    expect(await requeue(database.sql, job, 0, { code: 'x', message: 'x', cost_usd: 9 })).toBe('lost')
    expect(await spending()).toEqual([0, 2])
  })

  test('by each verdict as it is recorded, and by the end of the judging', async () => {
    const { job } = await started()
    await complete(database.sql, job, answer(1))
    const [judging] = await claimJudgings(database.sql)
    expect(await spending()).toEqual([1, 4])
    await recordVerdict(database.sql, judging!, { ...verdictOf(judging!, 0, ['A', 'B']), cost_usd: 1.5 })
    expect(await spending()).toEqual([2.5, 2.5])
    await recordVerdict(database.sql, judging!, { ...verdictOf(judging!, 0, ['A', 'B']), cost_usd: 1.5 }) // again: already recorded
    expect(await spending()).toEqual([2.5, 2.5])
    await recordVerdict(database.sql, judging!, verdictOf(judging!, 1, ['A', 'B'])) // nobody knows its cost: half of the estimate
    expect(await completeJudging(database.sql, judging!)).toBe(true)
    expect(await spending()).toEqual([4.5, 0])
  })

  test('by a judging that is given up, with the verdict it had already', async () => {
    const { job, battle } = await started()
    await complete(database.sql, job, answer(1))
    const [judging] = await claimJudgings(database.sql)
    await recordVerdict(database.sql, judging!, { ...verdictOf(judging!, 0, ['A', 'B']), cost_usd: 1 })
    await deadLetter(database.sql, judging!, { code: 'verdict_unparseable', message: 'no', cost_usd: 0.5 })
    // The battle waits for a redrive, and its money does not.
    expect([await statusOf(database.sql, battle), await spending()]).toEqual(['scoring', [2.5, 0]])
  })

  test('by each call of each judge of a panel; one whose cost nobody knows counts as its share of all calls of the mode', async () => {
    const { sql } = database
    await setBudget(sql, owner, 30)
    const panel = [judge(6, { weight: 2 }), { ...judge(12), model_key: 'house/other' }]
    await startBattle(sql, {
      ...ofOwner,
      contenders: [model(0), model(0), model(0)],
      with: { judge: null, judges: panel, judge_mode: 'pairwise' },
    })
    for (const job of await claimAll()) await complete(sql, job, answer(0))
    const judgings = await claimJudgings(sql, 9)
    expect(await spending()).toEqual([0, 18])
    const [first, second] = judgings.toSorted((a, b) => a.seat - b.seat)
    await recordVerdict(sql, first!, verdictOf(first!, 0, 'abstain', 'A-B'))
    await recordVerdict(sql, second!, { ...verdictOf(second!, 0, 'abstain', 'A-B'), cost_usd: 0.5 })
    expect(await spending()).toEqual([1.5, 16.5])
    // What a slice had no time for keeps what was set aside, and is not set aside twice.
    expect(await value(sql, 'select battles.fn_worker_yield_battle_job($1, $2)', [first!.job_id, first!.lease_token])).toBe(true)
    const [again] = await claimJudgings(sql, 9)
    expect(again).toMatchObject({ job_id: first!.job_id, recorded: [{ part: 'A-B', presentation: 0 }] })
    expect(await spending()).toEqual([1.5, 16.5])
    for (const judging of [again!, second!]) await completeJudging(sql, judging)
    expect(await spending()).toEqual([1.5, 0])
  })

  describe('by the writing down of a recording', () => {
    const judged = async (how: Record<string, unknown>, limit: number | undefined) => {
      const { sql } = database
      await startBattle(sql, {
        ...ofOwner,
        contenders: [model(0), model(0)],
        judge: judge(4, how),
        ...(limit && { with: { budget_usd: limit } }),
      })
      for (const job of await claimAll()) await complete(sql, job, answer(0))
      const [judging] = await claimJudgings(sql)
      return judging!
    }
    const hear = (judging: { job_id: number; lease_token: number; answers: { contender_id: string }[] }, onPlatform: boolean, cost = 1) =>
      value<boolean>(database.sql, 'select battles.fn_worker_record_transcript($1, $2, $3, $4, $5, $6)', [
        judging.job_id,
        judging.lease_token,
        judging.answers[0]!.contender_id,
        'A song.',
        cost,
        onPlatform,
      ])
    const ofBattle = () =>
      rows<{ spent: number; reserved: number }>(
        database.sql,
        `select sum(spent_usd)::float8 as spent, sum(amount_usd) filter (where settled_at is null)::float8 as reserved
         from lensers.reservations where owner_id = $1`,
        [owner],
      )

    test('out of what its judge has set aside', async () => {
      await setBudget(database.sql, owner, 10)
      const judging = await judged({}, undefined)
      expect(await hear(judging, true)).toBe(true)
      expect(await spending()).toEqual([1, 3])
      expect(await completeJudging(database.sql, judging)).toBe(true)
      expect(await spending()).toEqual([1, 0])
      expect(await hear(judging, true)).toBe(false)
      expect(await spending()).toEqual([1, 0])
    })

    test('on the owner’s own key out of the battle’s budget alone', async () => {
      await setBudget(database.sql, owner, 10)
      const { key_id } = await addKey(database.sql, owner)
      const judging = await judged({ funding_source: 'user_byok_cloud', byok_key_id: key_id }, 8)
      await hear(judging, false)
      expect(await spending()).toEqual([0, 0])
      expect(await ofBattle()).toEqual([{ spent: 1, reserved: 3 }])
    })

    test('on the platform’s key for a judge on the owner’s: it is the platform’s money, and the battle’s', async () => {
      await setBudget(database.sql, owner, 10)
      const { key_id } = await addKey(database.sql, owner)
      const judging = await judged({ funding_source: 'user_byok_cloud', byok_key_id: key_id }, 8)
      await hear(judging, true)
      expect(await spending()).toEqual([1, 0])
      expect(await ofBattle()).toEqual([{ spent: 1, reserved: 3 }])
      await completeJudging(database.sql, judging)
      expect(await ofBattle()).toEqual([{ spent: 1, reserved: null }])
      expect(await budgetOf(database.sql, owner)).toMatchObject({ left_usd: 9 })
    })

    test('for a judge on this machine, which sets nothing aside; and of nobody without a budget', async () => {
      await hear(await judged({ funding_source: 'local' }, undefined), true)
      expect(await ofBattle()).toEqual([{ spent: null, reserved: null }])
      await setBudget(database.sql, owner, 10)
      await hear(await judged({ funding_source: 'local' }, undefined), true)
      expect(await spending()).toEqual([1, 0])
    })
  })

  test('by each call of an analysis, which a budget may refuse like any other', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { ...ofOwner, contenders: [model(0), model(0)], judge: judge(0) })
    for (const job of await claimAll()) await complete(sql, job, answer(0))
    const [judging] = await claimJudgings(sql)
    for (const presentation of [0, 1] as const) await recordVerdict(sql, judging!, verdictOf(judging!, presentation, ['A', 'B']))
    await completeJudging(sql, judging!)
    await value(sql, 'select battles.fn_battles_finalize($1)', [battle.battleId])
    const ask = (estimate: number | null) =>
      value<{ refused?: string }>(sql, 'select battles.fn_battles_analyse($1, $2, $3)', [
        battle.battleId,
        owner,
        JSON.stringify({ ...model(estimate), kind: 'cross_examination' }),
      ])
    await setBudget(sql, owner, 5)
    expect(await ask(null)).toMatchObject({ refused: 'price_unknown', path: '/model' })
    await ask(4)
    await ask(4)
    const claimed = await value<{ jobs: (HeldJob & Payable)[] }>(sql, `select battles.fn_worker_claim_battle_analysis('driver', 9)`)
    expect(claimed.jobs.map(({ refused }) => refused?.code)).toEqual([undefined, 'budget_spent'])
    const [job] = claimed.jobs
    const call = { stage: 'examine', system_prompt: 's', prompt: 'p', raw_text: '{}', cost_usd: 1 }
    const record = () =>
      value(sql, 'select battles.fn_worker_record_analysis_call($1, $2, $3)', [job!.job_id, job!.lease_token, JSON.stringify(call)])
    expect([await record(), await record()]).toEqual(['recorded', 'already_recorded'])
    expect(await spending()).toEqual([1, 3])
    expect(await value(sql, `select battles.fn_worker_complete_battle_analysis($1, $2, '{}')`, [job!.job_id, job!.lease_token])).toBe(true)
    expect(await spending()).toEqual([1, 0])
  })

  test('and set aside anew for a job that is redriven', async () => {
    await setBudget(database.sql, owner, 10)
    await startBattle(database.sql, { ...ofOwner, contenders: [model(2), model(0)] })
    const [job] = await claimAll()
    await deadLetter(database.sql, job!, { code: 'provider_auth', message: 'no', cost_usd: 0 })
    const letter = await value<number>(database.sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter])).toBe('redriven')
    await complete(database.sql, await claimOne(database.sql), answer(0.5))
    expect(await spending()).toEqual([0.5, 0])
  })
})

describe('a claim of a job that names a key', () => {
  const keyed = async (more: Record<string, unknown> = {}) => {
    const sealed = someSealed()
    const key = await addKey(database.sql, owner, { sealed })
    const own = { funding_source: 'user_byok_cloud', byok_key_id: key.key_id, ...more }
    const battle = await startBattle(database.sql, { ...ofOwner, contenders: [model(1, own), model(1)], judge: judge(1, own) })
    return { battle, key, sealed }
  }

  test('carries it sealed, for the contender and for the judge that name it', async () => {
    const { key, sealed } = await keyed()
    const byok = { key_id: key.key_id, owner_id: owner, provider: 'openai', sealed }
    const jobs = await claimAll()
    expect(jobs.map((job) => job.byok)).toEqual([byok, undefined])
    for (const job of jobs) await complete(database.sql, job)
    expect(((await claimJudgings(database.sql)) as Payable[]).map((job) => job.byok)).toEqual([byok])
  })

  test.each([
    ['revoked', 'byok_key_revoked', (id: string) => value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [owner, id])],
    [
      'expired',
      'byok_key_expired',
      (id: string) => database.sql.query('update lensers.byok_api_keys set expires_at = now() where key_id = $1', [id]),
    ],
    [
      'given away',
      'byok_key_not_found',
      (id: string) => database.sql.query('update lensers.byok_api_keys set owner_id = gen_random_uuid() where key_id = $1', [id]),
    ],
    ['gone', 'byok_key_not_found', (id: string) => database.sql.query('delete from lensers.byok_api_keys where key_id = $1', [id])],
  ])('that was %s meanwhile says so, and sets nothing aside', async (_what, code, end) => {
    await setBudget(database.sql, owner, 10)
    const { key } = await keyed()
    await end(key.key_id)
    const [refused, other] = await claimAll()
    expect([refused!.byok, refused!.refused!.code, other!.refused]).toEqual([undefined, code, undefined])
    expect(await rows(database.sql, 'select job_id from lensers.reservations')).toEqual([{ job_id: other!.job_id }])
  })

  test('is refused for a spent budget with its key withheld', async () => {
    const { key_id } = await addKey(database.sql, owner)
    const own = model(2, { funding_source: 'user_byok_cloud', byok_key_id: key_id })
    await startBattle(database.sql, { ...ofOwner, contenders: [own, model(0)], with: { budget_usd: 1 } })
    const [refused] = await claimAll()
    expect([refused!.byok, refused!.refused!.code]).toEqual([undefined, 'budget_spent'])
  })
})

describe('a battle that cannot be paid for is refused when it is made', () => {
  const refusal = (wanted: Parameters<typeof createBattle>[1]) =>
    createBattle(database.sql, { ...ofOwner, ...wanted }).then(
      () => 'made',
      (error: Error) => error.message.replace('refused: ', ''),
    )

  test('by a key that its owner cannot use', async () => {
    const { key_id } = await addKey(database.sql, owner)
    const own = (more: Record<string, unknown> = {}) => model(1, { funding_source: 'user_byok_cloud', byok_key_id: key_id, ...more })
    expect(await refusal({ contenders: [own(), model(1)] })).toBe('made')
    expect(await refusal({ contenders: [own({ provider: 'mistral' }), model(1)] })).toBe('byok_key_not_found')
    expect(await refusal({ contenders: [own(), model(1)], ownerId: randomUUID() })).toBe('byok_key_not_found')
    await value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [owner, key_id])
    expect(await refusal({ contenders: [model(1), model(1)], judge: { ...own(), model_key: 'j' } })).toBe('byok_key_revoked')
  })

  test('by a model without a price under a budget', async () => {
    expect(await refusal({ contenders: [model(1), model(null)] })).toBe('made')
    expect(await refusal({ contenders: [model(1), model(null)], with: { budget_usd: 1 } })).toBe('price_unknown')
    await setBudget(database.sql, owner, 1)
    expect(await refusal({ contenders: [model(1), model(null)] })).toBe('price_unknown')
    expect(await refusal({ contenders: [model(1), model(1)], judge: judge(null) })).toBe('price_unknown')
    expect(await refusal({ contenders: [model(1), model(null, { funding_source: 'local' })], judge: judge(1) })).toBe('made')
  })

  test('but not when it was made before under the same idempotency key', async () => {
    const { key_id } = await addKey(database.sql, owner)
    const again = {
      ...ofOwner,
      contenders: [model(1, { funding_source: 'user_byok_cloud', byok_key_id: key_id }), model(1)],
      with: { idempotency_key: 'once', request_hash: 'x' },
    }
    const first = await createBattle(database.sql, again)
    await value(database.sql, 'select lensers.fn_byok_revoke($1, $2)', [owner, key_id])
    expect(await createBattle(database.sql, again)).toEqual(first)
    expect(await publish(database.sql, first)).toBe('published')
  })
})

test('a claim without budgets and keys runs no statement of this room', async () => {
  await startBattle(database.sql, { contenders: [model(1), model(1)] })
  await database.sql.query(`select pg_stat_reset(); set track_functions = 'pl'`)
  expect((await claimAll()).length).toBe(2)
  await database.sql.query('select pg_stat_force_next_flush()')
  expect(await rows(database.sql, `select funcname from pg_stat_user_functions where schemaname = 'lensers'`)).toEqual([])
  await database.sql.query('reset track_functions')
})
