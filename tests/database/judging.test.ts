import { describe, expect, test } from 'vitest'
import {
  answerAll,
  autoFinalize,
  type Battle,
  claim,
  claimJudging,
  complete,
  completeJudging,
  type Decision,
  deadLetter,
  eventsOf,
  expireLease,
  finalize,
  judge,
  makeDue,
  modelOf,
  ratings,
  recordVerdict,
  requeue,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { type Client, dump, rows, times, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

const endOf = async (battle: Battle) =>
  (
    await rows<{ status: string; outcome: string; judge_outcome: string; slot: string | null }>(
      database.sql,
      `select b.status::text, b.outcome, b.judge_outcome, c.slot from battles.battles b
       left join battles.contenders c on c.contender_id = b.winner_contender_id where b.battle_id = $1`,
      [battle.battleId],
    )
  )[0]

/** A two-way battle judged by these two presentations, finalised. */
async function judged(decisions: [Decision, Decision], contenders = 2): Promise<Battle> {
  const battle = await startJudging(database.sql, { contenders })
  await judge(database.sql, decisions)
  expect(await finalize(database.sql, battle)).toBe('closed')
  return battle
}

describe('what the judge decided', () => {
  test('both orders name the same winner: it wins', async () => {
    const battle = await judged([
      ['B', 'A'],
      ['B', 'A'],
    ])
    expect(await endOf(battle)).toEqual({ status: 'closed', outcome: 'winner', judge_outcome: 'winner', slot: 'B' })
    expect(await rows(database.sql, `select data from battles.events where type = 'battle.rated'`)).toEqual([
      {
        data: [
          { slot: 'A', rating_before: 1000, rating_after: 984 },
          { slot: 'B', rating_before: 1000, rating_after: 1016 },
        ],
      },
    ])
  })

  test('orders that disagree are an inconsistent judge: a draw, and the draw branch of the rating', async () => {
    const { sql } = database
    await judged([
      ['A', 'B'],
      ['A', 'B'],
    ]) // unequal ratings, so that a draw moves them
    const battle = await judged([
      ['A', 'B'],
      ['B', 'A'],
    ])
    expect(await endOf(battle)).toEqual({ status: 'closed', outcome: 'draw', judge_outcome: 'inconsistent', slot: null })
    const expected = 1 / (1 + 10 ** ((984 - 1016) / 400))
    const [a, b] = await ratings(sql)
    expect(a!.rating).toBeCloseTo(1016 + 32 * (0.5 - expected), 9)
    expect(b!.rating).toBeCloseTo(984 + 32 * (0.5 - (1 - expected)), 9)
    expect(a).toMatchObject({ games: 2, wins: 1, losses: 0, draws: 1 })
    expect(b).toMatchObject({ games: 2, wins: 0, losses: 1, draws: 1 })
  })

  test('a winner in one order and a tie in the other is inconsistent too', async () => {
    expect(await endOf(await judged([['A', 'B'], [['A', 'B']]]))).toMatchObject({
      outcome: 'draw',
      judge_outcome: 'inconsistent',
      slot: null,
    })
  })

  test('a tie is a draw', async () => {
    expect(await endOf(await judged([[['A', 'B']], [['A', 'B']]]))).toEqual({
      status: 'closed',
      outcome: 'draw',
      judge_outcome: 'tie',
      slot: null,
    })
    expect(await ratings(database.sql)).toMatchObject([
      { rating: 1000, games: 1, draws: 1 },
      { rating: 1000, games: 1, draws: 1 },
    ])
  })

  test('both bad is a draw of its own name', async () => {
    expect(await endOf(await judged(['both_bad', 'both_bad']))).toMatchObject({ outcome: 'draw', judge_outcome: 'both_bad', slot: null })
    expect(await ratings(database.sql)).toMatchObject([{ draws: 1 }, { draws: 1 }])
  })

  test('a judge that abstains in either order leaves no verdict, and nothing is rated', async () => {
    const { sql } = database
    for (const decisions of [
      ['abstain', 'abstain'],
      [['A', 'B'], 'abstain'],
      ['abstain', ['A', 'B']],
    ] as [Decision, Decision][]) {
      const battle = await judged(decisions)
      expect(await endOf(battle)).toEqual({ status: 'closed', outcome: 'no_verdict', judge_outcome: 'abstain', slot: null })
      expect((await eventsOf(sql, battle)).at(-1)).toBe('battle.closed')
    }
    expect(await ratings(sql)).toEqual([])
    expect(await value(sql, 'select count(*) from battles.elo_battle_log')).toBe(0)
  })

  test('a verdict that places nobody still lets its battle close', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await judge(sql, ['both_bad', 'both_bad'])
    await sql.query('delete from battles.verdict_scores')
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await endOf(battle)).toMatchObject({ status: 'closed', outcome: 'no_verdict', judge_outcome: 'abstain' })
  })

  test('the score of a contender is the mean over the verdicts that did not abstain', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { contenders: 3 })
    const job = await claimJudging(sql)
    await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B', 'C'])) // 9, 8, 7
    const scores = async () =>
      (await rows<{ judge_mean: string | null }>(sql, 'select judge_mean from battles.fn_battle_scores($1)', [battle.battleId])).map(
        (row) => (row.judge_mean === null ? null : Number(row.judge_mean)),
      )
    expect(await scores()).toEqual([9, 8, 7])
    await recordVerdict(sql, job, verdictOf(job, 1, ['B', 'A', 'C'])) // 8, 9, 7
    expect(await scores()).toEqual([8.5, 8.5, 7])
    const other = await startJudging(sql)
    expect(await value(sql, 'select count(judge_mean) from battles.fn_battle_scores($1)', [other.battleId])).toBe(0)
  })
})

