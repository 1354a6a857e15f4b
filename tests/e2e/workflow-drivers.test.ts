import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createAgonClient } from '@agon/client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Arena, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { startWorkerOf } from '../support/worker.ts'

// Who drives a workflow makes no difference: edge functions alone, a worker alone, both at once. Everything its owner can see of the run is
// the same, but ids, times and how the nodes' events lie between each other.

let arena: Arena
let agon: ReturnType<typeof createAgonClient>
let wire: Awaited<ReturnType<typeof startWireProvider>>
let outer: string
const workers: ChildProcess[] = []

/** Busy at the first call of every run, then well. */
const busyCalls = { nth: 0 }

beforeAll(async () => {
  wire = await startWireProvider({
    quill: ({ text }) => void text('It will rain.'),
    busy: ({ text, response }) => {
      if (busyCalls.nth++ % 2 === 1) return void text('At last.')
      response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'busy' } }))
    },
  })
  arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: wire.url, AGON_SLOTS: '2' } })
  agon = createAgonClient({
    url: arena.platform.url,
    publishableKey: arena.platform.publishableKey,
    accessToken: () => arena.asOwner.authorization.slice('Bearer '.length),
  })
  const inner = await saved({
    title: 'Inner',
    inputs: { topic: { type: 'string' } },
    nodes: [
      { id: 'name', type: 'prompt_template', config: { template: 'About [[inputs.topic]]' } },
      { id: 'ask', type: 'lens', lens: lens('Tell me: [[input]]') },
    ],
    edges: [{ source: 'name', target: 'ask' }],
  })
  outer = await saved({
    title: 'Everything',
    inputs: { topics: { type: 'array' } },
    nodes: [
      { id: 'weather', type: 'lens', lens: lens('The weather?') },
      { id: 'wet', type: 'if_condition', config: { expression: 'input contains "rain"' } },
      { id: 'umbrella', type: 'prompt_template', config: { template: 'Take an umbrella: [[input]]' } },
      { id: 'hat', type: 'prompt_template', config: { template: 'Take a hat.' } },
      {
        id: 'each',
        type: 'loop_map',
        config: { items_path: 'topics', item_variable: 'topic', concurrency: 2, body: { workflow_id: inner } },
      },
      { id: 'nested', type: 'sub_workflow', config: { workflow_id: inner, input_mapping: { topic: 'the whole' } } },
      { id: 'pause', type: 'wait', config: { duration_ms: 200 } },
      { id: 'broken', type: 'output_parser' },
      { id: 'mend', type: 'prompt_template', config: { template: 'Mended: [[input.error.code]]' } },
      { id: 'again', type: 'lens', lens: lens('Once more?', 'busy'), config: { retry: { attempts: 3, backoff_ms: 50 } } },
      { id: 'join', type: 'merge', config: { mode: 'object' } },
    ],
    edges: [
      { source: 'weather', target: 'wet' },
      { source: 'wet', source_port: 'true', target: 'umbrella' },
      { source: 'wet', source_port: 'false', target: 'hat' },
      { source: 'umbrella', target: 'pause' },
      { source: 'weather', target: 'broken' },
      { source: 'broken', source_port: 'error', source_output_key: 'data', target: 'mend' },
      { source: 'umbrella', target: 'join', target_param_label: 'umbrella' },
      { source: 'pause', target: 'join', target_param_label: 'pause' },
      { source: 'each', target: 'join', target_param_label: 'each' },
      { source: 'nested', target: 'join', target_param_label: 'nested' },
      { source: 'mend', target: 'join', target_param_label: 'mend' },
      { source: 'again', target: 'join', target_param_label: 'again' },
    ],
    output: 'join',
  })
}, 120_000)
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  }
})
afterAll(async () => {
  await arena?.stop()
  await wire?.stop()
})

const lens = (template: string, model = 'quill') => ({ kind: 'text', template, model_key: `compatible:${model}` })

async function saved(document: Record<string, unknown>): Promise<string> {
  const made = await agon.workflows.create({ document: { format: 'agon.workflow/v1', ...document } })
  if (!made.ok) throw new Error(JSON.stringify(made.problem, null, 1))
  return made.value.workflow_id
}

/** Where a run stands in its tree: `each[3]`, `nested`. */
interface Told {
  at: string
  node_id: string | null
  type: string
  driver: string | null
  data: Record<string, unknown>
}

/** Of what an event says, that which another driver may say otherwise. */
const ofTheDay = new Set(['waited_ms', 'expires_at', 'latency_ms', 'version_id', 'backoff_ms'])

const without = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(without)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ofTheDay.has(key) && !key.endsWith('run_id'))
      .map(([key, inner]) => [key, without(inner)]),
  )
}

