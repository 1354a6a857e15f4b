import { handicapSchema } from '@agon/runner-core'
import { z } from '@hono/zod-openapi'

/** Every shape that crosses the API, once: requests are parsed by these, and the OpenAPI document is made of them. */

const modelKey = z.string().min(1).max(200).openapi({ example: 'openai:gpt-5-mini', description: 'provider:model; GET /models lists them' })

export const createBattle = z
  .strictObject({
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(32_000)
      .openapi({ description: 'The task, at most 32,000 characters', example: 'Write a haiku about the ocean.' }),
    title: z.string().trim().min(1).max(200).optional().openapi({ description: 'Default: the first line of the prompt' }),
    inputs: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'When given, the prompt is a Liquid template rendered with them; otherwise it is sent as it is' }),
    contenders: z
      .array(
        z.strictObject({
          model: modelKey,
          identity: z
            .string()
            .trim()
            .min(1)
            .max(80)
            .optional()
            .openapi({ description: 'A persona of the model: rated apart, never shown to the judge' }),
          system_prompt: z.string().min(1).max(8000).optional(),
        }),
      )
      .min(2)
      .max(26),
    judge: z.strictObject({ model: modelKey }),
    rubric: z
      .array(
        z.strictObject({
          title: z.string().min(1).max(200),
          description: z.string().max(2000).optional(),
          weight: z.number().positive().max(100).optional(),
        }),
      )
      .min(1)
      .max(20)
      .optional(),
    reference_answer: z.string().min(1).max(32_000).optional(),
    max_tokens: z.number().int().min(1).max(1_000_000).default(4096),
    temperature: z.number().min(0).max(2).optional(),
    handicap: handicapSchema.optional(),
    publish: z.boolean().default(false).openapi({ description: 'Publish at once: the contenders start to answer' }),
  })
  .openapi('CreateBattle')

const timestamp = z.string().openapi({ format: 'date-time' })
const status = z.enum(['draft', 'published', 'executing', 'voting', 'scoring', 'closed', 'cancelled', 'void'])
const contenderStatus = z.enum(['pending', 'submitted', 'failed', 'timed_out', 'withdrawn', 'cancelled'])
const stepError = z.object({ code: z.string(), message: z.string() })
const job = z
  .object({
    job_id: z.number().int(),
    status: z.enum(['queued', 'claimed', 'running', 'pending', 'completed', 'failed', 'cancelled']),
    attempts: z.number().int(),
    reclaims: z.number().int(),
    max_attempts: z.number().int(),
    error: stepError.nullable(),
  })
  .openapi('Job')

const summary = {
  battle_id: z.uuid(),
  status,
  battle_type: z.string(),
  title: z.string(),
  outcome: z.enum(['winner', 'draw', 'walkover', 'no_verdict']).nullable(),
  judge_outcome: z.enum(['winner', 'tie', 'both_bad', 'inconsistent', 'abstain']).nullable(),
  winner_slot: z.string().nullable(),
  judge: z.object({ model: z.string(), simulated: z.boolean() }),
  created_at: timestamp,
  published_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
}
const contender = {
  slot: z.string(),
  model: z.string().nullable(),
  identity: z.string(),
  simulated: z.boolean().openapi({ description: 'Answered by a stand-in, not by the model it names' }),
  status: contenderStatus,
}

export const battleSummary = z.object({ ...summary, contenders: z.array(z.object(contender)) }).openapi('BattleSummary')

export const battle = z
  .object({
    ...summary,
    task_prompt: z.string(),
    inputs: z.record(z.string(), z.unknown()).nullable(),
    max_tokens: z.number().int(),
    temperature: z.number().nullable(),
    handicap: handicapSchema,
    rubric: z.array(z.object({ title: z.string(), description: z.string().optional(), weight: z.number().optional() })).nullable(),
    reference_answer: z.string().nullable(),
    contenders: z.array(
      z
        .object({
          ...contender,
          contender_id: z.uuid(),
          system_prompt: z.string().nullable(),
          error: stepError.nullable(),
          job: job.nullable(),
          submission: z
            .object({
              content_text: z.string().nullable(),
              content_url: z.string().nullable(),
              mime_type: z.string().nullable(),
              output_modality: z.enum(['text', 'image', 'audio', 'video']),
              is_final: z.boolean(),
              wire_model: z.string().nullable(),
              finish_reason: z.string().nullable(),
              input_tokens: z.number().int().nullable(),
              output_tokens: z.number().int().nullable(),
              cost_usd: z.number().nullable(),
              latency_ms: z.number().int().nullable(),
            })
            .nullable(),
          judge_mean: z.number().nullable().openapi({ description: 'Mean judge score, 0 to 10' }),
          rating: z.object({ before: z.number(), after: z.number() }).nullable(),
        })
        .openapi('Contender'),
    ),
    judging: job.nullable(),
    verdicts: z.array(
      z
        .object({
          judge_model: z.string(),
          presentation: z.number().int(),
          slot_order: z.string().openapi({ description: 'Contender slots in the order the judge saw them' }),
          outcome: z.enum(['winner', 'tie', 'both_bad', 'abstain']),
          winner_slot: z.string().nullable(),
          reasoning: z.string(),
          scores: z.record(z.string(), z.number()).nullable(),
          system_prompt: z.string(),
          prompt: z.string().nullable().openapi({ description: 'Shown to the owner alone' }),
          raw_text: z.string(),
          input_tokens: z.number().int().nullable(),
          output_tokens: z.number().int().nullable(),
          cost_usd: z.number().nullable(),
          latency_ms: z.number().int().nullable(),
        })
        .openapi('Verdict'),
    ),
    events: z.array(z.object({ event_id: z.number().int(), type: z.string(), data: z.unknown(), created_at: timestamp }).openapi('Event')),
  })
  .openapi('Battle')

export const battlePage = z.object({ battles: z.array(battleSummary), next_cursor: z.string().nullable() }).openapi('BattlePage')

export const leaderboard = z
  .object({
    leaderboard: z.array(
      z
        .object({
          rank: z.number().int(),
          competitor: z.string(),
          model: z.string(),
          identity: z.string(),
          simulated: z.boolean(),
          rating: z.number(),
          games: z.number().int(),
          wins: z.number().int(),
          losses: z.number().int(),
          draws: z.number().int(),
        })
        .openapi('Rating'),
    ),
  })
  .openapi('Leaderboard')

export const models = z
  .object({
    models: z.array(
      z.object({ key: z.string(), provider: z.string(), kind: z.string(), tier: z.string().optional(), simulated: z.boolean() }),
    ),
    open_providers: z.array(z.string()).openapi({ description: 'Providers that take any model name, as provider:model' }),
  })
  .openapi('Models')

export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string().openapi({ description: 'JSON pointer' }), message: z.string() })).optional(),
  })
  .openapi('Problem')

export const battleId = z.object({ battle_id: z.uuid().openapi({ param: { name: 'battle_id', in: 'path' } }) })

export const listQuery = z.strictObject({
  status: status.optional(),
  mine: z.enum(['true', 'false']).default('false').openapi({ description: 'Only the caller’s own battles, drafts included' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})

export const leaderboardQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) })