describe('recording', () => {
  test('the same presentation twice keeps the first', async () => {
    const { sql } = database
    await startJudging(sql)
    const job = await claimJudging(sql)
    expect(await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B']))).toBe('recorded')
    const before = await dump(sql)
    expect(await recordVerdict(sql, job, verdictOf(job, 0, ['B', 'A']))).toBe('already_recorded')
    expect(await dump(sql)).toBe(before)
  })

  test('a presentation that is paid for is not asked again, whoever judges next', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const first = await claimJudging(sql)
    expect(first.recorded).toEqual([])
    await recordVerdict(sql, first, verdictOf(first, 0, ['A', 'B']))
    await requeue(sql, first, 0)
    await makeDue(sql)
    const second = await claimJudging(sql)
    expect(second).toMatchObject({ recorded: [{ part: 'all', presentation: 0 }], attempts: 1 })
    await recordVerdict(sql, second, verdictOf(second, 1, ['A', 'B']))
    await completeJudging(sql, second)
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await eventsOf(sql, battle)).toContain('judging.retried')
  })

  test('a verdict that scores, or names as its winner, a contender of another battle is refused', async () => {
    const { sql } = database
    await startJudging(sql)
    const other = await value<string>(sql, 'select contender_id from battles.contenders where battle_id = $1 limit 1', [
      (await startBattle(sql)).battleId,
    ])
    const job = await claimJudging(sql)
    const verdict = verdictOf(job, 0, ['A', 'B'])
    const before = await dump(sql)
    const foreignScore = { ...verdict, scores: [{ contender_id: other, score: 1, place: 1 }] }
    await expect(recordVerdict(sql, job, foreignScore)).rejects.toMatchObject({ code: '23514' })
    await expect(recordVerdict(sql, job, { ...verdict, winner_contender_id: other })).rejects.toMatchObject({ code: '23514' })
    expect(await dump(sql)).toBe(before)
  })

  test('a winner without a name, and a name without a winner, are refused by a constraint', async () => {
    const { sql } = database
    await startJudging(sql)
    const job = await claimJudging(sql)
    const verdict = verdictOf(job, 0, ['A', 'B'])
    for (const broken of [{ winner_contender_id: null }, { outcome: 'tie' }]) {
      await expect(recordVerdict(sql, job, { ...verdict, ...broken })).rejects.toMatchObject({ constraint: 'verdicts_check' })
    }
    await expect(recordVerdict(sql, job, { ...verdict, presentation: 2 })).rejects.toMatchObject({
      constraint: 'verdicts_presentation_check',
    })
  })

  test('a name never reaches the judge: the claim carries slots and answers, no model, identity or system prompt', async () => {
    const { sql } = database
    await startJudging(sql, {
      contenders: [
        { model_key: 'MARKER-model-1', identity: 'MARKER-identity-1', system_prompt: 'MARKER-system-1' },
        { model_key: 'MARKER-model-2', identity: 'MARKER-identity-2', system_prompt: 'MARKER-system-2' },
      ],
      with: { title: 'MARKER-title' },
    })
    await sql.query(`update battles.submissions set wire_model = 'MARKER-wire', artifact_id = 'MARKER-artifact'`)
    const job = await claimJudging(sql)
    expect(JSON.stringify(job)).not.toContain('MARKER')
    expect(job.answers.map((answer) => Object.keys(answer).toSorted())).toEqual([
      ['contender_id', 'content_text', 'content_url', 'keyframes', 'mime_type', 'output_modality', 'slot', 'transcript'],
      ['contender_id', 'content_text', 'content_url', 'keyframes', 'mime_type', 'output_modality', 'slot', 'transcript'],
    ])
    expect(job.answers.map((answer) => answer.content_text)).toEqual(['answer of A', 'answer of B'])
  })

  test('the judge sees the valid answers only', async () => {
    const { sql } = database
    await startBattle(sql, { contenders: 3 })
    const jobs = await claim(sql, 3)
    await deadLetter(sql, jobs[1]!)
    await complete(sql, jobs[0]!)
    await complete(sql, jobs[2]!)
    expect((await claimJudging(sql)).answers.map((answer) => answer.slot)).toEqual(['A', 'C'])
  })
})

