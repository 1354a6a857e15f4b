import { createHash, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, empty, rows, useDatabase, value, warningsDuring } from '../support/database.ts'
import { type AnyEnd, anyCommand, anyGraph, type Command } from '../support/workflow-histories.ts'
import { endOf, fates, type ModelGraph, modelGraph, type NodeEnd } from '../support/workflow-model.ts'
import { brokenRules } from '../support/workflow-rules.ts'
import {
  type ClaimedNode,
  claimNodes,
  completeNode,
  completeTogether,
  failNode,
  saveWorkflow,
  suspendNode,
  type TestGraph,
} from '../support/workflows.ts'

/*
 * Everything that can happen to runs, from six connections at once: no deadlock and no other error reaches anybody, no node is recorded
 * twice, every count is right, and what every run came to follows from what its nodes came to.
 */

const database = useDatabase()
const connections = 6
const numRuns = Number(process.env.AGON_RACES ?? 25)

interface World {
  owner: string
  versions: { graph: ModelGraph; workflowId: string; versionId: string }[]
  /** Newest first, as every connection knows it; leases of others too, so that two act on one. */
  held: ClaimedNode[]
  tokens: string[]
  recorded: Map<number, number>
}

async function act(client: Client, world: World, command: Command): Promise<void> {
  const { owner, versions, held, tokens, recorded } = world
  const roots = () =>
    rows<{ run_id: string }>(client, 'select run_id from lenses.workflow_runs where parent_run_id is null order by created_at desc limit 8')
  const runOf = async (nth: number) =>
    (await rows<{ run_id: string }>(client, 'select run_id from lenses.workflow_runs order by created_at desc limit 12'))[nth % 12]?.run_id
  const nodeOf = (runId: string, nth: number) =>
    value<string>(
      client,
      'select node_id from lenses.workflow_runs join lenses.workflow_nodes using (version_id) where run_id = $1 order by ordinal offset $2 % (select count(*) from lenses.workflow_runs join lenses.workflow_nodes using (version_id) where run_id = $1) limit 1',
      [runId, nth],
    )
  const envelope = (output: string) => ({ kind: 'text', artifact_kind: 'text', output })
  const complete = async (job: ClaimedNode, end: { ports: string[]; output: string }, stops: boolean) => {
    const done = await completeNode(client, job, { envelope: envelope(end.output), ports: end.ports, ...(stops && { stops_run: true }) })
    if (done) recorded.set(job.job_id, (recorded.get(job.job_id) ?? 0) + 1)
  }
  const completeAll = async (tree: { node: ClaimedNode; end: AnyEnd }[]) => {
    const ends = tree.map(({ node, end }) => ({ node, result: { envelope: envelope(end.output), ports: end.ports } }))
    for (const id of await completeTogether(client, ends)) recorded.set(id, (recorded.get(id) ?? 0) + 1)
  }
  const job = 'job' in command ? held[command.job] : undefined
  switch (command.do) {
    case 'start':
      await value(client, 'select lenses.fn_start_workflow_run($1, $2)', [
        owner,
        JSON.stringify({ workflow_id: versions[command.graph % versions.length]!.workflowId, single: false }),
      ])
      return
    case 'claim':
      for (const claimed of await claimNodes(client, command.most)) held.unshift(claimed)
      return
    case 'work': {
      const claimed = await claimNodes(client, command.ends.length)
      held.unshift(...claimed)
      if (command.together) {
        const good = claimed.flatMap((node, nth) =>
          typeof command.ends[nth] === 'string' ? [] : [{ node, end: command.ends[nth] as AnyEnd }],
        )
        for (const tree of Map.groupBy(good, ({ node }) => node.root_run_id).values()) await completeAll(tree)
      }
      for (const [nth, node] of claimed.entries()) {
        const end = command.ends[nth]!
        if (typeof end === 'string') await failNode(client, node, { code: end, message: '' }, 0)
        else await complete(node, end, false)
      }
      return
    }
    case 'complete':
      if (job) await complete(job, command.end, command.stops)
      return
    case 'fail':
      if (job) await failNode(client, job, { code: command.code, message: '' }, command.again ? 0 : null)
      return
    case 'suspend': {
      if (!job) return
      const token = createHash('sha256').update(randomUUID()).digest('hex')
      const children = command.for === 'children' && job.children.length === 0 && (job.depth as number) < 2 ? command.children : []
      const done = await suspendNode(client, job, {
        for: command.for,
        expires_in_ms: 600_000,
        state: { fail_fast: command.failFast },
        ...(command.for === 'approval' && { token_sha256: token }),
        ...(command.for === 'children' && {
          max_concurrent: command.most,
          children: children.map((nth, item_index) => ({ item_index, version_id: versions[nth % versions.length]!.versionId })),
        }),
      })
      if (done && command.for === 'approval') tokens.unshift(token)
      return
    }
    case 'answer': {
      const token = tokens[command.nth]
      if (token) await value(client, 'select lenses.fn_waits_answer($1, $2)', [token, '{"decision":"approved"}'])
      return
    }
    case 'lose':
      if (!job) return
      await client.query(
        `update execution.leases set expires_at = now() - interval '1 second' where ctid = any (array(select ctid from execution.leases where lease_token = $1 for update skip locked))`,
        [job.lease_token],
      )
      await client.query('select execution.sweep()')
      return
    case 'due':
      await client.query(
        'update execution.later set run_after = now() where ctid = any (array(select ctid from execution.later for update skip locked))',
      )
      return
    case 'cancel': {
      const run = await runOf(command.run)
      if (run) await value(client, 'select lenses.fn_workflow_runs_cancel($1, $2)', [run, owner])
      return
    }
    case 'overdue': {
      const run = await runOf(command.run)
      if (!run) return
      await client.query(
        'update lenses.workflow_runs set deadline_at = now() where ctid = any (array(select ctid from lenses.workflow_runs where run_id = $1 and finished_at is null for update skip locked))',
        [run],
      )
      await client.query('select lenses.fn_end_overdue_runs()')
      return
    }
    case 'retry': {
      const run = (await roots())[command.run]?.run_id
      if (run)
        await value(client, 'select lenses.fn_workflow_runs_retry($1, $2, $3)', [
          run,
          owner,
          command.node === null ? null : await nodeOf(run, command.node),
        ])
      return
    }
    case 'fork': {
      const run = await runOf(command.run)
      if (run) await value(client, 'select lenses.fn_workflow_runs_fork($1, $2, $3)', [run, owner, await nodeOf(run, command.node)])
      return
    }
    case 'replay': {
      const run = await runOf(command.run)
      if (run) await value(client, 'select lenses.fn_workflow_runs_replay($1, $2)', [run, owner])
      return
    }
    case 'heartbeat':
      if (job) await value(client, 'select execution.fn_worker_heartbeat($1)', [job.lease_token])
  }
}

