import { handicapSchema } from '@agon/runner-core/handicap'
import { z } from 'zod'

/** What a page gets that answers with its owner's keys. Like responses.ts, for the document and the client's types alone. */

const job = z
  .object({
    job_id: z.number().int(),
    lease_token: z.number().int().meta({ description: 'Names this claim in every later call' }),
    attempts: z.number().int(),
    reclaims: z.number().int(),
    max_attempts: z.number().int(),
    in_lane: z.boolean(),
    deadline_ms: z.number().int().nullable().meta({ description: 'How long it may take from now on' }),
    battle_id: z.uuid(),
    contender_id: z.uuid(),
    slot: z.string(),
    model_key: z.string(),
    system_prompt: z.string().nullable(),
    task_prompt: z.string(),
    inputs: z.record(z.string(), z.unknown()).nullable(),
    max_tokens: z.number().int(),
    temperature: z.number().nullable(),
    handicap: handicapSchema,
    checkpoint: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'What was said before, by a page that is gone: the answer goes on from it' }),
    refused: z
      .object({ code: z.string(), message: z.string() })
      .optional()
      .meta({ description: 'No call may be made: fail it with this error' }),
  })
  .meta({ id: 'LocalExecution' })

const claim = z
  .object({
    jobs: z.array(job),
    lease_ms: z.number().int().meta({ description: 'How long a lease lasts without a heartbeat' }),
    next_due_ms: z.number().int().nullable().meta({ description: 'How soon the next delayed one is, where none is ready' }),
  })
  .meta({ id: 'LocalExecutions' })

/** Of a node: everything that a driver of it is told, for @agon/browser. */
const node = z
  .looseObject({
    job_id: z.number().int(),
    lease_token: z.number().int().meta({ description: 'Names this claim in every later call' }),
    run_id: z.uuid(),
    node_id: z.string(),
    node_type: z.string(),
    label: z.string(),
    config: z.record(z.string(), z.unknown()),
    lens: z.record(z.string(), z.unknown()).nullable(),
    model_key: z.string().nullable(),
    run_inputs: z.record(z.string(), z.unknown()),
    deadline_ms: z.number().int().nullable().meta({ description: 'How long it may take from now on' }),
  })
  .meta({ id: 'LocalNode' })

const nodes = z
  .object({
    jobs: z.array(node),
    lease_ms: z.number().int().meta({ description: 'How long a lease lasts without a heartbeat' }),
    next_due_ms: z.number().int().nullable().meta({ description: 'How soon the next delayed one is, where none is ready' }),
  })
  .meta({ id: 'LocalNodes' })

const outcome = z
  .object({ outcome: z.enum(['held', 'recorded', 'requeued', 'dead_lettered', 'given_back']) })
  .meta({ id: 'LocalExecutionOutcome' })

export const localShapes = { localExecutions: claim, localNodes: nodes, localOutcome: outcome }
