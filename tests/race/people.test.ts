import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  autoFinalize,
  type Battle,
  claim,
  closeVoting,
  complete,
  createBattle,
  endSubmissions,
  finalize,
  join,
  pastDeadline,
  promoteDue,
  publish,
  ratings,
  scanNothing,
  startBattle,
  startVoting,
  statusOf,
  submit,
  vote,
  withdraw,
} from '../support/battles.ts'
import { type Client, rows, untilWaiting, useDatabase, value } from '../support/database.ts'

const database = useDatabase()
const [ada, bob] = [randomUUID(), randomUUID()]

const two = async () => (await database.connectMany(2)) as [Client, Client]
const humans = () => startBattle(database.sql, { contenders: [{ user_id: ada }, { user_id: bob }] })

/** The first act is done and not committed; the second begins, waits, and answers once the first has. */
async function inTurn<A, B>(first: (client: Client) => Promise<A>, second: (client: Client) => Promise<B>): Promise<[A, B]> {
  const { sql } = database
  const [other, observer] = await two()
  await sql.query('begin')
  const one = await first(sql)
  const waiting = second(other)
  await untilWaiting(observer, other)
  await sql.query('commit')
  return [one, await waiting]
}

describe('vote and close', () => {
  test('a vote in hand is counted: who ends the voting waits for it', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const [given, closed] = await inTurn(
      (client) => vote(client, battle, ada, 'B'),
      (client) => closeVoting(client, battle),
    )
    expect([given.outcome, closed]).toEqual(['voted', 'ended'])
    expect(await rows(sql, 'select slot, votes::int from battles.fn_battle_scores($1)', [battle.battleId])).toEqual([
      { slot: 'A', votes: 0 },
      { slot: 'B', votes: 1 },
    ])
    expect(await value(sql, 'select outcome from battles.battles')).toBe('winner')
  })

  test('a vote that comes while the voting is being ended waits, and is refused', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const [closed, given] = await inTurn(
      (client) => closeVoting(client, battle),
      (client) => vote(client, battle, ada, 'B'),
    )
    expect([closed, given.refused, given.status]).toEqual(['ended', 'not_voting', 'closed'])
    expect(await value(sql, 'select count(*) from battles.votes')).toBe(0)
  })

  test('a vote that waited past the end of the window is refused by the clock at the time it is counted', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const [, given] = await inTurn(
      (client) => pastDeadline(client, battle, 'voting_ends_at'),
      (client) => vote(client, battle, ada, 'A'),
    )
    expect(given.refused).toBe('not_voting')
  })

  test('voters do not wait for each other', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const other = await database.connect()
    await sql.query('begin')
    await vote(sql, battle, ada, 'A')
    expect(await vote(other, battle, bob, 'B')).toMatchObject({ outcome: 'voted' })
    await sql.query('commit')
    expect(await value(sql, 'select count(*) from battles.votes')).toBe(2)
  })

  test('one voter on two connections has one vote, the later one, and both are in the log', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await inTurn(
      (client) => vote(client, battle, ada, 'A'),
      (client) => vote(client, battle, ada, 'B'),
    )
    expect(await rows(sql, 'select choice from battles.votes')).toEqual([{ choice: 'B' }])
    expect(await value(sql, 'select count(*) from battles.vote_events')).toBe(2)
  })

  test('eight connections vote while two end the voting: what was answered with voted is what was counted, and it is rated once', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    const [closer, schedule, ...voters] = await database.connectMany(10)
    const given = await Promise.all([
      ...voters.map(async (client) => {
        let counted = 0
        for (let nth = 0; nth < 20; nth++)
          if ((await vote(client, battle, randomUUID(), nth % 3 === 0 ? 'B' : 'A')).outcome === 'voted') counted++
        return counted
      }),
      closeVoting(closer!, battle).then(() => 0),
      autoFinalize(schedule!).then(() => 0),
    ])
    // Five votes are scanned before they are counted.
    await scanNothing(sql)
    await autoFinalize(sql)
    expect(await statusOf(sql, battle)).toBe('closed')
    const total = given.reduce((sum, counted) => sum + counted, 0)
    expect(await value(sql, 'select count(*) from battles.votes')).toBe(total)
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.closed'`)).toBe(1)
    expect(await value(sql, 'select count(*) from battles.elo_battle_log')).toBeLessThanOrEqual(1)
  })
})

