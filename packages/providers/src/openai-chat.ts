import { fail, type Provider, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import { completionOf } from './completion.ts'
import type { ConfiguredProvider } from './configuration.ts'
import { continuedStream } from './continued-stream.ts'
import { declined, temperatureOf } from './openai-rules.ts'
import { CodedFailure, errorDetail, fromStatus } from './provider-errors.ts'
import type { SdkCalls } from './sdk-calls.ts'
import type { Turn } from './seam.ts'
import type { StreamedAnswer } from './streamed-answer.ts'

/** Text through chat completions, which OpenAI and every compatible server speak. */
export const chatCompletions = (
  provider: ConfiguredProvider,
  calls: SdkCalls<OpenAI>,
): Required<Pick<Provider, 'generateText' | 'streamText'>> => ({
  generateText: (request, call) =>
    calls(call, async ({ client, making, answered }) =>
      read(await answered(client.chat.completions.create(body(provider, request), making())), provider, request),
    ),
  streamText: (request, call) =>
    calls(call, ({ client, options, making, answered }) =>
      continuedStream<unknown>(provider, request, call, options.signal, {
        open: ({ turns, maxTokens, chunk }, signal) => {
          const asked = body(provider, { ...request, maxTokens }, turns)
          // Mistral tells its usage anyway, and refuses fields it does not know.
          const usage = provider.id === 'mistral' ? {} : { stream_options: { include_usage: true } }
          return answered(client.chat.completions.create({ ...asked, ...usage, stream: true }, { ...making(chunk), signal }))
        },
        read: (event, answer) => readChunk(event, answer, provider, request),
      }),
    ),
})

function body(
  provider: ConfiguredProvider,
  request: TextRequest,
  turns: Turn[] = [{ role: 'user', content: request.prompt }],
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const system = request.system === undefined ? [] : [{ role: 'system' as const, content: request.system }]
  const isOpenai = provider.id === 'openai'
  return {
    model: request.wireModel,
    messages: [...system, ...turns],
    // OpenAI's reasoning models refuse max_tokens; most compatible servers know nothing else.
    ...(isOpenai ? { max_completion_tokens: request.maxTokens } : { max_tokens: request.maxTokens }),
    ...temperatureOf(provider, request),
    ...(request.jsonSchema &&
      provider.jsonSchema && { response_format: { type: 'json_schema' as const, json_schema: { ...request.jsonSchema, strict: true } } }),
  }
}

/** Mistral's reasoning models answer in parts, of which those of type `text` are the answer. */
const content = z.union([
  z.string(),
  z
    .array(z.object({ type: z.string(), text: z.string().optional() }))
    .transform((parts) => parts.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('')),
])

const completion = z.object({
  model: z.string().min(1).optional(),
  choices: z.tuple(
    [z.object({ finish_reason: z.string().nullish(), message: z.object({ content: content.nullish(), refusal: z.string().nullish() }) })],
    z.unknown(),
  ),
  usage: z.object({ prompt_tokens: z.number().optional(), completion_tokens: z.number().optional() }).nullish(),
})

/** OpenRouter reports a failure after it began to answer in the body of a 200, with the status as the code. */
const failureIn200 = z.object({ error: z.object({ code: z.number().int().min(400).max(599).catch(502) }) })

function read(answer: unknown, provider: ConfiguredProvider, request: TextRequest): Result<TextCompletion, StepError> {
  const failure = failureIn200.safeParse(answer)
  if (failure.success) return fail(fromStatus(failure.data.error.code, new Headers(), errorDetail(answer), provider, Date.now()))

  const parsed = completion.safeParse(answer)
  if (!parsed.success) {
    return fail(stepError('provider_malformed', `${provider.id} answered with something that is not a chat completion.`))
  }
  const { choices, model, usage } = parsed.data
  const { message, finish_reason } = choices[0]
  if (message.refusal || finish_reason === 'content_filter') return fail(declined(provider, request))
  return completionOf(provider, request, {
    text: message.content ?? '',
    finishReason: finishReasonOf(finish_reason),
    wireModel: model,
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
  })
}

const finishReasonOf = (said: string | null | undefined): TextCompletion['finishReason'] =>
  said === 'stop' || said === 'length' ? said : 'other'

const chunk = z.object({
  model: z.string().min(1).optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        delta: z.object({ content: content.nullish(), refusal: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
})

function readChunk(sent: unknown, answer: StreamedAnswer, provider: ConfiguredProvider, request: TextRequest): void {
  const parsed = chunk.safeParse(sent)
  if (!parsed.success) {
    throw new CodedFailure(stepError('provider_malformed', `${provider.id} streamed something that is no chunk of a chat completion.`))
  }
  const { choices, model, usage } = parsed.data
  const choice = choices?.[0]
  if (model) answer.wireModel = model
  answer.used(usage?.prompt_tokens, usage?.completion_tokens)
  answer.add(choice?.delta?.content ?? '')
  if (choice?.delta?.refusal || choice?.finish_reason === 'content_filter') throw new CodedFailure(declined(provider, request))
  if (choice?.finish_reason) answer.finishReason = finishReasonOf(choice.finish_reason)
}
