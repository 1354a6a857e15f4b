/**
 * How long the provider asks not to be called, in milliseconds; undefined when it does not say.
 *
 * `retry-after-ms` and `Retry-After` (RFC 9110: seconds or an HTTP date) are an answer; the rate limit's windows are a description of
 * the account, read only when there is no answer. Of several windows the exhausted ones count, the longest of them; when none says
 * it is exhausted, the shortest: a reset can be that of a daily quota which is not what refused the call.
 *
 * @example retryAfterMs(new Headers({ 'retry-after': '2' }), Date.now()) // 2000
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const milliseconds = nonNegative(headers.get('retry-after-ms'))
  if (milliseconds !== undefined) return Math.ceil(milliseconds)
  const answer = headers.get('retry-after')
  const asked = answer === null ? undefined : secondsOrDate(answer, nowMs)
  return asked ?? windowReset(headers, nowMs)
}

/** A window of a rate limit: when it opens again, and whether it is used up. */
interface Window {
  resetMs: number
  exhausted: boolean
}

function windows(headers: Headers, nowMs: number): Window[] {
  // OpenAI and most others name the window last; Anthropic names it first, has four of them and gives instants as RFC 3339.
  const names = [
    ...['requests', 'tokens'].map((window) => [`x-ratelimit-reset-${window}`, `x-ratelimit-remaining-${window}`] as const),
    ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
      (window) => [`anthropic-ratelimit-${window}-reset`, `anthropic-ratelimit-${window}-remaining`] as const,
    ),
  ]
  return names.flatMap(([reset, remaining]) => {
    const resetMs = durationOrInstant(headers.get(reset), nowMs)
    return resetMs === undefined ? [] : [{ resetMs, exhausted: headers.get(remaining)?.trim() === '0' }]
  })
}

/**
 * How long nothing more may be asked, by the headers of any answer, in milliseconds: the longest of the windows that are used up.
 * Undefined while there is something left, or when the provider does not say.
 *
 * @example exhaustedForMs(new Headers({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }), Date.now()) // 360000
 */
export function exhaustedForMs(headers: Headers, nowMs: number): number | undefined {
  const exhausted = windows(headers, nowMs).filter((window) => window.exhausted)
  return exhausted.length > 0 ? Math.max(...exhausted.map((window) => window.resetMs)) : undefined
}

function windowReset(headers: Headers, nowMs: number): number | undefined {
  const exhaustedMs = exhaustedForMs(headers, nowMs)
  if (exhaustedMs !== undefined) return exhaustedMs
  const resets = windows(headers, nowMs)
  if (resets.length > 0) return Math.min(...resets.map((reset) => reset.resetMs))
  return durationOrInstant(headers.get('x-ratelimit-reset'), nowMs)
}

function secondsOrDate(text: string, nowMs: number): number | undefined {
  const seconds = nonNegative(text)
  if (seconds !== undefined) return Math.ceil(seconds * 1000)
  // A bare negative number is a date to Date.parse ("-5" is May 2001): an HTTP date starts with a weekday.
  if (!/^[a-z]/i.test(text.trim())) return undefined
  return until(Date.parse(text), nowMs)
}

/** `1s`, `6m0s`, `2m59.56s`, `20ms` (OpenAI, Groq), seconds, an epoch in seconds or milliseconds (OpenRouter), RFC 3339 (Anthropic). */
function durationOrInstant(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined
  const number = nonNegative(text)
  if (number !== undefined) {
    if (number > 1e11) return until(number, nowMs)
    if (number > 1e8) return until(number * 1000, nowMs)
    return Math.ceil(number * 1000)
  }
  if (/^\d{4}-\d\d-\d\dT/.test(text.trim())) return until(Date.parse(text), nowMs)
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text.trim())
  if (!parts?.[0]) return undefined
  const [days, hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return Math.ceil((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)
}

const until = (instantMs: number, nowMs: number): number | undefined =>
  Number.isFinite(instantMs) ? Math.max(0, Math.ceil(instantMs - nowMs)) : undefined

function nonNegative(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined
}
