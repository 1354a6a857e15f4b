import { createHash, randomUUID } from 'node:crypto'
import { type NodeOutputEnvelope, type NodeEnd as ScheduledEnd, type SchedulePlan, scheduleOf } from '@agon/runner-core/workflow'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Client, empty, rows, useDatabase, value } from '../../support/database.ts'
import { type AnyEnd, anyCommand, anyEnd, anyGraph, type Command } from '../../support/workflow-histories.ts'
import { type ModelGraph, type ModelJob, modelGraph, type NodeEnd, nodesFrom, RunModel } from '../../support/workflow-model.ts'
import { brokenRules } from '../../support/workflow-rules.ts'
import {
  type ClaimedNode,
  claimNodes,
  compiledGraph,
  completeNode,
  completeTogether,
  failNode,
  saveWorkflow,
  suspendNode,
  type TestGraph,
} from '../../support/workflows.ts'

/*
 * Random workflows, and everything that can happen to their runs, one thing at a time, against a model that says exactly where every node of
 * every run then stands. Races are in tests/race/workflows.test.ts.
 */

const database = useDatabase()
const numRuns = Number(process.env.AGON_HISTORIES ?? 60)

interface Version {
  graph: ModelGraph
  workflowId: string
  versionId: string
}
interface Held {
  claimed: ClaimedNode
  job: ModelJob
}

class History {
  readonly owner = randomUUID()
  readonly versions: Version[] = []
  readonly runs: RunModel[] = []
  readonly held: Held[] = []
  /** Jobs whose lease a claim gave, by its token: a lease is lost whole. */
  readonly leases = new Map<number, Set<ModelJob>>()
  readonly answers: { token: string; job: ModelJob; wait: object }[] = []
  readonly waits = new Map<ModelJob, { answered: boolean; token: string }>()
  readonly sql: Client
  constructor(sql: Client) {
    this.sql = sql
  }

  get all(): RunModel[] {
    const children = (run: RunModel): RunModel[] => this.kin.get(run)?.flatMap((child) => [child, ...children(child)]) ?? []
    return this.runs.flatMap((run) => [run, ...children(run)])
  }
  readonly kin = new Map<RunModel, RunModel[]>()

  jobOf(claimed: ClaimedNode): ModelJob {
    const run = this.all.find(({ runId }) => runId === claimed.run_id)
    const job = run?.jobs.get(claimed.node_id)
    if (!job) throw new Error(`${claimed.node_id} was handed out and has no job: ${JSON.stringify(run?.seen())}`)
    return job
  }
  live({ claimed, job }: Held): boolean {
    return !job.ended && job.state === 'leased' && (this.leases.get(claimed.lease_token)?.has(job) ?? false)
  }
  letGo({ claimed, job }: Held): void {
    this.leases.get(claimed.lease_token)?.delete(job)
  }

