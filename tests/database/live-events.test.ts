import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  type Battle,
  cancel,
  claimOne,
  complete,
  createBattle,
  deadLetter,
  publish,
  requeue,
  startBattle,
  startJudging,
} from '../support/battles.ts'
import { asRole, type Client, rows, times, untilWaiting, useDatabase, value, warningsDuring } from '../support/database.ts'

const database = useDatabase()

interface Page {
  events: { event_id: number; type: string; data: Record<string, unknown>; created_at: string }[]
  cursor: number
  more: boolean
  status: string
  ended: boolean
}

const read = (client: Client, battle: Battle, viewer: string | null, after = 0, most = 200) =>
  value<Page | null>(client, 'select battles.fn_events_after($1, $2, $3, $4)', [battle.battleId, viewer, after, most])

const typesFor = async (battle: Battle, viewer: string | null) =>
  (await read(database.sql, battle, viewer))?.events.map(({ type }) => type) ?? null

/** What a driver writes about a text as it comes. */
const writeDelta = (client: Client, battle: Battle, slot = 'A', text = 'The sea') =>
  client.query(`select battles.record_event($1, 'contender.delta', $2)`, [battle.battleId, { slot, offset: 0, text }])

const person = randomUUID()
const secret = 'house/SECRET-model'
/** Everything about a contender that a viewer of a blind battle must not learn, in one event. */
const tellAll = (battle: Battle) =>
  database.sql.query(`select battles.record_event($1, 'contender.failed', $2)`, [
    battle.battleId,
    {
      slot: 'A',
      model: secret,
      identity: 'SECRET',
      provider: 'SECRET',
      wire_model: 'SECRET',
      provider_task_id: 'SECRET',
      error: { code: 'provider_rejected', message: `${secret} said no`, details: 'SECRET' },
    },
  ])

