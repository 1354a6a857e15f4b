import { fail, ok, type Provider, type Result, type StepError, stepError, type TextCompletion, type TextRequest } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'
import { underDeadline } from './deadline.ts'
import { fromSdkError, type SdkErrors } from './provider-errors.ts'

export interface LoadedSdk<Client> {
  client: Client
  errors: SdkErrors
}

export interface SdkCall {
  signal: AbortSignal
  timeout: number
  headers: Record<string, string>
}

/** What one wire is made of; the rest of a call is the same for both. */
export interface Wire<Client> {
  /** Imports the SDK, on the first call and not at a function's cold start, and makes its client. */
  load(provider: ConfiguredProvider): Promise<LoadedSdk<Client>>
  ask(client: Client, provider: ConfiguredProvider, request: TextRequest, call: SdkCall): Promise<unknown>
  read(answer: unknown, provider: ConfiguredProvider, request: TextRequest): Result<TextCompletion, StepError>
}

/** A provider behind its SDK: the client is made once, every call is bounded, every failure is a coded error. */
export function sdkProvider<Client>(provider: ConfiguredProvider, wire: Wire<Client>): Provider {
  let loading: Promise<LoadedSdk<Client>> | undefined
  const load = () => {
    loading ??= wire.load(provider).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }

  return {
    generateText: (request, call) => {
      const timeoutMs = Math.min(call.timeoutMs, provider.timeoutMs)
      return underDeadline({ signal: call.signal, timeoutMs }, provider.id, async (signal) => {
        const sdk = await load()
        try {
          const answer = await wire.ask(sdk.client, provider, request, {
            signal,
            timeout: Math.ceil(timeoutMs),
            // The SDKs' own idempotencyKey option sends nothing: neither has a header name for it (openai 7.55, anthropic 1.10).
            headers: { 'Idempotency-Key': call.idempotencyKey },
          })
          return wire.read(answer, provider, request)
        } catch (thrown) {
          return fail(fromSdkError(thrown, sdk.errors, provider, Date.now()))
        }
      })
    },
  }
}

/**
 * The answer. A model that ends by itself without a word has answered, with nothing: it is judged for that, and not asked again at the
 * payer's cost. Where max_tokens cut it short, thinking, which is counted in them, has left nothing for the answer.
 */
export function completionOf(
  provider: ConfiguredProvider,
  request: TextRequest,
  answer: { text: string; finishReason: TextCompletion['finishReason']; wireModel?: string; inputTokens?: number; outputTokens?: number },
): Result<TextCompletion, StepError> {
  const { text, finishReason, wireModel, inputTokens, outputTokens } = answer
  if (text.trim() === '' && finishReason !== 'stop') {
    if (finishReason !== 'length') return fail(stepError('provider_malformed', `${provider.id} ended its answer before a word of it.`))
    const spent = `${request.wireModel} of ${provider.id} spent all ${request.maxTokens} tokens before its answer began.`
    return fail(stepError('provider_rejected', `${spent} Raise max_tokens.`))
  }
  return ok({
    text,
    finishReason,
    wireModel: wireModel ?? request.wireModel,
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  })
}