  async act(command: Command): Promise<void> {
    const { sql } = this
    switch (command.do) {
      case 'start': {
        if (this.runs.length >= 5) return
        const version = this.versions[command.graph % this.versions.length]!
        const given = new Map<string, NodeEnd>()
        const pinned: Record<string, object> = {}
        for (const { node, fails, end } of command.pinned) {
          const { id } = version.graph.nodes[node % version.graph.nodes.length]!
          given.set(id, fails ? { status: 'failed' } : { status: 'completed', ...end })
          pinned[id] = fails ? { error: { code: 'pinned', message: '' } } : { envelope: envelope(end), ports: end.ports }
        }
        const made = await value<{ run_id: string }>(sql, 'select lenses.fn_start_workflow_run($1, $2)', [
          this.owner,
          JSON.stringify({ workflow_id: version.workflowId, single: false, pinned }),
        ])
        const run = new RunModel(version.graph, { pinned: given })
        run.runId = made.run_id
        this.runs.push(run)
        run.begin()
        return
      }
      case 'claim': {
        const claimed = await claimNodes(sql, command.most)
        for (const each of claimed) {
          const job = this.jobOf(each)
          if (job.state !== 'ready') throw new Error(`${each.node_id} was handed out and is ${job.state}`)
          expect(each.attempts).toBe(job.attempts)
          expect(job.attempts).toBeLessThan(job.run.graph.nodes.find(({ id }) => id === job.node)!.max_attempts)
          for (const parent of Object.values(each.parents))
            expect(['awaiting_dependency', 'queued', 'waiting']).not.toContain(parent.status)
          expect(each.wait?.for).toBe(job.waits)
          if (job.waits === 'children')
            expect(each.children.map(({ run_id, status }) => [run_id, status])).toEqual(
              job.children.map(({ runId, status }) => [runId, status]),
            )
          job.state = 'leased'
          this.held.unshift({ claimed: each, job })
          const lease = this.leases.get(each.lease_token) ?? new Set()
          this.leases.set(each.lease_token, lease.add(job))
        }
        if (claimed.length < command.most)
          expect(this.all.flatMap((run) => [...run.jobs.values()]).filter(({ state }) => state === 'ready')).toEqual([])
        return
      }
      case 'work': {
        const before = this.held.length
        await this.act({ do: 'claim', most: command.ends.length })
        if (command.together) await this.workTogether(this.held.slice(0, this.held.length - before), command.ends)
        for (let nth = this.held.length - before - 1; nth >= 0; nth--) {
          const end = command.ends[nth]!
          if (typeof end === 'string') await this.act({ do: 'fail', job: nth, again: false, code: end as 'node_timeout' })
          else await this.act({ do: 'complete', job: nth, end, stops: false })
        }
        return
      }
      case 'complete': {
        const held = this.held[command.job]
        if (!held) return
        const live = this.live(held)
        const recorded = await completeNode(sql, held.claimed, {
          envelope: envelope(command.end),
          ports: command.end.ports,
          ...(command.stops && { stops_run: true }),
        })
        expect(recorded).toBe(live)
        if (!live) return
        this.letGo(held)
        if (command.stops) held.job.run.stop(held.job.node, command.end.ports)
        else held.job.run.end(held.job.node, { status: 'completed', ...command.end })
        return
      }
      case 'fail': {
        const held = this.held[command.job]
        if (!held) return
        const { job } = held
        const live = this.live(held)
        const outcome = await failNode(sql, held.claimed, { code: command.code, message: '' }, command.again ? 0 : null)
        if (!live) {
          expect(outcome).toBe('lost')
          return
        }
        this.letGo(held)
        job.attempts++
        const most = job.run.graph.nodes.find(({ id }) => id === job.node)!.max_attempts
        expect(outcome).toBe(command.again && job.attempts < most ? 'requeued' : 'dead_lettered')
        if (outcome === 'requeued') job.state = 'ready'
        else job.run.end(job.node, { status: command.code === 'node_timeout' ? 'timed_out' : 'failed' })
        return
      }
      case 'suspend': {
        const held = this.held[command.job]
        if (!held) return
        await this.suspend(held, command)
        return
      }
      case 'answer': {
        const waiting = this.answers[command.nth]
        if (!waiting) return
        const now = this.waits.get(waiting.job)
        const outcome = await value<string | null>(sql, 'select lenses.fn_waits_answer($1, $2)', [waiting.token, '{"decision":"approved"}'])
        if (!now || now.token !== waiting.token || waiting.job.waits !== 'approval') {
          expect(outcome).not.toBe('answered')
          return
        }
        if (waiting.job.ended) expect(['ended', 'already_answered', 'not_found']).toContain(outcome)
        else if (waiting.job.answered) expect(outcome).toBe('already_answered')
        else {
          expect(outcome).toBe('answered')
          waiting.job.answered = true
          if (waiting.job.state === 'parked') waiting.job.state = 'ready'
        }
        return
      }
      case 'lose': {
        const held = this.held[command.job]
        if (!held) return
        await sql.query(`update execution.leases set expires_at = now() - interval '1 second' where lease_token = $1`, [
          held.claimed.lease_token,
        ])
        await sql.query('select execution.sweep()')
        const jobs = [...(this.leases.get(held.claimed.lease_token) ?? [])].filter(({ ended, state }) => !ended && state === 'leased')
        this.leases.delete(held.claimed.lease_token)
        for (const job of jobs) job.reclaims++
        for (const job of jobs) if (job.reclaims < 3) job.state = 'ready'
        // The order in which those that are given up end is the database's; what becomes of the run does not depend on it.
        for (const job of jobs) if (!job.ended && job.reclaims >= 3) job.run.end(job.node, { status: 'failed' })
        return
      }
      case 'due': {
        await sql.query('update execution.later set run_after = now()')
        for (const run of this.all) for (const job of run.jobs.values()) if (job.state === 'parked') job.state = 'ready'
        return
      }
      case 'cancel': {
        const run = this.all[command.run]
        if (!run) return
        const before = run.status
        const outcome = await value<string>(sql, 'select lenses.fn_workflow_runs_cancel($1, $2)', [run.runId, this.owner])
        expect(outcome).toBe(run.over ? `run_${before}` : 'cancelled')
        if (!run.over) run.close('cancelled')
        return
      }
      case 'overdue': {
        const run = this.runs[command.run]
        if (!run) return
        await sql.query('update lenses.workflow_runs set deadline_at = case when run_id = $1 and finished_at is null then now() end', [
          run.runId,
        ])
        expect(await value(sql, 'select lenses.fn_end_overdue_runs()')).toBe(run.over ? 0 : 1)
        await sql.query('update lenses.workflow_runs set deadline_at = null')
        if (!run.over) run.close('timed_out')
        return
      }
      case 'retry': {
        const run = this.runs[command.run]
        if (!run) return
        const node = command.node === null ? null : run.graph.nodes[command.node % run.graph.nodes.length]!.id
        const outcome = await value<{ refused?: string; nodes?: string[] }>(sql, 'select lenses.fn_workflow_runs_retry($1, $2, $3)', [
          run.runId,
          this.owner,
          node,
        ])
        if (!run.over || (node === null && run.status === 'completed')) {
          expect(outcome).toMatchObject({ refused: 'run_state' })
          return
        }
        const from = node === null ? run.unfinished() : [node, ...run.leftUndone()]
        expect(outcome.nodes?.toSorted()).toEqual([...nodesFrom(run.graph, from)].toSorted())
        run.retry(from)
        return
      }
      case 'fork': {
        const run = this.all[command.run]
        if (!run || this.runs.length >= 8) return
        const { id } = run.graph.nodes[command.node % run.graph.nodes.length]!
        const outcome = await value<{ refused?: string; run_id: string }>(sql, 'select lenses.fn_workflow_runs_fork($1, $2, $3)', [
          run.runId,
          this.owner,
          id,
        ])
        if (!run.over || run.ended.size === 0) {
          expect(outcome).toMatchObject({ refused: 'run_state' })
          return
        }
        const fork = new RunModel(run.graph, { pinned: run.pinned })
        fork.runId = outcome.run_id
        for (const [node, end] of run.fates()) fork.ended.set(node, end as NodeEnd)
        this.runs.push(fork)
        fork.retry([id, ...[...run.ended].filter(([, { status }]) => status === 'cancelled').map(([node]) => node)])
        return
      }
      case 'replay': {
        const run = this.all[command.run]
        if (!run) return
        await this.replay(run)
        return
      }
      case 'heartbeat': {
        const held = this.held[command.job]
        if (!held) return
        const alive = await value<number[]>(sql, 'select execution.fn_worker_heartbeat($1)', [held.claimed.lease_token])
        expect(alive.includes(held.claimed.job_id)).toBe(this.live(held))
        return
      }
    }
  }

