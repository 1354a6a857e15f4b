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
  keyVariable?: string
  apiKey?: string
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
  /** OpenRouter says why it flagged the prompt. */
  flagged: boolean
  retryAfterMs?: number
}

/** Reads `{ message, code, type }`, alone or under `error`: the two SDKs hand over different depths of the same body. */
export function errorDetail(body: unknown): ErrorDetail {
  const outer = record(body)
  const inner = outer?.error === undefined ? outer : record(outer.error)
  // Google puts the reason and the delay of a refusal into typed details (google.rpc.ErrorInfo and RetryInfo), not into headers.
  const details = Array.isArray(inner?.details) ? inner.details.map(record) : []
  const codes = [inner?.code, inner?.type, ...details.map((detail) => detail?.reason)].filter((code) => typeof code === 'string')
  const delay = details.map((detail) => /^(\d+(?:\.\d+)?)s$/.exec(String(detail?.retryDelay))?.[1]).find((seconds) => seconds !== undefined)
  return {
    ...(typeof inner?.message === 'string' && inner.message !== '' && { message: inner.message }),
    codes,
    flagged: Array.isArray(record(inner?.metadata)?.reasons),
    ...(delay !== undefined && { retryAfterMs: Math.ceil(Number(delay) * 1000) }),
  }
}

/** OpenAI answers 429 to an empty balance; waiting does not fill it. */
const emptyBalance = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']
/** Google answers 400 to a key it does not know. */
const wrongKey = ['API_KEY_INVALID']
const refusals = ['content_filter', 'content_policy_violation', 'moderation_blocked']

/** An HTTP status a provider refused or failed with, as a coded error. */
export function fromStatus(status: number, headers: Headers, detail: ErrorDetail, provider: FailingProvider, nowMs: number): StepError {
  const said = `${provider.id} answered ${status}${detail.message ? `: ${redact(detail.message, [provider.apiKey])}` : ''}`
  const has = (codes: string[]) => detail.codes.some((code) => codes.includes(code))
  const waitMs = retryAfterMs(headers, nowMs) ?? detail.retryAfterMs
  // OpenRouter flags a prompt with 403 and metadata.reasons; the others name it in the code of a 400.
  if (status < 500 && (has(refusals) || (status === 403 && detail.flagged))) return stepError('content_refused', said)
  if (status === 401 || status === 403 || (status === 400 && has(wrongKey))) {
    return stepError('provider_auth', provider.keyVariable ? `${said} (the key is read from ${provider.keyVariable})` : said)
  }
  if (status === 429) return has(emptyBalance) ? stepError('provider_rejected', said) : stepError('provider_rate_limited', said, waitMs)
  if (status === 504) return stepError('provider_timeout', said, waitMs)
  const passing = status === 408 || status === 409 || status < 400 || status >= 500
  return passing ? stepError('provider_unavailable', said, waitMs) : stepError('provider_rejected', said)
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
