import type { components } from './schema.ts'

/**
 * An RFC 9457 problem, as the API answers it. Three codes are the client's own, with the status 0: `unreachable` (no answer from the
 * URL), `unexpected_answer` (something answered that is not the API) and `aborted` (the caller's signal).
 */
export type Problem = components['schemas']['Problem']

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem }

const problem = (code: string, title: string, detail: string, status = 0): Problem => ({ type: 'about:blank', title, status, code, detail })

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'detail' in body

/** What openapi-fetch gives for one call. */
interface Fetched<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Turns a call into an outcome: an answer that is no problem, and a failure to get one, become problems too. */
export async function outcomeOf<T>(url: string, signal: AbortSignal | undefined, call: Promise<Fetched<T>>): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call
    if (response.ok && data !== undefined) return { ok: true, value: data }
    return { ok: false, problem: refusal(url, response.status, error) }
  } catch (error) {
    if (signal?.aborted) return { ok: false, problem: problem('aborted', 'The call was given up', 'The caller aborted it.') }
    if (error instanceof SyntaxError) return { ok: false, problem: unexpected(url, 200, error.message) }
    return { ok: false, problem: unreachable(url, reason(error)) }
  }
}

/** A body that is not what was asked for: the API's own problem, or one that says what came instead. */
export const refusal = (url: string, status: number, body: unknown): Problem => (isProblem(body) ? body : unexpected(url, status, body))

/** No answer, or none to the end. */
export const unreachable = (url: string, why: string): Problem =>
  problem('unreachable', 'Agon could not be reached', `${url} did not answer: ${why}.`)

function unexpected(url: string, status: number, body: unknown): Problem {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  const detail = `${url} answered ${status}: ${text.slice(0, 200)}. Check that it is a Supabase project with Agon's functions.`
  return problem('unexpected_answer', 'Something else answered', detail, status)
}

/** What passes by itself: no answer at all, or a server that is busy or restarting. */
export const mayPass = ({ code, status }: { code: string; status: number }): boolean =>
  code === 'unreachable' || status === 429 || status >= 502

/** fetch says "fetch failed" and keeps the reason in the cause. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause as { code?: string; message?: string } | undefined
  return cause?.code ?? (cause?.message || error.message)
}
