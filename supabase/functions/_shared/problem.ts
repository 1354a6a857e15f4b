import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { environment } from './environment.ts'

export interface FieldError {
  /** JSON pointer into the request. */
  path: string
  message: string
  /** Of what a document can be refused for: which rule, what it is about, and what to do. */
  code?: string
  severity?: 'error' | 'warning'
  node_id?: string
  /** The place of the edge in edges. */
  edge?: number
  remedy?: string
}

/** An RFC 9457 problem. `detail` says what happened this time and what to do; without one, the table's remedy stands there. */
export function problem(code: ErrorCode, detail?: string, errors?: FieldError[]): Response {
  const { status, title, remedy } = errorTable[code]
  const body = {
    type: `${environment.SUPABASE_URL}/functions/v1/api/errors#${code}`,
    title,
    status,
    code,
    detail: detail ?? remedy,
    ...(errors ? { errors } : {}),
  }
  return new Response(JSON.stringify(body), {
    status,
    // What is down for a moment may be asked again in one.
    headers: { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '1' }) },
  })
}