  /** A replay ends at once, as the run did, node by node, and makes no job. */
  async replay(run: RunModel): Promise<void> {
    const { sql } = this
    const jobs = await value(sql, 'select count(*) from execution.jobs')
    const outcome = await value<{ refused?: string; run_id: string }>(sql, 'select lenses.fn_workflow_runs_replay($1, $2)', [
      run.runId,
      this.owner,
    ])
    if (!['completed', 'failed'].includes(run.status)) {
      expect(outcome).toMatchObject({ refused: 'run_state' })
      return
    }
    const of = (runId: string) =>
      rows(
        sql,
        `select r.status as run, r.output, r.error, n.node_id, n.status, n.reason, n.ports, n.output_data, n.error as node_error from lenses.workflow_runs r
         join lenses.workflow_node_results n using (run_id) where run_id = $1 order by n.ordinal`,
        [runId],
      )
    expect(await of(outcome.run_id)).toEqual(await of(run.runId))
    expect(await value(sql, 'select count(*) from execution.jobs')).toBe(jobs)
    await sql.query('delete from lenses.workflow_runs where run_id = $1', [outcome.run_id])
  }

  /** Of what was just claimed, tells the ends that are good, tree by tree. */
  private async workTogether(taken: Held[], ends: Extract<Command, { do: 'work' }>['ends']): Promise<void> {
    const good = taken.flatMap((held, nth) => (typeof ends[nth] === 'string' ? [] : [{ held, end: ends[nth] as AnyEnd }]))
    for (const tree of Map.groupBy(good, ({ held }) => held.claimed.root_run_id).values()) {
      const live = tree.filter(({ held }) => this.live(held))
      const recorded = await completeTogether(
        this.sql,
        tree.map(({ held, end }) => ({ node: held.claimed, result: { envelope: envelope(end), ports: end.ports } })),
      )
      expect(recorded).toEqual(live.map(({ held }) => held.claimed.job_id))
      const runs = new Set(tree.map(({ held }) => held.job.run))
      for (const run of runs) run.holds = true
      for (const { held, end } of live) {
        this.letGo(held)
        held.job.run.end(held.job.node, { status: 'completed', ...end })
      }
      for (const run of runs) run.letGo()
    }
  }