describe('close and close', () => {
  test('the owner and the schedule at once: the voting ends once, and the ratings move once', async () => {
    const { sql } = database
    const battle = await startVoting(sql)
    await vote(sql, battle, ada, 'A')
    await pastDeadline(sql, battle, 'voting_ends_at')
    const other = await database.connect()
    await sql.query('begin')
    expect(await autoFinalize(sql)).toBe(1)
    expect(await autoFinalize(other)).toBe(0)
    const owner = closeVoting(other, battle)
    const observer = await database.connect()
    await untilWaiting(observer, other)
    await sql.query('commit')
    expect(await owner).toBe('battle_closed')
    expect(await finalize(sql, battle)).toBe('already_closed')
    expect(await ratings(sql)).toMatchObject([
      { rating: 1016, games: 1 },
      { rating: 984, games: 1 },
    ])
  })
})

describe('submit and the deadline', () => {
  const late = async (battle: Battle) => pastDeadline(database.sql, battle, 'submissions_end_at')

  test('an answer that is being written when the deadline is noticed is final: the schedule leaves the battle for its next round', async () => {
    const { sql } = database
    const battle = await humans()
    const other = await database.connect()
    await sql.query('begin')
    expect(await submit(sql, battle, ada, 'in time')).toMatchObject({ outcome: 'drafted' })
    await sql.query(`update battles.battles set submissions_end_at = now() - interval '1 second'`)
    expect(await endSubmissions(other)).toBe(0)
    await sql.query('commit')
    expect(await endSubmissions(other)).toBe(1)
    expect(await rows(sql, 'select slot, status::text from battles.contenders order by slot')).toEqual([
      { slot: 'A', status: 'submitted' },
      { slot: 'B', status: 'timed_out' },
    ])
  })

  test('an answer that waits behind the deadline comes too late, and changes nothing', async () => {
    const battle = await humans()
    await submit(database.sql, battle, ada, 'first')
    await late(battle)
    const [ended, given] = await inTurn(
      (client) => endSubmissions(client),
      (client) => submit(client, battle, ada, 'second', true),
    )
    expect([ended, given.refused]).toEqual([1, 'not_executing'])
    expect(await value(database.sql, 'select content_text from battles.submissions')).toBe('first')
  })

  test('two schedules at once end it once', async () => {
    const { sql } = database
    const battle = await humans()
    await submit(sql, battle, ada, 'one')
    await submit(sql, battle, bob, 'two')
    await late(battle)
    const ended = await Promise.all((await database.connectMany(4)).map(endSubmissions))
    expect(ended.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.voting'`)).toBe(1)
  })

  test('the last person and the last model at once: the battle settles once', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: [{ model_key: 'house/a' }, { user_id: ada }] })
    const [job] = await claim(sql)
    const [given, completed] = await inTurn(
      (client) => submit(client, battle, ada, 'mine', true),
      (client) => complete(client, job!),
    )
    expect([given.outcome, completed]).toEqual(['submitted', true])
    expect(await statusOf(sql, battle)).toBe('scoring')
    expect(await value(sql, `select count(*) from execution.job_status where kind = 'battle_judging'`)).toBe(1)
  })
})

describe('withdraw and submit', () => {
  test('withdrawn first: the answer is refused, and nothing of it is kept', async () => {
    const battle = await humans()
    const [gone, given] = await inTurn(
      (client) => withdraw(client, battle, ada),
      (client) => submit(client, battle, ada, 'too late', true),
    )
    expect([gone.outcome, given.refused]).toEqual(['withdrawn', 'already_withdrawn'])
    expect(await value(database.sql, 'select count(*) from battles.submissions')).toBe(0)
  })

  test('handed in first: it is taken back, and the battle waits for the other', async () => {
    const battle = await humans()
    const [given, gone] = await inTurn(
      (client) => submit(client, battle, ada, 'mine', true),
      (client) => withdraw(client, battle, ada),
    )
    expect([given.outcome, gone.outcome]).toEqual(['submitted', 'withdrawn'])
    expect(await value(database.sql, 'select count(*) from battles.submissions')).toBe(0)
    expect(await statusOf(database.sql, battle)).toBe('executing')
  })
})

test('two people want the last seat: one sits, the other is told', async () => {
  const battle = await startBattle(database.sql, { contenders: [{ model_key: 'house/a' }, {}] })
  const [first, second] = await inTurn(
    (client) => join(client, battle, ada),
    (client) => join(client, battle, bob),
  )
  expect([first.outcome, second.refused]).toEqual(['joined', 'no_open_seat'])
})

