import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../clock.ts'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { type BenchPlatform, countingSettings, startBenchPlatform } from '../platform/bench-platform.ts'
import { median } from '../statistics.ts'
import { type Shape, shapes } from '../workflows/shapes.ts'

interface Sample {
  shape: string
  nodes: number
  ms: number
  /** Top-level statements, those of this measure left out; transactions; posts to a function. */
  statements: number
  rpcs: number
  posts: number
}

async function counted({ database }: BenchPlatform) {
  const { rows } = await database.query(
    `select (select coalesce(sum(calls), 0)::int from pg_stat_statements) as statements,
       (select coalesce(sum(calls), 0)::int from pg_stat_statements where query ~ 'fn_[a-z_]+"?\\s*\\(' and query !~* '^(create|comment|grant|revoke)') as rpcs,
       (select last_value::int from net.http_request_queue_id_seq) as posts`,
  )
  return rows[0] as { statements: number; rpcs: number; posts: number }
}

async function run(arena: BenchPlatform, shape: Shape): Promise<Sample> {
  const { database, ownerId } = arena
  const made = await database.query('select lenses.fn_workflows_create($1, $2, $3) as made', [
    ownerId,
    JSON.stringify({ title: shape.name }),
    JSON.stringify(shape.compiled),
  ])
  const before = await counted(arena)
  const from = monotonicMs()
  const started = await database.query('select lenses.fn_start_workflow_run($1, $2) as run', [
    ownerId,
    JSON.stringify({ workflow_id: made.rows[0].made.workflow_id }),
  ])
  const { run_id } = started.rows[0].run
  let own = 2
  for (;;) {
    const { rows } = await database.query('select status::text, error from lenses.workflow_runs where run_id = $1', [run_id])
    own++
    if (rows[0].status === 'completed') break
    if (rows[0].status !== 'running') throw new Error(`the run is ${rows[0].status}: ${JSON.stringify(rows[0].error)}`)
    if (monotonicMs() - from > 300_000) throw new Error('the run did not end in 5 minutes')
    await delay(5)
  }
  const ms = monotonicMs() - from
  const after = await counted(arena)
  const { rows } = await database.query(
    `select count(*)::int as ended, (select coalesce(sum(j.attempts + j.reclaims - 1), 0)::int from execution.jobs j
       join lenses.workflow_node_results n on n.job_id = j.job_id where n.run_id = $1) as again
     from lenses.workflow_run_events where run_id = $1 and type = 'node.completed'`,
    [run_id],
  )
  if (rows[0].ended !== shape.nodes || rows[0].again !== 0)
    throw new Error(`${rows[0].ended} of ${shape.nodes} nodes ended, ${rows[0].again} were run again. The measurement is void.`)
  return {
    shape: shape.name,
    nodes: shape.nodes,
    ms,
    statements: after.statements - before.statements - own,
    rpcs: after.rpcs - before.rpcs - 1,
    posts: after.posts - before.posts,
  }
}

/** What a node costs where nobody but edge functions drives: the wake, the claim, the runner in Deno and the record, over HTTP. */
export const workflowFunctions: Measure = {
  name: 'workflow-functions',
  title: 'A node of a workflow in edge functions',
  settings: countingSettings,
  async take({ postgres, quick, say }: Bench): Promise<Outcome> {
    const measured = shapes(quick ? 100 : 1000, quick ? 40 : 200).filter(({ children }) => children === undefined)
    const arena = await startBenchPlatform(postgres)
    const samples: Sample[] = []
    try {
      await arena.database.query('create extension if not exists pg_stat_statements')
      for (const shape of shapes(20, 20).filter(({ children }) => children === undefined)) await run(arena, shape)
      for (let round = 0; round < (quick ? 1 : 3); round++)
        for (const shape of measured) {
          const sample = await run(arena, shape)
          samples.push(sample)
          say(`${shape.name}: ${format(sample.ms / sample.nodes)} ms a node, ${format(sample.posts / sample.nodes)} posts`)
        }
    } finally {
      await arena.stop()
    }
    const per = (name: string, key: 'ms' | 'statements' | 'rpcs' | 'posts') =>
      median(samples.filter(({ shape }) => shape === name).map((sample) => sample[key] / sample.nodes))
    return {
      head: ['', 'ms a node', 'nodes/s', 'statements', 'of these, our RPCs', 'posts to a function'],
      rows: [
        ...measured.map(({ name }) => [
          name,
          format(per(name, 'ms')),
          format(1000 / per(name, 'ms')),
          format(per(name, 'statements')),
          format(per(name, 'rpcs')),
          format(per(name, 'posts')),
        ]),
        ['pgflow, start of a task, published', '< 100', '', '', '', ''],
        ['pgflow, 500 tasks after one, SQL alone, published', '174', '5.7', '', '', ''],
        ['pgflow, map of 1,000 tasks, SQL alone, measured', '5.0', '202', '', '', ''],
      ],
      goals: [],
      notes: [
        'From the start of the run until it has ended: run-workflows in Deno with its default of 32 slots, PostgREST-compatible RPCs, wakes by net, everything on this one machine. Each node renders a template; each ran once, on its first attempt.',
        'Statements are those of the whole platform at the top level, a node: request settings, net and cron too; this measure’s waiting is left out.',
        'pgflow publishes no script for its first figure; the third is its core SQL with Realtime left out, driven by one connection without HTTP.',
      ],
      rounds: samples,
    }
  },
}
