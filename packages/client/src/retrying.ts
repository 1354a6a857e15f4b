import { pause } from './pause.ts'

type Send = (request: Request) => Promise<Response>

export interface RetryOptions {
  /** How often a request is sent at most. */
  tries?: number
  /** A longer wait than this is not waited: the answer is handed on, and its Retry-After with it. In milliseconds. */
  longestWaitMs?: number
  /** Whether sending it twice does no more than sending it once. */
  repeatable?: (request: Request) => boolean
}

/** Reads, and writes that carry a key by which the API knows a repeat. */
const isRepeatable = ({ method, headers }: Request): boolean => method !== 'POST' || headers.has('idempotency-key')

/** Sends again, when the server says that it is too early (429) or that it is busy (503) and how long to wait. */
export function retrying(send: Send, { tries = 3, longestWaitMs = 30_000, repeatable = isRepeatable }: RetryOptions = {}): Send {
  return async (request) => {
    for (let sent = 1; ; sent++) {
      const response = await send(sent < tries ? request.clone() : request)
      if (sent >= tries || (response.status !== 429 && response.status !== 503) || !repeatable(request)) return response
      const waitMs = retryAfterMs(response)
      if (waitMs === undefined || waitMs > longestWaitMs) return response
      await response.body?.cancel()
      await pause(waitMs, request.signal)
    }
  }
}

/** Seconds or a date, as RFC 9110 has it. */
function retryAfterMs({ headers }: Response): number | undefined {
  const told = headers.get('retry-after')
  if (told === null) return undefined
  const ms = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
