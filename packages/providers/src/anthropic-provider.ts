import { fail, type Provider, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { Anthropic } from '@anthropic-ai/sdk'
import { z } from 'zod'
import type { ConfiguredProvider } from './configuration.ts'
import { completionOf, sdkProvider } from './sdk-provider.ts'

/** Text through the Messages API. */
export const anthropicProvider = (provider: ConfiguredProvider): Provider =>
  sdkProvider<Anthropic>(provider, {
    load,
    // The timeout in the call also keeps the SDK from refusing a large max_tokens, which it does only while it has to guess one.
    ask: (client, target, request, call) => client.messages.create(body(target, request), call),
    read,
  })

async function load(provider: ConfiguredProvider) {
  const sdk = await import('@anthropic-ai/sdk')
  const client = new sdk.Anthropic({
    // Without a key the SDK would look for a profile on the disk; servers that need none ignore it.
    apiKey: provider.apiKey ?? 'none',
    baseURL: provider.baseUrl,
    webhookKey: null,
    // The engine retries, durably. A retry in here would spend the slice unseen.
    maxRetries: 0,
  })
  return { client, errors: sdk }
}

/**
 * `temperature` is never sent: API version 2026-10-21, which the SDK speaks since 1.0, refuses every sampling parameter with a
 * 400, even at its default.
 */
function body(provider: ConfiguredProvider, request: TextRequest): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: request.wireModel,
    max_tokens: request.maxTokens,
    ...(request.system !== undefined && { system: request.system }),
    messages: [{ role: 'user', content: request.prompt }],
    ...(request.jsonSchema &&
      provider.jsonSchema && { output_config: { format: { type: 'json_schema' as const, schema: request.jsonSchema.schema } } }),
  }
}

const message = z.object({
  model: z.string().min(1).optional(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  stop_details: z.object({ category: z.string().nullish() }).nullish(),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
})

const finishReasons: Record<string, TextCompletion['finishReason']> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
}

function read(answer: unknown, provider: ConfiguredProvider, request: TextRequest): Result<TextCompletion, StepError> {
  const parsed = message.safeParse(answer)
  if (!parsed.success) return fail(stepError('provider_malformed', `${provider.id} answered with something that is not a message.`))
  const { content, model, stop_reason, stop_details, usage } = parsed.data
  if (stop_reason === 'refusal') {
    const category = stop_details?.category ? ` (${stop_details.category})` : ''
    return fail(stepError('content_refused', `${request.wireModel} of ${provider.id} declined to answer${category}.`))
  }
  return completionOf(provider, request, {
    text: content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
    finishReason: finishReasons[stop_reason ?? ''] ?? 'other',
    wireModel: model,
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
  })
}