describe('finalising', () => {
  test('verdicts are kept when the driver dies between recording and finalising: the schedule closes the battle', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect(await autoFinalize(sql)).toBe(1)
    expect(await endOf(battle)).toMatchObject({ status: 'closed', outcome: 'winner', slot: 'A' })
    const before = await dump(sql)
    expect(await autoFinalize(sql)).toBe(0)
    expect(await finalize(sql, battle)).toBe('already_closed')
    expect(await dump(sql)).toBe(before)
  })

  test('verdicts are kept when the judge dies before it completes: after three lost leases the schedule closes the battle with what was paid for', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const job = await claimJudging(sql)
    for (const presentation of [0, 1] as const) await recordVerdict(sql, job, verdictOf(job, presentation, ['A', 'B']))
    for (let lost = 0; lost < 3; lost++) {
      const held = lost === 0 ? job : await claimJudging(sql)
      await expireLease(sql, held.lease_token)
      await sweep(sql)
    }
    expect(await eventsOf(sql, battle)).toContain('judging.failed')
    expect(await autoFinalize(sql)).toBe(1)
    expect(await endOf(battle)).toMatchObject({ status: 'closed', outcome: 'winner', slot: 'A' })
    expect(await ratings(sql)).toMatchObject([{ rating: 1016 }, { rating: 984 }])
  })

  test('one battle that cannot be closed does not keep the schedule from closing the others', async () => {
    const { sql } = database
    const battles = [await startJudging(sql), await startJudging(sql), await startJudging(sql)]
    for (let nth = 0; nth < 3; nth++)
      await judge(sql, [
        ['A', 'B'],
        ['A', 'B'],
      ])
    await sql.query(`create function battles.refuse_one() returns trigger language plpgsql as
      $$ begin if new.battle_id = '${battles[1]!.battleId}' then raise exception 'cannot be rated'; end if; return new; end $$`)
    await sql.query('create trigger refuse_one before insert on battles.elo_battle_log for each row execute function battles.refuse_one()')
    expect(await autoFinalize(sql)).toBe(2)
    await sql.query('drop trigger refuse_one on battles.elo_battle_log')
    await sql.query('drop function battles.refuse_one')
    expect(await times(3, (nth) => statusOf(sql, battles[nth]!))).toEqual(['closed', 'scoring', 'closed'])
    expect(await autoFinalize(sql)).toBe(1)
    expect(await ratings(sql)).toMatchObject([{ games: 3 }, { games: 3 }])
  })

  test('finalising twice moves the ratings once', async () => {
    const { sql } = database
    const battle = await judged([
      ['A', 'B'],
      ['A', 'B'],
    ])
    const before = await dump(sql)
    expect(await finalize(sql, battle)).toBe('already_closed')
    expect(await value(sql, 'select battles.fn_compute_elo_after_battle($1)', [battle.battleId])).toBe(false)
    expect(await dump(sql)).toBe(before)
  })

  test('a battle that is still judged, not yet judged or unknown is not closed', async () => {
    const { sql } = database
    const running = await startBattle(sql)
    expect(await finalize(sql, running)).toBe('not_scoring')
    await answerAll(sql)
    expect(await finalize(sql, running)).toBe('judging')
    expect(await autoFinalize(sql)).toBe(0)
    const job = await claimJudging(sql)
    for (const presentation of [0, 1] as const) await recordVerdict(sql, job, verdictOf(job, presentation, ['A', 'B']))
    expect(await finalize(sql, running)).toBe('judging')
    expect(await finalize(sql, { ...running, battleId: running.ownerId })).toBe('not_found')
    expect(await statusOf(sql, running)).toBe('scoring')
  })

  const graceOver = (sql: Client) =>
    sql.query(`update execution.jobs set finished_at = finished_at - interval '15 minutes' where state = 'failed'`)

  test('a judging that is given up leaves its battle to an operator for a quarter of an hour; then it closes without a verdict, and says why', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const job = await claimJudging(sql)
    await recordVerdict(sql, job, verdictOf(job, 0, ['A', 'B']))
    expect(await deadLetter(sql, job)).toBe('dead_lettered')
    expect(await finalize(sql, battle)).toBe('judging_failed')
    expect(await autoFinalize(sql)).toBe(0)
    await graceOver(sql)
    expect(await autoFinalize(sql)).toBe(1)
    expect(await endOf(battle)).toEqual({ status: 'closed', outcome: 'no_verdict', judge_outcome: 'abstain', slot: null })
    expect((await eventsOf(sql, battle)).slice(-2)).toEqual(['judging.failed', 'battle.closed'])
    expect(await rows(sql, `select kind, battle_id, contender_id, error_code from battles.battle_execution_dead_letters`)).toEqual([
      { kind: 'battle_judging', battle_id: battle.battleId, contender_id: null, error_code: 'auth_failed' },
    ])
    expect((await ratings(sql)).filter(({ games }) => games > 0)).toEqual([])
    expect(await value(sql, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')).toBe('battle_closed')
  })

  test('a judging has six attempts, and one that is redriven within the grace costs the battle nothing', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    for (const outcome of ['requeued', 'requeued', 'requeued', 'requeued', 'requeued', 'dead_lettered']) {
      expect(await requeue(sql, await claimJudging(sql), 0)).toBe(outcome)
      await makeDue(sql)
    }
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect(await value(sql, 'select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters')).toBe('redriven')
    expect(await finalize(sql, battle)).toBe('judging')
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await endOf(battle)).toMatchObject({ outcome: 'winner', slot: 'A' })
  })

  test('how long a given-up judging waits for a redrive is a setting of the database', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await deadLetter(sql, await claimJudging(sql))
    await sql.query(`set agon.judging_grace = '0'`)
    expect(await finalize(sql, battle)).toBe('closed')
    await sql.query('reset agon.judging_grace')
    expect(await endOf(battle)).toMatchObject({ outcome: 'no_verdict' })
  })

  test('the judge’s claim says how many attempts nobody could read, and counts no outage among them', async () => {
    const { sql } = database
    await startJudging(sql)
    for (const code of ['provider_unavailable', 'verdict_unparseable', 'verdict_unparseable']) {
      await requeue(sql, await claimJudging(sql), 0, { code, message: 'no' })
      await makeDue(sql)
    }
    expect(await claimJudging(sql)).toMatchObject({ attempts: 3, max_attempts: 6, unreadable_verdicts: 2 })
  })
})

