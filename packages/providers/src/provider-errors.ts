import { type StepError, stepError } from '@agon/runner-core'
import { redact } from './redact.ts'
import { retryAfterMs } from './retry-after.ts'

/** A failure that has its code already, thrown out of the middle of a stream. */
export class CodedFailure extends Error {
  override name = 'CodedFailure'
  readonly error: StepError

  constructor(error: StepError) {
    super(error.message)
    this.error = error
  }
}

/** The headers of the refusal an SDK threw; none when it threw something else. */
export const headersOf = (thrown: unknown): Headers => {
  const headers = record(thrown)?.headers
  return headers instanceof Headers ? headers : new Headers()
}

/** The status of the refusal an SDK threw; undefined when it threw something else. */
export const statusOf = (thrown: unknown): number | undefined => {
  const status = record(thrown)?.status
  return typeof status === 'number' ? status : undefined
}

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
  usersKey?: true
}

/** What an SDK threw, as a coded error. `nowMs`: the wall clock, against which an HTTP date in Retry-After is read. */
export function fromSdkError(thrown: unknown, sdk: SdkErrors, provider: FailingProvider, nowMs: number): StepError {
  if (thrown instanceof sdk.APIConnectionTimeoutError) {
    return stepError('provider_timeout', `${provider.id} did not answer in time (${reason(thrown, provider)}).`)
  }
  if (thrown instanceof sdk.APIConnectionError) return unreachable(thrown, provider)
  if (thrown instanceof sdk.APIError) {
    const { status, headers, error } = thrown as Error & { status?: number; headers?: Headers; error?: unknown }
    const detail = errorDetail(error)
    detail.message ??= thrown.message.replace(/^\d{3} /, '')
    if (status === undefined) return fromStream(detail, provider)
    return fromStatus(status, headers ?? new Headers(), detail, provider, nowMs)
  }
  if (thrown instanceof SyntaxError) {
    // The parser's message quotes the body, and the body is a contender's text.
    return stepError('provider_malformed', `${provider.id} answered with something that is not JSON.`)
  }
  return stepError('provider_unavailable', `The answer of ${provider.id} broke off (${reason(thrown, provider)}).`)
}

export const unreachable = (thrown: unknown, provider: FailingProvider): StepError =>
  stepError('provider_unavailable', `${provider.id} could not be reached at ${provider.baseUrl} (${reason(thrown, provider)}).`)

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

/** What a code says that a stream, or a task, ended with: the status it would have had as an answer. Anything else is a 500. */
const statusOfCode: Record<string, number> = {
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  not_found_error: 404,
  authentication_error: 401,
  permission_error: 403,
  timeout_error: 504,
}

/** A failure that came after the answer had begun, in the place of a status: in the middle of a stream, or at the end of a task. */
export function fromStream(detail: ErrorDetail, provider: FailingProvider): StepError {
  const refused = detail.codes.some((code) => refusals.includes(code))
  const status = refused ? 400 : (detail.codes.map((code) => statusOfCode[code]).find((known) => known !== undefined) ?? 500)
  const { code, retryAfterMs: waitMs } = fromStatus(status, new Headers(), detail, provider, 0)
  const said = detail.message ? `: ${redact(detail.message, [provider.apiKey])}` : ''
  return stepError(code, `${provider.id} broke off its answer${said}`, waitMs)
}

/** The failure a task ended with: what passes by itself at a call was tried and given up by the provider, and ends the task. */
export function asTaskFailure(error: StepError): StepError {
  const final = ['content_refused', 'provider_rejected', 'provider_task_gone', 'provider_task_failed'].includes(error.code)
  return final ? error : stepError('provider_task_failed', error.message)
}

/** OpenAI answers 429 to an empty balance; waiting does not fill it. */
const emptyBalance = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']
/** Google answers 400 to a key it does not know. */
const wrongKey = ['API_KEY_INVALID']
const refusals = ['content_filter', 'content_policy_violation', 'image_content_policy_violation', 'moderation_blocked']

/** An HTTP status a provider refused or failed with, as a coded error. */
export function fromStatus(status: number, headers: Headers, detail: ErrorDetail, provider: FailingProvider, nowMs: number): StepError {
  const said = `${provider.id} answered ${status}${detail.message ? `: ${redact(detail.message, [provider.apiKey])}` : ''}`
  const has = (codes: string[]) => detail.codes.some((code) => codes.includes(code))
  const waitMs = retryAfterMs(headers, nowMs) ?? detail.retryAfterMs
  // OpenRouter flags a prompt with 403 and metadata.reasons; the others name it in the code of a 400.
  if (status < 500 && (has(refusals) || (status === 403 && detail.flagged))) return stepError('content_refused', said)
  if (status < 500 && has(emptyBalance)) return stepError('provider_rejected', said)
  if (status === 401 || status === 403 || (status === 400 && has(wrongKey))) {
    const whose = provider.usersKey ? "the user's own key" : provider.keyVariable && `the key is read from ${provider.keyVariable}`
    return stepError('provider_auth', whose ? `${said} (${whose})` : said)
  }
  if (status === 429) return stepError('provider_rate_limited', said, waitMs)
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
