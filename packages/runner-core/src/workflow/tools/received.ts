import { type ErrorCode, type StepError, stepError } from '../../errors.ts'
import type { OutboundResponse } from '../../ports/index.ts'

/** The most a receiver can ask to wait: an hour. */
const mostWaitMs = 3_600_000

/** What a status from 400 on means for who asked; undefined below. */
export function refusal(host: string, { status, headers, body }: OutboundResponse): StepError | undefined {
  if (status < 400) return undefined
  const code: ErrorCode =
    status === 429
      ? 'receiver_rate_limited'
      : status >= 500 || status === 408 || status === 425
        ? 'receiver_unavailable'
        : 'receiver_rejected'
  return stepError(code, `${host} answered ${status}${said(body)}.`, code === 'receiver_rejected' ? undefined : waitMs(headers))
}

/** Seconds only: an HTTP date would need a clock that agrees with the receiver's. Discord counts in fractions. */
function waitMs(headers: Record<string, string>): number | undefined {
  const asked = headers['retry-after']?.trim()
  return asked !== undefined && /^\d{1,9}(\.\d+)?$/.test(asked) ? Math.min(Math.ceil(Number(asked) * 1000), mostWaitMs) : undefined
}

/** A word of the receiver's own, such as Slack's no_service or Discord's code: of a long answer nothing. */
function said(body: Uint8Array): string {
  const text = new TextDecoder().decode(body).trim()
  return /^[\x20-\x7e]{1,200}$/.test(text) ? `: ${text}` : ''
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'The receiver')