describe('who sees what of the log', () => {
  const kinds = {
    'models in the open': {},
    'models in a blind battle': { with: { voting_window_ms: 60_000 } },
    'a model and a person': { contenders: [{ model_key: 'house/a' }, { user_id: person }] },
    'a model and the owner': { contenders: [{ model_key: 'house/a' }, { user_id: 'owner' }] },
  } as const
  const viewers = ['anybody', 'a stranger', 'the owner', 'the person who contends'] as const
  type Kind = keyof typeof kinds
  type Viewer = (typeof viewers)[number]
  type Sight = 'nothing' | 'all' | 'no names' | 'no answers'

  /** The matrix, as data: a battle of a kind, in a state, to a viewer. */
  const matrix: Record<'draft' | 'executing' | 'closed', Record<Kind, Record<Viewer, Sight>>> = {
    draft: {
      'models in the open': row('nothing', 'nothing', 'all', 'nothing'),
      'models in a blind battle': row('nothing', 'nothing', 'all', 'nothing'),
      'a model and a person': row('nothing', 'nothing', 'all', 'nothing'),
      'a model and the owner': row('nothing', 'nothing', 'no answers', 'nothing'),
    },
    executing: {
      'models in the open': row('all', 'all', 'all', 'all'),
      'models in a blind battle': row('no names', 'no names', 'all', 'no names'),
      'a model and a person': row('no answers', 'no answers', 'all', 'no answers'),
      'a model and the owner': row('no answers', 'no answers', 'no answers', 'no answers'),
    },
    closed: {
      'models in the open': row('all', 'all', 'all', 'all'),
      'models in a blind battle': row('all', 'all', 'all', 'all'),
      'a model and a person': row('all', 'all', 'all', 'all'),
      'a model and the owner': row('all', 'all', 'all', 'all'),
    },
  }
  function row(...sights: [Sight, Sight, Sight, Sight]): Record<Viewer, Sight> {
    return Object.fromEntries(viewers.map((viewer, nth) => [viewer, sights[nth]])) as Record<Viewer, Sight>
  }
  const cells = Object.entries(matrix).flatMap(([state, byKind]) =>
    Object.entries(byKind).flatMap(([kind, byViewer]) =>
      Object.entries(byViewer).map(([viewer, sight]) => ({ state, kind: kind as Kind, viewer: viewer as Viewer, sight })),
    ),
  )

  test.each(cells)('a battle of $kind that is $state shows $viewer $sight', async ({ state, kind, viewer, sight }) => {
    const { sql } = database
    const ownerId = randomUUID()
    const { contenders, ...rest } = { contenders: undefined, ...kinds[kind] }
    const battle = await createBattle(sql, {
      ownerId,
      ...rest,
      ...(contenders && {
        contenders: contenders.map((one) => ('user_id' in one && one.user_id === 'owner' ? { user_id: ownerId } : one)),
        with: { battle_type: 'human_vs_ai' },
      }),
    })
    if (state !== 'draft') await publish(sql, battle)
    await writeDelta(sql, battle)
    await tellAll(battle)
    if (state === 'closed') await cancel(sql, battle)
    const viewerId = { anybody: null, 'a stranger': randomUUID(), 'the owner': ownerId, 'the person who contends': person }[viewer]
    const page = await read(sql, battle, viewerId)
    const seen: Sight =
      page === null
        ? 'nothing'
        : !page.events.some(({ type }) => type === 'contender.delta')
          ? 'no answers'
          : JSON.stringify(page).includes('SECRET')
            ? 'all'
            : 'no names'
    expect(seen).toBe(sight)
  })

  test('a blind battle still tells what happened, and by which code something failed', async () => {
    const battle = await startBattle(database.sql, { with: { voting_window_ms: 60_000 } })
    await tellAll(battle)
    await writeDelta(database.sql, battle)
    const { events } = (await read(database.sql, battle, null))!
    expect(events.at(-2)!.data).toEqual({ slot: 'A', error: { code: 'provider_rejected' } })
    expect(events.at(-1)!.data).toEqual({ slot: 'A', offset: 0, text: 'The sea' })
  })

  test('a retry and a failure in a blind battle show no message of the provider', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { with: { voting_window_ms: 60_000 } })
    const job = await claimOne(sql)
    const error = { code: 'provider_rate_limited', message: `${secret} is busy` }
    expect(await requeue(sql, job, 0, error)).toBe('requeued')
    expect(await deadLetter(sql, await claimOne(sql), { ...error, code: 'provider_rejected' })).toBe('dead_lettered')
    const anybody = JSON.stringify(await read(sql, battle, null))
    expect(anybody).toContain('provider_rate_limited')
    expect(anybody).toContain('contender.failed')
    expect(anybody).not.toContain('SECRET')
    expect(JSON.stringify(await read(sql, battle, battle.ownerId))).toContain('SECRET')
  })

  test('a draft is its owner’s until it is published or cancelled', async () => {
    const { sql } = database
    const battle = await createBattle(sql)
    expect([await typesFor(battle, null), await typesFor(battle, randomUUID())]).toEqual([null, null])
    expect(await typesFor(battle, battle.ownerId)).toEqual(['battle.draft'])
    await publish(sql, battle)
    expect(await typesFor(battle, null)).toEqual(['battle.draft', 'battle.published', 'battle.executing'])
  })

  test('a battle that is not there shows nothing', async () => {
    expect(await typesFor({ battleId: randomUUID(), ownerId: randomUUID() }, null)).toBeNull()
  })
})

