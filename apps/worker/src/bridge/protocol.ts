import { z } from 'zod'

/** What goes over the wire between the worker and an execution bridge, as docs/execution-bridge.md says it. Unknown fields are passed over. */

/** It becomes part of a path. */
const executionId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/, 'must be 1 to 200 of A-Z a-z 0-9 . _ : -, and begin with a letter or digit')
const pollAfterMs = z.number().int().min(0).max(60_000).optional()
const tokens = z.number().int().min(0).max(2_000_000_000)

/** The body of POST {url}/executions. */
export const executionRequest = z.strictObject({
  model: z.string().min(1),
  system_prompt: z.string().nullable(),
  prompt: z.string(),
  max_tokens: z.number().int().min(1),
  temperature: z.number().nullable(),
  deadline: z.iso.datetime(),
})

/** The answer with 202: the execution is taken, or was taken before under the same key. */
export const accepted = z.object({ execution_id: executionId, poll_after_ms: pollAfterMs })

const succeeded = z.object({
  execution_id: executionId,
  status: z.literal('succeeded'),
  text: z.string(),
  tokens_in: tokens,
  tokens_out: tokens,
  cost_usd: z.number().min(0).max(1_000_000).optional(),
  finish_reason: z.enum(['stop', 'length', 'other']),
  model: z.string().min(1).max(200).optional(),
})

const failed = z.object({
  execution_id: executionId,
  status: z.literal('failed'),
  code: z.string().min(1).max(100),
  message: z.string(),
  retryable: z.boolean(),
})

/** The answer with 200 to POST: it is over already. */
export const finished = z.discriminatedUnion('status', [succeeded, failed])

const underWay = { execution_id: executionId, progress: z.number().min(0).max(1).optional(), poll_after_ms: pollAfterMs }

/** The answer with 200 to GET {url}/executions/{id}. */
export const executionState = z.discriminatedUnion('status', [
  z.object({ ...underWay, status: z.literal('queued') }),
  z.object({ ...underWay, status: z.literal('running') }),
  succeeded,
  failed,
])

export type ExecutionBody = z.input<typeof executionRequest>
export type ExecutionAnswer = z.output<typeof executionState>
