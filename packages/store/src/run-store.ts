import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'
import type { Listing } from './lens-store.ts'

/** A run to begin. */
export interface NewRun {
  version_id?: string
  workflow_id?: string
  inputs: Record<string, unknown>
  /** SHA-256, hex, of the inputs as canonical JSON. */
  inputs_hash: string
  idempotency_key?: string | undefined
  byok_keys?: Record<string, string> | undefined
  local_providers?: string[] | undefined
  pinned?: Record<string, unknown> | undefined
  dry_run?: boolean | undefined
  budget_usd?: number | undefined
  priority?: number | undefined
  max_in_flight?: number | undefined
  trigger_mode?: string
  requires_approval?: boolean | undefined
}

export interface WaitAnswer {
  decision?: 'approved' | 'rejected' | undefined
  data?: unknown
  by?: string | undefined
}

const document = z.record(z.string(), z.unknown())
/** A run as its owner sees it, with its nodes. */
const run = z.looseObject({
  run_id: z.string(),
  status: z.string(),
  version_id: z.string(),
  nodes: z.array(z.looseObject({ node_id: z.string(), status: z.string() })),
})
export type ShownRun = z.output<typeof run>

const transcript = z.looseObject({ run_id: z.string(), teams: z.array(document) })

const startRefusal = z.object({
  refused: z.enum([
    'not_found',
    'idempotency_conflict',
    'capability_missing',
    'pin_required',
    'byok_key_not_found',
    'byok_key_expired',
    'byok_key_revoked',
    'local_execution_unsupported',
  ]),
  run_id: z.string().optional(),
  capabilities: z.array(z.string()).optional(),
  nodes: z.array(z.string()).optional(),
  message: z.string().optional(),
  path: z.string().optional(),
})
const started = z.object({ run_id: z.string(), status: z.string(), created: z.boolean() })
const againRefusal = z.object({
  refused: z.enum(['not_found', 'run_is_child', 'run_state', 'unknown_node']),
  status: z.string().optional(),
  run_id: z.string().optional(),
})
const again = z.object({ run_id: z.string(), nodes: z.array(z.string()).optional() })

const waitAnswer = z.enum(['answered', 'already_answered', 'ended', 'expired', 'not_found'])
const asked = z.object({
  for: z.enum(['approval', 'external']),
  prompt: z.string().nullable(),
  workflow: z.string().nullable(),
  node: z.string(),
  expires_at: z.string(),
  state: z.enum(['open', 'answered', 'ended', 'expired']),
})
/** What a wait asks, for whoever has its token. */
export type AskedWait = z.output<typeof asked>

const page = z
  .object({
    events: z.array(
      z.object({ event_id: z.number(), type: z.string(), node_id: z.string().nullable(), data: z.unknown(), created_at: z.string() }),
    ),
    cursor: z.number(),
    more: z.boolean(),
    status: z.string(),
    ended: z.boolean(),
  })
  .nullable()

/** What the api needs of runs, one method an RPC. null, or not_found, is another's run. */
export function createRunStore({ lenses }: Connection) {
  return {
    start: (owner_id: string, row: NewRun) =>
      call(
        'fn_start_workflow_run',
        lenses.rpc('fn_start_workflow_run', { owner_id, run: row as unknown as Json }),
        z.union([startRefusal, started]),
      ),
    get: (run_id: string, owner_id: string) =>
      call('fn_workflow_runs_get', lenses.rpc('fn_workflow_runs_get', { run_id, owner_id }), run.nullable()),
    /** Who said what in its teams; null is another's run. */
    transcript: (run_id: string, owner_id: string) =>
      call('fn_workflow_runs_transcript', lenses.rpc('fn_workflow_runs_transcript', { run_id, owner_id }), transcript.nullable()),
    list: (owner_id: string, { filter, most, cursor }: Listing) =>
      call(
        'fn_workflow_runs_list',
        lenses.rpc('fn_workflow_runs_list', { owner_id, filter: filter as Json, most, ...(cursor === undefined ? {} : { cursor }) }),
        document,
      ),
    /** `cancelled`, `not_found`, or `run_<status>` of one that had ended. */
    cancel: (run_id: string, owner_id: string) =>
      call('fn_workflow_runs_cancel', lenses.rpc('fn_workflow_runs_cancel', { run_id, owner_id }), z.string()),
    /** `approved`, `rejected`, `not_found`, or `run_<status>` of one that does not wait to begin. */
    approve: (run_id: string, owner_id: string, approved: boolean, note: string) =>
      call('fn_workflow_runs_approve', lenses.rpc('fn_workflow_runs_approve', { run_id, owner_id, approved, note }), z.string()),
    retry: (run_id: string, owner_id: string, node_id?: string) =>
      call(
        'fn_workflow_runs_retry',
        lenses.rpc('fn_workflow_runs_retry', { run_id, owner_id, ...(node_id === undefined ? {} : { node_id }) }),
        z.union([againRefusal, again]),
      ),
    fork: (run_id: string, owner_id: string, node_id: string, changes: object) =>
      call(
        'fn_workflow_runs_fork',
        lenses.rpc('fn_workflow_runs_fork', { run_id, owner_id, node_id, changes: changes as Json }),
        z.union([againRefusal, again]),
      ),
    replay: (run_id: string, owner_id: string) =>
      call('fn_workflow_runs_replay', lenses.rpc('fn_workflow_runs_replay', { run_id, owner_id }), z.union([againRefusal, again])),
    answer: (run_id: string, owner_id: string, node_id: string, answer: WaitAnswer) =>
      call(
        'fn_workflow_runs_answer',
        lenses.rpc('fn_workflow_runs_answer', { run_id, owner_id, node_id, answer: answer as Json }),
        waitAnswer,
      ),
    /** Of the owner's own run: what the token is made of, too. */
    waitOf: (run_id: string, owner_id: string, node_id: string) =>
      call(
        'fn_workflow_runs_wait',
        lenses.rpc('fn_workflow_runs_wait', { run_id, owner_id, node_id }),
        asked.extend({ token_sha256: z.string(), job_id: z.number() }).nullable(),
      ),
    wait: (token_sha256: string) => call('fn_waits_get', lenses.rpc('fn_waits_get', { token_sha256 }), asked.nullable()),
    answerWait: (token_sha256: string, answer: WaitAnswer) =>
      call('fn_waits_answer', lenses.rpc('fn_waits_answer', { token_sha256, answer: answer as Json }), waitAnswer),
    eventsAfter: (run_id: string, viewer_id: string, after_event_id: number, most = 200) =>
      call('fn_run_events_after', lenses.rpc('fn_run_events_after', { run_id, viewer_id, after_event_id, most }), page),
  }
}

export type RunStore = ReturnType<typeof createRunStore>
