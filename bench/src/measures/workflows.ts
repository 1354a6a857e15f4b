import { readFileSync } from 'node:fs'
import { format } from '../interleaved.ts'
import type { Bench, Measure, Outcome } from '../measure.ts'
import { median, percentile } from '../statistics.ts'
import { crowd, workflowDatabase } from '../workflows/database.ts'
import { type Driven, driveRun } from '../workflows/drive.ts'
import { type Shape, shapes } from '../workflows/shapes.ts'

/** Drivers at once, and how many nodes each takes at a time. */
const settings = [
  { drivers: 1, batch: 1 },
  { drivers: 1, batch: 10 },
  { drivers: 4, batch: 10 },
]

interface Sample extends Driven {
  shape: string
  nodes: number
  drivers: number
  batch: number
  crowded: boolean
  /** Processor time of the drivers' backends, in milliseconds; null where the kernel does not tell. */
  cpuMs: number | null
}

function cpuMsOf(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      return sum + (Number(fields[11]) + Number(fields[12])) * 10
    }, 0)
  } catch {
    return null
  }
}

async function sample(
  { postgres }: Bench,
  database: string,
  shape: Shape,
  drivers: number,
  batch: number,
  crowded: boolean,
): Promise<Sample> {
  const clients = await Promise.all(Array.from({ length: drivers }, () => postgres.client(database)))
  const pids = await Promise.all(
    clients.map(async (client) => (await client.query('select pg_backend_pid() as pid')).rows[0].pid as number),
  )
  try {
    const before = cpuMsOf(pids)
    const driven = await driveRun(clients, shape, batch)
    const after = cpuMsOf(pids)
    return {
      ...driven,
      shape: shape.name,
      nodes: shape.nodes,
      drivers,
      batch,
      crowded,
      cpuMs: before === null || after === null ? null : after - before,
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

/** What a node of a workflow costs: from a run's start until its last node is recorded, with drivers that do nothing but claim and record. */
export const workflows: Measure = {
  name: 'workflows',
  title: 'A node of a workflow (ms), and what drivers send for it',
  async take(bench: Bench): Promise<Outcome> {
    const { quick, say, postgres } = bench
    const size = quick ? 200 : 1000
    const every = shapes(size, 200)
    const database = await workflowDatabase(postgres)
    const samples: Sample[] = []
    const take = async (crowded: boolean) => {
      for (let round = 0; round < (quick ? 1 : 3); round++)
        for (const shape of every)
          for (const { drivers, batch } of settings) {
            const taken = await sample(bench, database, shape, drivers, batch, crowded)
            samples.push(taken)
            say(
              `${shape.name}, ${drivers} driver${drivers > 1 ? 's' : ''} by ${batch}${crowded ? ', crowded' : ''}: ${format(taken.ms / taken.nodes)} ms a node`,
            )
          }
    }
    await take(false)
    const rows = await crowd(postgres, database, samples[0]!.runId, quick ? 20 : 100)
    say(`${rows.toLocaleString('en-US')} nodes of ended runs`)
    await take(true)

    const of = (shape: string, drivers: number, batch: number, crowded = false) =>
      samples.filter((one) => one.shape === shape && one.drivers === drivers && one.batch === batch && one.crowded === crowded)
    const perNode = (taken: Sample[]) => median(taken.map(({ ms, nodes }) => ms / nodes))
    const cpuPerNode = (taken: Sample[]) => median(taken.map(({ cpuMs, nodes }) => (cpuMs ?? Number.NaN) / nodes))
    const crowdedRatio = (shape: string) =>
      median(settings.map(({ drivers, batch }) => cpuPerNode(of(shape, drivers, batch, true)) / cpuPerNode(of(shape, drivers, batch))))
    return {
      head: [
        '',
        'drivers × batch',
        'ms a node',
        'nodes/s',
        'PostgreSQL CPU ms',
        'statements',
        'end p50',
        'end max',
        `ms a node, ${rows.toLocaleString('en-US')} others`,
      ],
      rows: [
        ...every.flatMap(({ name }) =>
          settings.map(({ drivers, batch }) => {
            const taken = of(name, drivers, batch)
            return [
              name,
              `${drivers} × ${batch}`,
              format(perNode(taken)),
              format(1000 / perNode(taken)),
              format(cpuPerNode(taken)),
              format(median(taken.map(({ statements, empty, nodes }) => (statements - empty) / nodes))),
              format(median(taken.flatMap(({ endMs }) => endMs))),
              format(Math.max(...taken.flatMap(({ endMs }) => endMs))),
              format(perNode(of(name, drivers, batch, true))),
            ]
          }),
        ),
        ['pgflow, map of 1,000 tasks, measured', '1', '5.0', '202', '', '', '', '', ''],
        ['pgflow, map of 1,000 tasks, measured', '4', '2.3', '436', '', '', '', '', ''],
        ['pgflow, 500 tasks after one, published', '', '174', '5.7', '', '', '', '', ''],
      ],
      goals: [
        ...every.map(({ name }) => ({
          text: `CPU a node among ${rows.toLocaleString('en-US')} others / alone, ${name}`,
          value: crowdedRatio(name),
          atMost: 1.3,
        })),
        { text: `ms a node, 1 driver by 10, ${every[1]!.name}; pgflow’s map`, value: perNode(of(every[1]!.name, 1, 10)), atMost: 5 },
      ],
      notes: [
        'From the start of the run until its last node is recorded. A driver claims up to its batch and tells the ends as the product’s drivers do where nodes take no time: the first alone, those that come meanwhile in one transaction. It does nothing in between, and what a node makes is 80 bytes. Statements: ends and claims that found something. p99 of an end: ' +
          `${format(
            percentile(
              samples.filter(({ crowded }) => !crowded).flatMap(({ endMs }) => endMs),
              0.99,
            ),
          )} ms.`,
        'The longest end is that of the node before a thousand others: it decides them all, and gives the first hundred their jobs.',
        'pgflow measured: its core SQL on the same kind of machine with Realtime left out, one and four connections. Published: its own note on 500 tasks of a map, 87 s; SQL alone, on the author’s machine.',
      ],
      rounds: samples.map(({ claimMs, endMs, ...rest }) => ({
        ...rest,
        claimP50: median(claimMs),
        endP50: median(endMs),
        endMax: Math.max(...endMs),
      })),
    }
  },
}