async function play(graphs: readonly TestGraph[], histories: readonly Command[][]): Promise<void> {
  const { sql } = database
  await empty(sql)
  const world: World = { owner: randomUUID(), versions: [], held: [], tokens: [], recorded: new Map() }
  for (const graph of graphs) {
    const { workflowId, versionId } = await saveWorkflow(sql, graph, world.owner)
    world.versions.push({ graph: modelGraph(graph), workflowId, versionId })
  }
  for (const nth of [0, 1, 2]) await act(sql, world, { do: 'start', graph: nth, pinned: [] })
  const warnings = await Promise.all(
    histories.map((commands, nth) =>
      warningsDuring(clients[nth]!, async () => {
        for (const command of commands) await act(clients[nth]!, world, command)
      }),
    ),
  )
  // A sweep survives what it meets, and says so.
  expect(warnings.flat().filter((warning) => !warning.includes('cannot wake'))).toEqual([])
  expect(await brokenRules(sql)).toEqual([])

  for (let round = 0; ; round++) {
    const open = await value<number>(sql, 'select count(*) from lenses.workflow_runs where finished_at is null')
    if (open === 0) break
    expect(round, 'rounds of work until every run has ended').toBeLessThan(100)
    await sql.query('update execution.later set run_after = now()')
    await sql.query(`update execution.leases set expires_at = now() - interval '1 second'`)
    await sql.query('select execution.sweep()')
    await Promise.all(
      clients.map((client, nth) =>
        act(client, world, {
          do: 'work',
          together: nth % 2 === 0,
          ends: Array.from({ length: 4 }, () => ({ ports: ['output'], output: 'x' })),
        }),
      ),
    )
  }
  expect(await brokenRules(sql)).toEqual([])
  expect([...world.recorded.values()].filter((times) => times > 1)).toEqual([])
  for (const { graph, versionId } of world.versions) {
    const ended = await rows<{
      run_id: string
      status: string
      stopped: boolean
      nodes: ({ node_id: string; executed: boolean; output: string } & NodeEnd)[]
    }>(
      sql,
      `select r.run_id, r.status, exists (select from lenses.workflow_run_events e where e.run_id = r.run_id and e.data ? 'stops_run') or exists (
           select from jsonb_each(r.pinned) p where p.value ? 'stops_run') as stopped, (
         select json_agg(json_build_object('node_id', n.node_id, 'status', n.status, 'reason', n.reason, 'ports', n.ports, 'output', n.output_data ->> 'output',
           'executed', n.job_id is not null or n.reused or n.status = 'cancelled') order by n.ordinal)
         from lenses.workflow_node_results n where n.run_id = r.run_id) as nodes
       from lenses.workflow_runs r where r.version_id = $1 and r.started_at is not null`,
      [versionId],
    )
    for (const run of ended) {
      const executed = new Map(run.nodes.filter((node) => node.executed).map(({ node_id, ...end }) => [node_id, end]))
      const must = fates(graph, executed)
      const shown = (fate: unknown) => (typeof fate === 'string' ? fate : `${(fate as NodeEnd).status} ${(fate as NodeEnd).reason ?? ''}`)
      expect(Object.fromEntries(run.nodes.map((node) => [node.node_id, shown(node)]))).toEqual(
        Object.fromEntries([...must].map(([id, fate]) => [id, shown(fate)])),
      )
      if (!run.stopped && ['completed', 'failed'].includes(run.status)) expect(run.status).toBe(endOf(graph, must))
    }
  }
}

let clients: Client[] = []

test('whatever six connections do to runs at once, nothing is done twice, lost, or waited for in a circle', {
  timeout: 600_000,
}, async () => {
  clients = await database.connectMany(connections)
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyGraph, { minLength: 1, maxLength: 3 }),
      fc.array(fc.array(anyCommand, { minLength: 8, maxLength: 30 }), { minLength: connections, maxLength: connections }),
      play,
    ),
    { numRuns, ...(process.env.AGON_SEED && { seed: Number(process.env.AGON_SEED) }), endOnFailure: true },
  )
})
