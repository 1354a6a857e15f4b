import { randomUUID } from 'node:crypto'
import { stepError } from '@agon/runner-core/errors'
import { lensRuns } from '@agon/runner-core/lens-runs'
import { teamRuns } from '@agon/runner-core/team-runs'
import { expect, test } from 'vitest'
import { killedIn, loseLeases, rows, useDatabase, value } from '../../support/database.ts'
import { nodeDriver } from '../../support/node-driver.ts'
import { startTeamRun, turnNode } from '../../support/teams.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import { compiledGraph, eventsOf, nodeStatuses, runStatus, startRun } from '../../support/workflows.ts'

// Teams on the real database: a turn is a run, and what the transcript says is what those runs made.

const database = useDatabase()

const startTeam = (config?: Record<string, unknown>, start?: Record<string, unknown>, owner?: string) =>
  startTeamRun(database.sql, config, start, owner)

/** What the log says of turns, in its order. */
const toldOf = async (runId: string) =>
  (await eventsOf(database.sql, runId))
    .filter(({ type }) => type.startsWith('node.turn'))
    .map(({ type, data: { summary, member, round, status } }) =>
      summary ? 'the summary begins' : type === 'node.turn' ? `${member} is over, ${round}, ${status}` : `${member} begins, ${round}`,
    )

const transcriptOf = (runId: string, ownerId: string) =>
  value<{ teams: { turns: Record<string, unknown>[]; [more: string]: unknown }[] } | null>(
    database.sql,
    'select lenses.fn_workflow_runs_transcript($1, $2)',
    [runId, ownerId],
  )
const outputOf = (runId: string) =>
  value<{ output: string; data: Record<string, unknown> }>(database.sql, 'select output from lenses.workflow_runs where run_id = $1', [
    runId,
  ])

test('a team takes its turns as runs of its own, is told of in the log, and its transcript is read while it talks', async () => {
  const { runId, ownerId } = await startTeam({ rounds: 2, summary: { instructions: 'One name.' } })
  const { drain, asked } = nodeDriver(database.sql, (_, nth) => `turn ${nth}`)
  await drain(['team_run'])
  expect(await nodeStatuses(database.sql, runId)).toEqual({ team: 'waiting' })
  await drain(['lens_run'])
  expect(await transcriptOf(runId, ownerId)).toMatchObject({
    status: 'running',
    teams: [{ node_id: 'team', status: 'waiting', ended: null, members: ['Ada', 'Bo'], turns: [{ member: 'Ada', text: 'turn 1' }] }],
  })
  await drain()
  expect(asked).toHaveLength(5)
  const { output, data } = await outputOf(runId)
  expect(output).toBe('turn 5')
  expect(data).toMatchObject({ ended: 'rounds', rounds: 2, transcript: [{ member: 'Ada' }, { member: 'Bo' }, {}, { text: 'turn 4' }] })
  // 10 tokens in and 5 out a call, by the price list of that model, in micro-dollars.
  expect(data.cost_usd).toBe((5 * Math.round(10 * 0.25 + 5 * 2 + 1e-9)) / 1e6)
  const transcript = await transcriptOf(runId, ownerId)
  expect(transcript).toMatchObject({
    status: 'completed',
    teams: [
      { ended: 'rounds', summary: { text: 'turn 5', status: 'completed', model: 'openai:gpt-5-mini' }, cost_usd: expect.any(Number) },
    ],
  })
  expect(transcript!.teams[0]!.turns.map(({ round, member, text, model }) => [round, member, text, model])).toEqual([
    [1, 'Ada', 'turn 1', 'openai:gpt-5-mini'],
    [1, 'Bo', 'turn 2', 'openai:gpt-5-mini'],
    [2, 'Ada', 'turn 3', 'openai:gpt-5-mini'],
    [2, 'Bo', 'turn 4', 'openai:gpt-5-mini'],
  ])
  expect(await toldOf(runId)).toEqual([
    'Ada begins, 1',
    'Ada is over, 1, completed',
    'Bo begins, 1',
    'Bo is over, 1, completed',
    'Ada begins, 2',
    'Ada is over, 2, completed',
    'Bo begins, 2',
    'Bo is over, 2, completed',
    'the summary begins',
  ])
  const over = (await eventsOf(database.sql, runId)).filter(({ type }) => type === 'node.turn')
  expect(over.map(({ data: { run_id, cost_usd } }) => ({ run_id, cost_usd }))).toEqual(
    (data.transcript as { run_id: string; cost_usd: number }[]).map(({ run_id, cost_usd }) => ({ run_id, cost_usd })),
  )
  expect(
    await rows(database.sql, 'select distinct trigger_mode from lenses.workflow_runs where root_run_id = $1 and run_id <> $1', [runId]),
  ).toEqual([{ trigger_mode: 'team' }])
  expect(await brokenRules(database.sql)).toEqual([])
})

