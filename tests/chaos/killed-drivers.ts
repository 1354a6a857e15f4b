import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { type Arena, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { startWorkerOf } from '../support/worker.ts'
import { createDice, type Dice } from './dice.ts'
import { neverOfTeams, teamNode } from './teams.ts'

// Two runs at once, on edge functions and on workers, while whoever holds a lease is killed as an operating system kills. Every eighth node
// asks a provider, so that drivers die in the middle of calls, and beside the layers a team talks.

export interface KilledDriversOptions {
  seed: string
  /** Of each of the two runs. */
  nodes: number
  onProgress?(line: string): void
}

export interface KilledDriversReport {
  seed: string
  nodes: number
  workersKilled: number
  functionsKilled: number
  /** Nodes that a killed driver had in hand, taken over by another. */
  takenOver: number
  providerCalls: number
  lenses: number
  seconds: number
  /** What may not be, each as a sentence. */
  failures: string[]
}

const leaseMs = 2000

/** Of each run: four rounds of two members, and the summary. */
const turns = 9

const isLens = (nth: number) => nth % 8 === 3

/** Layers of nodes, each after two of the layer before; every eighth is a lens. In the first wave a team begins. */
export function layeredDocument(nodes: number, dice: Dice, scheduling: string): object {
  const width = Math.max(2, Math.round(Math.sqrt(nodes)))
  const id = (nth: number) => `n${nth}`
  const numbers = Array.from({ length: nodes }, (_, nth) => nth)
  const team = teamNode('team', 'Name a bakery.', {
    members: { Ada: 'compatible:quill', Bo: 'compatible:quill' },
    rounds: 4,
    summary: {},
    retry: { attempts: 5, backoff_ms: 50 },
  })
  return {
    format: 'agon.workflow/v1',
    title: `${nodes} nodes, ${scheduling}`,
    scheduling,
    max_in_flight: 20,
    nodes: [
      team,
      ...numbers.map((nth) => {
        const template = nth < width ? `made ${nth}` : `made ${nth} after {{ before | size }}`
        const config = { retry: { attempts: 5, backoff_ms: 50 } }
        return isLens(nth)
          ? { id: id(nth), type: 'lens', lens: { kind: 'text', template: `lens ${nth}`, model_key: 'compatible:quill' }, config }
          : { id: id(nth), type: 'prompt_template', config: { template, ...config } }
      }),
    ],
    edges: numbers
      .filter((nth) => nth >= width)
      .flatMap((nth) => {
        const first = (Math.floor(nth / width) - 1) * width
        const parents = new Set([dice.between(0, width - 1), dice.between(0, width - 1)])
        return [...parents].map((at) => ({
          source: id(first + at),
          target: id(nth),
          target_param_label: 'before',
          merge_strategy: 'concat',
        }))
      }),
  }
}

async function posted(arena: Arena, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await arena.post(path, body)
  const made = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`POST ${path} was refused with ${response.status}: ${JSON.stringify(made)}`)
  return made
}