describe('promotion', () => {
  async function due(ownerId = randomUUID()): Promise<Battle> {
    const battle = await createBattle(database.sql, { ownerId, with: { promote_at: new Date(Date.now() + 60_000).toISOString() } })
    await pastDeadline(database.sql, battle, 'promote_at')
    return battle
  }

  test('schedule and schedule, schedule and owner: each draft is published once', async () => {
    const { sql } = database
    const battles = [await due(), await due(), await due()]
    const [one, two, owner] = (await database.connectMany(3)) as [Client, Client, Client]
    const [first, second, published] = await Promise.all([promoteDue(one), promoteDue(two), publish(owner, battles[0]!)])
    expect(first + second + (published === 'published' ? 1 : 0)).toBe(3)
    expect(await value(sql, `select count(*) from battles.events where type = 'battle.published'`)).toBe(3)
    expect(await value(sql, 'select count(*) from execution.jobs')).toBe(6)
  })

  test('the schedule does not wait for an owner who is publishing another battle', async () => {
    const { sql } = database
    const other = await database.connect()
    const ownerId = randomUUID()
    await startBattle(sql, { ownerId }) // the owner has a share
    const scheduled = await due(ownerId)
    const mine = await createBattle(sql, { ownerId })
    await sql.query('begin')
    await publish(sql, mine)
    expect(await promoteDue(other)).toBe(1)
    await sql.query('commit')
    expect(await statusOf(sql, scheduled)).toBe('executing')
  })
})

/** Numbers that look random and are the same in every run of a seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % sides
  }
}

test.each([1, 2, 3])(
  'whatever six connections of people, owners and the schedule do at once, every battle ends once and nothing is lost (seed %i)',
  async (seed) => {
    const { sql } = database
    const users = Array.from({ length: 6 }, () => randomUUID())
    const battles: Battle[] = []
    for (let nth = 0; nth < 8; nth++) {
      battles.push(
        await startBattle(sql, {
          contenders: nth % 2 === 0 ? [{}, {}, {}] : [{ model_key: 'house/a' }, {}, { model_key: 'house/b' }],
          with: { scoring_mode: 'community', voting_window_ms: 3_600_000, judge: null },
        }),
      )
    }
    const counted = new Map(battles.map(({ battleId }) => [battleId, new Set<string>()]))
    await Promise.all(
      (await database.connectMany(6)).map(async (client, nth) => {
        const roll = dice(seed * 100 + nth)
        for (let turn = 0; turn < 80; turn++) {
          const battle = battles[roll(battles.length)]!
          const user = users[roll(users.length)]!
          switch (roll(10)) {
            case 0:
            case 1:
              await join(client, battle, user)
              break
            case 2:
            case 3:
              await submit(client, battle, user, `turn ${turn}`, roll(2) === 0)
              break
            case 4:
              if (roll(3) === 0) await withdraw(client, battle, user)
              break
            case 5:
              for (const job of await claim(client, 1)) await complete(client, job)
              break
            case 6:
              if (roll(6) === 0) await pastDeadline(client, battle, 'submissions_end_at')
              await endSubmissions(client)
              break
            case 7:
              if (roll(8) === 0) await closeVoting(client, battle)
              else await autoFinalize(client)
              break
            default: {
              const given = await vote(client, battle, user, ['A', 'B', 'C', 'tie'][roll(4)]!)
              if (given.outcome) counted.get(battle.battleId)!.add(user)
            }
          }
        }
      }),
    )
    for (const battle of battles) await pastDeadline(sql, battle, 'submissions_end_at')
    for (const job of await claim(sql, 100)) await complete(sql, job)
    await endSubmissions(sql)
    await sql.query(`update battles.battles set voting_ends_at = now() - interval '1 second' where status = 'voting'`)
    await autoFinalize(sql)
    await scanNothing(sql)
    await autoFinalize(sql)

    expect(await rows(sql, `select status::text from battles.battles where status not in ('closed', 'void')`)).toEqual([])
    expect(
      await rows(sql, `select battle_id, type from battles.events where type like 'battle.%' group by 1, 2 having count(*) > 1`),
    ).toEqual([])
    expect(await rows(sql, `select status::text from battles.contenders where status = 'pending'`)).toEqual([])
    expect(
      [...counted.values()].reduce((sum, voters) => sum + voters.size, 0),
      'some voted',
    ).toBeGreaterThan(0)
    // An answer stands exactly where its contender submitted.
    expect(
      await rows(
        sql,
        `select c.status::text, s.is_final from battles.contenders c left join battles.submissions s using (contender_id)
       where (c.status = 'submitted') <> coalesce(s.is_final, false)`,
      ),
    ).toEqual([])
    for (const [battleId, voters] of counted)
      expect(await value(sql, 'select count(*) from battles.votes where battle_id = $1', [battleId])).toBe(voters.size)
    // Nobody votes who contends.
    expect(
      await value(
        sql,
        'select count(*) from battles.votes v join battles.contenders c on c.battle_id = v.battle_id and c.user_id = v.voter_id',
      ),
    ).toBe(0)
    expect(await value(sql, 'select count(*) from battles.elo_changes')).toBe(
      2 * (await value<number>(sql, 'select count(*) from battles.elo_battle_log')),
    )
  },
)