test('of a round in parallel the log tells when each turn is over, while another is still at it; and nothing of what is said', async () => {
  const { runId } = await startTeam({ rounds: 1, mode: 'parallel' })
  const { drain, world } = nodeDriver(database.sql, () => 'a secret of the oven')
  await drain(['team_run'])
  expect(await toldOf(runId)).toEqual(['Ada begins, 1', 'Bo begins, 1'])
  const claim = await lensRuns.claim(world.store, 'a test', 2)
  const [, bo] = claim.ok ? claim.value.jobs : []
  await lensRuns.step(bo!, world, { timeoutMs: 45_000, signal: new AbortController().signal })
  expect(await toldOf(runId)).toEqual(['Ada begins, 1', 'Bo begins, 1', 'Bo is over, 1, completed'])
  expect(await nodeStatuses(database.sql, runId)).toEqual({ team: 'waiting' })
  await loseLeases(database.sql)
  await drain()
  expect((await toldOf(runId)).slice(3)).toEqual(['Ada is over, 1, completed'])
  expect(JSON.stringify((await eventsOf(database.sql, runId)).map(({ data }) => data))).not.toContain('oven')
})

test('another’s transcript is not shown; of a run without a team it is empty', async () => {
  const { runId } = await startTeam()
  expect(await transcriptOf(runId, randomUUID())).toBeNull()
  const other = await startRun(database.sql, { nodes: ['a'] })
  expect(await transcriptOf(other.runId, other.ownerId)).toMatchObject({ teams: [] })
})

/** A driver that takes the team's act and is killed when it has recorded it, before that is committed. */
const killedWhileItRecords = () => killedIn(database, (driver) => nodeDriver(driver).drain(['team_run']))

test.each(['turns', 'parallel'] as const)(
  'drivers are killed at every act of a team (%s), before they record it and while they do: no turn is begun or paid twice',
  async (mode) => {
    const { runId, ownerId } = await startTeam({ mode, rounds: 3, summary: {} })
    const { drain, asked, world } = nodeDriver(database.sql, (_, nth) => `turn ${nth}`)
    let acts = 0
    while ((await runStatus(database.sql, runId)) === 'running' && acts < 20) {
      const dead = await teamRuns.claim(world.store, 'one that dies', 1)
      expect(dead.ok && dead.value.jobs).toHaveLength(1)
      await loseLeases(database.sql)
      await killedWhileItRecords()
      await loseLeases(database.sql)
      await drain(['team_run'])
      await drain(['lens_run'])
      acts++
    }
    expect(acts).toBe(mode === 'turns' ? 8 : 5)
    expect(asked).toHaveLength(7)
    expect(new Set(asked.map(({ prompt }) => prompt)).size).toBe(7)
    expect((await outputOf(runId)).data).toMatchObject({ ended: 'rounds', transcript: { length: 6 } })
    const { teams } = (await transcriptOf(runId, ownerId))!
    expect(teams[0]!.turns).toHaveLength(6)
    const told = (await eventsOf(database.sql, runId)).filter(({ type }) => type === 'node.turn')
    expect(told).toHaveLength(6)
    // The last of what begins is the summary.
    expect(new Set(await toldOf(runId)).size).toBe(6 + 6 + 1)
    expect(await toldOf(runId)).toHaveLength(6 + 6 + 1)
    expect(await brokenRules(database.sql)).toEqual([])
  },
)

test('a driver that comes back late begins no turn', async () => {
  const { runId } = await startTeam()
  const { drain, asked, world } = nodeDriver(database.sql)
  const late = await teamRuns.claim(world.store, 'a sleeper', 1)
  await loseLeases(database.sql)
  await drain(['team_run'])
  const bounds = { timeoutMs: 45_000, signal: new AbortController().signal }
  if (!late.ok) throw new Error(late.error.message)
  for (const job of late.value.jobs) await teamRuns.step(job, world, bounds)
  await drain(['lens_run'])
  expect(asked).toHaveLength(1)
  expect(await value(database.sql, 'select count(*)::int from lenses.workflow_runs where parent_run_id = $1', [runId])).toBe(1)
})

test('a run that is cancelled ends its turns, and begins no other', async () => {
  const { runId, ownerId } = await startTeam()
  const { drain, asked } = nodeDriver(database.sql)
  await drain(['team_run'])
  await value(database.sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [runId, ownerId])
  await drain()
  expect(asked).toEqual([])
  expect(await toldOf(runId)).toEqual(['Ada begins, 1', 'Ada is over, 1, cancelled'])
  expect((await eventsOf(database.sql, runId)).at(-1)).toMatchObject({ type: 'run.cancelled' })
  expect(await transcriptOf(runId, ownerId)).toMatchObject({ status: 'cancelled', teams: [{ turns: [{ status: 'cancelled', text: '' }] }] })
})

test('what its turns have cost, lost ones too, ends a team within its budget; each may cost what its estimate says', async () => {
  // An estimate of a short prompt and 4,096 tokens of answer: about 0.0088 USD; what a call costs here: 0.0000125.
  const { runId, ownerId } = await startTeam({ budget_usd: 0.0086, rounds: 20 })
  const { drain } = nodeDriver(database.sql, (_, nth) => `turn ${nth}`)
  await drain()
  const { data } = await outputOf(runId)
  expect(data).toMatchObject({ ended: 'budget' })
  const { teams } = (await transcriptOf(runId, ownerId))!
  expect(teams[0]!.turns.length).toBeGreaterThan(1)
  expect(teams[0]!.turns.length).toBeLessThan(40)
  expect(Number(teams[0]!.cost_usd)).toBeLessThanOrEqual(0.0086)
  expect(data.cost_usd).toBe(teams[0]!.cost_usd)
})

