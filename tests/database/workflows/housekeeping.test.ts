import { describe, expect, test } from 'vitest'
import { type Client, rows, useDatabase, value } from '../../support/database.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import {
  claimNodes,
  completeNode,
  drainNodes,
  failNode,
  nodeStatuses,
  type Run,
  runStatus,
  startRun,
  suspendNode,
} from '../../support/workflows.ts'

const database = useDatabase()

const two = {
  nodes: ['a', 'b', 'after'],
  edges: [
    ['a', 'after'],
    ['b', 'after'],
  ] as [string, string][],
}
const housekeeping = () => value<Record<string, number>>(database.sql, 'select execution.fn_housekeeping()')
const aged = (days: number) =>
  database.sql.query(`
    update execution.jobs set created_at = created_at - interval '${days} days', finished_at = finished_at - interval '${days} days';
    update lenses.workflow_runs set finished_at = finished_at - interval '${days} days'`)

interface Letter {
  dead_letter_id: number
  kind: string
  run_id: string | null
  run_status: string | null
  node_id: string | null
  redrivable: boolean
  redriven_at: string | null
}
const letters = async (filter: object = {}) =>
  (await value<{ dead_letters: Letter[] }>(database.sql, 'select battles.fn_dead_letters_list($1)', [JSON.stringify(filter)])).dead_letters
const redrive = (letter: Letter) => value<string>(database.sql, 'select battles.fn_redrive_dead_letter($1)', [letter.dead_letter_id])

describe('dead letters of nodes', () => {
  test('say whose they are, and one that is sent back runs its node again, and all after it', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, two)
    await drainNodes(sql, ({ node_id }) => (node_id === 'a' ? 'fail' : 'complete'))
    const [letter, ...none] = await letters({ run_id: runId })
    expect(none).toEqual([])
    expect(letter).toMatchObject({ kind: 'workflow_node', run_id: runId, run_status: 'failed', node_id: 'a', redrivable: true })
    expect(await redrive(letter!)).toBe('redriven')
    expect(await redrive(letter!)).toBe('already_redriven')
    expect(await runStatus(sql, runId)).toBe('running')
    expect(await drainNodes(sql)).toEqual(['a', 'after'])
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'completed', b: 'completed', after: 'completed' })
    expect(await letters()).toEqual([])
    expect(await brokenRules(sql)).toEqual([])
  })

  test('of one run are sent back together, though the run goes on after the first', async () => {
    const { sql } = database
    const failing = await startRun(sql, two)
    await drainNodes(sql, ({ node_id }) => (node_id === 'after' ? 'complete' : 'fail'))
    const other = await startRun(sql, { ...two, title: 'another' })
    await drainNodes(sql, ({ node_id }) => (node_id === 'a' ? 'fail' : 'complete'))
    expect(await value(sql, `select battles.fn_redrive_dead_letters('{"kind":"workflow_node"}')`)).toMatchObject({
      outcomes: { redriven: 3 },
      considered: 3,
    })
    expect(await drainNodes(sql)).toHaveLength(5)
    expect([await runStatus(sql, failing.runId), await runStatus(sql, other.runId)]).toEqual(['completed', 'completed'])
    expect(await value(sql, 'select battles.fn_redrive_dead_letters()')).toMatchObject({ outcomes: {}, considered: 0 })
    expect(await brokenRules(sql)).toEqual([])
  })

  test('whose run still goes on, was cancelled, or was begun by another run stay, and say why', async () => {
    const { sql } = database
    const running = await startRun(sql, two)
    const [a, b] = await claimNodes(sql)
    await failNode(sql, a!)
    const [letter] = await letters()
    expect(letter).toMatchObject({ run_status: 'running', redrivable: false })
    expect(await redrive(letter!)).toBe('run_running')
    await value(sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [running.runId, running.ownerId])
    expect(await redrive(letter!)).toBe('run_cancelled')
    expect(await completeNode(sql, b!)).toBe(false)

    const version_id = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [running.runId])
    await startRun(sql, { nodes: ['loop'] }, {}, running.ownerId)
    const [loop] = await claimNodes(sql)
    await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children: [{ item_index: 0, version_id }] })
    await drainNodes(sql, ({ node_id }) => (node_id === 'loop' ? 'complete' : 'fail'))
    const [child] = await letters()
    expect(child).toMatchObject({ run_status: 'failed', redrivable: false })
    expect(await redrive(child!)).toBe('run_is_child')
  })

  test('are there when their jobs have left the hot table, and can be sent back from there', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, two)
    await drainNodes(sql, ({ node_id }) => (node_id === 'a' ? 'fail' : 'complete'))
    await aged(2)
    expect(await housekeeping()).toMatchObject({ jobs: 2 })
    const [letter] = await letters()
    expect(await redrive(letter!)).toBe('redriven')
    expect(await drainNodes(sql)).toEqual(['a', 'after'])
    expect(await runStatus(sql, runId)).toBe('completed')
  })
})

