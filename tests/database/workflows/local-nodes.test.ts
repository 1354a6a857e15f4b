import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Client, rows, useDatabase, value } from '../../support/database.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import {
  claimNodes,
  completeNode,
  nodeStatuses,
  type Run,
  runStatus,
  startRun,
  suspendNode,
  type TestGraph,
} from '../../support/workflows.ts'

// Nodes that a page of the run's owner answers (local_providers): which they are, who may take them, what a guessed lease token is worth,
// and how each of them ends.

const database = useDatabase()
const sql = () => database.sql

const lens = (id: string, kind = 'text', more: object = {}) => ({
  id,
  type: 'lens',
  job_kind: 'lens_run',
  lens: { kind },
  model_key: 'openai:gpt-4o-mini',
  provider: 'openai',
  limit_key: 'openai',
  ...more,
})
const graph: TestGraph = { nodes: ['first', lens('write'), 'last'], edges: [['first', 'write'], ['write', 'last']] } // biome-ignore format: as a line it is read
const start = (wanted: TestGraph = graph, more: object = {}, owner?: string) =>
  startRun(sql(), wanted, { local_providers: ['openai'], ...more }, owner)
/** A run whose node waits for a page. */
async function waiting(more: object = {}): Promise<Run> {
  const run = await start(graph, more)
  for (const node of await claimNodes(sql())) await completeNode(sql(), node)
  return run
}

interface Held {
  job_id: number
  lease_token: number
  node_id: string
  deadline_ms: number
  attempts: number
  reclaims: number
  checkpoint: { text: string } | null
  refused?: { code: string }
}
const claimLocal = async (owner: string, { providers = ['openai'], most = 1, client = sql() as Client } = {}) =>
  (await value<{ jobs: Held[] }>(client, 'select lenses.fn_local_claim($1, $2, $3, $4)', [owner, 'page:test', providers, most])).jobs
const take = async ({ ownerId }: Run) => (await claimLocal(ownerId))[0]!
type Of = Pick<Held, 'job_id' | 'lease_token'>
const made = {
  envelope: { kind: 'text', artifact_kind: 'text', output: 'Blue.' },
  ports: ['output'],
  wire_model: 'gpt-4o-mini',
  cost_usd: 0.01,
  latency_ms: 5,
}
const acts = {
  heartbeat: (owner: string, { job_id, lease_token }: Of) =>
    value<string>(sql(), 'select lenses.fn_local_heartbeat($1, $2, $3)', [owner, job_id, lease_token]),
  complete: (owner: string, { job_id, lease_token }: Of, result: object = made) =>
    value<string>(sql(), 'select lenses.fn_local_complete($1, $2, $3, $4)', [owner, job_id, lease_token, JSON.stringify(result)]),
  fail: (owner: string, { job_id, lease_token }: Of, backoffMs: number | null = null) =>
    value<string>(sql(), 'select lenses.fn_local_fail($1, $2, $3, $4, $5)', [
      owner,
      job_id,
      lease_token,
      JSON.stringify({ code: 'provider_auth', message: 'no' }),
      backoffMs,
    ]),
  giveBack: (owner: string, { job_id, lease_token }: Of) =>
    value<string>(sql(), 'select lenses.fn_local_give_back($1, $2, $3)', [owner, job_id, lease_token]),
}
const show = (owner: string, { job_id, lease_token }: Of, offset: number, whole: string) =>
  value<string>(sql(), 'select lenses.fn_local_heartbeat($1, $2, $3, $4, $5)', [
    owner,
    job_id,
    lease_token,
    JSON.stringify({ text: whole, chunks: 1, elapsed_ms: 5 }),
    JSON.stringify({ offset, text: whole.slice(offset) }),
  ])
const overdue = () =>
  sql().query(
    `update execution.jobs j set deadline_at = now() - interval '20 seconds' from execution.queues q
     where q.queue_id = j.queue_id and q.kind = 'local_node' and j.state = 'active'`,
  )
const clock = (client: Client = sql()) => value<number>(client, 'select lenses.fn_end_overdue_runs()')

