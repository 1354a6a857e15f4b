import { randomUUID } from 'node:crypto'
import {
  analysisStep,
  type JudgeMode,
  judgeDecisions,
  judgingPlan,
  judgingStep,
  panelDecisions,
  panelOutcome,
  type RecordedVerdict,
} from '@agon/runner-core'
import { describe, expect, test } from 'vitest'
import {
  answerAll,
  autoFinalize,
  type Battle,
  claim,
  claimJudging,
  claimJudgings,
  complete,
  completeJudging,
  deadLetter,
  documentOf,
  eventsOf,
  expireLease,
  finalize,
  type HeldJudging,
  judge,
  makeDue,
  ratings,
  recordVerdict,
  startBattle,
  startJudging,
  statusOf,
  sweep,
  verdictOf,
} from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'
import { driverStore, scriptedWorld, verdictBy } from '../support/driver.ts'

const database = useDatabase()
const bounds = (timeoutMs = 45_000) => ({ timeoutMs, signal: new AbortController().signal })
const judges = (...weights: number[]) => ({
  with: { judge: null, judges: weights.map((weight, nth) => ({ model_key: `house/judge-${nth}`, weight })) },
})

const endOf = async (battle: Battle) =>
  (
    await rows<{ outcome: string; judge_outcome: string; slot: string | null }>(
      database.sql,
      `select b.outcome, b.judge_outcome, c.slot from battles.battles b
       left join battles.contenders c on c.contender_id = b.winner_contender_id where b.battle_id = $1`,
      [battle.battleId],
    )
  )[0]

