import { z } from 'zod'
import { backoffMs } from '../engine/backoff.ts'
import { isRetryable, type StepError } from '../errors.ts'
import type { NodeJob, Random } from '../ports/index.ts'

export const retryClasses = ['timeout', 'provider_error', 'rate_limit', 'contract_violated'] as const
export type RetryClass = (typeof retryClasses)[number]

const retry = z.object({
  attempts: z.number().int().min(1).catch(1).default(1),
  backoff_ms: z.number().min(0).catch(500).default(500),
  max_backoff_ms: z.number().min(0).catch(8000).default(8000),
  retry_on: z
    .array(z.enum(retryClasses))
    .catch(['timeout', 'provider_error', 'rate_limit'])
    .default(['timeout', 'provider_error', 'rate_limit']),
})

/** What every node's config may say of how it is run. It was checked when the workflow was saved. */
const policy = z.object({
  retry: retry.catch(() => retry.parse({})).default(() => retry.parse({})),
  timeout_ms: z.number().positive().optional().catch(undefined),
  moderation: z.enum(['off', 'input', 'output', 'both']).catch('off').default('off'),
})
export type NodePolicy = z.output<typeof policy>

export const policyOf = (config: Record<string, unknown>): NodePolicy => policy.parse(config)

/** Half a minute is much for a request, and nothing for a film. */
const slowMs: Record<string, number> = {
  video: 3_600_000,
  text_to_video: 3_600_000,
  image: 600_000,
  text_to_image: 600_000,
  image_to_image: 600_000,
  image_upscale: 600_000,
  text_to_speech: 600_000,
  image_to_audio: 600_000,
  speech_to_text: 600_000,
}

/** How long a node may act in all its steps, in milliseconds; waits do not count. */
export const timeoutOf = ({ nodeType, lens }: Pick<NodeJob, 'nodeType' | 'lens'>, { timeout_ms }: NodePolicy): number =>
  timeout_ms ?? slowMs[nodeType] ?? slowMs[String(lens?.kind)] ?? 60_000

const timeouts = new Set(['node_timeout', 'provider_timeout', 'outbound_timeout'])

/** What a failure is for `retry_on`; undefined: trying again would end the same. */
export function retryClass(error: StepError): RetryClass | undefined {
  if (error.code === 'input_contract_violation' || error.code === 'output_contract_violation') return 'contract_violated'
  if (timeouts.has(error.code)) return 'timeout'
  if (error.code === 'provider_rate_limited' || error.code === 'receiver_rate_limited') return 'rate_limit'
  return isRetryable(error) ? 'provider_error' : undefined
}

/** How long until the node is tried again, in whole milliseconds; null: its failure stands. `attempts`: failures before this one. */
export function retryAfter(attempts: number, error: StepError, { retry }: NodePolicy, random: Random): number | null {
  const kind = retryClass(error)
  if (kind === undefined || !retry.retry_on.includes(kind) || attempts + 1 >= retry.attempts) return null
  return backoffMs(attempts, random, error.retryAfterMs, { baseMs: retry.backoff_ms, capMs: retry.max_backoff_ms })
}