describe('which nodes they are', () => {
  test('lenses that ask a text of a provider the run leaves to its owner; everybody else runs the others', async () => {
    const kinds = ['text', 'transform', 'validation', 'routing']
    const run = await start({
      nodes: [...kinds.map((kind) => lens(kind, kind)), lens('other', 'text', { provider: 'anthropic' }), 'logic'],
    })
    expect((await claimNodes(sql(), 10, 'lens_run')).map(({ node_id }) => node_id)).toEqual(['other'])
    expect((await claimNodes(sql(), 10)).map(({ node_id }) => node_id)).toEqual(['logic'])
    expect((await claimLocal(run.ownerId, { most: 8 })).map(({ node_id }) => node_id).toSorted()).toEqual(kinds.toSorted())
  })

  test.each([
    ['another kind of lens', lens('draw', 'image', { job_kind: 'workflow_media' })],
    ['an orchestration', lens('plan', 'orchestration')],
    ['a research', lens('look', 'research')],
    ['a contender', { ...lens('fight'), type: 'contender_run' }],
    ['a moderated lens', lens('write', 'text', { config: { moderation: 'both' } })],
  ])('%s of such a provider is refused before the run begins', async (_, node) => {
    const refused = await start({ nodes: [node] }).catch((error: Error) => error.message)
    expect(refused).toMatch(/"path":"\/local_providers".*local_execution_unsupported/)
    expect(refused).toContain(`["${node.id}"]`)
    expect(await rows(sql(), 'select 1 from lenses.workflow_runs')).toEqual([])
  })

  test('pinned, it asks nobody', async () => {
    const pinned = { plan: { envelope: { kind: 'text', artifact_kind: 'text', output: 'x' } } }
    const run = await start({ nodes: [lens('plan', 'orchestration')] }, { pinned })
    expect(await runStatus(sql(), run.runId)).toBe('completed')
  })

  test('runs that such a run begins are the owner’s to answer too, and what a page cannot do is asked of nobody', async () => {
    const child = await start({ nodes: [lens('write')] }, { local_providers: [] })
    const drawing = await start({ nodes: [lens('draw', 'image', { job_kind: 'workflow_media' })] }, { local_providers: [] })
    await sql().query('delete from execution.ready')
    const versions = await rows<{ version_id: string }>(
      sql(),
      'select version_id from lenses.workflow_runs where run_id = any ($1) order by run_id = $2 desc',
      [[child.runId, drawing.runId], child.runId],
    )
    const run = await start({ nodes: [{ id: 'calls', type: 'sub_workflow' }] })
    const [node] = await claimNodes(sql())
    await suspendNode(sql(), node!, {
      for: 'children',
      expires_in_ms: 60_000,
      children: versions.map(({ version_id }, item_index) => ({ item_index, version_id, inputs: {} })),
    })
    expect((await claimLocal(run.ownerId, { most: 8 })).map(({ node_id }) => node_id)).toEqual(['write'])
    const [draw] = await claimNodes(sql(), 10, 'workflow_media')
    expect(draw).toMatchObject({ node_id: 'draw', refused: { code: 'local_execution_unsupported' } })
    expect(draw).not.toHaveProperty('byok')
  })
})

describe('who may take one', () => {
  test('a page of the owner that has a key of its provider, once', async () => {
    const run = await waiting()
    expect(await claimLocal(randomUUID())).toEqual([])
    expect(await claimLocal(run.ownerId, { providers: ['anthropic'] })).toEqual([])
    expect(await claimLocal(run.ownerId)).toMatchObject([{ node_id: 'write', parents: { first: { status: 'completed' } } }])
    expect(await claimLocal(run.ownerId)).toEqual([])
  })

  test('a lease token that somebody guessed is worth nothing', async () => {
    const run = await waiting()
    const held = await take(run)
    for (const [name, act] of Object.entries(acts)) expect([name, await act(randomUUID(), held)]).toEqual([name, 'not_found'])
    const other = await start({ nodes: ['platforms'] }, {}, run.ownerId)
    const [platforms] = await claimNodes(sql())
    for (const [name, act] of Object.entries(acts)) expect([name, await act(other.ownerId, platforms!)]).toEqual([name, 'not_found'])
    for (const [name, act] of Object.entries(acts))
      expect([name, await act(run.ownerId, { ...held, lease_token: platforms!.lease_token })]).toEqual([name, 'lost'])
    expect(await acts.complete(run.ownerId, held)).toBe('recorded')
  })

  test('what it would cost is held against the run’s budget', async () => {
    const costly = { nodes: [lens('write', 'text', { cost_estimate_usd: 5 })] }
    const held = await start(costly, { budget_usd: 1 })
    expect((await take(held)).refused?.code).toBe('budget_spent')
    expect((await take(await start(costly, { budget_usd: 10 }))).refused).toBeUndefined()
  })
})

