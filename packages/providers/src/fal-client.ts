import type { CallOptions } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'
import type { ErrorDetail } from './provider-errors.ts'
import { exhaustedForMs, retryAfterMs } from './retry-after.ts'

/** What is used of fal's client. */
export type FalClient = Pick<import('@fal-ai/client').FalClient, 'queue'>

/** fal, or what stands in its place, refused a request. No class of the client's, for those it would ask again. */
export class FalRefused extends Error {
  override name = 'FalRefused'
  readonly status: number
  readonly headers: Headers
  readonly detail: ErrorDetail

  constructor(status: number, headers: Headers, detail: ErrorDetail) {
    super(`fal answered ${status}`)
    this.status = status
    this.headers = headers
    this.detail = detail
  }
}

/** No answer came. Neither its name nor a cause lets the client take it for something to be asked again. */
export class FalUnreachable extends Error {
  override name = 'FalUnreachable'
  readonly reason: unknown

  constructor(reason: unknown) {
    super('fal could not be reached')
    this.reason = reason
  }
}

/**
 * A client for one call: it carries the key of this adapter alone, nothing is read from the environment or shared, and every request
 * is made once. The client's own retries cannot be switched off (1.10.1: the queue's options take the place of the configured
 * ones), so what it would retry is kept from it.
 */
export async function falClient(provider: ConfiguredProvider, call: CallOptions): Promise<FalClient> {
  const { createFalClient } = await import('@fal-ai/client')
  return createFalClient({
    credentials: () => provider.apiKey,
    requestMiddleware: async (request) => ({ ...request, ...redirected(request, provider.baseUrl, call) }),
    fetch: async (input, init) => {
      const response = await fetch(input, init).catch((thrown: unknown) => {
        throw new FalUnreachable(thrown)
      })
      const waitMs =
        exhaustedForMs(response.headers, Date.now()) ?? (response.status === 429 ? retryAfterMs(response.headers, Date.now()) : undefined)
      if (waitMs !== undefined) call.onRateLimit?.({ retryAfterMs: waitMs })
      if (response.ok) return response
      throw new FalRefused(response.status, response.headers, detailOf(await response.text().catch(() => '')))
    },
  })
}

interface Requested {
  url: string
  method: string
  headers?: Record<string, string | string[]>
}

/** The client knows its hosts only; the base URL of the configuration takes their place, and is told which one was meant. */
function redirected({ url, method, headers }: Requested, baseUrl: string, call: CallOptions) {
  const meant = new URL(url)
  const own = { ...headers, ...(method === 'POST' && { 'idempotency-key': call.idempotencyKey }) }
  if (meant.origin === baseUrl) return { url, headers: own }
  return { url: `${baseUrl}${meant.pathname}${meant.search}`, headers: { ...own, 'x-fal-target-host': meant.host } }
}

/** `{ detail: 'sentence' }`, or `{ detail: [{ msg, type }] }` of what a model refuses; never the input, which stands beside them. */
function detailOf(text: string): ErrorDetail {
  let body: { detail?: unknown; message?: unknown; error_type?: unknown } = {}
  try {
    body = Object(JSON.parse(text))
  } catch {
    // An error page: its status says enough.
  }
  const details = Array.isArray(body.detail) ? body.detail.map((each) => Object(each) as { msg?: unknown; type?: unknown }) : []
  const said = [body.detail, ...details.map(({ msg }) => msg), body.message].filter((each) => typeof each === 'string')
  const codes = [body.error_type, ...details.map(({ type }) => type)].filter((each) => typeof each === 'string')
  // It answers 403 to an empty balance, which is no matter of the key.
  if (said.some((each) => /exhausted balance/i.test(each))) codes.push('insufficient_quota')
  return { ...(said.length > 0 && { message: said.join('; ') }), codes, flagged: false }
}