describe('a battle of many', () => {
  /** Pair results over both presentations, and Elo with K / (n - 1), from the definitions alone. */
  function elo(places: [Record<string, number>, Record<string, number>], before: Record<string, number>): Record<string, number> {
    const slots = Object.keys(before)
    return Object.fromEntries(
      slots.map((slot) => {
        let change = 0
        for (const rival of slots.filter((other) => other !== slot)) {
          const above = places.filter((place) => place[slot]! < place[rival]!).length
          const below = places.filter((place) => place[slot]! > place[rival]!).length
          const result = above === 2 ? 1 : below === 2 ? 0 : 0.5
          change += (32 / (slots.length - 1)) * (result - 1 / (1 + 10 ** ((before[rival]! - before[slot]!) / 400)))
        }
        return [slot, before[slot]! + change]
      }),
    )
  }

  const placesOf = (decision: (string | string[])[]) =>
    Object.fromEntries(decision.flatMap((group, nth) => [group].flat().map((slot) => [slot, nth + 1])))

  test('five contenders: pair results and ratings are what the definitions give, with unequal ratings before', async () => {
    const { sql } = database
    const slots = [...'ABCDE']
    const before: Record<string, number> = { A: 1310, B: 1000, C: 842.5, D: 1100, E: 1000 }
    for (const [nth, slot] of slots.entries()) {
      await sql.query('insert into battles.ratings (competitor, model_key, rating) values ($1, $1, $2)', [modelOf(nth), before[slot]])
    }
    const decisions: [(string | string[])[], (string | string[])[]] = [
      ['C', 'A', ['B', 'D'], 'E'],
      ['C', 'D', 'A', 'E', 'B'],
    ]
    const battle = await judged(decisions, 5)
    expect(await endOf(battle)).toMatchObject({ outcome: 'winner', judge_outcome: 'winner', slot: 'C' })

    const expected = elo([placesOf(decisions[0]), placesOf(decisions[1])], before)
    const after = await rows<{ slot: string; rating_before: number; rating_after: number; rating: number }>(
      sql,
      `select c.slot, e.rating_before, e.rating_after, r.rating from battles.elo_changes e
       join battles.contenders c on c.contender_id = e.contender_id join battles.ratings r on r.competitor = e.competitor order by c.slot`,
    )
    expect(after.map((row) => row.slot)).toEqual(slots)
    for (const row of after) {
      expect(row.rating_before).toBe(before[row.slot])
      expect(row.rating_after, row.slot).toBeCloseTo(expected[row.slot]!, 9)
      expect(row.rating).toBe(row.rating_after)
    }
    const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)
    expect(total(after.map((row) => row.rating_after))).toBeCloseTo(total(Object.values(before)), 9)

    const pairs = await rows<{ slot: string; rival: string; result: number }>(
      sql,
      `select a.slot, b.slot as rival, p.result from battles.pair_results($1) p
       join battles.contenders a on a.contender_id = p.contender_id join battles.contenders b on b.contender_id = p.opponent_id`,
      [battle.battleId],
    )
    expect(pairs).toHaveLength(20)
    const result = (slot: string, rival: string) => pairs.find((pair) => pair.slot === slot && pair.rival === rival)!.result
    expect([result('C', 'A'), result('A', 'C'), result('A', 'D'), result('D', 'A'), result('B', 'D'), result('B', 'E')]).toEqual([
      1, 0, 0.5, 0.5, 0.5, 0.5,
    ])
    expect(
      await rows(sql, `select sum(wins)::int as wins, sum(losses)::int as losses, sum(games)::int as games from battles.ratings`),
    ).toEqual([{ wins: 1, losses: 4, games: 5 }])
  })

  test('a contender without a valid answer is neither rated nor counted among the opponents', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 4 })
    const jobs = await claim(sql, 4)
    await deadLetter(sql, jobs[3]!)
    for (const job of jobs.slice(0, 3)) await complete(sql, job)
    await judge(sql, [
      ['A', 'B', 'C'],
      ['A', 'B', 'C'],
    ])
    await finalize(sql, battle)
    // K / 2 a pair: two wins of 8 each, one win and one loss, two losses.
    expect((await ratings(sql)).map((row) => [row.competitor, row.rating])).toEqual([
      [modelOf(0), 1016],
      [modelOf(1), 1000],
      [modelOf(2), 984],
    ])
  })

  test('a model under two identities has two ratings', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { contenders: [{ model_key: 'm', identity: 'stoic' }, { model_key: 'm' }] })
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await finalize(sql, battle)
    expect(await ratings(sql)).toMatchObject([
      { competitor: 'm', rating: 984 },
      { competitor: 'm · stoic', rating: 1016 },
    ])
  })

  test('the ratings can be recomputed from the log', async () => {
    const { sql } = database
    for (const winner of ['A', 'B', 'A', 'A'])
      await judged([
        [winner, winner === 'A' ? 'B' : 'A'],
        [winner, winner === 'A' ? 'B' : 'A'],
      ])
    const replayed = await rows(
      sql,
      `select distinct on (e.competitor) e.competitor, e.rating_after as rating from battles.elo_changes e
       join battles.elo_battle_log l on l.battle_id = e.battle_id order by e.competitor, l.rated_at desc`,
    )
    expect(await ratings(sql)).toMatchObject(replayed)
    expect(await value(sql, 'select count(*) from battles.elo_battle_log')).toBe(4)
  })
})