describe('how it ends', () => {
  test('with what the page hands in, once, and its run goes on; of what a text is not, nothing is believed', async () => {
    const run = await waiting()
    const held = await take(run)
    const more = { variables: { admin: true }, stops_run: true, envelope: { ...made.envelope, media: { url: 'https://elsewhere.test/x' } } }
    expect(await acts.complete(run.ownerId, held, { ...made, ...more })).toBe('recorded')
    expect(await acts.complete(run.ownerId, held)).toBe('lost')
    const [last] = await claimNodes(sql())
    expect(last).toMatchObject({ node_id: 'last', variables: {}, parents: { write: { envelope: made.envelope } } })
    expect(last!.parents.write!.envelope).not.toHaveProperty('media')
    await completeNode(sql(), last!)
    expect(await runStatus(sql(), run.runId)).toBe('completed')
    expect(await brokenRules(sql())).toEqual([])
  })

  test('a page that went away leaves its text to the next', async () => {
    const run = await waiting()
    const first = await take(run)
    expect(await show(run.ownerId, first, 0, 'half ')).toBe('held')
    expect(await acts.giveBack(run.ownerId, first)).toBe('given_back')
    const second = await take(run)
    expect(second).toMatchObject({ attempts: 0, reclaims: 0, checkpoint: { text: 'half ' } })
    expect(await show(run.ownerId, first, 5, 'half late')).toBe('lost')
    await sql().query(`update execution.leases set expires_at = now() - interval '1 s' where lease_token = $1`, [second.lease_token])
    await value(sql(), 'select execution.sweep()')
    expect(await take(run)).toMatchObject({ reclaims: 1, checkpoint: { text: 'half ' } })
    expect(await acts.complete(run.ownerId, second)).toBe('lost')
  })

  test('a failure is tried again in a page, or fails the node', async () => {
    const run = await waiting()
    expect(await acts.fail(run.ownerId, await take(run), 0)).toBe('dead_lettered')
    expect(await nodeStatuses(sql(), run.runId)).toMatchObject({ write: 'failed' })
    const again = await start({ nodes: [lens('write', 'text', { max_attempts: 2 })] })
    expect(await acts.fail(again.ownerId, await take(again), 0)).toBe('requeued')
    expect(await take(again)).toMatchObject({ attempts: 1 })
  })

  test('cancelled with its run, its page learns of it', async () => {
    const run = await waiting()
    const held = await take(run)
    await value(sql(), 'select lenses.fn_workflow_runs_cancel($1, $2)', [run.runId, run.ownerId])
    for (const [name, act] of Object.entries(acts)) expect([name, await act(run.ownerId, held)]).toEqual([name, 'lost'])
  })

  test('where no page comes within the hour it is timed out by name, and a retry waits for one anew', async () => {
    const run = await waiting()
    expect(await clock()).toBe(0)
    await overdue()
    expect(await clock()).toBe(1)
    expect(await nodeStatuses(sql(), run.runId)).toMatchObject({ write: 'timed_out' })
    expect(await runStatus(sql(), run.runId)).toBe('failed')
    expect(await rows(sql(), `select error ->> 'code' as code from lenses.workflow_node_results where node_id = 'write'`)).toEqual([
      { code: 'local_driver_missing' },
    ])
    await value(sql(), 'select lenses.fn_workflow_runs_retry($1, $2)', [run.runId, run.ownerId])
    expect((await take(run)).deadline_ms).toBeGreaterThan(3_500_000)
    expect(await brokenRules(sql())).toEqual([])
  })

  test('a page that renews for ever keeps its run no longer than the deadline', async () => {
    const run = await waiting()
    const held = await take(run)
    await overdue()
    expect(await acts.heartbeat(run.ownerId, held)).toBe('lost')
    expect(await clock()).toBe(1)
    expect(await rows(sql(), 'select 1 from execution.leases')).toEqual([])
    expect(await nodeStatuses(sql(), run.runId)).toMatchObject({ write: 'timed_out' })
  })

  test('a fork asks the same pages', async () => {
    const run = await waiting()
    await acts.complete(run.ownerId, await take(run))
    for (const node of await claimNodes(sql())) await completeNode(sql(), node)
    await value(sql(), 'select lenses.fn_workflow_runs_fork($1, $2, $3)', [run.runId, run.ownerId, 'write'])
    expect(await claimNodes(sql(), 10, 'lens_run')).toEqual([])
    expect(await take(run)).toMatchObject({ node_id: 'write' })
  })
})

test('an answer, a renewal, a page that gives back, a cancel and the clock come together: one of them ends it, and none waits in a circle', async () => {
  const [answering, renewing, giving, cancelling, ticking] = (await database.connectMany(5)) as [Client, Client, Client, Client, Client]
  const ends = new Set<string>()
  for (let nth = 0; nth < 40; nth++) {
    const run = await waiting()
    const held = await take(run)
    if (nth % 3 === 0) await overdue()
    const args = [run.ownerId, held.job_id, held.lease_token]
    const [answered] = await Promise.all([
      value<string>(answering, 'select lenses.fn_local_complete($1, $2, $3, $4)', [...args, JSON.stringify(made)]),
      value(
        renewing,
        `select lenses.fn_local_heartbeat($1, $2, $3, '{"text":"a","chunks":1,"elapsed_ms":1}', '{"offset":0,"text":"a"}')`,
        args,
      ),
      nth % 2 === 0 ? value(giving, 'select lenses.fn_local_give_back($1, $2, $3)', args) : undefined,
      nth % 4 === 1 ? value(cancelling, 'select lenses.fn_workflow_runs_cancel($1, $2)', [run.runId, run.ownerId]) : undefined,
      clock(ticking),
    ])
    const status = (await nodeStatuses(sql(), run.runId)).write!
    if (answered === 'recorded') expect(status).toBe('completed')
    else expect(['queued', 'timed_out', 'cancelled (cancelled)']).toContain(status)
    expect(await rows(sql(), 'select 1 from execution.leases where $1 = any (job_ids)', [held.job_id])).toEqual([])
    ends.add(status)
  }
  expect(ends.size).toBeGreaterThan(1)
  expect(await brokenRules(sql())).toEqual([])
})
