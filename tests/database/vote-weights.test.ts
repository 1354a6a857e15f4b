import { randomUUID } from 'node:crypto'
import { voteWeight } from '@agon/runner-core/votes'
import { describe, expect, test } from 'vitest'
import { autoFinalize, type Battle, documentOf, eventsOf, pastDeadline, scanNothing, startVoting, vote } from '../support/battles.ts'
import { rows, useDatabase, value } from '../support/database.ts'

const database = useDatabase()
const crowd = Array.from({ length: 4 }, () => randomUUID())
const ada = randomUUID()
const coin = randomUUID()

async function close(battle: Battle): Promise<void> {
  await pastDeadline(database.sql, battle, 'voting_ends_at')
  await autoFinalize(database.sql)
  await scanNothing(database.sql)
  await autoFinalize(database.sql)
}

/** A battle and who chose what. */
async function voted(choices: [string, string][], more: Record<string, unknown> = {}, contenders = 2): Promise<Battle> {
  const { sql } = database
  const battle = await startVoting(sql, 'community', { contenders, with: more })
  for (const [voter, choice] of choices) expect(await vote(sql, battle, voter, choice)).toMatchObject({ outcome: 'voted' })
  return battle
}

/** Battles the crowd has agreed on before, and what the two of them said. */
async function past(count: number, choiceOfCoin = (nth: number) => (nth % 2 === 0 ? 'A' : 'B')): Promise<void> {
  for (let nth = 0; nth < count; nth++)
    await close(await voted([...crowd.map((voter): [string, string] => [voter, 'A']), [ada, 'A'], [coin, choiceOfCoin(nth)]]))
}

const hold = (battle: Battle) =>
  database.sql.query(
    `select battles.hold_votes(array(select vote_id from battles.votes where voter_id = $1 and battle_id = $2), 'burst', '{}', 'a test')`,
    [coin, battle.battleId],
  )

const weightsIn = async (battle: Battle) =>
  new Map(
    (
      await rows<{ voter_id: string; weight: number }>(
        database.sql,
        'select voter_id, weight::float from battles.votes where battle_id = $1',
        [battle.battleId],
      )
    ).map(({ voter_id, weight }) => [voter_id, weight]),
  )
const endOf = (battle: Battle) =>
  value<Record<string, unknown>>(
    database.sql,
    `select jsonb_build_object('outcome', b.outcome, 'slot', c.slot) from battles.battles b
     left join battles.contenders c on c.contender_id = b.winner_contender_id where b.battle_id = $1`,
    [battle.battleId],
  )

