import { fail, type Provider, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { OpenAI } from 'openai'
import { z } from 'zod'
import type { ConfiguredProvider } from './configuration.ts'
import { errorDetail, fromStatus } from './provider-errors.ts'
import { completionOf, sdkProvider } from './sdk-provider.ts'

/** Text through chat completions, which OpenAI and every compatible server speak. */
export const openaiProvider = (provider: ConfiguredProvider): Provider =>
  sdkProvider<OpenAI>(provider, {
    load,
    ask: (client, target, request, call) => client.chat.completions.create(body(target, request), call),
    read,
  })

async function load(provider: ConfiguredProvider) {
  const sdk = await import('openai')
  const client = new sdk.OpenAI({
    // The SDK insists on a key; servers that need none ignore it.
    apiKey: provider.apiKey ?? 'none',
    baseURL: provider.baseUrl,
    // The engine retries, durably. A retry in here would spend the slice unseen.
    maxRetries: 0,
    // Null keeps the SDK from reading OpenAI's account out of the environment and sending it to other providers.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    fetch: async (input, init) => withoutArray(await fetch(input, init)),
  })
  return { client, errors: sdk }
}

/** Google's compatible endpoint wraps an error in an array, in which the SDK finds no message and no code. */
async function withoutArray(response: Response): Promise<Response> {
  if (response.ok) return response
  // Cut off or not, the status stands.
  const text = await response.text().catch(() => '')
  const { status, statusText, headers } = response
  const plain = new Headers(headers)
  // They describe the body as it was sent.
  plain.delete('content-encoding')
  plain.delete('content-length')
  return new Response(text.trim().replace(/^\[(.*)\]$/s, '$1'), { status, statusText, headers: plain })
}

/** OpenAI's reasoning models refuse any temperature but the default ("Unsupported value: 'temperature'"), so none is sent. */
const refusesTemperature = /^(gpt-5|o\d)/

function body(provider: ConfiguredProvider, request: TextRequest): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const system = request.system === undefined ? [] : [{ role: 'system' as const, content: request.system }]
  const isOpenai = provider.id === 'openai'
  const sendsTemperature = request.temperature !== undefined && !(isOpenai && refusesTemperature.test(request.wireModel))
  return {
    model: request.wireModel,
    messages: [...system, { role: 'user', content: request.prompt }],
    // OpenAI's reasoning models refuse max_tokens; most compatible servers know nothing else.
    ...(isOpenai ? { max_completion_tokens: request.maxTokens } : { max_tokens: request.maxTokens }),
    ...(sendsTemperature && { temperature: request.temperature }),
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
  if (message.refusal || finish_reason === 'content_filter') {
    return fail(stepError('content_refused', `${request.wireModel} of ${provider.id} declined to answer.`))
  }
  return completionOf(provider, request, {
    text: message.content ?? '',
    finishReason: finish_reason === 'stop' || finish_reason === 'length' ? finish_reason : 'other',
    wireModel: model,
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
  })
}
