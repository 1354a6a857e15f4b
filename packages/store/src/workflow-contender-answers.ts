import type { WorkflowContenderJob } from '@agon/runner-core'
import { z } from 'zod'
import { claimOf, lease, leaseOf } from './claims.ts'

/** What the RPCs of contenders that are workflows answer, parsed. */

const run = z
  .object({
    run_id: z.string(),
    status: z.string(),
    output: z
      .looseObject({
        artifact_kind: z.enum(['text', 'image', 'audio', 'video', 'json']),
        output: z.string(),
        media: z.looseObject({ url: z.string(), mime: z.string().optional() }).optional(),
      })
      .nullable(),
    error: z.looseObject({ code: z.string().optional(), message: z.string().optional() }).nullable(),
    duration_ms: z.number().nullable(),
    cost_usd: z.number().nullable(),
    input_tokens: z.number().nullable(),
    output_tokens: z.number().nullable(),
  })
  .transform((row) => ({
    runId: row.run_id,
    status: row.status,
    output: row.output,
    error: row.error,
    durationMs: row.duration_ms,
    costUsd: row.cost_usd,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
  }))

const answers = z
  .object({
    ...lease,
    cancels: z.literal(false),
    battle_id: z.string(),
    contender_id: z.string(),
    slot: z.string(),
    task_prompt: z.string(),
    inputs: z.record(z.string(), z.unknown()).nullable(),
    makes: z.string(),
    run_inputs: z.record(z.string(), z.unknown()),
    takes: z.array(z.string()).nullable(),
    deadline_ms: z.number().nullable(),
    run: run.nullable(),
  })
  .transform(
    (row): WorkflowContenderJob => ({
      ...leaseOf(row),
      cancels: false,
      battleId: row.battle_id,
      contenderId: row.contender_id,
      slot: row.slot,
      taskPrompt: row.task_prompt,
      inputs: row.inputs,
      makes: row.makes,
      runInputs: row.run_inputs,
      takes: row.takes ?? [],
      deadlineMs: row.deadline_ms,
      run: row.run,
    }),
  )

const errand = z
  .object({ ...lease, cancels: z.literal(true), run_id: z.string() })
  .transform((row): WorkflowContenderJob => ({ ...leaseOf(row), cancels: true, runId: row.run_id }))

export const workflowContenderClaim = claimOf(z.discriminatedUnion('cancels', [answers, errand]))

export const contenderRunBegun = z.union([
  z.object({
    refused: z.enum([
      'not_found',
      'capability_missing',
      'idempotency_conflict',
      'pin_required',
      'byok_key_not_found',
      'byok_key_expired',
      'byok_key_revoked',
    ]),
    message: z.string().optional(),
  }),
  z.object({ outcome: z.enum(['begun', 'lost']) }),
])
