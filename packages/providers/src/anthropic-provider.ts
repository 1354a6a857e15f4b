import { fail, type Provider, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { Anthropic } from '@anthropic-ai/sdk'
import { z } from 'zod'
import { completionOf } from './completion.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { continuedStream } from './continued-stream.ts'
import { CodedFailure } from './provider-errors.ts'
import { sdkCalls } from './sdk-calls.ts'
import type { Turn } from './seam.ts'
import type { StreamedAnswer } from './streamed-answer.ts'

/** Text through the Messages API. */
export function anthropicProvider(provider: ConfiguredProvider): Provider {
  const calls = sdkCalls<Anthropic>(provider, load)
  return {
    generateText: (request, call) =>
      // The timeout in the call also keeps the SDK from refusing a large max_tokens, which it does only while it has to guess one.
      calls(call, async ({ client, making, answered }) =>
        read(await answered(client.messages.create(body(provider, request), making())), provider, request),
      ),
    streamText: (request, call) =>
      calls(call, ({ client, options, making, answered }) =>
        continuedStream<unknown>(provider, request, call, options.signal, {
          open: ({ turns, maxTokens, chunk }, signal) => {
            const asked = body(provider, { ...request, maxTokens }, turns)
            return answered(client.messages.create({ ...asked, stream: true }, { ...making(chunk), signal }))
          },
          read: (event, answer) => readEvent(event, answer, provider, request),
        }),
      ),
  }
}

async function load(provider: ConfiguredProvider) {
  const sdk = await import('@anthropic-ai/sdk')
  const client = new sdk.Anthropic({
    // Without a key the SDK would look for a profile on the disk; servers that need none ignore it.
    apiKey: provider.apiKey ?? 'none',
    baseURL: provider.baseUrl,
    webhookKey: null,
    ...(provider.browser && { dangerouslyAllowBrowser: true }),
    // The engine retries, durably. A retry in here would spend the slice unseen.
    maxRetries: 0,
    // It would log what it cannot parse, which is a contender's text.
    logLevel: 'off',
  })
  return { client, errors: sdk }
}

/**
 * `temperature` is never sent: API version 2026-10-21, which the SDK speaks since 1.0, refuses every sampling parameter with a
 * 400, even at its default.
 */
function body(provider: ConfiguredProvider, request: TextRequest, turns: Turn[] = []): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: request.wireModel,
    max_tokens: request.maxTokens,
    ...(request.system !== undefined && { system: request.system }),
    messages: turns.length > 0 ? turns : [{ role: 'user', content: userContent(request) }],
    ...(request.jsonSchema &&
      provider.jsonSchema && { output_config: { format: { type: 'json_schema' as const, schema: request.jsonSchema.schema } } }),
  }
}

/** The prompt alone, or followed by its images, each under its label. */
const userContent = ({ prompt, attachments }: TextRequest): Anthropic.MessageParam['content'] =>
  attachments
    ? [
        { type: 'text', text: prompt },
        ...attachments.flatMap(({ url, label }) => [
          ...(label ? [{ type: 'text' as const, text: `${label}:` }] : []),
          { type: 'image' as const, source: imageSource(url) },
        ]),
      ]
    : prompt

/** The Messages API takes a data URL apart: its bytes are a source of their own. */
function imageSource(url: string): Anthropic.ImageBlockParam['source'] {
  const data = /^data:(image\/(?:png|jpeg|gif|webp));base64,(.+)$/s.exec(url)
  return data ? { type: 'base64', media_type: data[1] as 'image/png', data: data[2]! } : { type: 'url', url }
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
  if (stop_reason === 'refusal') return fail(refusal(provider, request, stop_details?.category))
  return completionOf(provider, request, {
    text: content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
    finishReason: finishReasons[stop_reason ?? ''] ?? 'other',
    wireModel: model,
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
  })
}

function refusal(provider: ConfiguredProvider, request: TextRequest, category: string | null | undefined): StepError {
  return stepError('content_refused', `${request.wireModel} of ${provider.id} declined to answer${category ? ` (${category})` : ''}.`)
}

const usage = z.object({ input_tokens: z.number().nullish(), output_tokens: z.number().nullish() }).nullish()

/** The events that say something; any other is passed by, as the API asks its clients to. */
const streamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ model: z.string().min(1).optional(), usage }) }),
  z.object({ type: z.literal('content_block_start'), content_block: z.object({ type: z.string(), text: z.string().optional() }) }),
  z.object({ type: z.literal('content_block_delta'), delta: z.object({ type: z.string(), text: z.string().optional() }) }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullish(), stop_details: z.object({ category: z.string().nullish() }).nullish() }),
    usage,
  }),
])
const known = new Set(['message_start', 'content_block_start', 'content_block_delta', 'message_delta'])

function readEvent(sent: unknown, answer: StreamedAnswer, provider: ConfiguredProvider, request: TextRequest): void {
  if (!known.has((sent as { type?: string } | null)?.type ?? '')) return
  const parsed = streamEvent.safeParse(sent)
  if (!parsed.success) {
    throw new CodedFailure(stepError('provider_malformed', `${provider.id} streamed something that is no event of a message.`))
  }
  const event = parsed.data
  if (event.type === 'message_start') {
    answer.wireModel = event.message.model
    answer.used(event.message.usage?.input_tokens, event.message.usage?.output_tokens)
  } else if (event.type === 'content_block_start') {
    if (event.content_block.type === 'text') answer.add(event.content_block.text ?? '')
  } else if (event.type === 'content_block_delta') {
    if (event.delta.type === 'text_delta') answer.add(event.delta.text ?? '')
  } else {
    const { stop_reason, stop_details } = event.delta
    if (stop_reason === 'refusal') throw new CodedFailure(refusal(provider, request, stop_details?.category))
    if (stop_reason) answer.finishReason = finishReasons[stop_reason] ?? 'other'
    answer.used(event.usage?.input_tokens, event.usage?.output_tokens)
  }
}