export async function killDrivers({ seed, nodes, onProgress = () => undefined }: KilledDriversOptions): Promise<KilledDriversReport> {
  const began = performance.now()
  const dice = createDice(`${seed} killed drivers`)
  /** What was answered to each idempotency key: the model never says the same twice. */
  const answers = new Map<string, string[]>()
  const wire = await startWireProvider({
    quill: ({ text, request }) => {
      const key = String(request.headers['idempotency-key'])
      const its = answers.get(key) ?? []
      answers.set(key, its)
      its.push(`${key} answered, call ${its.length + 1}`)
      const answer = its.at(-1)!
      setTimeout(() => text(answer), dice.between(20, 400))
    },
  })
  const settings = { COMPATIBLE_BASE_URL: wire.url }
  const arena = await startArena({ functionEnv: settings })
  const workers = new Map<string, ChildProcess>()
  const startWorker = (id: string) =>
    workers.set(id, startWorkerOf(arena, id, { ...settings, AGON_SWEEP_MS: '1000', AGON_SLOTS: '8' }).worker)
  const { database, platform } = arena
  const ask = async <Row extends object>(text: string, values: unknown[] = []) => (await database.query(text, values)).rows as Row[]
  try {
    // Drivers are killed far more often than three times in a row says anything about a node; and what takes half a minute takes seconds.
    await database.query('update execution.job_kinds set lease_ms = $1, max_reclaims = 100', [leaseMs])
    await database.query(`select cron.schedule(jobname, '1 second', command) from cron.job where jobname = 'agon-sweep'`)
    for (const id of ['worker-1', 'worker-2']) startWorker(id)
    const runIds: string[] = []
    let lenses = 0
    for (const scheduling of ['waves', 'eager']) {
      const made = await posted(arena, '/workflows', { document: layeredDocument(nodes, dice, scheduling) })
      const run = await posted(arena, `/workflows/${made.workflow_id}/runs`, {})
      runIds.push(String(run.run_id))
      lenses += Array.from({ length: nodes }, (_, nth) => nth).filter(isLens).length + turns
    }

    const killed = { worker: 0, function: 0 }
    const open = async () =>
      Number((await ask<{ n: string }>('select count(*) as n from lenses.workflow_runs where finished_at is null'))[0]!.n)
    const from = performance.now()
    while ((await open()) > 0 && performance.now() - from < 90_000 + nodes * 1000) {
      await delay(dice.between(200, 1800))
      // A machine that starts drivers slower than they are killed would never get anywhere.
      if (performance.now() - from > nodes * 400) continue
      const [holder] = await ask<{ driver: string }>(
        'select driver from execution.leases where expires_at > now() order by random() limit 1',
      )
      if (!holder) continue
      const worker = workers.get(holder.driver)
      if (worker) {
        worker.kill('SIGKILL')
        killed.worker++
        setTimeout(() => workers.get(holder.driver) === worker && startWorker(holder.driver), dice.between(50, 500))
      } else {
        const running = platform.functionProcesses().find(({ executionId }) => holder.driver.endsWith(executionId))
        if (!running) continue
        try {
          process.kill(running.pid, 'SIGKILL')
          killed.function++
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
        }
      }
      onProgress(`killed ${holder.driver}`)
    }

    const failures: string[] = []
    const never = async (is: string, query: string) => {
      for (const row of await ask(query, [runIds])) failures.push(`${is}: ${JSON.stringify(row)}`)
    }
    await never(
      'a run did not end as completed',
      `select run_id, status, error from lenses.workflow_runs where run_id = any ($1) and status <> 'completed'`,
    )
    await never(
      'a node is not recorded, or has no output',
      `select node_id, status, error from lenses.workflow_node_results where run_id = any ($1) and (status <> 'completed' or output_data is null)`,
    )
    await never(
      'a node began or ended other than once',
      `select r.run_id, n.node_id, count(e.event_id) from lenses.workflow_runs r join lenses.workflow_nodes n on n.version_id = r.version_id
         cross join unnest(array['node.queued', 'node.completed']) as t (type)
         left join lenses.workflow_run_events e on e.run_id = r.run_id and e.node_id = n.node_id and e.type = t.type
       where r.run_id = any ($1) group by r.run_id, n.node_id, t.type having count(e.event_id) <> 1`,
    )
    await never(
      'a node began before one that it comes after',
      `select e.target_node_id from lenses.workflow_runs r join lenses.workflow_edges e on e.version_id = r.version_id
         join lenses.workflow_run_events t on t.run_id = r.run_id and t.node_id = e.target_node_id and t.type = 'node.queued'
         join lenses.workflow_run_events s on s.run_id = r.run_id and s.node_id = e.source_node_id and s.type = 'node.completed'
       where r.run_id = any ($1) and t.event_id < s.event_id`,
    )
    const asked = await ask<{ run_id: string; node_id: string; job_id: string; output: string; most: string }>(
      `select r.run_id, r.node_id, r.job_id, r.output_data ->> 'output' as output, j.attempts + j.reclaims as most from lenses.workflow_node_results r
         join execution.jobs j on j.job_id = r.job_id join lenses.workflow_runs x on x.run_id = r.run_id
         join lenses.workflow_nodes n on n.version_id = x.version_id and n.node_id = r.node_id
       where x.root_run_id = any ($1) and n.node_type = 'lens'`,
      [runIds],
    )
    for (const { run_id, node_id, job_id, output, most } of asked) {
      const its = answers.get(`agon-node-${run_id}-${node_id}-${job_id}`) ?? []
      if (!its.includes(output))
        failures.push(`${node_id} of ${run_id} is recorded as ${output}, and the provider said ${its.join(', ') || 'nothing'}`)
      if (its.length > Number(most)) failures.push(`${node_id} of ${run_id} was asked for ${its.length} times in ${most} attempts`)
    }
    for (const { query } of neverOfTeams) for (const row of await ask(query)) failures.push(String(Object.values(row)[0]))
    if (asked.length !== lenses) failures.push(`${asked.length} of ${lenses} lenses have a job`)
    const [taken] = await ask<{ n: string }>(
      'select coalesce(sum(j.reclaims), 0) as n from execution.jobs j join lenses.workflow_node_results r on r.job_id = j.job_id join lenses.workflow_runs x on x.run_id = r.run_id where x.root_run_id = any ($1)',
      [runIds],
    )
    return {
      seed,
      nodes,
      workersKilled: killed.worker,
      functionsKilled: killed.function,
      takenOver: Number(taken!.n),
      providerCalls: wire.calls.length,
      lenses,
      seconds: (performance.now() - began) / 1000,
      failures,
    }
  } finally {
    for (const worker of workers.values()) worker.kill('SIGKILL')
    workers.clear()
    await arena.stop()
    await wire.stop()
  }
}

export const killedDriversLine = (report: KilledDriversReport): string =>
  `two runs of ${report.nodes} nodes, seed ${report.seed}: ${report.workersKilled} workers and ${report.functionsKilled} functions killed, ` +
  `${report.takenOver} nodes taken over, ${report.providerCalls} calls for ${report.lenses} lenses and turns, ${report.seconds.toFixed(0)} s`