describe('a battle that weighs votes by reliability', () => {
  test('takes weight from who agrees no more than a coin, freezes it, tells both tallies, and is decided by the weighed one', async () => {
    const { sql } = database
    await past(12)
    const newcomer = randomUUID()
    const battle = await voted(
      [
        [ada, 'A'],
        [coin, 'B'],
        [newcomer, 'tie'],
      ],
      { vote_weighting: 'reliability' },
    )
    await close(battle)
    const weight = voteWeight({ compared: 12, agreed: 6 })
    expect(await weightsIn(battle)).toEqual(
      new Map([
        [ada, 1],
        [coin, weight],
        [newcomer, 1],
      ]),
    )
    expect(await endOf(battle)).toEqual({ outcome: 'winner', slot: 'A' })
    expect((await eventsOf(sql, battle)).slice(-4)).toEqual(['battle.scoring', 'votes.weighed', 'battle.closed', 'battle.rated'])
    expect(await value(sql, `select data from battles.events where type = 'votes.weighed'`)).toEqual({
      voters: 3,
      compared: 2,
      lowered: 1,
      tally: { A: 1, B: 1, tie: 1 },
      weights: { A: 1, B: weight, tie: 1 },
    })
    expect(await documentOf(sql, battle, null)).toMatchObject({
      vote_weighting: 'reliability',
      votes: { given: 3, tie: 1, weight: 2 + weight },
      contenders: [
        { votes: 1, vote_weight: 1, vote_share: expect.closeTo(1 / (2 + weight), 5) },
        { votes: 1, vote_weight: weight, vote_share: expect.closeTo(weight / (2 + weight), 5) },
      ],
    })
  })

  test('is told from one that does not: there the same votes are a draw, and every vote is one', async () => {
    await past(12)
    const battle = await voted([
      [ada, 'A'],
      [coin, 'B'],
    ])
    await close(battle)
    expect([...(await weightsIn(battle)).values()]).toEqual([1, 1])
    expect(await endOf(battle)).toEqual({ outcome: 'draw', slot: null })
    expect(await eventsOf(database.sql, battle)).not.toContain('votes.weighed')
  })

  test('says nothing of a voter with nine comparisons', async () => {
    await past(9, () => 'B')
    const battle = await voted([[coin, 'B']], { vote_weighting: 'reliability' })
    await close(battle)
    expect([...(await weightsIn(battle)).values()]).toEqual([1])
  })

  test('compares a vote with the others’ alone, where at least three of them voted, and more than half for one of two', async () => {
    const { sql } = database
    const said = (choices: string, contenders = 2) =>
      voted(
        [...choices].map((choice, nth): [string, string] => [[coin, ...crowd][nth]!, choice === '=' ? 'tie' : choice]),
        {},
        contenders,
      )
    for (const counted of ['ABBB', 'AAAB', 'ABB=']) await close(await said(counted))
    // Two others; nothing preferred; half of them; of three answers.
    for (const [passedBy, contenders] of [['ABB'], ['=BBB'], ['ABBAA'], ['ABBB', 3]] as [string, number?][])
      await close(await said(passedBy, contenders))
    const held = await said('ABBB')
    await hold(held)
    await close(held)
    const battle = await said('B')
    expect(await rows(sql, 'select compared, agreed from battles.voter_agreement($1)', [battle.battleId])).toEqual([
      { compared: 3, agreed: 1 },
    ])
  })

  test('moves no board by weight: the log of comparisons has a vote for a vote', async () => {
    await past(12)
    const battle = await voted(
      [
        [ada, 'A'],
        [coin, 'B'],
      ],
      { vote_weighting: 'reliability' },
    )
    await close(battle)
    expect(
      await rows(
        database.sql,
        `select outcome::text, weight::float from ratings.comparisons where battle_id = $1 and source = 'crowd' order by outcome`,
        [battle.battleId],
      ),
    ).toEqual([
      { outcome: 'a', weight: 1 },
      { outcome: 'b', weight: 1 },
    ])
  })

  test('has weighed what was held, too: a vote released after the close weighs what it would have', async () => {
    const { sql } = database
    await past(12)
    const battle = await voted(
      [
        [ada, 'A'],
        [coin, 'B'],
      ],
      { vote_weighting: 'reliability' },
    )
    await hold(battle)
    await close(battle)
    await past(1, () => 'A')
    await sql.query(`select battles.fn_votes_decide('released', jsonb_build_object('voter_id', $1::text, 'battle_id', $2::text))`, [
      coin,
      battle.battleId,
    ])
    expect((await weightsIn(battle)).get(coin)).toBe(voteWeight({ compared: 12, agreed: 6 }))
    expect(await documentOf(sql, battle, null)).toMatchObject({
      contenders: [{ votes: 1 }, { votes: 1, vote_weight: voteWeight({ compared: 12, agreed: 6 }) }],
    })
  })

  test('has no verdict when nobody’s vote weighs anything', async () => {
    const { sql } = database
    const battle = await voted([[ada, 'A']])
    await sql.query('update battles.votes set weight = 0')
    await close(battle)
    expect(await endOf(battle)).toEqual({ outcome: 'no_verdict', slot: null })
  })
})

test('the two formulas, of SQL and of runner-core, say the same of every record', async () => {
  const records = Array.from({ length: 101 }, (_, compared) =>
    Array.from({ length: compared + 1 }, (_, agreed) => ({ compared, agreed })),
  ).flat()
  const inSql = await value<number[]>(
    database.sql,
    `select array_agg(battles.vote_weight(agreed, compared)::float order by compared, agreed) from jsonb_to_recordset($1) x (compared bigint, agreed bigint)`,
    [JSON.stringify(records)],
  )
  expect(inSql).toEqual(records.map(voteWeight))
})