/** Numbers that are always the same. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

describe('learned weights', () => {
  const learned = (...weights: [string, number][]) => weights.map(([model, weight]) => ({ model, weight, accuracy: 0.8, gold_pairs: 50 }))
  const set = (ownerId: string, weights: unknown[]) =>
    value<{ model: string; weight: number; learned_at: string }[]>(database.sql, 'select battles.fn_judge_weights_set($1, $2)', [
      ownerId,
      JSON.stringify(weights),
    ])
  const make = (ownerId: string, weights: unknown[], more: Record<string, unknown> = {}) =>
    value<{ battle_id?: string; refused?: string }>(database.sql, 'select battles.fn_battles_create($1, $2)', [
      ownerId,
      {
        title: 'A battle',
        task_prompt: 'Answer.',
        judges: weights.map((weight, nth) => ({ model_key: `house/judge-${nth}`, weight })),
        contenders: [{ model_key: 'house/a' }, { model_key: 'house/b' }],
        ...more,
      },
    ])
  const weightsOf = (battleId: string | undefined) =>
    value<string[]>(database.sql, 'select array_agg(weight::float order by seat) from battles.judges where battle_id = $1', [battleId])

  test('are taken when a battle is made, and what is learned afterwards moves it no more', async () => {
    const ada = randomUUID()
    await set(ada, learned(['house/judge-0', 1.25], ['house/judge-2', 0]))
    await set(randomUUID(), learned(['house/judge-0', 9]))
    const { battle_id } = await make(ada, ['learned', 0.5, 'learned'])
    await set(ada, learned(['house/judge-0', 2]))
    expect(await weightsOf(battle_id)).toEqual([1.25, 0.5, 0])
  })

  test('are refused by name where none was learned, and where they leave no judge with a word', async () => {
    const ada = randomUUID()
    await set(ada, learned(['house/judge-0', 0]))
    expect(await make(ada, [1, 'learned'])).toEqual({
      refused: 'judge_weight_unlearned',
      path: '/judges/1/weight',
      message: 'You have learned no weight of house/judge-1',
    })
    expect(await make(ada, ['learned'])).toMatchObject({ refused: 'judges_weightless', path: '/judges' })
  })

  test('may be forgotten between two sendings of one request: the second has made what the first has', async () => {
    const ada = randomUUID()
    const key = { idempotency_key: 'once', request_hash: 'same' }
    await set(ada, learned(['house/judge-0', 1.25]))
    const first = await make(ada, ['learned'], key)
    await set(ada, [])
    expect(await make(ada, ['learned'], key)).toEqual({ ...first, created: false })
  })

  test('are replaced as a whole, and one that is the same keeps its day', async () => {
    const ada = randomUUID()
    const [before] = await set(ada, learned(['house/judge-0', 1.25], ['house/judge-1', 1]))
    const after = await set(ada, learned(['house/judge-2', 2], ['house/judge-0', 1.25]))
    expect(after.map(({ model }) => model)).toEqual(['house/judge-2', 'house/judge-0'])
    expect(after[1]).toEqual(before)
  })
})

describe('the two combinations, of SQL and of runner-core,', () => {
  test('say the same of whatever judges may say', async () => {
    const { sql } = database
    const outcomes = new Set<string>()
    for (let round = 0; round < 60; round++) {
      const roll = dice(round + 1)
      const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)]!
      const mode = pick<JudgeMode>(['listwise', 'pairwise', 'rubric'])
      const rubric = [
        { title: 'x', weight: 2 },
        { title: 'y', weight: 0.5 },
      ]
      const weights: number[] = Array.from({ length: pick([1, 2, 3]) }, () => pick<number>([1, 1, 1, 0.5, 2.125, 0]))
      if (!weights.some((weight) => weight > 0)) weights.push(1)
      const battle = await startJudging(sql, {
        contenders: pick([2, 3, 4]),
        with: { ...judges(...weights).with, judge_mode: mode, rubric },
      })
      const held = await claimJudgings(sql, 9)
      const slots = held[0]!.answers.map(({ slot }) => slot)
      const idOf = (job: HeldJudging, slot: string) => job.answers.find((answer) => answer.slot === slot)!.contender_id
      const agrees = roll() < 0.6
      const members = []
      for (const job of held) {
        const said: RecordedVerdict[] = []
        for (const call of judgingPlan({ seed: job.judge_id, mode, slots, rubric })) {
          const scores = call.slots.map((slot) => ({ slot, score: agrees ? 9 - slots.indexOf(slot) : pick([2, 5, 5, 8.5]) }))
          const best = Math.max(...scores.map(({ score }) => score))
          const winners = scores.filter(({ score }) => score === best)
          const dice = roll()
          const outcome = dice < 0.08 ? 'abstain' : dice < 0.2 ? 'both_bad' : winners.length === 1 ? 'winner' : 'tie'
          const placed =
            outcome === 'abstain'
              ? []
              : scores.map(({ slot, score }) => ({
                  contenderId: idOf(job, slot),
                  score,
                  place: outcome === 'both_bad' ? 1 : 1 + scores.filter((other) => other.score > score).length,
                }))
          said.push({ ...call, outcome, scores: placed })
          expect(
            await recordVerdict(sql, job, {
              ...verdictOf(job, call.presentation, 'abstain', call.part),
              outcome,
              weight: call.weight,
              winner_contender_id: outcome === 'winner' ? idOf(job, winners[0]!.slot) : null,
              scores: placed.map(({ contenderId, score, place }) => ({ contender_id: contenderId, score, place })),
            }),
          ).toBe('recorded')
        }
        await completeJudging(sql, job)
        members.push({ weight: weights[job.seat - 1]!, decisions: judgeDecisions(mode, said) })
      }
      const decided = panelDecisions(members)
      const inSql = await rows<{ pair: string; decision: string }>(
        sql,
        `select contender_id || ' ' || opponent_id as pair, decision from battles.panel_decisions($1)`,
        [battle.battleId],
      )
      expect(new Map(inSql.map(({ pair, decision }) => [pair, decision] as const).sort()), `round ${round}`).toEqual(
        new Map([...decided].sort()),
      )
      const ours = panelOutcome(
        held[0]!.answers.map(({ contender_id }) => contender_id),
        decided,
      )
      const theirs = await value<{ outcome: string; winner_id: string | null }>(
        sql,
        'select to_jsonb(p) from battles.panel_outcome($1) p',
        [battle.battleId],
      )
      expect([theirs.outcome, theirs.winner_id], `round ${round}`).toEqual([ours.outcome, ours.outcome === 'winner' ? ours.winnerId : null])
      expect(await finalize(sql, battle)).toBe('closed')
      outcomes.add(ours.outcome)
    }
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(['inconsistent', 'tie', 'winner']))
  }, 60_000)
})

describe('a panel', () => {
  test('of three judges has three jobs, is decided by weight, and closes with the last of them', async () => {
    const { sql } = database
    const battle = await startJudging(sql, judges(3, 1, 1))
    const held = await claimJudgings(sql, 9)
    expect(held.map(({ seat }) => seat).sort()).toEqual([1, 2, 3])
    for (const job of held.toSorted((a, b) => a.seat - b.seat)) {
      expect(await finalize(sql, battle)).toBe('judging')
      const winner = job.seat === 1 ? ['B', 'A'] : ['A', 'B']
      for (const presentation of [0, 1] as const) await recordVerdict(sql, job, verdictOf(job, presentation, winner))
      await completeJudging(sql, job)
    }
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await endOf(battle)).toEqual({ outcome: 'winner', judge_outcome: 'winner', slot: 'B' })
    expect(await ratings(sql)).toMatchObject([{ rating: 984 }, { rating: 1016 }])
    const document = await documentOf(sql, battle, battle.ownerId)
    expect(document).toMatchObject({
      judge: { model: 'house/judge-0' },
      judges: [
        { seat: 1, weight: 3, status: 'judged' },
        { seat: 2, status: 'judged' },
        { seat: 3, status: 'judged' },
      ],
      verdicts: [
        { judge_seat: 1, part: 'all', presentation: 0 },
        { judge_seat: 1 },
        { judge_seat: 2 },
        { judge_seat: 2 },
        { judge_seat: 3 },
        { judge_seat: 3 },
      ],
    })
  })

  test('goes on without a judge that was given up, and without one that abstains', async () => {
    const { sql } = database
    const battle = await startJudging(sql, judges(1, 1, 1))
    for (const job of (await claimJudgings(sql, 9)).toSorted((a, b) => a.seat - b.seat)) {
      if (job.seat === 1) expect(await deadLetter(sql, job)).toBe('dead_lettered')
      else {
        for (const presentation of [0, 1] as const)
          await recordVerdict(sql, job, verdictOf(job, presentation, job.seat === 2 ? 'abstain' : ['A', 'B']))
        await completeJudging(sql, job)
      }
    }
    expect(await finalize(sql, battle)).toBe('closed')
    expect(await endOf(battle)).toMatchObject({ judge_outcome: 'winner', slot: 'A' })
    expect(await rows(sql, 'select seat, status from battles.judges order by seat')).toEqual([
      { seat: 1, status: 'failed' },
      { seat: 2, status: 'abstained' },
      { seat: 3, status: 'judged' },
    ])
    expect(await rows(sql, `select data -> 'seat' as seat from battles.events where type = 'judging.failed'`)).toEqual([{ seat: 1 }])
  })

  test('has at most nine judges, a community battle none, and one whose every judge is recused is refused', async () => {
    const { sql } = database
    const make = (battle: object) =>
      value<Record<string, unknown>>(sql, 'select battles.fn_battles_create(gen_random_uuid(), $1)', [
        JSON.stringify({ title: 't', task_prompt: 'p', contenders: [{ model_key: 'a' }, { model_key: 'b' }], ...battle }),
      ])
    const of = (count: number, more = {}) => Array.from({ length: count }, (_, nth) => ({ model_key: `m${nth}`, ...more }))
    expect(await make({ judges: of(10) })).toMatchObject({ refused: 'judge_count', count: 10 })
    expect(await make({})).toMatchObject({ refused: 'judge_count', count: 0 })
    expect(await make({ scoring_mode: 'community', voting_window_ms: 1000, judge: { model_key: 'm' } })).toMatchObject({
      refused: 'judge_count',
    })
    const recused = { code: 'judge_recused', message: 'of the family of contender A' }
    expect(await make({ judges: of(2, { recused }) })).toMatchObject({ refused: 'judge_recused', message: recused.message })
    expect(await make({ judges: of(9) })).toMatchObject({ created: true })
  })

  test('does not ask a judge that is recused, and a blind battle does not tell who is', async () => {
    const { sql } = database
    const recused = { code: 'judge_recused', message: 'of the family of contender A' }
    const battle = await startBattle(sql, {
      with: {
        judge: null,
        judges: [{ model_key: 'house/kin', recused }, { model_key: 'house/judge' }],
        scoring_mode: 'hybrid',
        voting_window_ms: 60_000,
      },
    })
    await answerAll(sql)
    expect((await documentOf(sql, battle, battle.ownerId))!.judges).toMatchObject([
      { status: 'recused', error: recused },
      { status: 'pending' },
    ])
    const blind = (await documentOf(sql, battle, null))!
    expect(blind.judges).toMatchObject([
      { status: null, error: null },
      { status: null, error: null },
    ])
    expect(JSON.stringify(blind)).not.toContain('recused')
    await value(sql, 'select battles.fn_battles_close_voting($1, $2)', [battle.battleId, battle.ownerId])
    expect((await claimJudgings(sql, 9)).map(({ seat }) => seat)).toEqual([2])
  })
})

describe('a judge that is killed between two calls', () => {
  const rubric = [
    { title: 'Correct', weight: 2 },
    { title: 'Short', weight: 1 },
  ]
  /** What each mode asks of three contenders. */
  const calls = { listwise: 2, pairwise: 6, rubric: 4 } as const

  for (const mode of ['listwise', 'pairwise', 'rubric'] as const) {
    test(`has paid for no call twice, in ${mode} mode`, async () => {
      const { sql } = database
      const battle = await startBattle(sql, { contenders: 3, judge: { model_key: 'ollama:llama3.2' }, with: { judge_mode: mode, rubric } })
      for (const job of await claim(sql, 10)) await complete(sql, job, { content_text: `answer of ${job.slot}` })
      const asked: string[] = []
      for (let life = 1; (await statusOf(sql, battle)) === 'scoring'; life++) {
        expect(life).toBeLessThan(20)
        const { world } = scriptedWorld(sql, (request) => {
          asked.push(`${request.system}\n${request.prompt}`)
          return verdictBy((answer) => (answer === 'answer of B' ? 9 : 4))(request)
        })
        // The process ends with the second write: whatever it would do next never happens, and its lease runs out.
        let writes = 0
        const forever = new Promise<never>(() => undefined)
        const killed = new Promise<void>((resolve) => {
          const { recordVerdict: record, completeBattleJudging: finish } = world.store
          world.store.recordVerdict = async (...args) => {
            const written = await record(...args)
            if (++writes === 1 && life <= 8) {
              resolve()
              return forever
            }
            return written
          }
          world.store.completeBattleJudging = (...args) => finish(...args)
        })
        const [job] = await world.store.claimBattleJudgings('mortal', 1).then((claimed) => (claimed.ok ? claimed.value.jobs : []))
        if (!job) break
        await Promise.race([killed, judgingStep(job, world, bounds())])
        await expireLease(sql, job.leaseToken)
        await sql.query('update execution.jobs set reclaims = 0')
        await sweep(sql)
      }
      expect(await endOf(battle)).toMatchObject({ outcome: 'winner', slot: 'B' })
      expect(asked).toHaveLength(calls[mode])
      expect(new Set(asked).size).toBe(calls[mode])
      expect(await value(sql, 'select count(*) from battles.verdicts')).toBe(calls[mode])
    })
  }

  test('goes on in the next slice when this one has no time for another call, with no attempt counted', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { contenders: 4, judge: { model_key: 'ollama:llama3.2' }, with: { judge_mode: 'pairwise' } })
    let slices = 0
    let asked = 0
    while ((await statusOf(sql, battle)) === 'scoring') {
      expect(++slices).toBeLessThan(20)
      const { world, clockMs } = scriptedWorld(sql, (request) => {
        asked++
        clockMs.now += 12_000
        return verdictBy((answer) => answer.charCodeAt(answer.length - 1) - 60)(request)
      })
      const claimed = await world.store.claimBattleJudgings('slice', 1)
      const job = claimed.ok ? claimed.value.jobs[0]! : undefined
      expect(job).toMatchObject({ attempts: 0, reclaims: 0 })
      await judgingStep(job!, world, bounds(45_000))
    }
    // Two calls of 12 s leave 21 s of 45 s, enough for a third; after it there are 9.
    expect([slices, asked]).toEqual([4, 12])
    expect(await endOf(battle)).toMatchObject({ outcome: 'winner', slot: 'D' })
  })
})

