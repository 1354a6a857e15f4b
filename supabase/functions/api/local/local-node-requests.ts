import { z } from 'zod'
import { checkpoint, delta, failed, latency, leaseToken, text, tokens } from './local-requests.ts'

/** What callers send of nodes of their runs that their own page answers. */

const notes = z
  .array(z.strictObject({ type: z.enum(['contract.violated', 'node.log']), data: z.record(z.string(), z.unknown()) }))
  .max(20)
  .default([])
  .meta({ description: 'What happened besides, for the run’s log' })

export const heartbeatLocalNode = z
  .strictObject({
    lease_token: leaseToken,
    progress: z
      .strictObject({ checkpoint: checkpoint.extend({ text }), delta })
      .optional()
      .meta({ description: 'The text so far, from which another page would go on, and what is new of it' }),
  })
  .meta({ id: 'HeartbeatLocalNode' })

export const completeLocalNode = z
  .strictObject({
    lease_token: leaseToken,
    result: z
      .looseObject({
        envelope: z.looseObject({
          kind: z.string().max(63),
          artifact_kind: z.enum(['text', 'json']),
          output: text,
          data: z.unknown().optional(),
          media: z.never('a page hands in text').optional(),
          metadata: z.record(z.string(), z.unknown()).optional(),
        }),
        ports: z.array(z.string().max(63)).min(1).max(50).meta({ description: 'The ports that fire' }),
        resolved_input: z.record(z.string(), z.unknown()).optional(),
        wire_model: z.string().max(200).nullable(),
        input_tokens: tokens,
        output_tokens: tokens,
        cost_usd: z.number().min(0).max(99_999).nullable(),
        latency_ms: latency,
        notes,
      })
      .meta({ description: 'What the node came to; any other field is passed by' }),
  })
  .meta({ id: 'CompleteLocalNode' })

export const failLocalNode = z.strictObject({ lease_token: leaseToken, ...failed, notes }).meta({ id: 'FailLocalNode' })
