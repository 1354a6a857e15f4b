import type { StepWorld } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import type { NodeJob, NodeNote, NodeResult, ProviderTask, TextProgress, WaitRequest } from '../ports/index.ts'

/** What a node runner works with: everything is read, nothing is shared with another node. */
export interface NodeContext {
  job: NodeJob
  /** Parsed by the node type's schema, with its templates still in it. */
  config: Record<string, unknown>
  /** By parameter label: run inputs, then edges merged, then overrides. */
  inputs: Record<string, unknown>
  /** The lens's template, or the config's, with the inputs in it; empty where there is none. */
  prompt: string
  world: StepWorld
  /** Aborted when the lease is lost, the run cancelled or the driver stopped; by the node's own timeout with a `node_timeout` reason. */
  signal: AbortSignal
  /** The longest this act may take, in milliseconds. */
  timeoutMs: number
  /** The same for every attempt of this node in this run, also of a retry; another when it had been completed and is to do it again. */
  idempotencyKey: string
  /** Adds to the run's log when the node ends. */
  note: (note: NodeNote) => void
}

/** How a node's act ends. `completed` carries no latency: the step measures it. */
export type NodeOutcome =
  | { kind: 'completed'; result: Omit<NodeResult, 'latencyMs'> }
  | { kind: 'failed'; error: StepError }
  | { kind: 'waiting'; wait: WaitRequest }
  | { kind: 'pending'; task?: ProviderTask; pollAfterMs: number; progress?: number }
  | { kind: 'partial'; progress: TextProgress }

/** What a node type does. Called again after a wait: `job.wait` says what came. */
export type NodeRunner = (context: NodeContext) => Promise<NodeOutcome>
