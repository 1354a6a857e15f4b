import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { providers } from '@agon/runner-core/models'
import { z } from 'zod'

/** What callers send of contenders that their own page answers: the rows that a driver records, of which nothing is believed but its shape. */

export const fundingSource = z.enum(['user_byok_local']).optional().meta({
  description: 'user_byok_local: answered by a page of yours with a key that never leaves your browser; such an answer is not rated',
})

/** Text that a page can ask for: of a provider that takes a key, or of one on the owner's own machine. */
export function answersLocally(provider: keyof typeof providers): boolean {
  const { wire, keyVariable, local }: { wire?: string; keyVariable?: string; local?: true } = providers[provider]
  return (wire === 'openai' || wire === 'anthropic') && (keyVariable !== undefined || local === true)
}
const localProviders = (Object.keys(providers) as (keyof typeof providers)[]).filter(answersLocally)
export const localProvider = z.enum(localProviders as [string, ...string[]])

interface Contender {
  model?: string | undefined
  funding_source?: string | undefined
  byok_key_id?: string | undefined
  command?: unknown
  human?: unknown
}

/** What no single field can say of contenders that a page answers. */
export function localRules(body: { contenders: Contender[] }, tell: (path: (string | number)[], message: string) => void): void {
  for (const [nth, { funding_source, byok_key_id, command, human }] of body.contenders.entries()) {
    if (funding_source === undefined) continue
    if (command !== undefined || human !== undefined) tell(['contenders', nth, 'funding_source'], 'belongs to a model')
    if (byok_key_id !== undefined)
      tell(['contenders', nth, 'byok_key_id'], 'is a key that Agon keeps, and user_byok_local one that it never sees: give one of the two')
  }
}

export const whole = (most: number) => z.number().int().min(0).max(most)
const id = whole(Number.MAX_SAFE_INTEGER)
export const tokens = whole(2_147_483_647).nullable()
export const latency = whole(2_147_483_647)

/** Four bytes of UTF-8 a character at most, and the JSON around it. */
export const answerBytes = 5 * 1024 * 1024
export const text = z.string().max(1_000_000)

export const localJobId = z.object({ job_id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })

export const claimLocal = z
  .strictObject({
    providers: z
      .array(localProvider)
      .min(1)
      .max(20)
      .meta({ description: 'Those this page has keys of: it is given what it can answer', example: ['openai'] }),
    driver: z
      .string()
      .regex(/^[A-Za-z0-9._:-]{1,100}$/, 'expected letters, digits and . _ : -')
      .default('page')
      .meta({ description: 'A name of the page, for who looks at leases' }),
    most: z.number().int().min(1).max(8).default(1),
  })
  .meta({ id: 'ClaimLocalExecutions' })

export const leaseToken = id.meta({ description: 'As the claim told it' })

export const checkpoint = z.looseObject({
  chunks: whole(1_000_000),
  elapsed_ms: whole(Number.MAX_SAFE_INTEGER),
  input_tokens: tokens.optional(),
  output_tokens: tokens.optional(),
  cursor: z
    .record(z.string().max(100), z.unknown())
    .refine((cursor) => JSON.stringify(cursor).length <= 4096, 'at most 4096 characters of JSON')
    .optional(),
})
export const delta = z.strictObject({ offset: whole(2_147_483_647), text })

export const heartbeatLocal = z
  .strictObject({
    lease_token: leaseToken,
    progress: z
      .strictObject({
        output: z.looseObject({ input_tokens: tokens.optional(), output_tokens: tokens.optional(), latency_ms: latency.optional() }),
        checkpoint,
        delta,
      })
      .optional()
      .meta({ description: 'What is new of a growing answer, and what another page would go on from' }),
  })
  .meta({ id: 'HeartbeatLocalExecution' })

export const completeLocal = z
  .strictObject({
    lease_token: leaseToken,
    output: z
      .looseObject({
        content_text: text.meta({ description: 'A model may end without a word' }),
        wire_model: z.string().min(1).max(200),
        finish_reason: z.enum(['stop', 'length', 'other']),
        input_tokens: tokens,
        output_tokens: tokens,
        cost_usd: z.number().min(0).max(99_999).nullable(),
        latency_ms: latency,
      })
      .meta({ description: 'The answer; any other field is passed by' }),
  })
  .meta({ id: 'CompleteLocalExecution' })

export const failed = {
  error: z.strictObject({
    code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]).meta({ description: 'As GET /errors lists them' }),
    message: z.string().max(2000),
    cost_usd: z.number().min(0).max(99_999).optional(),
  }),
  backoff_ms: whole(3_600_000).nullable().meta({ description: 'When to try again; null: never' }),
}

export const failLocal = z
  .strictObject({
    lease_token: leaseToken,
    ...failed,
  })
  .meta({ id: 'FailLocalExecution' })

export const giveBackLocal = z.strictObject({ lease_token: leaseToken }).meta({ id: 'GiveBackLocalExecution' })
