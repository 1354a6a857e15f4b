import { fail, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import { z } from 'zod'
import { completionOf } from './completion.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { declined, temperatureOf } from './openai-rules.ts'
import { errorDetail, fromStream } from './provider-errors.ts'
import type { Turn } from './seam.ts'

/** The API refuses a smaller bound. */
const leastOutputTokens = 16

/** When it pays to look at a kept answer for the first time. */
export const firstPollMs = 5_000

/** What an answer is asked with. */
export function responseBody(
  provider: ConfiguredProvider,
  request: TextRequest,
  turns: Turn[] = [{ role: 'user', content: request.prompt }],
) {
  return {
    model: request.wireModel,
    ...(request.system !== undefined && { instructions: request.system }),
    input: turns.map((turn) => ({ ...turn })),
    max_output_tokens: Math.max(request.maxTokens, leastOutputTokens),
    // The API keeps only what it may store.
    store: true,
    ...temperatureOf(provider, request),
    ...(request.jsonSchema && { text: { format: { type: 'json_schema' as const, ...request.jsonSchema, strict: true } } }),
  }
}

/** An answer as OpenAI keeps it. */
export const response = z.object({
  id: z.string().min(1),
  status: z.string(),
  model: z.string().min(1).optional(),
  max_output_tokens: z.number().nullish(),
  output: z
    .array(z.object({ type: z.string(), content: z.array(z.object({ type: z.string(), text: z.string().optional() })).nullish() }))
    .default([]),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})
export type KeptResponse = z.output<typeof response>

export const isRunning = ({ status }: KeptResponse): boolean => status === 'queued' || status === 'in_progress'

/** Why there is no answer; undefined when there is one. */
export function failureOf(kept: KeptResponse, provider: ConfiguredProvider, wireModel: string): StepError | undefined {
  const refused = kept.output.some(({ content }) => content?.some(({ type }) => type === 'refusal'))
  if (refused || kept.incomplete_details?.reason === 'content_filter') return declined(provider, { wireModel })
  if (kept.status === 'cancelled') return gone(provider, kept.id)
  return kept.status === 'failed' ? fromStream(errorDetail(kept.error), provider) : undefined
}

export function completionFrom(kept: KeptResponse, provider: ConfiguredProvider, wireModel: string): Result<TextCompletion, StepError> {
  const failure = failureOf(kept, provider, wireModel)
  if (failure) return fail(failure)
  const asked = { wireModel, prompt: '', maxTokens: kept.max_output_tokens ?? 0 }
  return completionOf(provider, asked, {
    text: textOf(kept),
    finishReason: finishReasonOf(kept),
    ...(kept.model !== undefined && { wireModel: kept.model }),
    ...(kept.usage?.input_tokens !== undefined && { inputTokens: kept.usage.input_tokens }),
    ...(kept.usage?.output_tokens !== undefined && { outputTokens: kept.usage.output_tokens }),
  })
}

export function finishReasonOf({ status, incomplete_details }: KeptResponse): TextCompletion['finishReason'] {
  if (status === 'completed') return 'stop'
  return incomplete_details?.reason === 'max_output_tokens' ? 'length' : 'other'
}

export const textOf = ({ output }: KeptResponse): string =>
  output
    .flatMap(({ content }) => content ?? [])
    .map(({ type, text }) => (type === 'output_text' ? (text ?? '') : ''))
    .join('')

export const malformed = ({ id }: ConfiguredProvider): StepError =>
  stepError('provider_malformed', `${id} answered with something that is no response.`)
export const gone = ({ id }: ConfiguredProvider, taskId: string): StepError =>
  stepError('provider_task_gone', `${id} no longer keeps ${taskId}.`)