/** Runs the workflow to its end: what it came to, what each of its nodes told, in order, and who drove. */
async function played() {
  busyCalls.nth = 0
  const before = wire.calls.length
  const begun = await agon.workflows.start(outer, { inputs: { topics: ['sea', 'sky', 'sun', 'ice', 'fog'] } })
  if (!begun.ok) throw new Error(JSON.stringify(begun.problem))
  const { run_id } = begun.value
  const ended = await agon.runs.waitFor(run_id)
  if (!ended.ok) throw new Error(JSON.stringify(ended.problem))
  const { rows: events } = await arena.database.query<Told>(
    `select coalesce(r.parent_node_id || '[' || coalesce(r.item_index, 0) || ']', '') as at, e.node_id, e.type, e.data
     from lenses.workflow_run_events e join lenses.workflow_runs r on r.run_id = e.run_id where r.root_run_id = $1 order by e.event_id`,
    [run_id],
  )
  const { rows: results } = await arena.database.query(
    `select coalesce(r.parent_node_id || '[' || coalesce(r.item_index, 0) || ']', '') as at, n.node_id, n.status, n.reason, n.ports, n.output_data, n.resolved_input,
       n.error, n.input_tokens, n.output_tokens, n.wire_model, j.attempts, j.reclaims
     from lenses.workflow_node_results n join lenses.workflow_runs r on r.run_id = n.run_id left join execution.jobs j on j.job_id = n.job_id
     where r.root_run_id = $1 order by 1, n.ordinal`,
    [run_id],
  )
  const perNode = Map.groupBy(events, ({ at, node_id }) => `${at} ${node_id ?? '(the run)'}`)
  return {
    runId: run_id,
    status: ended.value.status,
    output: without(ended.value.output),
    told: Object.fromEntries(
      [...perNode]
        .map(([node, its]) => [node, its.map(({ type, data }) => ({ type, ...(without(data) as object) }))] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    results: without(results),
    calls: wire.calls.length - before,
  }
}

const wakeFunctions = async () => {
  await arena.database.query(
    `update execution.job_kinds set wake_function = case kind when 'workflow_node' then 'run-workflows' when 'lens_run' then 'dispatch-jobs' end
     where kind in ('workflow_node', 'lens_run')`,
  )
}
const noFunctions = async () => {
  await arena.database.query('update execution.job_kinds set wake_function = null')
  await arena.platform.restartFunctions('run-workflows')
  await arena.platform.restartFunctions('dispatch-jobs')
}

/** Who claimed what of a run, from what the drivers of a platform and a worker say: the functions by their slug, the worker by its id. */
const nodesIn = (output: string) => [...output.matchAll(/"event":"node_completed"[^\n]*"node_id":"(\w+)"/g)].map(([, node]) => node!)

const startWorker = async (id: string) => {
  const running = startWorkerOf(arena, id, { COMPATIBLE_BASE_URL: wire.url, AGON_SWEEP_MS: '1000' })
  workers.push(running.worker)
  await expect.poll(running.output, { timeout: 20_000 }).toContain('worker_started')
  return running
}

test('a workflow tells the same of every node, and comes to the same, on functions, on a worker and on both', async () => {
  await wakeFunctions()
  const onFunctions = await played()
  expect(onFunctions).toMatchObject({ status: 'completed', calls: 1 + 5 + 1 + 2 })
  expect(onFunctions.told[' again']!.map(({ type }) => type)).toEqual(['node.queued', 'node.retried', 'node.completed'])
  expect(onFunctions.told[' broken']!.map(({ type }) => type)).toEqual(['node.queued', 'contract.violated', 'node.failed'])
  expect(onFunctions.told[' hat']!.map(({ type }) => type)).toEqual(['node.skipped'])
  expect(onFunctions.told[' pause']!.map(({ type }) => type)).toEqual(['node.queued', 'node.waiting', 'node.completed'])
  expect(Object.keys(onFunctions.told).filter((node) => node.startsWith('each['))).toHaveLength(5 * 3)

  await noFunctions()
  const alone = await startWorker('worker-alone')
  const onWorker = await played()
  expect(nodesIn(alone.output()), 'the worker drove every node that has a job').toHaveLength(9 + 6 * 2)
  expect({ ...onWorker, runId: '' }).toEqual({ ...onFunctions, runId: '' })

  await wakeFunctions()
  const ranByWorker: number[] = []
  for (let nth = 0; nth < 3; nth++) {
    const from = alone.output().length
    const onBoth = await played()
    ranByWorker.push(nodesIn(alone.output().slice(from)).length)
    expect({ ...onBoth, runId: '' }, `run ${nth} on both`).toEqual({ ...onFunctions, runId: '' })
  }
  const byWorker = ranByWorker.reduce((sum, n) => sum + n, 0)
  console.log(`of ${9 + 6 * 2} nodes with a job the worker drove ${ranByWorker.join(', ')}, the functions the rest`)
  expect(byWorker, 'the worker had a share').toBeGreaterThan(0)
  expect(byWorker, 'and the functions had one').toBeLessThan(3 * (9 + 6 * 2))
}, 180_000)
