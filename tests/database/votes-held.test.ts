import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  type Answered,
  autoFinalize,
  type Battle,
  documentOf,
  eventsOf,
  pastDeadline,
  ratings,
  startVoting,
  vote,
  voteAll,
} from '../support/battles.ts'
import { type Client, dump, rows, untilWaiting, useDatabase, value } from '../support/database.ts'

// Votes that do not count, and who may give one at all.

const database = useDatabase()
const [ada, bob] = [randomUUID(), randomUUID()]

interface Decided {
  outcome?: string
  refused?: string
  votes?: number
  after_close?: number
  more?: boolean
}

const hold = (sql: Client, where: string) =>
  value<number>(
    sql,
    `select battles.hold_votes(array(select vote_id from battles.votes where ${where}), 'burst', '{"within_s": 3}', 'scan')`,
  )
const decide = (sql: Client, decision: string, filter: Record<string, unknown>, most = 200) =>
  value<Decided>(sql, `select battles.fn_votes_decide($1, $2, 'mo', 'looked at it', $3)`, [decision, filter, most])
const list = (sql: Client, filter: Record<string, unknown> = {}, most = 50, cursor: string | null = null) =>
  value<{ votes: Record<string, unknown>[]; next_cursor: string | null }>(sql, 'select battles.fn_votes_list($1, $2, $3)', [
    filter,
    most,
    cursor,
  ])
const tally = async (sql: Client, battle: Battle) =>
  Object.fromEntries(
    (await rows<{ slot: string; votes: number }>(sql, 'select slot, votes::int from battles.fn_battle_scores($1)', [battle.battleId])).map(
      ({ slot, votes }) => [slot, votes],
    ),
  )
const voteId = (sql: Client, voter: string) => value<string>(sql, 'select vote_id from battles.votes where voter_id = $1', [voter])

async function windowEnds(battle: Battle): Promise<void> {
  await pastDeadline(database.sql, battle, 'voting_ends_at')
  await autoFinalize(database.sql)
}

describe('a vote that is held', () => {
  test('leaves the tally, says why and by whom, and is put back by a moderator; each step is an event', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    await vote(sql, battle, bob, 'B')
    expect(await hold(sql, `voter_id = '${ada}'`)).toBe(1)
    expect(await tally(sql, battle)).toEqual({ A: 0, B: 1 })
    expect((await list(sql)).votes).toEqual([
      expect.objectContaining({
        voter_id: ada,
        battle_id: battle.battleId,
        battle_status: 'voting',
        choice: 'A',
        status: 'held',
        reason: 'burst',
        evidence: { within_s: 3 },
        decided_by: 'scan',
      }),
    ])
    expect(await decide(sql, 'released', { vote_id: await voteId(sql, ada) })).toEqual({
      outcome: 'released',
      votes: 1,
      after_close: 0,
      more: false,
    })
    expect(await tally(sql, battle)).toEqual({ A: 1, B: 1 })
    expect((await list(sql)).votes).toEqual([])
    expect(
      await rows(sql, 'select type, reason, decided_by from battles.vote_events where voter_id = $1 order by vote_event_id', [ada]),
    ).toEqual([
      { type: 'voted', reason: null, decided_by: null },
      { type: 'held', reason: 'burst', decided_by: 'scan' },
      { type: 'released', reason: 'looked at it', decided_by: 'mo' },
    ])
  })

  test('is not held again once a moderator has decided, and stays held when its voter changes it', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    await vote(sql, battle, bob, 'A')
    await hold(sql, 'true')
    await decide(sql, 'released', { voter_id: ada })
    expect(await hold(sql, 'true')).toBe(0)
    expect(await vote(sql, battle, bob, 'B')).toMatchObject({ outcome: 'voted' })
    expect(await tally(sql, battle)).toEqual({ A: 1, B: 0 })
  })

  test('or rejected decides nothing: finalising counts the others, and it is still there', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await voteAll(sql, battle, ['A', 'A', 'A', 'tie', 'B'])
    await hold(sql, `choice in ('A', 'tie')`)
    expect(
      await decide(sql, 'rejected', { vote_id: await value(sql, `select vote_id from battles.votes where choice = 'A' limit 1`) }),
    ).toMatchObject({
      outcome: 'rejected',
    })
    await windowEnds(battle)
    const document = await documentOf(sql, battle, null)
    expect(document).toMatchObject({ outcome: 'winner', winner_slot: 'B', votes: { given: 5, held: 3, rejected: 1, tie: 0, both_bad: 0 } })
    expect(await ratings(sql)).toMatchObject([{ losses: 1 }, { wins: 1 }])
  })

  test('released after the battle closed changes the tally that is shown, and neither outcome nor rating; the battle’s log says so', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    for (const voter of [randomUUID(), randomUUID()]) await vote(sql, battle, voter, 'A')
    await vote(sql, battle, bob, 'B')
    await hold(sql, `choice = 'A'`)
    await windowEnds(battle)
    const rated = await ratings(sql)
    for (const { voter_id } of (await list(sql)).votes)
      expect(await decide(sql, 'released', { voter_id })).toEqual({ outcome: 'released', votes: 1, after_close: 1, more: false })
    expect(await tally(sql, battle)).toEqual({ A: 3, B: 1 })
    expect(await documentOf(sql, battle, null)).toMatchObject({ outcome: 'winner', winner_slot: 'B' })
    expect(await ratings(sql)).toEqual(rated)
    expect(await eventsOf(sql, battle)).toEqual(expect.arrayContaining(['votes.recounted']))
    expect(await value(sql, `select data from battles.events where type = 'votes.recounted' limit 1`)).toEqual({
      votes: 1,
      decision: 'released',
    })
  })

  test('is told to nobody before the battle has closed: its log has no line of it', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    const before = await eventsOf(sql, battle)
    await hold(sql, 'true')
    await decide(sql, 'rejected', { voter_id: ada })
    expect(await eventsOf(sql, battle)).toEqual(before)
    expect(await documentOf(sql, battle, ada)).toMatchObject({ your_vote: 'A', votes: null })
  })
})