describe('a rubric that is asked for', () => {
  const written = JSON.stringify({ criteria: [{ title: 'Correct', description: 'It is right.', weight: 3 }] })
  const reply = (request: { prompt: string; system?: string }) =>
    request.system?.startsWith('You write the rubric') ? written : verdictBy((answer) => (answer === 'answer of A' ? 9 : 4))(request)

  test('is written once, by the first judge; the others begin when it is there', async () => {
    const { sql } = database
    const battle = await startJudging(sql, {
      with: {
        judge: null,
        judges: [{ model_key: 'sparring:one' }, { model_key: 'sparring:two' }],
        generate_rubric: true,
        judge_mode: 'rubric',
      },
    })
    const { world, asked } = scriptedWorld(sql, reply)
    const claimAll = async () => {
      const claimed = await world.store.claimBattleJudgings('driver', 9)
      return claimed.ok ? claimed.value.jobs : []
    }
    const [first, ...none] = await claimAll()
    expect([first!.seat, none.length]).toEqual([1, 0])
    await judgingStep(first!, world, bounds())
    const [second] = await claimAll()
    expect(second).toMatchObject({ seat: 2, generateRubric: false, rubric: [{ title: 'Correct', weight: 3 }] })
    await judgingStep(second!, world, bounds())
    expect(asked.filter(({ system }) => system?.startsWith('You write the rubric'))).toHaveLength(1)
    expect(await statusOf(sql, battle)).toBe('closed')
    expect((await documentOf(sql, battle, null))!.rubric).toEqual([{ title: 'Correct', description: 'It is right.', weight: 3 }])
    expect((await eventsOf(sql, battle)).filter((type) => type === 'rubric.generated')).toHaveLength(1)
  })

  test('is kept with the call it was written in, whose prompt the owner alone is shown, and the log has none of it', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { with: { judge: null, judges: [{ model_key: 'sparring:one' }], generate_rubric: true } })
    const { world, asked } = scriptedWorld(sql, reply)
    const claimed = await world.store.claimBattleJudgings('driver', 1)
    await judgingStep(claimed.ok ? claimed.value.jobs[0]! : expect.fail('nothing was claimed'), world, bounds())
    const call = asked.find(({ system }) => system?.startsWith('You write the rubric'))!
    expect(await documentOf(sql, battle, battle.ownerId)).toMatchObject({
      rubric_call: { judge_seat: 1, judge_model: 'sparring:one', system_prompt: call.system, prompt: call.prompt, raw_text: written },
    })
    expect(await documentOf(sql, battle, null)).toMatchObject({ rubric_call: { prompt: null, raw_text: written } })
    expect(await value(sql, `select parameters ->> 'wire_model' from battles.rubric_calls`)).toBe('one')
    expect(Object.keys(await value<object>(sql, `select data from battles.events where type = 'rubric.generated'`))).not.toContain('prompt')
  })

  test('that nobody can read is kept as it came, and the battle is judged without', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { with: { judge: null, judges: [{ model_key: 'sparring:one' }], generate_rubric: true } })
    const { world } = scriptedWorld(sql, (request) =>
      request.system?.startsWith('You write the rubric') ? 'A rubric? No.' : reply(request),
    )
    for (let attempt = 0; attempt < 3; attempt++) {
      const claimed = await world.store.claimBattleJudgings('driver', 1)
      await judgingStep(claimed.ok ? claimed.value.jobs[0]! : expect.fail('nothing was claimed'), world, bounds())
      await makeDue(sql)
    }
    expect(await documentOf(sql, battle, null)).toMatchObject({ status: 'closed', rubric: [], rubric_call: { raw_text: 'A rubric? No.' } })
  })

  test('is owed by the next judge when the first is given up', async () => {
    const { sql } = database
    await startJudging(sql, {
      with: { judge: null, judges: [{ model_key: 'sparring:one' }, { model_key: 'sparring:two' }], generate_rubric: true },
    })
    await deadLetter(sql, await claimJudging(sql))
    expect(await claimJudging(sql)).toMatchObject({ seat: 2 })
  })
})

