import { randomUUID } from 'node:crypto'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { describe, expect, test } from 'vitest'
import { battleRow, battleWanted } from '../../../packages/runner-core/src/workflow/runners/battle-row.ts'
import { eventsOf as battleEvents, cancel, finalize, judge, statusOf } from '../../support/battles.ts'
import { type Client, killedIn, loseLeases, rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  drainNodes,
  eventsOf,
  failNode,
  nodeStatuses,
  runStatus,
  startRun,
} from '../../support/workflows.ts'

/*
 * Battles whose slots the very run answers that made them. Whatever becomes of a node or of the run, no slot waits for it: the transaction
 * that ends the one settles the other.
 */

const database = useDatabase()

type Left = { workflow?: true; node?: string; identity?: string }
const contender = (slot: string, more: Record<string, unknown> = {}) => ({
  id: `run_${slot.toLowerCase()}`,
  type: 'contender_run',
  job_kind: 'lens_run',
  model_key: 'sparring:quill',
  provider: 'sparring',
  limit_key: 'sparring',
  funding_source: 'simulated',
  simulated: true,
  config: { slot },
  ...more,
})

interface Wanted {
  contenders?: (Left | { model: string })[]
  mode?: 'manual' | 'full_auto'
  nodes?: ReturnType<typeof contender>[]
  /** Contenders that the battle leads not into. */
  unfed?: string[]
  /** More nodes and edges after the contenders. */
  rest?: { nodes: Record<string, unknown>[]; edges: unknown[] }
  owner?: string
}

/** A run that has made its battle: battle_create -> contenders -> battle_execute. */
async function begun({
  contenders = [{ workflow: true, identity: 'one' }, { node: 'run_b' }],
  mode = 'full_auto',
  nodes,
  rest,
  unfed = [],
  owner = randomUUID(),
}: Wanted = {}) {
  const runs = nodes ?? [contender('A'), contender('B')]
  const { runId, workflowId } = await startRun(
    database.sql,
    {
      nodes: [
        {
          id: 'create',
          type: 'battle_create',
          side_effects: true,
          config: {
            title: 'Haiku',
            task_prompt: 'A haiku.',
            contenders,
            judges: [{ model: 'sparring:arbiter' }],
            automation_mode: mode,
          },
        },
        ...runs,
        { id: 'execute', type: 'battle_execute', join_policy: 'all_settled', config: { timeout_ms: 60_000 } },
        ...((rest?.nodes ?? []) as never[]),
      ],
      edges: [
        ...runs
          .filter(({ id }) => !unfed.includes(id))
          .map(({ id }) => ({ source: 'create', target: id, source_output_key: 'data', target_param_label: 'battle' })),
        { source: 'create', target: 'execute', source_output_key: 'data', target_param_label: 'battle' },
        ...runs.map(({ id }) => [id, 'execute'] as [string, string]),
        ...((rest?.edges ?? []) as never[]),
      ],
    },
    {},
    owner,
  )
  const driver = nodeDriver(database.sql, (prompt) => `re: ${prompt}`)
  const [create] = await claimJob('create')
  await workflowNodes.step(create as never, driver.world, { timeoutMs: 45_000, signal: new AbortController().signal })
  const battleId = await value<string>(
    database.sql,
    `select output_data -> 'data' ->> 'battle_id' from lenses.workflow_node_results where run_id = $1 and node_id = 'create'`,
    [runId],
  )
  return { runId, workflowId, owner, driver, battle: { battleId, ownerId: owner } }
}

async function claimJob(_node: string) {
  const claim = await nodeDriver(database.sql).world.store.claimWorkflowNodes('workflow_node', 'a test', 1)
  if (!claim.ok) throw new Error(claim.error.message)
  return claim.value.jobs
}

const claimRuns = (most = 10) => claimNodes(database.sql, most, 'lens_run')

const take = (node: Pick<ClaimedNode, 'job_id' | 'lease_token'>, battleId: string, slot: string, client: Client = database.sql) =>
  value<{ slot?: string | null; task_prompt?: string; refused?: string; message?: string }>(
    client,
    'select lenses.fn_worker_take_slot($1, $2, $3, $4)',
    [node.job_id, node.lease_token, battleId, slot],
  )

