import type { StepError } from '../errors.ts'
import type { NodeOutputEnvelope } from '../workflow/envelope.ts'
import type { CallingJob, OpenTask, SavedText, SealedKey } from './jobs.ts'

/** Where a parent of a node stands when the node runs: only ends are seen. */
export interface ParentResult {
  label: string
  nodeType: string
  status: 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'skipped'
  envelope: NodeOutputEnvelope | null
  error: { code: string; message: string } | null
}

/** An edge into a node, in the workflow's order. */
export interface IncomingEdge {
  ordinal: number
  source: string
  sourcePort: string
  sourceOutputKey: string
  targetParamLabel: string
  mergeStrategy: 'last_write_wins' | 'concat' | 'array' | 'json_object' | null
  outcome: 'taken' | 'not_taken' | 'failed'
}

/** A run that a node began, as it stands. */
export interface ChildResult {
  itemIndex: number
  runId: string
  status: 'completed' | 'failed' | 'timed_out' | 'cancelled' | 'queued' | 'running'
  output: NodeOutputEnvelope | null
  error: { code: string; message: string } | null
  /** What it and all it began have cost; undefined where the node does not have to know. */
  costUsd?: number
}

/** A version that a node may begin runs of. */
export interface BegunVersion {
  /** The labels of its inputs. */
  parameters: string[]
  /** The most one run of it is expected to cost; null: nobody knows. */
  costEstimateUsd: number | null
  /** Of a lens: the model it asks. */
  modelKey: string | null
}

/** What a node waited for, when it runs again. */
export interface NodeWait {
  for: 'delay' | 'approval' | 'external' | 'children'
  /** Since it began to wait, in milliseconds. */
  waitedMs: number
  /** The time it was given is over. */
  expired: boolean
  /** What was answered to an approval or an external wait; null: nothing. */
  answer: { decision?: 'approved' | 'rejected'; data?: unknown; by?: string | null } | null
  /** What the runner left for itself. */
  state: Record<string, unknown>
}

/** A node to run, or to go on with. */
export interface NodeJob extends CallingJob {
  cancels: false
  kind: string
  runId: string
  rootRunId: string
  workflowId: string | null
  depth: number
  /** Nothing outside is touched. */
  dryRun: boolean
  ownerId: string
  nodeId: string
  nodeType: string
  label: string
  config: Record<string, unknown>
  /** The lens as it was when the workflow was saved; null: the node has none. */
  lens: Record<string, unknown> | null
  modelKey: string | null
  /** The run's inputs. */
  runInputs: Record<string, unknown>
  variables: Record<string, unknown>
  parents: Record<string, ParentResult>
  edges: IncomingEdge[]
  /** Null: the node runs for the first time. */
  wait: NodeWait | null
  children: ChildResult[]
  /** By the names in `config.version_ids`, of a team and of an orchestration: what they may begin. */
  begins?: Record<string, BegunVersion>
  /** Milliseconds left of the node's deadline when it was claimed; null without one. */
  deadlineMs: number | null
  checkpoint: SavedText | null
  task: OpenTask | null
  endedTasks: number
  /** How often the node had been completed when its owner had it run again. */
  doneBefore: number
  /** Connections the node's config names by `credential_id`, sealed. */
  credential?: SealedKey
}

/** An errand: a provider is to be told that nobody waits for a node's task any more. */
export interface NodeCancelJob extends CallingJob {
  cancels: true
  kind: string
  modelKey: string
  task: OpenTask
}

/** What a node ended with. */
export interface NodeResult {
  envelope: NodeOutputEnvelope
  /** The ports that fire. */
  ports: string[]
  /** Run variables it sets; the last to commit wins. */
  variables?: Record<string, unknown>
  /** What went in, for who looks later. */
  resolvedInput?: Record<string, unknown>
  inputTokens?: number
  outputTokens?: number
  costUsd?: number
  latencyMs: number
  wireModel?: string
  /** Ends the run with this envelope: stop_return. */
  stopsRun?: boolean
}

export interface ChildRun {
  itemIndex: number
  /** Of a workflow; or of a lens or an inline node, which is compiled to one. */
  versionId: string
  inputs: Record<string, unknown>
}

/** What a node waits for. */
export interface WaitRequest {
  for: 'delay' | 'approval' | 'external' | 'children'
  /** From now, in milliseconds. For others than a delay: when nobody answers. */
  expiresInMs: number
  state: Record<string, unknown>
  /** SHA-256, hex, of the token that may answer it. */
  tokenSha256?: string
  /** Shown to who answers. */
  prompt?: string
  children?: ChildRun[]
  /** At most so many children at once. `state.fail_fast`: the first that fails wakes the node. */
  maxConcurrent?: number
  /** What the node has spent before it waits. */
  costUsd?: number
}

/** What happened in a node besides its end, for the run's log. */
export interface NodeNote {
  type: 'contract.violated' | 'moderation.flagged' | 'node.log'
  data: Record<string, unknown>
}

export type NodeFailure = StepError