describe('what is kept', () => {
  test('jobs of a run stay as long as it goes on, and leave when it has ended', async () => {
    const { sql } = database
    const { runId } = await startRun(sql, two)
    const [a] = await claimNodes(sql, 1)
    await completeNode(sql, a!)
    await aged(2)
    expect(await housekeeping()).not.toHaveProperty('jobs')
    await drainNodes(sql)
    await aged(2)
    expect(await housekeeping()).toMatchObject({ jobs: 3 })
    expect(await value(sql, 'select count(*)::int from execution.job_status')).toBe(3)
    expect(await nodeStatuses(sql, runId)).toEqual({ a: 'completed', b: 'completed', after: 'completed' })
  })

  test('an old run is forgotten with all that is its own, and with the runs it began; nothing else is', async () => {
    const { sql } = database
    const body = await startRun(sql, { nodes: ['item'] })
    await drainNodes(sql)
    const version_id = await value<string>(sql, 'select version_id from lenses.workflow_runs where run_id = $1', [body.runId])
    await startRun(sql, { nodes: ['loop'] }, {}, body.ownerId)
    const [loop] = await claimNodes(sql)
    const children = [0, 1, 2].map((item_index) => ({ item_index, version_id }))
    await suspendNode(sql, loop!, { for: 'children', expires_in_ms: 60_000, state: {}, children })
    await drainNodes(sql)
    await aged(100)
    const young = await startRun(sql, two)
    await drainNodes(sql)
    const going = await startRun(sql, { ...two, title: 'another' })
    expect(await value(sql, `select lenses.forget_runs('90 days', 1000)`)).toBe(2)
    const left = await rows<{ run_id: string }>(sql, 'select run_id from lenses.workflow_runs')
    expect(left.map(({ run_id }) => run_id).toSorted()).toEqual([young.runId, going.runId].toSorted())
    for (const table of ['workflow_node_results', 'workflow_run_events', 'workflow_waits'])
      expect(await rows(sql, `select from lenses.${table} where run_id not in (select run_id from lenses.workflow_runs)`), table).toEqual(
        [],
      )
    expect(await drainNodes(sql)).toHaveLength(3)
  })

  test('at most so many rows are forgotten at a time, and always one run', async () => {
    const { sql } = database
    for (let nth = 0; nth < 5; nth++) await startRun(sql, { ...two, title: nth })
    await drainNodes(sql)
    await aged(100)
    const forget = (most: number) => value(sql, `select lenses.forget_runs('90 days', $1)`, [most])
    expect(await forget(1)).toBe(1)
    expect(await forget(10)).toBe(2)
    expect(await forget(1000)).toBe(2)
    expect(await forget(1000)).toBe(0)
  })

  test('forgetting and archiving while runs go on at full speed disturb none of them', async () => {
    const { sql } = database
    const [one, other, keeper] = (await database.connectMany(3)) as [Client, Client, Client]
    for (let nth = 0; nth < 20; nth++) await startRun(sql, { ...two, title: `old ${nth}` })
    await drainNodes(sql)
    await aged(100)
    const runs: Run[] = []
    for (let nth = 0; nth < 20; nth++) runs.push(await startRun(sql, { ...two, title: `new ${nth}` }))
    let working = true
    const work = async (client: Client) => {
      while (working) {
        const claimed = await claimNodes(client, 3)
        for (const node of claimed) expect(await completeNode(client, node)).toBe(true)
        const [open] = await rows<{ n: number }>(client, 'select count(*)::int as n from lenses.workflow_runs where finished_at is null')
        working &&= open!.n > 0
      }
    }
    const keep = async () => {
      const reports: object[] = []
      while (working) reports.push(await value<object>(keeper, 'select execution.fn_housekeeping(15)'))
      return reports
    }
    const [, , reports] = await Promise.all([work(one), work(other), keep()])
    expect(JSON.stringify(reports)).not.toContain('-1')
    for (const { runId } of runs) expect(await runStatus(sql, runId)).toBe('completed')
    expect(await brokenRules(sql)).toEqual([])
  })
})

test('what an open run has spent is remembered, however long ago: it is part of its budget', async () => {
  const { sql } = database
  const { runId, ownerId } = await startRun(sql, { nodes: ['a'] })
  await sql.query(
    `insert into lensers.reservations (job_id, owner_id, spender_id, on_platform, amount_usd, spent_usd, settled_at)
     values (1, $1, $2, false, 1, 1, now() - interval '63 days')`,
    [ownerId, runId],
  )
  const forget = () => value(sql, `select lensers.forget_reservations('62 days', 1000)`)
  expect(await forget()).toBe(0)
  await drainNodes(sql)
  expect(await forget()).toBe(1)
})