describe('after the verdict', () => {
  const override = (battle: Battle, author: string, slot: string | null, note = 'Look again.') =>
    value<string>(database.sql, 'select battles.fn_battles_override_winner($1, $2, $3, $4)', [battle.battleId, author, slot, note])

  async function closed(): Promise<Battle> {
    const battle = await startJudging(database.sql)
    await judge(database.sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await finalize(database.sql, battle)
    return battle
  }

  test('its owner may say who should have won, with a note; the outcome and the ratings stay', async () => {
    const { sql } = database
    const battle = await closed()
    const before = await ratings(sql)
    expect(await override(battle, battle.ownerId, 'B')).toBe('overridden')
    expect(await override(battle, battle.ownerId, null, 'Neither.')).toBe('overridden')
    expect(await ratings(sql)).toEqual(before)
    expect(await endOf(battle)).toEqual({ outcome: 'winner', judge_outcome: 'winner', slot: 'A' })
    expect(await documentOf(sql, battle, null)).toMatchObject({
      outcome: 'winner',
      winner_slot: 'A',
      override: { winner_slot: null, note: 'Neither.', author_id: battle.ownerId },
    })
    expect(await rows(sql, `select data from battles.events where type = 'winner.overridden' order by event_id`)).toEqual([
      { data: { slot: 'B', note: 'Look again.' } },
      { data: { slot: null, note: 'Neither.' } },
    ])
  })

  test('a stranger may not, nor anybody before it is over or for a contender that is not there', async () => {
    const { sql } = database
    const battle = await closed()
    expect(await override(battle, '00000000-0000-4000-8000-00000000000f', 'B')).toBe('not_found')
    expect(await override(battle, battle.ownerId, 'C')).toBe('unknown_slot')
    const running = await startJudging(sql)
    expect(await override(running, running.ownerId, 'A')).toBe('battle_scoring')
    expect(await value(sql, 'select count(*) from battles.winner_overrides')).toBe(0)
  })

  const digest = ({ prompt }: { prompt: string }) =>
    JSON.stringify({ summary: `It says ${/answer of [AB]/.exec(prompt)![0]}.`, strengths: ['short'], weaknesses: [] })
  const examined = JSON.stringify({ findings: [{ about: '1', claim: 'Vague', severity: 'high', evidence: 'answer of' }] })
  const analyst = (request: { prompt: string; system?: string }) =>
    request.system?.startsWith('You read one')
      ? digest(request)
      : request.system?.startsWith('You cross-examine')
        ? examined
        : verdictBy(() => 5)(request)
  const analyse = (battle: Battle, kind: string, owner = battle.ownerId) =>
    value<Record<string, unknown>>(database.sql, 'select battles.fn_battles_analyse($1, $2, $3)', [
      battle.battleId,
      owner,
      JSON.stringify({ kind, model_key: 'sparring:analyst', simulated: true }),
    ])
  const analyses = (battle: Battle, viewer: string | null = null) =>
    value<Record<string, unknown>[]>(database.sql, 'select battles.fn_battles_analyses($1, $2)', [battle.battleId, viewer])

  test('a model digests the answers and judges the digests; a kill costs no call twice', async () => {
    const { sql } = database
    const battle = await closed()
    expect(await analyse(battle, 'digest_judge')).toMatchObject({ analysis_id: expect.any(String) })
    expect(await analyses(battle)).toMatchObject([{ status: 'pending', result: null }])
    const asked: string[] = []
    for (let life = 1; life < 10; life++) {
      const { world } = scriptedWorld(sql, (request) => {
        asked.push(`${request.system}${request.prompt}`)
        return analyst(request)
      })
      const claimed = await world.store.claimBattleAnalyses('mortal', 1)
      const job = claimed.ok ? claimed.value.jobs[0] : undefined
      if (!job) break
      const forever = new Promise<never>(() => undefined)
      const killed = new Promise<void>((resolve) => {
        const finish = world.store.completeBattleAnalysis
        world.store.completeBattleAnalysis = async (...args) => {
          if (life > 1) return finish(...args)
          resolve()
          return forever
        }
      })
      await Promise.race([killed, analysisStep(job, world, bounds())])
      await expireLease(sql, job.leaseToken)
      await sweep(sql)
    }
    expect(asked).toHaveLength(4)
    expect(new Set(asked).size).toBe(4)
    expect(await analyses(battle)).toMatchObject([
      {
        kind: 'digest_judge',
        status: 'completed',
        simulated: true,
        automatic: false,
        result: { contenders: [{ slot: 'A', summary: 'It says answer of A.' }, { slot: 'B' }], outcome: 'tie', winner_slot: null },
      },
    ])
    expect(((await analyses(battle))[0]!.calls as { prompt: unknown }[]).map(({ prompt }) => prompt)).toEqual([null, null, null, null])
    expect((await eventsOf(sql, battle)).slice(-2)).toEqual(['analysis.requested', 'analysis.completed'])
  })

  test('a model cross-examines the answers and the verdict; each finding says whether its quotation stands', async () => {
    const { sql } = database
    const battle = await closed()
    await analyse(battle, 'cross_examination')
    const { world, asked } = scriptedWorld(sql, analyst)
    const claimed = await world.store.claimBattleAnalyses('driver', 1)
    await analysisStep(claimed.ok ? claimed.value.jobs[0]! : (undefined as never), world, bounds())
    const order = await value<string>(sql, 'select slot_order from battles.verdicts order by verdict_id limit 1')
    expect(await analyses(battle)).toMatchObject([
      { status: 'completed', result: { findings: [{ slot: order[0], severity: 'high', quoted: true }] } },
    ])
    expect(asked[0]!.prompt).toContain('wins')
    expect(await endOf(battle)).toMatchObject({ slot: 'A' })
  })

  test('an analysis is asked for by the owner, of a battle that is over, and twenty times at most', async () => {
    const battle = await closed()
    expect(await analyse(battle, 'digest_judge', '00000000-0000-4000-8000-00000000000f')).toEqual({ refused: 'not_found' })
    const running = await startJudging(database.sql)
    expect(await analyse(running, 'digest_judge')).toEqual({ refused: 'battle_state', status: 'scoring' })
    for (let nth = 0; nth < 20; nth++) expect(await analyse(battle, 'digest_judge')).toHaveProperty('analysis_id')
    expect(await analyse(battle, 'digest_judge')).toEqual({ refused: 'analysis_limit' })
  })

  test('a battle that analyses itself does so when it closes, whoever closes it', async () => {
    const { sql } = database
    const battle = await startJudging(sql, { judge: { model_key: 'sparring:judge' }, with: { auto_analyse: true } })
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(await autoFinalize(sql)).toBe(1)
    expect(await analyses(battle)).toMatchObject([{ status: 'pending', automatic: true, model: 'sparring:judge' }])
    const store = driverStore(sql)
    expect(await store.claimBattleAnalyses('driver', 1)).toMatchObject({ ok: true, value: { jobs: [] } })
    await autoFinalize(sql)
    expect(await store.claimBattleAnalyses('driver', 1)).toMatchObject({
      ok: true,
      value: { jobs: [{ kind: 'digest_judge', outcome: 'winner', winnerSlot: 'A' }] },
    })
  })

  test('an analysis that fails fails alone, and may be redriven', async () => {
    const { sql } = database
    const battle = await closed()
    await analyse(battle, 'digest_judge')
    const store = driverStore(sql)
    const claimed = await store.claimBattleAnalyses('driver', 1)
    const job = claimed.ok ? claimed.value.jobs[0]! : (undefined as never)
    expect(await store.deadLetterBattleJob(job.jobId, job.leaseToken, { code: 'provider_auth', message: 'no key' })).toMatchObject({
      value: 'dead_lettered',
    })
    expect(await analyses(battle)).toMatchObject([{ status: 'failed', error: { code: 'provider_auth' } }])
    expect(await statusOf(sql, battle)).toBe('closed')
    const dead = await value<number>(sql, 'select dead_letter_id from execution.dead_letters')
    expect(await value(sql, 'select battles.fn_redrive_dead_letter($1)', [dead])).toBe('redriven')
    await makeDue(sql)
    expect(await store.claimBattleAnalyses('driver', 1)).toMatchObject({ value: { jobs: [{ analysisId: job.analysisId }] } })
  })
})
