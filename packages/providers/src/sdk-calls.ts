import { type CallOptions, fail, type Result, type StepError } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'
import { underDeadline } from './deadline.ts'
import { CodedFailure, fromSdkError, headersOf, type SdkErrors } from './provider-errors.ts'
import { exhaustedForMs } from './retry-after.ts'

export interface LoadedSdk<Client> {
  client: Client
  errors: SdkErrors
}

/** What every request of a call carries; the key where it makes something. */
export interface SdkCall {
  signal: AbortSignal
  timeout: number
  headers?: Record<string, string>
}

/** What both SDKs return for a request: an answer whose headers can be had too. */
interface Answer<T> {
  withResponse(): Promise<{ data: T; response: Response }>
}

export interface SdkSession<Client> {
  client: Client
  options: SdkCall
  /** Options of a request that makes something: with the job's idempotency key, and one of its own for each later chunk of an answer. */
  making(chunk?: number): SdkCall
  /** Waits for the answer, and tells the caller when its headers say that nothing more may be asked for a while. */
  answered<T>(request: Answer<T>): Promise<T>
}

export type SdkCalls<Client> = <T>(
  call: CallOptions,
  act: (session: SdkSession<Client>) => Promise<Result<T, StepError>>,
) => Promise<Result<T, StepError>>

/**
 * Calls through one SDK: it is imported by the first of them and not at a function's cold start, its client is made once, every call
 * is bounded, every failure is a coded error.
 */
export function sdkCalls<Client>(
  provider: ConfiguredProvider,
  load: (provider: ConfiguredProvider) => Promise<LoadedSdk<Client>>,
): SdkCalls<Client> {
  let loading: Promise<LoadedSdk<Client>> | undefined
  const loaded = () => {
    loading ??= load(provider).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }

  return (call, act) => {
    const timeoutMs = Math.min(call.timeoutMs, provider.timeoutMs)
    const told = (retryAfterMs: number | undefined) => {
      if (retryAfterMs !== undefined) call.onRateLimit?.({ retryAfterMs })
    }
    return underDeadline({ signal: call.signal, timeoutMs }, provider.id, async (signal) => {
      const { client, errors } = await loaded()
      const options = { signal, timeout: Math.ceil(timeoutMs) }
      try {
        return await act({
          client,
          options,
          making: (chunk = 0) => ({
            ...options,
            // The SDKs' own idempotencyKey option sends nothing: neither has a header name for it (openai 7.55, anthropic 1.10).
            headers: { 'Idempotency-Key': chunk === 0 ? call.idempotencyKey : `${call.idempotencyKey}-${chunk}` },
          }),
          async answered(request) {
            const { data, response } = await request.withResponse()
            told(exhaustedForMs(response.headers, Date.now()))
            return data
          },
        })
      } catch (thrown) {
        if (thrown instanceof CodedFailure) return fail(thrown.error)
        const error = fromSdkError(thrown, errors, provider, Date.now())
        told(error.code === 'provider_rate_limited' ? error.retryAfterMs : exhaustedForMs(headersOf(thrown), Date.now()))
        return fail(error)
      }
    })
  }
}
