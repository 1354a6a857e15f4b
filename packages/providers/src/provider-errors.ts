import { type StepError, stepError } from '@agon/runner-core'
import { redact } from './redact.ts'
import { retryAfterMs } from './retry-after.ts'

type ErrorClass = abstract new (...args: never[]) => Error

/** The error classes both SDKs export under the same names. Passed in, since the SDKs are imported on first use. */
export interface SdkErrors {
  APIError: ErrorClass
  APIConnectionError: ErrorClass
  APIConnectionTimeoutError: ErrorClass
}

/** Which provider failed: for the message, and to keep its key out of it. */
export interface FailingProvider {
  id: string
  baseUrl: string
  keyVariable: string | null
  apiKey?: string | undefined
}

/** What an SDK threw, as a coded error. `nowMs`: the wall clock, against which an HTTP date in Retry-After is read. */
export function fromSdkError(thrown: unknown, sdk: SdkErrors, provider: FailingProvider, nowMs: number): StepError {
  if (thrown instanceof sdk.APIConnectionTimeoutError) {
    return stepError('provider_timeout', `${provider.id} did not answer in time (${reason(thrown, provider)}).`)
  }
  if (thrown instanceof sdk.APIConnectionError) {
    return stepError('provider_unavailable', `${provider.id} could not be reached at ${provider.baseUrl} (${reason(thrown, provider)}).`)
  }
  if (thrown instanceof sdk.APIError) {
    const { status, headers, error } = thrown as Error & { status?: number; headers?: Headers; error?: unknown }
    const detail = errorDetail(error)
    detail.message ??= thrown.message.replace(/^\d{3} /, '')
    return fromStatus(status ?? 0, headers ?? new Headers(), detail, provider, nowMs)
  }
  if (thrown instanceof SyntaxError) {
    // The parser's message quotes the body, and the body is a contender's text.
    return stepError('provider_malformed', `${provider.id} answered with something that is not JSON.`)
  }
  return stepError('provider_unavailable', `The answer of ${provider.id} broke off (${reason(thrown, provider)}).`)
}

/** What a provider says of its refusal. */
export interface ErrorDetail {
  message?: string
  /** `code` and `type` of the body: `insufficient_quota`, `content_filter`, … */
  codes: string[]
  flagged: boolean
}

/** Reads `{ message, code, type }`, alone or under `error`: the two SDKs hand over different depths of the same body. */
export function errorDetail(body: unknown): ErrorDetail {
  const outer = record(body)
  const inner = outer?.error === undefined ? outer : record(outer.error)
  const message = typeof inner?.message === 'string' && inner.message !== '' ? { message: inner.message } : {}
  const codes = [inner?.code, inner?.type].filter((code) => typeof code === 'string')
  return { ...message, codes, flagged: Array.isArray(record(inner?.metadata)?.reasons) }
}

/** OpenAI answers 429 to an empty balance; waiting does not fill it. */
const emptyBalance = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']
const refusals = ['content_filter', 'content_policy_violation', 'moderation_blocked']

/** An HTTP status a provider refused or failed with, as a coded error. */
export function fromStatus(status: number, headers: Headers, detail: ErrorDetail, provider: FailingProvider, nowMs: number): StepError {
  const said = `${provider.id} answered ${status}${detail.message ? `: ${redact(detail.message, [provider.apiKey])}` : ''}`
  const has = (codes: string[]) => detail.codes.some((code) => codes.includes(code))
  // OpenRouter flags a prompt with 403 and metadata.reasons; the others name it in the code of a 400.
  if (status < 500 && (has(refusals) || (status === 403 && detail.flagged))) return stepError('content_refused', said)
  switch (status) {
    case 401:
    case 403:
      return stepError('provider_auth', provider.keyVariable ? `${said} (the key is read from ${provider.keyVariable})` : said)
    case 408:
    case 409:
      return stepError('provider_unavailable', said, retryAfterMs(headers, nowMs))
    case 429:
      return has(emptyBalance) ? stepError('provider_rejected', said) : stepError('provider_rate_limited', said, retryAfterMs(headers, nowMs))
    case 504:
      return stepError('provider_timeout', said, retryAfterMs(headers, nowMs))
    default:
      return status >= 400 && status < 500
        ? stepError('provider_rejected', said)
        : stepError('provider_unavailable', said, retryAfterMs(headers, nowMs))
  }
}

/** ECONNREFUSED and its kin where the runtime names one, else the innermost message. */
function reason(thrown: unknown, provider: FailingProvider): string {
  let deepest: unknown = thrown
  for (let depth = 0; depth < 5 && deepest instanceof Error && deepest.cause !== undefined; depth += 1) deepest = deepest.cause
  const code = record(deepest)?.code
  if (typeof code === 'string') return code
  return redact(deepest instanceof Error ? deepest.message : String(deepest), [provider.apiKey])
}

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