  private async suspend(held: Held, command: Extract<Command, { do: 'suspend' }>): Promise<void> {
    const { job } = held
    const live = this.live(held)
    const first = job.children.length === 0 && job.run.depth < 2
    const children = command.for === 'children' && first ? command.children.map((nth) => this.versions[nth % this.versions.length]!) : []
    const token = createHash('sha256').update(randomUUID()).digest('hex')
    const done = await suspendNode(this.sql, held.claimed, {
      for: command.for,
      expires_in_ms: 600_000,
      state: { fail_fast: command.failFast },
      ...(command.for === 'approval' && { token_sha256: token }),
      ...(command.for === 'children' && {
        max_concurrent: command.most,
        children: children.map(({ versionId }, item_index) => ({ item_index, version_id: versionId })),
      }),
    })
    expect(done).toBe(live)
    if (!live) return
    this.letGo(held)
    if (children.length > 0) {
      const made = await rows<{ run_id: string }>(
        this.sql,
        'select run_id from lenses.workflow_runs where parent_run_id = $1 and parent_node_id = $2 order by created_at desc, item_index desc limit $3',
        [job.run.runId, job.node, children.length],
      )
      job.children = children.map(({ graph }, nth) => {
        const child = new RunModel(graph, { parent: job })
        child.runId = made.toReversed()[nth]!.run_id
        this.kin.set(job.run, [...(this.kin.get(job.run) ?? []), child])
        return child
      })
      job.failFast = command.failFast
    }
    if (command.for === 'children') job.most = command.most
    if (job.waits !== command.for) job.answered = false
    if (command.for === 'approval') {
      this.answers.unshift({ token, job, wait: {} })
      this.waits.set(job, { answered: false, token })
    }
    job.run.suspend(job, command.for)
  }

  /** Where the database says that everything stands, beside where it must. */
  async agrees(): Promise<void> {
    const seen = await rows<{
      run_id: string
      status: string
      in_flight: number
      nodes_open: number
      nodes: Record<string, string> | null
    }>(
      this.sql,
      `select r.run_id, r.status, r.in_flight, r.nodes_open, (
         select json_object_agg(n.node_id, case when n.status = 'queued' and n.job_id is null then 'place' else n.status || coalesce(' (' || n.reason || ')', '') end)
         from lenses.workflow_node_results n where n.run_id = r.run_id) as nodes
       from lenses.workflow_runs r`,
    )
    const stands = (list: { run_id: string }[]) => Object.fromEntries(list.map(({ run_id, ...stand }) => [run_id, stand]))
    const must = this.all.map((run) => {
      const nodes = run.seen()
      const unborn = Object.values(nodes).includes('unborn') || (run.over && run.ended.size === 0)
      return {
        run_id: run.runId,
        status: run.status,
        in_flight: run.inFlight,
        nodes_open: unborn
          ? 0
          : Object.values(nodes).filter((status) => ['awaiting_dependency', 'queued', 'place', 'waiting'].includes(status)).length,
        nodes: unborn ? null : nodes,
      }
    })
    expect(stands(seen)).toEqual(stands(must))
  }
}

const envelope = ({ output }: AnyEnd) => ({ kind: 'text', artifact_kind: 'text', output })

