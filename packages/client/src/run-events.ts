/** Why a node or a run failed. */
export interface RunEventError {
  code?: string
  message?: string
  node_id?: string
}

interface NodeEnd {
  ports?: string[]
  error?: RunEventError
  latency_ms?: number
  input_tokens?: number
  output_tokens?: number
  cost_usd?: number
  /** branch or upstream_failure; cancelled, stopped or timed_out. */
  reason?: string
  /** Pinned, or taken over from the run this one was forked from. */
  reused?: boolean
}

/** What each event tells, by its type. docs/workflows.md says when it is written. */
export interface RunEventData {
  'run.pending_approval': Record<string, never>
  'run.started': {
    version_id: string
    nodes: number
    trigger_mode: string
    dry_run?: boolean
    forked_from_run_id?: string
    forked_from_node_id?: string
  }
  'run.resumed': { nodes: string[]; from?: string }
  'run.completed': Record<string, never>
  'run.failed': { error?: RunEventError }
  'run.cancelled': { error?: RunEventError }
  'run.timed_out': { error?: RunEventError }
  'node.queued': Record<string, never>
  'node.delta': { offset: number; text: string }
  'node.progress': { progress: number }
  'node.task_opened': { provider: string; provider_task_id: string }
  'node.retried': { attempts?: number; max_attempts?: number; error?: RunEventError }
  'node.waiting': { for: 'delay' | 'approval' | 'external' | 'children'; expires_at: string; prompt?: string; children?: number }
  /** Of a team: a turn has begun, or the summary, which is nobody's and in no round. */
  'node.turn_begun': { round?: number; member?: string; summary?: true; run_id: string }
  /** Of a team: a turn is over. Its text is in runs.transcript(). */
  'node.turn': { round: number; member: string; status: string; cost_usd: number; run_id: string; code?: string }
  'node.answered': { for: string; decision?: 'approved' | 'rejected'; by?: string }
  'node.log': Record<string, unknown>
  'node.completed': NodeEnd
  'node.failed': NodeEnd
  'node.timed_out': NodeEnd
  'node.cancelled': NodeEnd
  'node.skipped': NodeEnd
  'contract.violated': Record<string, unknown>
  'moderation.flagged': Record<string, unknown>
}

/** A line of a run's log. A server that is newer than this client may send types that are not listed here. */
export type RunEvent = {
  [Type in keyof RunEventData]: {
    event_id: number
    type: Type
    /** Null: it is the run's. */
    node_id: string | null
    data: RunEventData[Type]
    created_at: string
  }
}[keyof RunEventData]
