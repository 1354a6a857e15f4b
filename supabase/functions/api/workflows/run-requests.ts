import { z } from 'zod'
import { byokKeys } from '../funding/funding-requests.ts'
import { localProvider } from '../local/local-requests.ts'
import { versionNumber } from './lens-requests.ts'

/** What callers send about runs. */

const nodeId = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'expected the id of a node')
const inputs = z.record(z.string(), z.unknown()).meta({ example: { topic: 'the ocean' } })

const pinnedNode = z
  .strictObject({
    output: z.unknown().optional().meta({ description: 'What the node came to: text, or any JSON' }),
    envelope: z
      .looseObject({ kind: z.string(), artifact_kind: z.enum(['text', 'image', 'audio', 'video', 'json']), output: z.string() })
      .optional()
      .meta({ description: 'The same, whole: as a run shows it' }),
    error: z.strictObject({ code: z.string().max(100), message: z.string().max(2000) }).optional(),
    ports: z.array(z.string().max(63)).min(1).max(50).optional().meta({ description: 'The ports that fire; without them output' }),
  })
  .refine(
    ({ output, envelope, error }) => [output, envelope, error].filter((each) => each !== undefined).length === 1,
    'give one of output, envelope and error',
  )

export const startFields = {
  inputs: inputs.default({}),
  idempotency_key: z.string().min(1).max(200).optional().meta({ description: 'As the header Idempotency-Key' }),
  byok_keys: byokKeys.optional(),
  local_providers: z
    .array(localProvider)
    .max(20)
    .optional()
    .meta({
      description: 'Providers whose keys lie in a browser of yours: a page of yours asks them, and nobody else does',
      example: ['openai'],
    }),
  dry_run: z.boolean().optional().meta({ description: 'Nothing outside is touched: nodes that would have to be pinned' }),
  budget_usd: z.number().min(0).max(1_000_000).optional().meta({ description: 'What the run and all it begins may cost' }),
  priority: z.int().min(-100).max(100).optional(),
}

/** What no single field can say of a start. */
export function startRules(
  { byok_keys, local_providers }: { byok_keys?: object | undefined; local_providers?: string[] | undefined },
  context: z.RefinementCtx,
): void {
  for (const [nth, provider] of (local_providers ?? []).entries())
    if (Object.hasOwn(byok_keys ?? {}, provider))
      context.addIssue({
        code: 'custom',
        path: ['local_providers', nth],
        message: `byok_keys has a key of ${provider} that Agon keeps: give one of the two`,
      })
}

export const startRun = z
  .strictObject({
    ...startFields,
    version: versionNumber,
    pinned: z
      .record(nodeId, pinnedNode)
      .optional()
      .meta({ description: 'What nodes come to, given beforehand: they make no call', example: { write: { output: 'A haiku' } } }),
    max_in_flight: z.int().min(1).max(100).optional(),
    requires_approval: z.boolean().optional().meta({ description: 'It begins when you approve it' }),
    single: z
      .boolean()
      .optional()
      .meta({ description: 'Without a key: whether an identical run that is still active is this run. Without it true' }),
  })
  .superRefine(startRules)
  .meta({ id: 'StartRun' })

export const startLensRun = z
  .strictObject({
    ...startFields,
    version: versionNumber,
    config: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Of the node that runs the lens, as in a workflow: routes, criteria, caps, retry, model_key' }),
  })
  .superRefine(startRules)
  .meta({ id: 'StartLensRun' })

export const runId = z.object({ run_id: z.uuid() })
export const runNodeId = z.object({ run_id: z.uuid(), node_id: nodeId })

export const runKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'For 24 hours the same key and inputs again return the first run; other inputs are refused' }),
})

export const runStatus = z.enum(['queued', 'pending_approval', 'running', 'completed', 'failed', 'cancelled', 'timed_out'])

export const listRunsQuery = z.strictObject({
  workflow_id: z.uuid().optional(),
  status: runStatus.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})

export const retryRun = z
  .strictObject({ node_id: nodeId.optional().meta({ description: 'Where to begin; without it at what failed' }) })
  .meta({ id: 'RetryRun' })

export const forkRun = z
  .strictObject({
    node_id: nodeId.meta({ description: 'It and all after it run again; what is before is taken over' }),
    inputs: inputs.optional().meta({ description: 'Of the run: over those it had' }),
    node_inputs: inputs.optional().meta({ description: 'Of that node, by label: over what its edges bring' }),
  })
  .meta({ id: 'ForkRun' })

export const approveRun = z
  .strictObject({ approved: z.boolean(), note: z.string().trim().max(2000).default('') })
  .meta({ id: 'ApproveRun' })

const decision = z.enum(['approved', 'rejected']).optional().meta({ description: 'Of an approval' })

export const answerNode = z
  .strictObject({ decision, data: z.unknown().optional().meta({ description: 'Goes on with the answer' }) })
  .meta({ id: 'AnswerNode' })

/** An empty field of a form was not filled in. */
const filled = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema)
export const answerWait = z
  .strictObject({
    decision: filled(decision),
    data: filled(z.unknown().optional()).meta({ description: 'Goes on with the answer' }),
    by: filled(z.string().trim().max(200).optional()).meta({ description: 'Who answers, as they say' }),
  })
  .meta({ id: 'AnswerWait' })

export const waitToken = z.object({ token: z.string().regex(/^[A-Za-z0-9_-]{16,200}$/, 'expected the token of a wait') })