describe('a moderator', () => {
  test('rejects every vote of a voter, over battles and in portions; releasing the voter leaves what was rejected', async () => {
    const { sql } = database
    const battles = [await startVoting(sql), await startVoting(sql), await startVoting(sql)]
    for (const battle of battles) await vote(sql, battle, ada, 'A')
    await vote(sql, battles[0]!, bob, 'A')
    expect(await decide(sql, 'rejected', { voter_id: ada, battle_id: battles[0]!.battleId })).toMatchObject({ votes: 1 })
    expect(await decide(sql, 'rejected', { voter_id: ada }, 1)).toMatchObject({ votes: 1, more: true })
    expect(await decide(sql, 'rejected', { voter_id: ada })).toMatchObject({ votes: 1, more: false })
    const before = await dump(sql)
    expect(await decide(sql, 'rejected', { voter_id: ada })).toMatchObject({ outcome: 'unchanged', votes: 0 })
    expect(await decide(sql, 'released', { voter_id: ada })).toMatchObject({ outcome: 'unchanged', votes: 0 })
    expect(await dump(sql)).toBe(before)
    expect(await value(sql, `select count(*) from battles.votes where status = 'rejected'`)).toBe(3)
    // One that was rejected by mistake is released by its name.
    expect(await decide(sql, 'released', { vote_id: await voteId(sql, ada) })).toMatchObject({ outcome: 'released', votes: 1 })
  })

  test('names what it decides about: no name, and no vote of that name, change nothing', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    const before = await dump(sql)
    expect(await decide(sql, 'rejected', { battle_id: battle.battleId })).toEqual({ refused: 'nothing_named' })
    expect(await decide(sql, 'deleted', { voter_id: ada })).toEqual({ refused: 'nothing_named' })
    expect(await decide(sql, 'rejected', { vote_id: randomUUID() })).toEqual({ refused: 'not_found' })
    expect(await dump(sql)).toBe(before)
  })

  test('pages through what is held, each vote once, and filters it', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await voteAll(sql, battle, ['A', 'B', 'A', 'B', 'A'])
    await hold(sql, 'true')
    const seen: unknown[] = []
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const page = await list(sql, {}, 2, cursor)
      seen.push(...page.votes.map(({ vote_id }) => vote_id))
      cursor = page.next_cursor
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
    for (const [filter, count] of [
      [{ reason: 'burst' }, 5],
      [{ reason: 'same_source' }, 0],
      [{ battle_id: randomUUID() }, 0],
      [{ since: '2999-01-01T00:00:00Z' }, 0],
      [{ status: 'rejected' }, 0],
      [{ status: 'all' }, 5],
    ] as const)
      expect((await list(sql, filter)).votes, JSON.stringify(filter)).toHaveLength(count)
  })

  test('waits for a vote in hand, and the two decide in turn', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    await sql.query('begin')
    await vote(sql, battle, ada, 'B')
    const decided = decide(other, 'rejected', { voter_id: ada })
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await decided).toMatchObject({ votes: 1 })
    expect(await rows(sql, 'select choice, status from battles.votes')).toEqual([{ choice: 'B', status: 'rejected' }])
  })
})

