import { z } from 'zod'

/** What callers get about who pays. Like responses.ts, for the document and the client's types alone. */

const timestamp = z.string().meta({ format: 'date-time' })

export const funding = z
  .object({
    source: z.enum(['platform_credit', 'user_byok_cloud', 'user_byok_local', 'local', 'simulated']),
    byok_key_id: z.uuid().nullable(),
    cost_estimate_usd: z.number().nullable().meta({ description: 'The most it may cost by list price; null: the price is not known' }),
  })
  .meta({ id: 'Funding', description: 'Who pays for its calls; shown to the owner alone' })

export const battleBudget = z
  .object({ limit_usd: z.number(), spent_usd: z.number(), reserved_usd: z.number() })
  .nullable()
  .meta({ description: 'Shown to the owner alone' })

const key = z
  .object({
    key_id: z.uuid(),
    provider: z.string(),
    label: z.string(),
    hint: z.string().meta({ description: 'The last characters of the key' }),
    status: z.enum(['active', 'expired', 'revoked']),
    created_at: timestamp,
    rotated_at: timestamp.nullable(),
    expires_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
    last_used_at: timestamp.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'Key' })

const keys = z.object({ keys: z.array(key) }).meta({ id: 'Keys' })

const budget = z
  .object({
    budget: z
      .object({
        owner_id: z.uuid(),
        limit_usd: z.number(),
        period: z.enum(['day', 'month', 'total']),
        period_started_at: timestamp,
        period_ends_at: timestamp.nullable(),
        spent_usd: z.number(),
        reserved_usd: z.number().meta({ description: 'Set aside for calls under way' }),
        left_usd: z.number(),
      })
      .nullable()
      .meta({ description: 'What calls on the platform’s keys may cost; null: no limit is set' }),
  })
  .meta({ id: 'Budget' })

export const fundingShapes = { budget, key, keys }