async function play(graphs: readonly TestGraph[], commands: readonly Command[]): Promise<void> {
  const { sql } = database
  await empty(sql)
  const history = new History(sql)
  for (const graph of graphs) {
    const { workflowId, versionId } = await saveWorkflow(sql, graph, history.owner)
    history.versions.push({ graph: modelGraph(graph), workflowId, versionId })
  }
  await history.act({ do: 'start', graph: 0, pinned: [] })
  for (const command of commands) {
    await history.act(command)
    await history.agrees()
  }
  expect(await brokenRules(sql)).toEqual([])
  // While somebody works, every run ends.
  for (let round = 0; history.all.some(({ over }) => !over); round++) {
    expect(round, 'rounds of work until every run has ended').toBeLessThan(60)
    await history.act({ do: 'due' })
    for (const { claimed } of history.held.filter((each) => history.live(each)))
      await history.act({
        do: 'complete',
        job: history.held.findIndex((each) => each.claimed === claimed),
        end: { ports: ['output'], output: 'x' },
        stops: false,
      })
    await history.act({ do: 'claim', most: 100 })
    await history.agrees()
  }
  expect(await brokenRules(sql)).toEqual([])
  for (const run of history.all) await history.replay(run)
}

test('runs stand where the model says, whatever happens to them', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyGraph, { minLength: 1, maxLength: 3 }), fc.array(anyCommand, { minLength: 5, maxLength: 40 }), play),
    { numRuns, ...(process.env.AGON_SEED && { seed: Number(process.env.AGON_SEED) }), endOnFailure: process.env.AGON_SHRINK === undefined },
  )
})

/** What the scheduler of runner-core needs of a graph. */
function planOf(graph: TestGraph): SchedulePlan {
  const { nodes, edges } = compiledGraph(graph) as { nodes: Record<string, unknown>[]; edges: Record<string, unknown>[] }
  return {
    scheduling: 'waves',
    max_in_flight: 10,
    ...graph,
    nodes: nodes.map((node) => ({ join_policy: 'all', on_parent_failure: 'skip', ...node })),
    edges: edges.map(({ source_node_id: source, target_node_id: target, ...edge }) => ({
      source_port: 'output',
      condition: null,
      ...edge,
      source,
      target,
    })),
  } as unknown as SchedulePlan
}

test('the scheduler of runner-core says the same of every run, at every step', async () => {
  await fc.assert(
    fc.property(
      anyGraph,
      fc.array(fc.record({ nth: fc.nat(7), end: anyEnd, fails: fc.nat(4), waits: fc.nat(4) }), { maxLength: 30 }),
      (graph, steps) => {
        const plan = planOf(graph)
        const run = new RunModel(modelGraph(graph))
        const ended = new Map<string, ScheduledEnd>()
        run.begin()
        for (const { nth, end, fails, waits } of [null, ...steps].flatMap(
          (step) => step ?? { nth: -1, end: { ports: [], output: '' }, fails: 1, waits: 1 },
        )) {
          const jobs = [...run.jobs.values()]
          const job = nth < 0 ? undefined : jobs[nth % jobs.length]
          if (job && waits === 0 && !job.waits) run.suspend(job, 'delay')
          else if (job) {
            const { node } = job
            const status = fails === 0 ? ('failed' as const) : ('completed' as const)
            ended.set(node, status === 'failed' ? { status } : { status, ports: end.ports, envelope: envelope(end) as NodeOutputEnvelope })
            run.end(node, { status, ...(status === 'completed' && end) })
          }
          const open = new Map(run.jobs)
          const schedule = scheduleOf(plan, {
            ended,
            started: new Set(open.keys()),
            waiting: new Set([...open].filter(([, { waits: for_ }]) => for_).map(([id]) => id)),
          })
          const says = Object.fromEntries(
            // A node that failed with its parents is failed; why, its error says.
            [...schedule.nodes].map(([id, { status, reason }]) => [id, reason && status !== 'failed' ? `${status} (${reason})` : status]),
          )
          expect(says).toEqual(
            Object.fromEntries(Object.entries(run.seen()).map(([id, status]) => [id, status === 'place' ? 'queued' : status])),
          )
          expect([schedule.run, schedule.mayStart]).toEqual([run.status, []])
        }
      },
    ),
    { numRuns: 1000 },
  )
})
