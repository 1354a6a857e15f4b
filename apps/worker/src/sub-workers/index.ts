import { didYouMean } from '@agon/runner-core/nearest'
import { autoPromote } from './auto-promote.ts'
import { battleJobs } from './battle-jobs.ts'
import { coding } from './coding.ts'
import { executionRuns } from './execution-runs.ts'
import { heartbeat } from './heartbeat.ts'
import { scheduledWorkflows } from './scheduled-workflows.ts'
import type { SubWorker } from './sub-worker.ts'
import { sweeper } from './sweeper.ts'
import { voteAnomaly } from './vote-anomaly.ts'
import { webhookDrain } from './webhook-drain.ts'
import { workflowEvents } from './workflow-events.ts'

export type { Kit, Loop, SubWorker, WorkerFacts } from './sub-worker.ts'

/** All there are, in the order their lines are asked for work. */
export const subWorkers: readonly SubWorker[] = [
  battleJobs,
  executionRuns,
  voteAnomaly,
  workflowEvents,
  scheduledWorkflows,
  autoPromote,
  webhookDrain,
  coding,
  sweeper,
  heartbeat,
]

export const subWorkerNames = subWorkers.map(({ name }) => name)

/**
 * Which sub-workers run, as AGON_WORKERS says: names between commas; `-name` takes one off. With nothing but those, or unset, all
 * others run. Throws with the nearest name for one that there is not.
 *
 * @example subWorkersOf('battle-jobs,heartbeat') // those two
 * @example subWorkersOf('-webhook-drain') // all but that one
 */
export function subWorkersOf(text: string | undefined): SubWorker[] {
  const { on, off } = namedSubWorkers(text)
  for (const name of [...on, ...off])
    if (!subWorkerNames.includes(name))
      throw new Error(`has no sub-worker ${name}.${didYouMean(name, subWorkerNames)} There are: ${subWorkerNames.join(', ')}`)
  const chosen = subWorkers.filter(({ name }) => !off.has(name) && (on.size === 0 || on.has(name)))
  if (chosen.length === 0) throw new Error('leaves no sub-worker on')
  return chosen
}

/** The names AGON_WORKERS switches on and off, as they are written there. */
export function namedSubWorkers(text: string | undefined): { on: Set<string>; off: Set<string> } {
  const named = (text ?? '').split(',').flatMap((part) => part.trim() || [])
  return {
    on: new Set(named.filter((name) => !name.startsWith('-'))),
    off: new Set(named.filter((name) => name.startsWith('-')).map((name) => name.slice(1).trim())),
  }
}
