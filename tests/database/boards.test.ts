import {
  agreement,
  board,
  type Comparison,
  type Judgement,
  judgeQuality,
  styleBoard,
  styleDifference,
  styleOf,
  type TwoOrders,
} from '@agon/runner-core/rating'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { closeVoting, type Decision, finalize, judge, startJudging, startVoting, voteAll } from '../support/battles.ts'
import { boardStore, boards, closedBattle, refreshAll, refreshDue, standing, sums, votedBattle } from '../support/boards.ts'
import { type Client, rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()

const results = { a: 1, b: 0, tie: 0.5, both_bad: 0.5 } as const
const asComparisons = async (source = 'judge') =>
  (await standing(database.sql))
    .filter((row) => row.source === source)
    .map(({ a, b, outcome, weight, cluster }): Comparison => ({ a, b, weight, cluster, result: results[outcome as 'a'] }))

interface Shown {
  computed_at: string | null
  stale_since: string | null
  comparisons: number
  rows: { competitor: string; rating: number; rank: number | null; model: string; simulated: boolean }[]
  coefficients: { feature: string; value: number }[] | null
}
const shown = (source: string, options: { kind?: string; category?: string | null; days?: number | null; style?: boolean } = {}) =>
  value<Shown>(database.sql, 'select ratings.fn_board($1, $2, $3, $4, $5)', [
    source,
    options.kind ?? 'text',
    options.category ?? null,
    options.days ?? null,
    options.style ?? false,
  ])

describe('the log', () => {
  test('has a closed battle once, pair by pair, as both orders decided, whatever is called again', async () => {
    const { sql } = database
    const battle = await closedBattle(
      sql,
      ['m/c', 'm/a', 'm/b'],
      [
        ['A', 'B', 'C'],
        ['A', 'C', 'B'],
      ],
    )
    const logged = (await standing(sql)).map(({ a, b, outcome, weight }) => [a, b, outcome, weight])
    expect(logged).toEqual([
      ['m/a', 'm/b', 'tie', 1],
      ['m/a', 'm/c', 'b', 1],
      ['m/b', 'm/c', 'b', 1],
    ])
    const before = await rows(sql, 'select * from ratings.comparisons')
    expect(await finalize(sql, battle)).toBe('already_closed')
    expect(await value(sql, 'select ratings.log_battle($1)', [battle.battleId])).toBe(0)
    expect(await rows(sql, 'select * from ratings.comparisons')).toEqual(before)
  })

  test('tells both bad from a tie, and has nothing of a judge who abstained or a walkover', async () => {
    const { sql } = database
    await closedBattle(sql, ['m/a', 'm/b'], ['both_bad', 'both_bad'])
    await closedBattle(sql, ['m/a', 'm/b'], [['A', 'B'], 'abstain'])
    expect((await standing(sql)).map(({ outcome }) => outcome)).toEqual(['both_bad'])
  })

  test('has the crowd apart from the judge, each vote counted, and no person', async () => {
    const { sql } = database
    const battle = await startVoting(sql, 'hybrid', {
      contenders: [{ model_key: 'm/b' }, { model_key: 'm/a' }],
      with: { category: 'poems' },
    })
    await voteAll(sql, battle, ['A', 'B', 'tie', 'both_bad'])
    await closeVoting(sql, battle)
    await judge(sql, [
      ['B', 'A'],
      ['B', 'A'],
    ])
    await finalize(sql, battle)
    expect((await standing(sql)).map(({ source, category, a, b, outcome, weight }) => [source, category, a, b, outcome, weight])).toEqual([
      ['crowd', 'poems', 'm/a', 'm/b', 'a', 1],
      ['crowd', 'poems', 'm/a', 'm/b', 'b', 1],
      ['crowd', 'poems', 'm/a', 'm/b', 'both_bad', 1],
      ['crowd', 'poems', 'm/a', 'm/b', 'tie', 1],
      ['judge', 'poems', 'm/a', 'm/b', 'a', 1],
    ])
  })

  test('a vote of three says who is better than the others, and nothing of the others', async () => {
    const { sql } = database
    await votedBattle(sql, ['m/a', 'm/b', 'm/c'], ['B', 'B'])
    expect((await standing(sql)).map(({ a, b, outcome, weight }) => [a, b, outcome, weight])).toEqual([
      ['m/a', 'm/b', 'b', 2],
      ['m/b', 'm/c', 'a', 2],
    ])
  })

  test('is corrected by what is appended when a vote is held or released after the close', async () => {
    const { sql } = database
    const battle = await votedBattle(sql, ['m/a', 'm/b'], ['A', 'A', 'B'])
    const whole = [await standing(sql), await sums(sql)]
    const hold = (reason: string | null) =>
      sql.query(
        `update battles.votes set status = case when $2::text is null then 'counted' else 'held' end, reason = $2, decided_by = 'test', decided_at = now() where battle_id = $1 and choice = 'A'`,
        [battle.battleId, reason],
      )
    await hold('burst')
    expect(await value(sql, 'select ratings.log_battle($1)', [battle.battleId])).toBe(1)
    expect((await standing(sql)).map(({ outcome, weight }) => [outcome, weight])).toEqual([['b', 1]])
    await refreshDue(sql)
    await refreshAll(sql)
    expect((await shown('crowd')).comparisons).toBe(1)
    await hold(null)
    expect(await value(sql, 'select ratings.log_battle($1)', [battle.battleId])).toBe(1)
    expect([await standing(sql), await sums(sql)]).toEqual(whole)
    expect(await value(sql, 'select count(*) from ratings.comparisons')).toBe(4)
  })

  test('follows what a moderator decides after the close', async () => {
    const { sql } = database
    const battle = await startVoting(sql, 'community', { contenders: [{ model_key: 'm/a' }, { model_key: 'm/b' }] })
    await voteAll(sql, battle, ['A', 'B', 'B'])
    await sql.query(
      `update battles.votes set status = 'held', reason = 'burst', decided_by = 'test', decided_at = now() where battle_id = $1 and choice = 'A'`,
      [battle.battleId],
    )
    await closeVoting(sql, battle)
    await finalize(sql, battle)
    expect((await standing(sql)).map(({ outcome, weight }) => [outcome, weight])).toEqual([['b', 2]])
    const voter = await value<string>(sql, `select voter_id from battles.votes where battle_id = $1 and choice = 'A'`, [battle.battleId])
    expect(await value(sql, `select battles.fn_votes_decide('released', $1)`, [{ voter_id: voter }])).toMatchObject({
      votes: 1,
      after_close: 1,
    })
    expect((await standing(sql)).map(({ outcome, weight }) => [outcome, weight])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  test('takes prompts for one that differ by white space alone', async () => {
    const { sql } = database
    for (const task_prompt of ['Name  a\ncolour. ', 'Name a colour.', 'Name a color.'])
      await closedBattle(
        sql,
        ['m/a', 'm/b'],
        [
          ['A', 'B'],
          ['A', 'B'],
        ],
        { with: { task_prompt } },
      )
    const clusters = (await standing(sql)).map(({ cluster }) => cluster)
    expect(new Set(clusters).size).toBe(2)
    expect(clusters[0]).toHaveLength(32)
  })
})

describe('a refresh', () => {
  const play = (count: number, models = ['m/a', 'm/b', 'm/c']) => playMany(database.sql, count, models)

  test('makes the board that runner-core makes of the log, to the last bit', async () => {
    const { sql } = database
    await play(14)
    expect(await refreshDue(sql)).toBe(2)
    await refreshAll(sql, { pageSize: 5 })
    const made = board(await asComparisons())
    const { rows: got, comparisons, stale_since, computed_at } = await shown('judge')
    expect(got.map(({ competitor, rating, rank }) => ({ competitor, rating, rank }))).toEqual(
      made.rows.map(({ competitor, rating, rank }) => ({ competitor, rating, rank })),
    )
    expect({ comparisons, stale_since }).toEqual({ comparisons: 14, stale_since: null })
    expect(computed_at).not.toBeNull()
    expect(got[0]).toMatchObject({ model: got[0]!.competitor, simulated: false })
  })

  test('is one, however many battles closed, and none when nothing did', async () => {
    const { sql } = database
    await play(6)
    expect(await refreshDue(sql)).toBe(2)
    await play(5)
    expect(await refreshDue(sql)).toBe(0)
    expect(await refreshAll(sql)).toBe(2)
    expect(await shown('judge')).toMatchObject({ comparisons: 11, stale_since: null })
    expect(await refreshDue(sql)).toBe(0)
    expect(await refreshAll(sql)).toBe(0)
    await play(1)
    expect(await refreshDue(sql)).toBe(2)
  })

  test('that read before the log grew leaves its board stale, and the next one makes it fresh', async () => {
    const { sql } = database
    await play(4)
    await refreshDue(sql)
    const store = boardStore(sql)
    const claim = await store.claimRefreshes('slow', 10, false)
    if (!claim.ok) throw new Error('no claim')
    const job = claim.value.jobs.find(({ style }) => !style)!
    await play(2)
    await refreshDue(sql)
    const nothing = {
      rows: [],
      comparisons: 0,
      clusters: 0,
      clusterRatio: null,
      since: null,
      coefficients: null,
      penalty: null,
      unfinished: false,
    }
    expect(await store.recordBoard(job, nothing)).toEqual({ ok: true, value: true })
    expect((await shown('judge')).stale_since).not.toBeNull()
    expect(await store.recordBoard(job, nothing)).toEqual({ ok: true, value: false })
    await refreshDue(sql)
    await refreshAll(sql)
    expect(await shown('judge')).toMatchObject({ stale_since: null, comparisons: 6 })
  })

  test('of more comparisons than its driver may read is left to a worker, and says since when it is stale', async () => {
    const { sql } = database
    await play(6)
    await refreshDue(sql)
    await refreshAll(sql, { limit: 5 })
    expect(await shown('judge')).toMatchObject({ computed_at: null, rows: [] })
    expect((await shown('judge')).stale_since).not.toBeNull()
    expect(await refreshDue(sql)).toBe(2)
    expect(await refreshAll(sql, { limit: 5 })).toBe(0)
    expect(await refreshAll(sql, { large: true })).toBe(2)
    expect(await shown('judge')).toMatchObject({ stale_since: null, comparisons: 6 })
  })

  test('that was given up leaves the board as it was, and is asked for again ten minutes later', async () => {
    const { sql } = database
    await play(3)
    await refreshDue(sql)
    const store = boardStore(sql)
    const claim = await store.claimRefreshes('broken', 10, false)
    if (!claim.ok) throw new Error('no claim')
    for (const job of claim.value.jobs)
      expect(await store.failRefresh(job, null, { code: 'internal', message: 'a bug' })).toEqual({ ok: true, value: 'dead_lettered' })
    expect(await refreshDue(sql)).toBe(0)
    await sql.query(`update ratings.boards set failed_at = now() - interval '11 minutes'`)
    expect(await refreshDue(sql)).toBe(2)
    await refreshAll(sql)
    expect((await shown('judge')).stale_since).toBeNull()
  })

  test('makes a board of a category or a window once somebody asks for it, and of none that has no comparison', async () => {
    const { sql } = database
    await closedBattle(
      sql,
      ['m/a', 'm/b'],
      [
        ['A', 'B'],
        ['A', 'B'],
      ],
      { with: { category: 'code' } },
    )
    await play(2, ['m/a', 'm/b'])
    expect(await shown('judge', { category: 'code' })).toMatchObject({ computed_at: null, rows: [] })
    await shown('judge', { days: 7 })
    await shown('judge', { category: 'nothing' })
    await refreshDue(sql)
    await refreshAll(sql)
    expect(await shown('judge', { category: 'code' })).toMatchObject({ comparisons: 1, stale_since: null })
    expect(await shown('judge', { days: 7 })).toMatchObject({ comparisons: 3 })
    expect(await value(sql, 'select count(*) from ratings.boards')).toBe(4)
    // A day later the window begins a day later.
    await sql.query(`update ratings.boards set since = since - 1 where window_days = 7`)
    await sql.query(`update ratings.comparisons set closed_at = closed_at - interval '8 days' where category is null`)
    expect(await refreshDue(sql)).toBe(1)
    await refreshAll(sql)
    expect(await shown('judge', { days: 7 })).toMatchObject({ comparisons: 1, stale_since: null })
  })

  test('counts the style of each answer once, and rates at equal style as runner-core does', async () => {
    const { sql } = database
    const texts = ['short', '# Title\n\n- a **b**\n- c\n\nand more words than that', '1. one\n2. two', 'plain words in a row']
    const expected: Comparison[] = []
    for (let nth = 0; nth < 24; nth++) {
      const [one, other] = [texts[nth % 4]!, texts[(nth >> 2) % 4]!]
      const win: Decision = nth % 3 ? ['A', 'B'] : ['B', 'A']
      const battle = await startJudging(sql, {
        contenders: [{ model_key: 'm/a' }, { model_key: 'm/b' }],
        with: { task_prompt: `Task ${nth % 9}` },
      })
      await sql.query(
        `update battles.submissions s set content_text = case c.slot when 'A' then $2 else $3 end
         from battles.contenders c where c.contender_id = s.contender_id and c.battle_id = $1`,
        [battle.battleId, one, other],
      )
      await judge(sql, [win, win])
      await finalize(sql, battle)
      const cluster = await value<string>(sql, 'select ratings.cluster_of($1, null)', [`Task ${nth % 9}`])
      expected.push({ a: 'm/a', b: 'm/b', result: nth % 3 ? 1 : 0, cluster, style: styleDifference(styleOf(one), styleOf(other)) })
    }
    await refreshDue(sql)
    await refreshAll(sql, { stylePages: 1, pageSize: 10 })
    expect((await shown('judge', { style: true })).stale_since).not.toBeNull()
    await refreshDue(sql)
    await refreshAll(sql)
    const made = styleBoard(expected)
    const got = await shown('judge', { style: true })
    expect(got.stale_since).toBeNull()
    expect(got.rows.map(({ rating }) => rating)).toEqual(made.rows.map(({ rating }) => rating))
    expect(got.coefficients!.map(({ feature, value }) => [feature, value])).toEqual(
      made.coefficients.map(({ feature, value }) => [feature, value]),
    )
    expect(await value(sql, 'select count(*) from ratings.answer_styles where length is not null')).toBe(48)
  })
})

describe('from scratch', () => {
  test('the log, its sums and the boards are what they became step by step, to the last bit, whatever the history', async () => {
    const { sql } = database
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 4 }), async (steps, batch) => {
        await wipe(sql)
        for (const [nth, step] of steps.entries()) {
          await enact(sql, step)
          if (nth % 3 === 0) {
            await refreshDue(sql)
            await refreshAll(sql)
          }
        }
        await refreshDue(sql)
        await refreshAll(sql)
        const grown = [await standing(sql), await sums(sql), await judgings(sql), await boards(sql)]

        await wipeRatings(sql)
        for (let after = '00000000-0000-0000-0000-000000000000'; after; ) {
          const { next } = await value<{ next: string | null }>(sql, 'select ratings.fn_operator_relog($1, $2)', [after, batch])
          after = next ?? ''
        }
        expect(await value(sql, 'select ratings.fn_operator_resum()')).toBe(0)
        await refreshDue(sql)
        await refreshAll(sql, { pageSize: 3 })
        expect([await standing(sql), await sums(sql), await judgings(sql), await boards(sql)]).toEqual(grown)
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  test('over a whole log writes nothing, and mends sums that are wrong', async () => {
    const { sql } = database
    await playMany(sql, 5, ['m/a', 'm/b', 'm/c'])
    const whole = [await standing(sql), await sums(sql)]
    await sql.query(`update ratings.pair_sums set weight = weight + 1 where a = 'm/a' and b = 'm/b'`)
    expect(await value(sql, 'select ratings.fn_operator_relog()')).toMatchObject({ battles: 5, written: 0, next: null })
    expect(await value(sql, 'select ratings.fn_operator_resum()')).toBeGreaterThan(0)
    expect([await standing(sql), await sums(sql)]).toEqual(whole)
  })
})

describe('what was compared elsewhere', () => {
  test('is a board of its own, enters once however often its file is imported, and touches no other', async () => {
    const { sql } = database
    await playMany(sql, 4, ['m/a', 'm/b'])
    await refreshDue(sql)
    await refreshAll(sql)
    const live = await shown('judge')
    const lines = [1, 2, 3, 4].map((line) => ({ line, a: 'm/a', b: 'x/y', outcome: line % 2 ? 'a' : 'b', cluster: `q${line}` }))
    const importAll = () => value(sql, 'select ratings.fn_operator_import($1, $2, $3)', ['file', 'text', JSON.stringify(lines)])
    expect([await importAll(), await importAll()]).toEqual([4, 0])
    await refreshDue(sql)
    await refreshAll(sql)
    expect(await shown('imported')).toMatchObject({ comparisons: 4, rows: [{ competitor: 'm/a', model: 'm/a' }, { competitor: 'x/y' }] })
    expect(await shown('judge')).toEqual(live)
    expect(await value(sql, 'select ratings.fn_operator_resum()')).toBe(0)
  })
})

describe('the quality of judges', () => {
  test('is what runner-core computes of the same verdicts and votes', async () => {
    const { sql } = database
    const decisions: Decision[] = [['A', 'B'], ['B', 'A'], [['A', 'B']], 'abstain', 'both_bad']
    const asked: TwoOrders[] = []
    const [judged, voted]: [Judgement[], Judgement[]] = [[], []]
    const told = (decision: Decision): 'a' | 'b' | 'tie' | null =>
      decision === 'abstain' ? null : decision === 'both_bad' || decision.length === 1 ? 'tie' : decision[0] === 'A' ? 'a' : 'b'
    for (let nth = 0; nth < 15; nth++) {
      const [first, second] = [decisions[nth % 5]!, decisions[(nth * 3 + (nth > 7 ? 0 : 2)) % 5]!]
      const choices = ['A', 'B', 'tie', 'both_bad'].slice(nth % 3, 4)
      const battle = await startVoting(sql, 'hybrid', { contenders: [{ model_key: 'm/a' }, { model_key: 'm/b' }] })
      await voteAll(sql, battle, choices)
      await closeVoting(sql, battle)
      await judge(sql, [first, second])
      await finalize(sql, battle)
      const [aFirst, bFirst] = [told(first), told(second)]
      asked.push({ aFirst, bFirst })
      if (aFirst !== null && bFirst !== null)
        judged.push({ item: battle.battleId, rater: 'judge', choice: aFirst === bFirst ? aFirst : 'tie' })
      for (const [voter, choice] of choices.entries())
        voted.push({ item: battle.battleId, rater: `voter ${voter}`, choice: choice === 'A' ? 'a' : choice === 'B' ? 'b' : 'tie' })
    }
    const quality = judgeQuality(asked)
    const [withTies, decided] = [agreement(judged, voted), agreement(judged, voted, { withoutTies: true })]
    const [page] = await value<Record<string, number>[]>(sql, 'select ratings.fn_judges()')
    expect(page).toMatchObject({
      judge: 'house/judge',
      battles: 15,
      pairs: quality.items,
      consistent: Math.round(quality.consistency * quality.items),
      unreadable: quality.unreadable,
      crowd: withTies.total,
      crowd_agreed: withTies.agree,
      crowd_decided: decided.total,
      crowd_decided_agreed: decided.agree,
    })
    expect(page!.first_preferred! / page!.decided!).toBeCloseTo(quality.firstShare, 12)
    expect(await value(sql, `select ratings.fn_judges('image')`)).toEqual([])
  })
})

// ---------------------------------------------------------------- histories

interface Step {
  models: number[]
  how: 'judge' | 'crowd' | 'hybrid'
  first: number
  second: number
  votes: number[]
  prompt: number
  category: string | null
  hold: boolean
}
const history = fc.record<Step>({
  models: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 3 }),
  how: fc.constantFrom('judge', 'crowd', 'hybrid'),
  first: fc.nat(5),
  second: fc.nat(5),
  votes: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
  prompt: fc.nat(3),
  category: fc.constantFrom(null, null, 'code', 'prose'),
  hold: fc.boolean(),
})

async function enact(client: Client, { models, how, first, second, votes, prompt, category, hold }: Step): Promise<void> {
  const slots = models.map((_, nth) => String.fromCharCode(65 + nth))
  const decision = (nth: number): Decision =>
    nth === 0
      ? 'both_bad'
      : nth === 1
        ? 'abstain'
        : nth === 2
          ? [slots]
          : nth === 3
            ? slots.toReversed()
            : nth === 4
              ? slots
              : [slots[1]!, slots[0]!, ...slots.slice(2)]
  const wanted = { contenders: models.map((one) => ({ model_key: `m/${one}` })), with: { task_prompt: `Prompt ${prompt}`, category } }
  if (how === 'judge') {
    await closedBattle(client, [], [decision(first), decision(second)], wanted)
    return
  }
  const battle = await startVoting(client, how === 'crowd' ? 'community' : 'hybrid', wanted)
  const choices = [...slots, 'tie', 'both_bad']
  await voteAll(
    client,
    battle,
    votes.map((one) => choices[one % choices.length]!),
  )
  await closeVoting(client, battle)
  if (how === 'hybrid') await judge(client, [decision(first), decision(second)])
  await finalize(client, battle)
  if (hold) {
    await client.query(
      `update battles.votes set status = 'held', reason = 'late', decided_by = 'test', decided_at = now() where (battle_id, voter_id) = (select battle_id, voter_id from battles.votes where battle_id = $1 order by voter_id limit 1)`,
      [battle.battleId],
    )
    await client.query('select ratings.log_battle($1)', [battle.battleId])
  }
}

async function playMany(client: Client, count: number, models: string[]): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    const pair = [models[nth % models.length]!, models[(nth + 1 + (nth % Math.max(1, models.length - 1))) % models.length]!]
    const win: Decision = nth % 4 === 3 ? [['A', 'B']] : nth % 3 ? ['A', 'B'] : ['B', 'A']
    await closedBattle(client, pair[0] === pair[1] ? [models[0]!, models[1]!] : pair, [win, win], {
      with: { task_prompt: `Task ${nth % 5}` },
    })
  }
}

const judgings = (client: Client) => rows(client, 'select * from ratings.judgings order by battle_id, judge_model_key')

const wipeTables = (client: Client, tables: string) =>
  client.query(
    `set session_replication_role = replica; ${tables
      .split(' ')
      .map((name) => `delete from ${name};`)
      .join(' ')} reset session_replication_role`,
  )
const ratingTables = 'ratings.comparisons ratings.pair_sums ratings.changes ratings.answer_styles ratings.boards ratings.judgings'
const wipeRatings = (client: Client) => wipeTables(client, ratingTables)
const wipe = (client: Client) =>
  wipeTables(
    client,
    `${ratingTables} battles.battles battles.contenders battles.submissions battles.verdicts battles.verdict_scores battles.votes battles.vote_events battles.events
     battles.elo_changes battles.elo_battle_log battles.ratings execution.jobs execution.ready execution.later execution.leases execution.dead_letters`.replaceAll(
      /\s+/g,
      ' ',
    ),
  )