const slots = (battleId: string) =>
  rows<{ slot: string; status: string; code: string | null; said: string | null }>(
    database.sql,
    `select c.slot, c.status::text, c.error ->> 'code' as code, s.content_text as said from battles.contenders c
     left join battles.submissions s using (contender_id) where c.battle_id = $1 order by c.slot`,
    [battleId],
  )

describe('what a contender_run comes to', () => {
  test('is the answer of its slot, and the battle goes on to its judge with the last of them', async () => {
    const { runId, workflowId, battle, driver } = await begun()
    expect(
      await rows(database.sql, 'select slot, contender_type::text as type, model_key, identity from battles.contenders order by slot'),
    ).toEqual([
      { slot: 'A', type: 'workflow', model_key: `workflow:${workflowId}/A`, identity: 'one' },
      { slot: 'B', type: 'workflow', model_key: `workflow:${workflowId}/run_b`, identity: '' },
    ])
    expect(await rows(database.sql, 'select battle_type::text, status::text, run_id from battles.battles')).toEqual([
      { battle_type: 'workflow_battle', status: 'executing', run_id: runId },
    ])
    await driver.drain()
    // Without a prompt of its own a node is asked the task of the battle.
    expect(driver.asked.map(({ prompt }) => prompt)).toEqual(['A haiku.', 'A haiku.'])
    expect(await slots(battle.battleId)).toEqual([
      { slot: 'A', status: 'submitted', code: null, said: 're: A haiku.' },
      { slot: 'B', status: 'submitted', code: null, said: 're: A haiku.' },
    ])
    expect(await statusOf(database.sql, battle)).toBe('scoring')
    expect(await battleEvents(database.sql, battle)).toEqual([
      'battle.draft',
      'battle.published',
      'battle.executing',
      'contender.submitted',
      'contender.submitted',
      'battle.voting',
      'battle.scoring',
    ])
    expect(await runStatus(database.sql, runId)).toBe('completed')
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('is judged without a word of who made it, and rated under the workflow', async () => {
    const { battle, driver, workflowId } = await begun()
    await driver.drain()
    const judging = await judge(database.sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    expect(judging.answers.map(({ slot, content_text }) => [slot, content_text])).toEqual([
      ['A', 're: A haiku.'],
      ['B', 're: A haiku.'],
    ])
    expect(JSON.stringify(judging)).not.toContain(workflowId)
    expect(JSON.stringify(judging)).not.toContain('"one"')
    await finalize(database.sql, battle)
    expect(await rows(database.sql, 'select competitor, wins from battles.ratings order by competitor')).toEqual([
      { competitor: `workflow:${workflowId}/A · one (simulated)`, wins: 1 },
      { competitor: `workflow:${workflowId}/run_b (simulated)`, wins: 0 },
    ])
  })

  test('contends beside a model, which answers for itself', async () => {
    const { battle, driver } = await begun({ contenders: [{ workflow: true }, { model: 'sparring:quill' }], nodes: [contender('A')] })
    await driver.drain()
    expect(await slots(battle.battleId)).toMatchObject([
      { slot: 'A', status: 'submitted' },
      { slot: 'B', status: 'pending' },
    ])
    expect(
      await value(database.sql, `select count(*)::int from execution.job_status where kind = 'battle_job' and status = 'queued'`),
    ).toBe(1)
  })

  test('is nobody’s answer where the battle was cancelled meanwhile: the node ends all the same', async () => {
    const { runId, battle } = await begun()
    const [a] = await claimRuns(1)
    expect(await take(a!, battle.battleId, 'A')).toEqual({ slot: 'A', task_prompt: 'A haiku.' })
    await cancel(database.sql, battle)
    expect(await completeNode(database.sql, a!)).toBe(true)
    expect(await slots(battle.battleId)).toMatchObject([
      { status: 'cancelled', said: null },
      { status: 'cancelled', said: null },
    ])
    expect((await eventsOf(database.sql, runId)).map(({ type }) => type)).toContain('node.unsubmitted')
    expect(await brokenRules(database.sql)).toEqual([])
  })
})

describe('a slot settles with its node', () => {
  test.each([
    ['failed', { code: 'provider_unavailable', message: 'down' }, 'failed', 'provider_unavailable'],
    ['timed out', { code: 'node_timeout', message: 'late' }, 'timed_out', 'node_timeout'],
  ])('that %s', async (_, error, status, code) => {
    const { battle } = await begun()
    const [a] = await claimRuns(1)
    await take(a!, battle.battleId, 'A')
    await failNode(database.sql, a!, error)
    expect((await slots(battle.battleId))[0]).toMatchObject({ slot: 'A', status, code })
  })

  test('that is tried again keeps it meanwhile', async () => {
    const { battle } = await begun({ nodes: [contender('A', { max_attempts: 2 }), contender('B')] })
    const [a] = await claimRuns(1)
    await take(a!, battle.battleId, 'A')
    expect(await failNode(database.sql, a!, { code: 'provider_unavailable', message: 'down' }, 0)).toBe('requeued')
    expect((await slots(battle.battleId))[0]).toMatchObject({ status: 'pending' })
    const again = (await claimRuns()).find(({ node_id }) => node_id === 'run_a')!
    expect(await take(again, battle.battleId, 'A')).toMatchObject({ slot: 'A' })
    await completeNode(database.sql, again)
    expect((await slots(battle.battleId))[0]).toMatchObject({ status: 'submitted' })
  })

  test('that failed before it took the slot left to it by name', async () => {
    const { battle } = await begun()
    const b = (await claimRuns()).find(({ node_id }) => node_id === 'run_b')!
    await failNode(database.sql, b, { code: 'context_too_large', message: 'too much' })
    expect(await slots(battle.battleId)).toMatchObject([{ status: 'pending' }, { status: 'failed', code: 'context_too_large' }])
  })

  test('that was skipped', async () => {
    const gate = { id: 'gate', type: 'if_condition', config: { expression: 'false' } }
    // What leads into run_b is not taken.
    const { battle, driver } = await begun({
      nodes: [contender('A'), contender('B')],
      unfed: ['run_b'],
      rest: { nodes: [gate], edges: [['gate', 'run_b', 'true']] },
    })
    await driver.drain()
    expect(await slots(battle.battleId)).toMatchObject([{ status: 'submitted' }, { status: 'failed', code: 'slot_unanswered' }])
    expect(await statusOf(database.sql, battle)).toBe('closed') // a walkover
  })

  test('that was cancelled with its run, and so do all that no node had taken', async () => {
    const { runId, owner, battle } = await begun()
    const [a] = await claimRuns(1)
    await take(a!, battle.battleId, 'A')
    expect(await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, owner])).toBe('cancelled')
    expect(await slots(battle.battleId)).toMatchObject([
      { status: 'failed', code: 'cancelled' },
      { status: 'failed', code: 'slot_unanswered' },
    ])
    expect(await statusOf(database.sql, battle)).toBe('void')
    expect(await completeNode(database.sql, a!)).toBe(false)
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('whose run ran out of time', async () => {
    const { runId, battle } = await begun()
    await database.sql.query(`update lenses.workflow_runs set deadline_at = now() - interval '1 s' where run_id = $1`, [runId])
    expect(await value(database.sql, 'select lenses.fn_end_overdue_runs()')).toBe(1)
    expect(await slots(battle.battleId)).toMatchObject([{ status: 'timed_out' }, { status: 'timed_out' }])
    expect(await statusOf(database.sql, battle)).toBe('void')
  })

  test('or with battle_execute, where no node was there to take it', async () => {
    const { battle, driver } = await begun({
      contenders: [
        { workflow: true, identity: 'a' },
        { workflow: true, identity: 'b' },
        { workflow: true, identity: 'c' },
      ],
    })
    await driver.drain()
    expect(await slots(battle.battleId)).toMatchObject([
      { status: 'submitted' },
      { status: 'submitted' },
      { status: 'failed', code: 'slot_unanswered' },
    ])
    expect(await statusOf(database.sql, battle)).toBe('scoring')
  })

  test('and a draft whose run is over is void as soon as it is published', async () => {
    const { runId, owner, battle, driver } = await begun({ mode: 'manual' })
    await driver.drain()
    expect(await nodeStatuses(database.sql, runId)).toMatchObject({ run_a: 'failed', run_b: 'failed' })
    expect(await statusOf(database.sql, battle)).toBe('draft')
    await value(database.sql, 'select battles.fn_battles_publish($1, $2)', [battle.battleId, owner])
    expect(await statusOf(database.sql, battle)).toBe('void')
  })
})

describe('a slot is refused', () => {
  test('that is another’s, is not there, is taken, or is of a battle that is over', async () => {
    const { battle } = await begun({ contenders: [{ workflow: true }, { node: 'run_b' }, { model: 'sparring:brick' }] })
    const nodes = await claimRuns()
    const [a, b] = [nodes.find(({ node_id }) => node_id === 'run_a')!, nodes.find(({ node_id }) => node_id === 'run_b')!]
    expect(await take(a, battle.battleId, 'B')).toMatchObject({ refused: 'slot_unknown', message: 'The slot B is left to the node run_b' })
    expect(await take(a, battle.battleId, 'C')).toMatchObject({
      refused: 'slot_unknown',
      message: expect.stringContaining('sparring:brick'),
    })
    expect(await take(a, battle.battleId, 'D')).toMatchObject({ refused: 'slot_unknown', message: 'The battle has no slot D' })
    expect(await take(a, randomUUID(), 'A')).toMatchObject({ refused: 'not_found' })
    expect(await take({ ...a, lease_token: 0 }, battle.battleId, 'A')).toMatchObject({ refused: 'lease_lost' })
    expect(await take(a, battle.battleId, 'A')).toMatchObject({ slot: 'A' })
    expect(await take(a, battle.battleId, 'A')).toMatchObject({ slot: 'A' }) // again, by the same node
    expect(await take(b, battle.battleId, 'A')).toMatchObject({ refused: 'slot_taken', message: 'The slot A is taken by another node' })
    await completeNode(database.sql, a)
    expect(await take(b, battle.battleId, 'A')).toMatchObject({ refused: 'slot_taken' })
    await cancel(database.sql, battle)
    expect(await take(b, battle.battleId, 'B')).toMatchObject({ refused: expect.stringMatching(/battle_state|slot_taken/) })
  })

  test('of another’s battle, and of another run of the same owner', async () => {
    const mine = await begun()
    const [a] = await claimRuns(1)
    const theirs = await begun()
    expect(await take(a!, theirs.battle.battleId, 'A')).toMatchObject({ refused: 'forbidden' })
    const again = await begun({ owner: mine.owner })
    expect(await take(a!, again.battle.battleId, 'A')).toMatchObject({ refused: 'slot_unknown' })
    expect(await slots(theirs.battle.battleId)).toMatchObject([{ status: 'pending' }, { status: 'pending' }])
  })

  test('before the model is asked: the node fails by name and nothing is paid', async () => {
    const { runId, driver } = await begun({
      nodes: [contender('A'), contender('B', { config: { slot: 'A' } })],
      contenders: [{ node: 'run_a' }, { workflow: true }],
    })
    await driver.drain()
    expect(driver.asked).toHaveLength(1)
    expect(
      await value(database.sql, `select error ->> 'code' from lenses.workflow_node_results where run_id = $1 and node_id = 'run_b'`, [
        runId,
      ]),
    ).toBe('slot_unknown')
  })

  test('two slots cannot be left to one node', () => {
    const wanted = battleWanted.parse({
      title: 't',
      task_prompt: 'p',
      contenders: [{ node: 'a' }, { node: 'a' }],
      judges: [{ model: 'sparring:arbiter' }],
    })
    expect(battleRow(wanted, 'key')).toMatchObject({ error: { code: 'duplicate_contender' } })
  })
})

describe('a battle that leaves no slot to a workflow', () => {
  test('is none of a contender_run’s: it answers for the workflow alone, as ever', async () => {
    const { runId, battle, driver } = await begun({ contenders: [{ model: 'sparring:quill' }, { model: 'sparring:brick' }] })
    await driver.drain()
    expect(await nodeStatuses(database.sql, runId)).toMatchObject({ run_a: 'completed', run_b: 'completed', execute: 'completed' })
    expect(await slots(battle.battleId)).toMatchObject([
      { status: 'pending', said: null },
      { status: 'pending', said: null },
    ])
  })
})

// ---------------------------------------------------------------- kills

describe('a driver dies', () => {
  test('while it takes a slot: it is free, and the next driver’s', async () => {
    const { battle } = await begun()
    const [a] = await claimRuns(1)
    await killedIn(database, (client) => take(a!, battle.battleId, 'A', client))
    expect(await rows(database.sql, 'select from battles.contenders where answered_by is not null')).toEqual([])
    await loseLeases(database.sql)
    const again = (await claimRuns()).find(({ node_id }) => node_id === 'run_a')!
    expect(await take(a!, battle.battleId, 'A')).toMatchObject({ refused: 'lease_lost' })
    expect(await take(again, battle.battleId, 'A')).toMatchObject({ slot: 'A' })
  })

  test('between taking a slot and answering: the next driver answers, once', async () => {
    const { battle } = await begun()
    const [a] = await claimRuns(1)
    await take(a!, battle.battleId, 'A')
    await loseLeases(database.sql)
    const again = (await claimRuns()).find(({ node_id }) => node_id === 'run_a')!
    expect(await take(again, battle.battleId, 'A')).toMatchObject({ slot: 'A' })
    expect(await completeNode(database.sql, again)).toBe(true)
    expect(await completeNode(database.sql, a!)).toBe(false)
    expect((await battleEvents(database.sql, battle)).filter((type) => type === 'contender.submitted')).toHaveLength(1)
  })

  test('while it records the answer: neither the node nor the slot has ended', async () => {
    const { runId, battle } = await begun()
    const [a] = await claimRuns(1)
    await take(a!, battle.battleId, 'A')
    await killedIn(database, (client) => completeNode(client, a!))
    expect((await slots(battle.battleId))[0]).toMatchObject({ status: 'pending', said: null })
    expect(await nodeStatuses(database.sql, runId)).toMatchObject({ run_a: 'queued' })
    expect(await completeNode(database.sql, a!)).toBe(true)
    expect((await slots(battle.battleId))[0]).toMatchObject({ status: 'submitted', said: 'of run_a' })
    expect(await brokenRules(database.sql)).toEqual([])
  })

  test('again and again, until nobody tries any more: the slot is given up with the node', async () => {
    const { battle } = await begun()
    for (let nth = 0; nth < 3; nth++) {
      const a = (await claimRuns()).find(({ node_id }) => node_id === 'run_a')!
      expect(await take(a, battle.battleId, 'A')).toMatchObject({ slot: 'A' })
      await loseLeases(database.sql)
    }
    expect((await slots(battle.battleId))[0]).toMatchObject({ status: 'failed', code: 'lease_lost' })
  })

  test('while it makes the battle, or ends what nobody answered: nothing of it is there', async () => {
    const { battle } = await begun({
      contenders: [
        { workflow: true, identity: 'a' },
        { workflow: true, identity: 'b' },
        { workflow: true, identity: 'c' },
      ],
    })
    await drainNodes(database.sql, () => 'complete', 'lens_run')
    const [execute] = await claimNodes(database.sql)
    expect(execute).toMatchObject({ node_id: 'execute' })
    const end = (client: Client) =>
      value<number>(client, 'select lenses.fn_worker_end_open_slots($1, $2, $3)', [execute!.job_id, execute!.lease_token, battle.battleId])
    await killedIn(database, end)
    expect((await slots(battle.battleId)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
    expect(await end(database.sql)).toBe(3)
    expect(await end(database.sql)).toBe(0)
    expect(await statusOf(database.sql, battle)).toBe('void')
  })

  test('whose run has ended makes no battle for it any more', async () => {
    const { driver, owner, runId } = await begun()
    await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, owner])
    const made = await driver.world.store.createBattleInRun({ kind: 'workflow_node', jobId: 1, leaseToken: 1 }, {})
    expect(made).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
  })
})