test('a budget of the run that refuses a turn ends the team with what there is', async () => {
  const { runId } = await startTeam({ rounds: 20 }, { budget_usd: 0.01001 })
  const { drain, asked } = nodeDriver(database.sql, (_, nth) => `turn ${nth}`)
  await drain()
  // Every turn sets its estimate of 0.01 aside; after the first, 0.0099975 is left.
  expect(asked).toHaveLength(1)
  expect(await outputOf(runId)).toMatchObject({
    output: 'turn 1',
    data: { ended: 'budget', transcript: [{ status: 'completed' }, { status: 'failed', error: { code: 'budget_spent' } }] },
  })
})

test('a member that fails loses the turn; when all of a round fail, so has the node', async () => {
  const { runId } = await startTeam({ rounds: 2 })
  const refuse = { generateText: async () => ({ ok: false as const, error: stepError('provider_rejected', 'no') }) }
  const { drain } = nodeDriver(database.sql, undefined, { providers: () => ({ ok: true, value: refuse }) })
  await drain()
  expect(await runStatus(database.sql, runId)).toBe('failed')
  expect(await value(database.sql, 'select error from lenses.workflow_runs where run_id = $1', [runId])).toMatchObject({
    code: 'child_failed',
    message: expect.stringContaining('nobody answered in round 1: provider_rejected'),
  })
})

test('a team that is run again begins anew: its transcript is that of the last time', async () => {
  const { runId, ownerId } = await startTeam({ rounds: 1 })
  const first = nodeDriver(database.sql, (_, nth) => `first ${nth}`)
  await first.drain()
  await value(database.sql, 'select lenses.fn_workflow_runs_retry($1, $2, $3)', [runId, ownerId, 'team'])
  const second = nodeDriver(database.sql, (_, nth) => `second ${nth}`)
  await second.drain()
  expect(second.asked).toHaveLength(2)
  expect((await transcriptOf(runId, ownerId))!.teams[0]!.turns.map(({ text }) => text)).toEqual(['second 1', 'second 2'])
  expect((await outputOf(runId)).data).toMatchObject({ transcript: { length: 2 } })
})

test('a fork after the team takes its transcript along', async () => {
  const { runId, ownerId } = await startTeam({ rounds: 1 })
  await nodeDriver(database.sql, (_, nth) => `turn ${nth}`).drain()
  const { run_id } = await value<{ run_id: string }>(database.sql, 'select lenses.fn_workflow_runs_replay($1, $2)', [runId, ownerId])
  expect((await transcriptOf(run_id, ownerId))!.teams[0]).toMatchObject({
    ended: 'rounds',
    turns: [{ text: 'turn 1', status: 'completed' }, { text: 'turn 2' }],
  })
})

test('an orchestration is told what the versions take that it may begin, what they may cost, and what its runs have cost', async () => {
  const workflow = {
    nodes: [turnNode(), { ...turnNode(), id: 'more' }],
    edges: [['body', 'more']] as [string, string][],
    document: { title: 'W', inputs: { topic: { type: 'string' }, tone: {} } },
  }
  const loop = { nodes: [{ ...turnNode(), config: { version_ids: { body: randomUUID() } } }], document: { title: 'L' } }
  const store = (graph: Parameters<typeof compiledGraph>[0]) =>
    value<string>(database.sql, 'select lenses.fn_versions_store_nested($1)', [JSON.stringify(compiledGraph(graph))])
  const lens = {
    nodes: [turnNode('sparring:quill', null)].map((node) => ({ ...node, funding_source: 'simulated' })),
    document: { title: 'X' },
  }
  const version_ids = { workflow: await store(workflow), lens: await store(lens), loop: await store(loop) }
  const boss = {
    ...turnNode(),
    id: 'boss',
    lens: { kind: 'orchestration', template: 'Do it.' },
    config: {
      caps: { max_nodes: 2, max_depth: 1, budget_usd: 1 },
      lenses: [{ name: 'workflow' }, { name: 'lens' }, { name: 'loop' }],
      version_ids,
    },
  }
  await startRun(database.sql, { nodes: [boss] })
  const claim = await value<{ jobs: { begins: unknown }[] }>(
    database.sql,
    `select lenses.fn_worker_claim_workflow_nodes('lens_run', 'a test', 1)`,
  )
  expect(claim.jobs[0]!.begins).toEqual({
    workflow: { parameters: ['tone', 'topic'], cost_estimate_usd: 0.02, model_key: null },
    lens: { parameters: ['prompt'], cost_estimate_usd: 0, model_key: 'sparring:quill' },
    loop: { parameters: ['prompt'], cost_estimate_usd: null, model_key: 'openai:gpt-5-mini' },
  })
})
