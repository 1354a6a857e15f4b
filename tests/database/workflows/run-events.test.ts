import { createHash, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asRole, rows, useDatabase, value, warningsDuring } from '../../support/database.ts'
import { claimNodes, drainNodes, eventsOf, runStatus, startRun, suspendNode } from '../../support/workflows.ts'

// A run's log as others read it: its owner by the stream and by Realtime, and whoever has the token of a wait.

const database = useDatabase()
const wide = {
  nodes: ['a', 'b', 'c'],
  edges: [
    ['a', 'b'],
    ['a', 'c'],
  ] as [string, string][],
}

const sent = (runId: string) =>
  rows<{ event: string; private: boolean; payload: { event_id: number; node_id: string | null; type: string } }>(
    database.sql,
    `select event, private, payload from realtime.messages where topic = $1 order by (payload ->> 'event_id')::bigint`,
    [`run:${runId}`],
  )

test('every event of a run is sent once, in order, to the private topic of the run', async () => {
  const { sql } = database
  const { runId } = await startRun(sql, wide)
  await drainNodes(sql)
  const log = await eventsOf(sql, runId)
  const messages = await sent(runId)
  expect(messages.map(({ payload }) => [payload.event_id, payload.type, payload.node_id])).toEqual(
    log.map(({ event_id, type, node_id }) => [event_id, type, node_id]),
  )
  expect(new Set(messages.map((message) => message.private))).toEqual(new Set([true]))
})

test('its owner joins the topic of a run, and nobody else', async () => {
  const { sql } = database
  const { runId, ownerId } = await startRun(sql, wide)
  async function mayJoin(role: 'anon' | 'authenticated', topic: string, userId?: string): Promise<boolean> {
    await sql.query('begin')
    await sql.query(`insert into realtime.messages (topic, extension) values ($1, 'broadcast')`, [topic])
    await sql.query(`select set_config('realtime.topic', $1, true)`, [topic])
    await asRole(sql, role, userId)
    const seen = await value<number>(sql, `select count(*) from realtime.messages where extension = 'broadcast'`)
    await sql.query('rollback')
    await asRole(sql, 'postgres')
    return seen > 0
  }
  expect(await mayJoin('authenticated', `run:${runId}`, ownerId)).toBe(true)
  expect(await mayJoin('authenticated', `run:${runId}`, randomUUID())).toBe(false)
  expect(await mayJoin('anon', `run:${runId}`)).toBe(false)
  for (const topic of ['run:', 'run:nonsense', `run:${randomUUID()}`, `room:${runId}`, `run:${runId} `])
    expect(await mayJoin('authenticated', topic, ownerId), topic).toBe(false)
})

test('a run goes on without Realtime, and with one that fails', async () => {
  const { sql } = database
  await sql.query('begin')
  await sql.query(`
    create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
    language plpgsql as $$ begin raise exception 'no partition of relation "messages" found for row'; end $$`)
  let runId = ''
  const warnings = await warningsDuring(sql, async () => {
    runId = (await startRun(sql, { nodes: ['a'] })).runId
    await drainNodes(sql)
  })
  expect(warnings).toContainEqual(expect.stringMatching(/^Agon could not broadcast events of a run: .*no partition/))
  expect(await runStatus(sql, runId)).toBe('completed')
  await sql.query('rollback')
  await sql.query('begin; alter function realtime.send(jsonb, text, text, boolean) rename to send_no_more')
  await startRun(sql, { nodes: ['a'] })
  await sql.query('rollback')
})

test('the log is read by its owner from a place on, and is nothing to anybody else', async () => {
  const { sql } = database
  const { runId, ownerId } = await startRun(sql, wide)
  await drainNodes(sql)
  const read = (viewer: string | null, after = 0, most = 200) =>
    value<{ events: { event_id: number }[]; cursor: number; more: boolean; ended: boolean } | null>(
      sql,
      'select lenses.fn_run_events_after($1, $2, $3, $4)',
      [runId, viewer, after, most],
    )
  const whole = (await read(ownerId))!
  expect(whole).toMatchObject({ more: false, ended: true })
  const ids = whole.events.map(({ event_id }) => event_id)
  const paged: number[] = []
  for (let after = 0, more = true; more; ) {
    const page = (await read(ownerId, after, 2))!
    paged.push(...page.events.map(({ event_id }) => event_id))
    ;({ cursor: after, more } = page)
  }
  expect(paged).toEqual(ids)
  expect([await read(randomUUID()), await read(null)]).toEqual([null, null])
})

test('whoever has the token of an approval reads what is asked, and nothing else of the run', async () => {
  const { sql } = database
  const hash = (token: string) => createHash('sha256').update(token).digest('hex')
  const { runId } = await startRun(sql, { nodes: [{ id: 'ask', label: 'Ask the editor' }] })
  const [node] = await claimNodes(sql)
  await suspendNode(sql, node!, {
    for: 'approval',
    expires_in_ms: 60_000,
    prompt: 'May it be printed?',
    token_sha256: hash('secret'),
    state: { draft: 'x' },
  })
  const asked = () => value<Record<string, unknown> | null>(sql, 'select lenses.fn_waits_get($1)', [hash('secret')])
  expect(await asked()).toEqual({
    for: 'approval',
    prompt: 'May it be printed?',
    workflow: 'A workflow',
    node: 'Ask the editor',
    state: 'open',
    expires_at: expect.any(String),
  })
  expect(await value(sql, 'select lenses.fn_waits_get($1)', [hash('another')])).toBeNull()
  await sql.query('update lenses.workflow_waits set expires_at = now() where run_id = $1', [runId])
  expect(await asked()).toMatchObject({ state: 'expired' })
  await sql.query(`update lenses.workflow_waits set answer = '{"decision": "approved"}' where run_id = $1`, [runId])
  expect(await asked()).toMatchObject({ state: 'answered' })
})

test('runs are listed newest first, in pages that neither lose nor repeat one, though they began at one moment', async () => {
  const { sql } = database
  const owner = randomUUID()
  await sql.query('begin')
  const ids: string[] = []
  while (ids.length < 5) ids.push((await startRun(sql, { nodes: ['a'] }, {}, owner)).runId)
  await sql.query('commit')
  const seen: string[] = []
  for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
    const page: { runs: { run_id: string }[]; next_cursor: string | null } = await value(
      sql,
      `select lenses.fn_workflow_runs_list($1, '{}', 2, $2)`,
      [owner, cursor],
    )
    seen.push(...page.runs.map(({ run_id }) => run_id))
    cursor = page.next_cursor
  }
  expect(seen.toSorted()).toEqual(ids.toSorted())
})
