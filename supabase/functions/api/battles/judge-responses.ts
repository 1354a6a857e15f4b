import { z } from 'zod'
import { funding } from '../funding/funding-responses.ts'

/** What callers get about judges. Like responses.ts, for the document and the client's types alone. */

const timestamp = z.string().meta({ format: 'date-time' })
const stepError = z.object({ code: z.string(), message: z.string() })

export const judgeInShort = z.object({ seat: z.number().int(), model: z.string(), simulated: z.boolean(), weight: z.number() })

export const judgeInFull = (job: z.ZodType) =>
  judgeInShort
    .extend({
      status: z
        .enum(['pending', 'judged', 'abstained', 'recused', 'failed'])
        .nullable()
        .meta({ description: 'null while the battle is blind, where a recusal would tell whose family contends' }),
      error: stepError.nullable(),
      job: job.nullable(),
      funding: funding.nullable(),
    })
    .meta({ id: 'Judge' })

export const winnerOverride = z
  .object({ winner_slot: z.string().nullable(), note: z.string(), author_id: z.uuid(), created_at: timestamp })
  .nullable()
  .meta({ description: 'What the owner said of how it should have ended; outcome and ratings are as they were' })

const findings = z.object({
  findings: z.array(
    z.object({
      slot: z.string().nullable().meta({ description: 'null: about the verdict' }),
      claim: z.string(),
      severity: z.enum(['low', 'medium', 'high']),
      evidence: z.string(),
      quoted: z.boolean().meta({ description: 'Whether the evidence stands, word for word, where the finding points' }),
    }),
  ),
})

const digests = z.object({
  contenders: z.array(z.object({ slot: z.string(), summary: z.string(), strengths: z.array(z.string()), weaknesses: z.array(z.string()) })),
  outcome: z.enum(['winner', 'tie', 'both_bad', 'inconsistent', 'abstain']).nullable(),
  winner_slot: z.string().nullable(),
  judgements: z.array(
    z.object({ slot_order: z.string(), outcome: z.string(), reasoning: z.string(), scores: z.record(z.string(), z.number()) }),
  ),
})

const analyses = z
  .object({
    analyses: z.array(
      z
        .object({
          analysis_id: z.uuid(),
          kind: z.enum(['digest_judge', 'cross_examination']),
          model: z.string(),
          simulated: z.boolean(),
          status: z.enum(['pending', 'completed', 'failed']),
          result: z.union([digests, findings]).nullable(),
          error: stepError.nullable(),
          automatic: z.boolean().meta({ description: 'Made by itself when the battle closed' }),
          cost_usd: z.number().nullable(),
          calls: z.array(
            z.object({
              stage: z.string(),
              system_prompt: z.string(),
              prompt: z.string().nullable().meta({ description: 'Shown to the owner alone' }),
              raw_text: z.string(),
              input_tokens: z.number().int().nullable(),
              output_tokens: z.number().int().nullable(),
              cost_usd: z.number().nullable(),
              latency_ms: z.number().int().nullable(),
            }),
          ),
          created_at: timestamp,
          finished_at: timestamp.nullable(),
        })
        .meta({ id: 'Analysis' }),
    ),
  })
  .meta({ id: 'Analyses' })

const judgeWeights = z
  .object({
    weights: z.array(
      z.object({
        model: z.string(),
        weight: z.number().meta({ description: '0: no better than a coin' }),
        accuracy: z.number(),
        gold_pairs: z.number().int(),
        learned_at: timestamp,
      }),
    ),
  })
  .meta({ id: 'JudgeWeights' })

export const judgeShapes = { analyses, judgeWeights }
