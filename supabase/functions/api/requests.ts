import { handicapSchema } from '@agon/runner-core/handicap'
import { providers } from '@agon/runner-core/models'
import { z } from 'zod'

/** What callers send: every request is parsed by these, and the OpenAPI document describes it by them. */

const modelKey = z.string().min(1).max(200).meta({ example: 'openai:gpt-5-mini', description: 'provider:model; GET /models lists them' })

const byokKey = z.uuid().optional().meta({ description: 'Your own provider key that pays for its calls; default: the platform’s' })

/** As the database keeps it: to the micro-dollar, below a hundred million. */
const usd = z.number().max(99_999_999)

export const createBattle = z
  .strictObject({
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(32_000)
      .meta({ description: 'The task, at most 32,000 characters', example: 'Write a haiku about the ocean.' }),
    title: z.string().trim().min(1).max(200).optional().meta({ description: 'Default: the first line of the prompt' }),
    inputs: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'When given, the prompt is a Liquid template rendered with them; otherwise it is sent as it is' }),
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
            .meta({ description: 'A persona of the model: rated apart, never shown to the judge' }),
          system_prompt: z.string().min(1).max(8000).optional(),
          byok_key_id: byokKey,
        }),
      )
      .min(2)
      .max(26),
    judge: z.strictObject({ model: modelKey, byok_key_id: byokKey }),
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
    budget_usd: usd.positive().optional().meta({
      description: 'The most all calls of the battle may cost, in USD by list price. A call that does not fit is not made',
    }),
    publish: z.boolean().default(false).meta({ description: 'Publish at once: the contenders start to answer' }),
  })
  .meta({ id: 'CreateBattle' })

export const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The same key and body again return the first battle; another body is refused' }),
})

export const battleStatus = z.enum(['draft', 'published', 'executing', 'voting', 'scoring', 'closed', 'cancelled', 'void'])

export const battleId = z.object({ battle_id: z.uuid() })

export const listQuery = z.strictObject({
  status: battleStatus.optional(),
  mine: z.enum(['true', 'false']).default('false').meta({ description: 'Only the caller’s own battles, drafts included' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})

export const leaderboardQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) })

/** The providers whose calls are paid for by key. */
const keyed = Object.entries(providers).flatMap(([id, traits]) => ('keyVariable' in traits ? [id] : []))

// No message quotes it, and no answer shows it.
const secret = z
  .string()
  .min(8, 'a provider key has at least 8 characters')
  .max(1000, 'a provider key has at most 1000 characters')
  .regex(/^[\x21-\x7e]+$/, 'a provider key is printable ASCII without spaces')
  .meta({ description: 'The key itself. It is sealed before it is stored, and never shown again', format: 'password' })

const expiresAt = z.iso
  .datetime({ offset: true, error: 'expected a time like 2027-01-31T00:00:00Z' })
  .refine((text) => !(Date.parse(text) <= Date.now()), 'lies in the past')
  .optional()
  .meta({ description: 'From then on no call begins with it. Default: never' })

export const addKey = z
  .strictObject({
    provider: z.enum(keyed as [string, ...string[]]).meta({ example: 'openai' }),
    secret,
    label: z.string().trim().max(80).default('').meta({ description: 'For you to tell your keys apart' }),
    expires_at: expiresAt,
  })
  .meta({ id: 'AddKey' })

export const rotateKey = z.strictObject({ secret, expires_at: expiresAt }).meta({ id: 'RotateKey' })

export const keyId = z.object({ key_id: z.uuid() })

export const setBudget = z
  .strictObject({
    limit_usd: usd.min(0).nullable().meta({ description: 'null lifts the limit' }),
    period: z.enum(['day', 'month', 'total']).default('month').meta({ description: 'Days and months of UTC; total never begins anew' }),
  })
  .meta({ id: 'SetBudget' })

export const ownerId = z.object({ owner_id: z.uuid() })