describe('a reader that goes on from a cursor', () => {
  test('gets each event once, page by page, and is told where the log ends for now and for good', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    const whole = (await read(sql, battle, null))!
    expect(whole).toMatchObject({ status: 'scoring', ended: false, more: false, cursor: whole.events.at(-1)!.event_id })
    await cancel(sql, battle)
    const paged: number[] = []
    let page = (await read(sql, battle, null, 0, 2))!
    for (; !page.ended; page = (await read(sql, battle, null, page.cursor, 2))!) {
      expect(page.more).toBe(true)
      paged.push(...page.events.map(({ event_id }) => event_id))
    }
    paged.push(...page.events.map(({ event_id }) => event_id))
    const ids = await rows<{ event_id: number }>(sql, 'select event_id from battles.events where battle_id = $1 order by 1', [
      battle.battleId,
    ])
    expect(paged).toEqual(ids.map(({ event_id }) => event_id))
    expect(await read(sql, battle, null, page.cursor)).toMatchObject({ events: [], ended: true, cursor: page.cursor })
  })

  test('passes what it may not see, instead of reading it again and again', async () => {
    const { sql } = database
    const battle = await startBattle(sql, {
      contenders: [{ model_key: 'house/a' }, { user_id: person }],
      with: { battle_type: 'human_vs_ai' },
    })
    const { cursor } = (await read(sql, battle, null))!
    await writeDelta(sql, battle)
    const page = (await read(sql, battle, null, cursor))!
    expect(page.events).toEqual([])
    expect(page.cursor).toBeGreaterThan(cursor)
  })

  test('never sees an event with a smaller id after a larger one, with two that write', async () => {
    const battle = await startBattle(database.sql, { contenders: 4 })
    const [one, two, reader] = (await database.connectMany(3)) as [Client, Client, Client]
    const [first, second] = [await claimOne(one), await claimOne(two)]
    const { cursor } = (await read(reader, battle, null))!

    await one.query('begin')
    await complete(one, first)
    const waits = complete(two, second) // it would take the next id, and must not be seen before the first
    await untilWaiting(reader, two, waits)
    expect((await read(reader, battle, null, cursor))!.events).toEqual([])
    await one.query('commit')
    await waits
    const after = (await read(reader, battle, null, cursor))!.events
    expect(after.map(({ data }) => data.slot)).toEqual([first.slot, second.slot])
  })

  test('concurrent writers and a reader that polls: what it collects is the log', async () => {
    const { sql } = database
    const battle = await startBattle(sql, { contenders: 26 })
    const writers = await database.connectMany(6)
    const reader = await database.connect()
    const collected: number[] = []
    let cursor = 0
    let writing = true
    const poll = async () => {
      const page = (await read(reader, battle, null, cursor, 5))!
      collected.push(...page.events.map(({ event_id }) => event_id))
      cursor = page.cursor
      return page
    }
    const polling = (async () => {
      while (writing) await poll()
    })()
    await Promise.all(
      writers.map(async (writer, nth) => {
        for (let jobs = 0; jobs < 4; jobs++) {
          const job = await claimOne(writer, `driver-${nth}`)
          if (jobs % 2 === 0) await requeue(writer, job, 0)
          else await complete(writer, job)
        }
      }),
    )
    writing = false
    await polling
    while ((await poll()).more);
    const ids = await rows<{ event_id: number }>(sql, 'select event_id from battles.events where battle_id = $1 order by 1', [
      battle.battleId,
    ])
    expect(collected).toEqual(ids.map(({ event_id }) => event_id))
    expect(collected.length).toBe(3 + 24)
  })

  test('reads a page of a long log, among other long logs, and not the logs', async () => {
    const { sql } = database
    const [battle] = (await times(100, () => createBattle(sql))) as [Battle]
    await publish(sql, battle)
    await sql.query('alter table battles.events disable trigger events_broadcast')
    await sql.query(`
      insert into battles.events (battle_id, type, data)
      select b.battle_id, 'contender.delta', jsonb_build_object('slot', 'A', 'offset', n, 'text', 'x')
      from generate_series(1, 200) n cross join battles.battles b`)
    await sql.query('alter table battles.events enable trigger events_broadcast')
    await sql.query('analyze battles.events')
    const touched = () =>
      rows<{ scans: number; fetched: number }>(
        sql,
        `select seq_scan as scans, idx_tup_fetch as fetched from pg_stat_xact_user_tables where relid = 'battles.events'::regclass`,
      )
    await sql.query('begin')
    const [before] = await touched()
    for (let calls = 0; calls < 8; calls++) expect((await read(sql, battle, null, 150, 50))!.events.length).toBe(50) // generic plans come after five
    const [after] = await touched()
    await sql.query('commit')
    expect(after!.scans - before!.scans).toBe(0)
    expect(after!.fetched - before!.fetched).toBeLessThanOrEqual(8 * 51)
  })
})