describe('who may vote', () => {
  const refused = (answer: Answered) => [answer.refused, answer.reason]

  test('only those who are invited, where the owner has invited', async () => {
    const { sql } = database
    const battle = await startVoting(sql, 'community', { with: { voter_eligibility: 'invited', invited_voters: [ada, ada] } })
    expect(await vote(sql, battle, ada, 'A')).toMatchObject({ outcome: 'voted' })
    const before = await dump(sql)
    expect(refused(await vote(sql, battle, bob, 'A'))).toEqual(['not_eligible', 'not_invited'])
    expect(await dump(sql)).toBe(before)
    expect(await documentOf(sql, battle, battle.ownerId)).toMatchObject({ voter_eligibility: 'invited', invited_voters: [ada] })
    expect(await documentOf(sql, battle, ada)).toMatchObject({ voter_eligibility: 'invited', invited_voters: null })
  })

  test('nobody can be asked about an account that this database does not know: such a battle is not made', async () => {
    const { sql } = database
    const before = await dump(sql)
    for (const more of [{ voter_eligibility: 'confirmed_email' }, { voter_eligibility: 'account_age', min_account_age_ms: 60_000 }])
      await expect(startVoting(sql, 'community', { with: more })).rejects.toThrow('refused: accounts_unknown')
    expect(await dump(sql)).toBe(before)
  })

  test('those with a confirmed address, or an account of some age, where the battle says so', async () => {
    const { sql } = database
    // The columns of Auth's own table that are read; the service itself is in tests/e2e.
    await sql.query('create table auth.users (id uuid primary key, email_confirmed_at timestamptz, created_at timestamptz)')
    try {
      await sql.query(`insert into auth.users values ($1, now(), now() - interval '2 days'), ($2, null, now())`, [ada, bob])
      const confirmed = await startVoting(sql, 'community', { with: { voter_eligibility: 'confirmed_email' } })
      const aged = await startVoting(sql, 'community', { with: { voter_eligibility: 'account_age', min_account_age_ms: 86_400_000 } })
      for (const battle of [confirmed, aged]) {
        expect(await vote(sql, battle, ada, 'A')).toMatchObject({ outcome: 'voted' })
        expect(refused(await vote(sql, battle, randomUUID(), 'A'))).toEqual(['not_eligible', 'no_account'])
      }
      expect(refused(await vote(sql, confirmed, bob, 'A'))).toEqual(['not_eligible', 'email_not_confirmed'])
      expect(await vote(sql, aged, bob, 'A')).toMatchObject({
        refused: 'not_eligible',
        reason: 'account_too_young',
        eligible_at: expect.any(String),
      })
    } finally {
      await sql.query('drop table auth.users')
    }
  })
})

