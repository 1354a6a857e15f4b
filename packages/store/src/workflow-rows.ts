import type { NodeNote, NodeResult, ProviderTask, TextProgress, WaitRequest } from '@agon/runner-core'
import type { Json } from './database.types.ts'
import { checkpointRow } from './driver-rows.ts'

/** What the RPCs of workflow nodes are given. */

export const notesRow = (notes: NodeNote[]): Json => notes as unknown as Json

export const resultRow = (result: NodeResult, notes: NodeNote[]): Json => ({
  envelope: result.envelope as unknown as Json,
  ports: result.ports,
  ...(result.variables && { variables: result.variables as Json }),
  ...(result.resolvedInput && { resolved_input: result.resolvedInput as Json }),
  input_tokens: whole(result.inputTokens),
  output_tokens: whole(result.outputTokens),
  cost_usd: result.costUsd ?? null,
  latency_ms: Math.round(result.latencyMs),
  wire_model: result.wireModel ?? null,
  ...(result.stopsRun && { stops_run: true }),
  notes: notesRow(notes),
})

const whole = (count: number | undefined): number | null => (count === undefined ? null : Math.round(count))

export const waitRow = (wait: WaitRequest, notes: NodeNote[]): Json => ({
  for: wait.for,
  expires_in_ms: Math.max(0, Math.ceil(wait.expiresInMs)),
  state: wait.state as Json,
  ...(wait.tokenSha256 !== undefined && { token_sha256: wait.tokenSha256 }),
  ...(wait.prompt !== undefined && { prompt: wait.prompt }),
  ...(wait.children && {
    children: wait.children.map(({ itemIndex, versionId, inputs }) => ({
      item_index: itemIndex,
      version_id: versionId,
      inputs: inputs as Json,
    })),
  }),
  ...(wait.maxConcurrent !== undefined && { max_concurrent: wait.maxConcurrent }),
  ...(wait.costUsd !== undefined && { cost_usd: wait.costUsd }),
  ...(notes.length > 0 && { notes: notesRow(notes) }),
})

export const taskRow = ({ taskId, details = {}, pollAfterMs }: ProviderTask & { pollAfterMs: number }): Json => ({
  provider_task_id: taskId,
  details,
  poll_after_ms: Math.round(pollAfterMs),
})

/** A node's checkpoint carries its text: no submission keeps it beside. */
export const nodeProgressRow = ({ checkpoint, delta }: TextProgress) => ({
  checkpoint: { text: checkpoint.text, ...checkpointRow(checkpoint) },
  delta: { offset: delta.offset, text: delta.text },
})