describe('Realtime', () => {
  interface Message {
    topic: string
    event: string
    private: boolean
    payload: Page['events'][number]
  }
  const sent = (battle: Battle) =>
    rows<Message>(
      database.sql,
      `select topic, event, private, payload from realtime.messages where topic = $1 order by (payload ->> 'event_id')::bigint`,
      [`battle:${battle.battleId}`],
    )
  /** Who may join a channel, as Realtime asks: as the caller's role, with the topic set. */
  async function mayJoin(role: 'anon' | 'authenticated', topic: string, userId?: string): Promise<boolean> {
    const { sql } = database
    await sql.query('begin')
    await sql.query(`insert into realtime.messages (topic, extension) values ($1, 'broadcast')`, [topic])
    await sql.query(`select set_config('realtime.topic', $1, true)`, [topic])
    await asRole(sql, role, userId)
    const seen = await value<number>(sql, `select count(*) from realtime.messages where extension = 'broadcast'`)
    await sql.query('rollback')
    await asRole(sql, 'postgres')
    return seen > 0
  }

  test('every event of a public battle is sent once, as anybody may see it, to the private topic of the battle', async () => {
    const { sql } = database
    const battle = await startJudging(sql)
    await cancel(sql, battle)
    const { events } = (await read(sql, battle, null))!
    const messages = await sent(battle)
    expect(messages.map(({ payload }) => payload)).toEqual(events.filter(({ type }) => type !== 'battle.draft'))
    expect(messages.map(({ event }) => event)).toEqual(messages.map(({ payload }) => payload.type))
    expect(new Set(messages.map((message) => message.private))).toEqual(new Set([true]))
  })

  test('nothing of a draft is sent, and no name, message or answer that is not public yet', async () => {
    const { sql } = database
    const draft = await createBattle(sql)
    await tellAll(draft)
    expect(await sent(draft)).toEqual([])
    const blind = await startBattle(sql, { with: { voting_window_ms: 60_000 } })
    await tellAll(blind)
    expect(JSON.stringify(await sent(blind))).not.toContain('SECRET')
    expect((await sent(blind)).at(-1)).toMatchObject({
      event: 'contender.failed',
      payload: { data: { error: { code: 'provider_rejected' } } },
    })
    const withPeople = await startBattle(sql, {
      contenders: [{ model_key: 'house/a' }, { user_id: person }],
      with: { battle_type: 'human_vs_ai' },
    })
    await writeDelta(sql, withPeople)
    expect((await sent(withPeople)).map(({ event }) => event)).not.toContain('contender.delta')
  })

  test('what a rolled back transaction wrote is not sent', async () => {
    const { sql } = database
    const battle = await startBattle(sql)
    const before = (await sent(battle)).length
    await sql.query('begin')
    await writeDelta(sql, battle)
    await sql.query('rollback')
    expect((await sent(battle)).length).toBe(before)
  })

  test('anybody joins the topic of a public battle, nobody that of a draft, and no other topic is opened', async () => {
    const { sql } = database
    const [open, draft] = [await startBattle(sql), await createBattle(sql)]
    const stranger = randomUUID()
    expect(await mayJoin('anon', `battle:${open.battleId}`)).toBe(true)
    expect(await mayJoin('authenticated', `battle:${open.battleId}`, stranger)).toBe(true)
    expect(await mayJoin('anon', `battle:${draft.battleId}`)).toBe(false)
    expect(await mayJoin('authenticated', `battle:${draft.battleId}`, stranger)).toBe(false)
    expect(await mayJoin('authenticated', `battle:${draft.battleId}`, draft.ownerId)).toBe(false)
    for (const topic of ['battle:', 'battle:nonsense', `battle:${randomUUID()}`, `room:${open.battleId}`, `battle:${open.battleId} `])
      expect(await mayJoin('anon', topic), topic).toBe(false)
  })

  test('the topics are opened again and again, and a session that may not open them is told what to do', async () => {
    const { sql } = database
    const open = () => value<string>(sql, 'select battles.open_realtime_topics()')
    expect([await open(), await open()]).toEqual(['opened', 'opened'])
    await sql.query('begin')
    await sql.query(
      'create role guest; grant usage on schema battles, realtime to guest; grant execute on function battles.open_realtime_topics to guest; set role guest',
    )
    const warnings = await warningsDuring(sql, async () => expect(await open()).toBe('not_permitted'))
    expect(warnings).toEqual([expect.stringContaining('run select battles.open_realtime_topics() in the SQL editor')])
    await sql.query('rollback')
    expect(await mayJoin('anon', `battle:${(await startBattle(sql)).battleId}`)).toBe(true)
    await sql.query('begin; alter table realtime.messages rename to moved')
    expect(await open()).toBe('no_realtime')
    await sql.query('rollback')
  })

  test('a battle goes on without Realtime, and with one that fails', async () => {
    const { sql } = database
    await sql.query('begin')
    await sql.query('alter function realtime.send(jsonb, text, text, boolean) rename to send_no_more')
    const without = await startBattle(sql)
    expect((await typesFor(without, null))!.at(-1)).toBe('battle.executing')
    await sql.query(`
      create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
      language plpgsql as $$ begin raise exception 'no partition of relation "messages" found for row'; end $$`)
    const warnings = await warningsDuring(sql, () => writeDelta(sql, without))
    expect(warnings).toEqual([expect.stringMatching(/^Agon could not broadcast event \d+ of battle .*no partition/)])
    expect((await typesFor(without, null))!.at(-1)).toBe('contender.delta')
    await sql.query('rollback')
  })
})