describe('how often', () => {
  test('30 votes a minute and 500 a day over all battles, and then it is said when to come back', async () => {
    const { sql } = database
    await sql.query('update battles.vote_settings set most_per_minute = 3, most_per_day = 5')
    const battles = await Promise.all([startVoting(sql), startVoting(sql)])
    for (const [nth, choice] of ['A', 'A', 'B'].entries())
      expect(await vote(sql, battles[nth % 2]!, ada, choice)).toMatchObject({ outcome: 'voted' })
    // The same again is no vote, and costs none.
    expect(await vote(sql, battles[0]!, ada, 'B')).toMatchObject({ outcome: 'unchanged' })
    const before = await dump(sql)
    expect(await vote(sql, battles[0]!, ada, 'A')).toMatchObject({
      refused: 'vote_rate',
      most: 3,
      window: 'minute',
      retry_after_ms: expect.any(Number),
    })
    expect(await dump(sql)).toBe(before)
    expect(await vote(sql, battles[0]!, bob, 'B')).toMatchObject({ outcome: 'voted' })
    const minutePasses = () => sql.query(`update execution.request_counts set ends_at = now() where bucket like 'votes:minute:%'`)
    await minutePasses()
    for (const choice of ['A', 'B']) expect(await vote(sql, battles[0]!, ada, choice)).toMatchObject({ outcome: 'voted' })
    expect(await vote(sql, battles[0]!, ada, 'A')).toMatchObject({ refused: 'vote_rate', most: 5, window: 'day' })
    await sql.query('update execution.request_counts set ends_at = now()')
    expect(await vote(sql, battles[0]!, ada, 'A')).toMatchObject({ outcome: 'voted' })
  })

  test('is counted over connections: of two at the limit, one is refused', async () => {
    const { sql } = database
    await sql.query('update battles.vote_settings set most_per_minute = 1')
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const battles = await Promise.all([startVoting(sql), startVoting(sql)])
    await sql.query('begin')
    expect(await vote(sql, battles[0]!, ada, 'A')).toMatchObject({ outcome: 'voted' })
    const second = vote(other, battles[1]!, ada, 'A')
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await second).toMatchObject({ refused: 'vote_rate' })
    expect(await value(sql, 'select count(*) from battles.votes')).toBe(1)
  })
})

describe('votes of one source', () => {
  const statuses = (sql: Client) => rows(sql, 'select status, reason, count(*) from battles.votes group by 1, 2 order by 1')

  test('are held, all of them, once more of a battle’s voters share it than may', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    for (let nth = 0; nth < 5; nth++) await vote(sql, battle, randomUUID(), 'A', 'one place')
    for (let nth = 0; nth < 7; nth++) await vote(sql, battle, randomUUID(), 'B', `place ${nth}`)
    await voteAll(sql, battle, ['B', 'B', 'B', 'B', 'B', 'B'])
    expect(await statuses(sql)).toEqual([{ status: 'counted', reason: null, count: 18 }])
    expect(await vote(sql, battle, ada, 'A', 'one place')).toMatchObject({ outcome: 'voted' })
    expect(await statuses(sql)).toEqual([
      { status: 'counted', reason: null, count: 13 },
      { status: 'held', reason: 'same_source', count: 6 },
    ])
    // The next is one of them, and who was released stays so.
    await decide(sql, 'released', { voter_id: ada })
    await vote(sql, battle, bob, 'A', 'one place')
    expect(await value(sql, 'select status from battles.votes where voter_id = $1', [bob])).toBe('held')
    expect(await value(sql, 'select status from battles.votes where voter_id = $1', [ada])).toBe('counted')
  })

  test('of another battle are another matter', async () => {
    const { sql } = database
    for (const battle of [await startVoting(sql), await startVoting(sql)])
      for (let nth = 0; nth < 5; nth++) await vote(sql, battle, randomUUID(), 'A', 'one place')
    expect(await statuses(sql)).toEqual([{ status: 'counted', reason: null, count: 10 }])
  })

  test('that come at once see each other: the one too many is found by two connections', async () => {
    const { sql } = database
    const [other, observer] = (await database.connectMany(2)) as [Client, Client]
    const battle = await startVoting(sql)
    for (let nth = 0; nth < 4; nth++) await vote(sql, battle, randomUUID(), 'A', 'one place')
    await sql.query('begin')
    await vote(sql, battle, ada, 'A', 'one place')
    const second = vote(other, battle, bob, 'A', 'one place')
    await untilWaiting(observer, other)
    await sql.query('commit')
    await second
    expect(await statuses(sql)).toEqual([{ status: 'held', reason: 'same_source', count: 6 }])
  })
})
