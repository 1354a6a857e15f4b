import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { PostgrestClient } from '@supabase/postgrest-js'
import type { ZodType } from 'zod'
import type { Database } from './database.types.ts'
import { storableJson } from './storable-json.ts'

/** No RPC of ours takes a second; a connection that hangs longer is broken. */
const rpcTimeoutMs = 15_000

export interface ConnectionOptions {
  /** The project's URL. */
  url: string
  /** A secret key: every RPC of Agon is granted to service_role alone. */
  secretKey: string
  fetch?: typeof fetch
}

/**
 * The database, reached as supabase-js reaches it: through its own PostgREST client, without Auth, Realtime and Storage, which
 * an edge function that only calls RPCs would load for nothing.
 */
export function connect({ url, secretKey, fetch: send = fetch }: ConnectionOptions) {
  const client = new PostgrestClient<Database>(`${url.replace(/\/$/, '')}/rest/v1`, {
    headers: { apikey: secretKey },
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      send(input, {
        ...init,
        ...(typeof init?.body === 'string' ? { body: storableJson(init.body) } : {}),
        signal: AbortSignal.any([AbortSignal.timeout(rpcTimeoutMs), ...(init?.signal ? [init.signal] : [])]),
      }),
  })
  return {
    battles: client.schema('battles'),
    execution: client.schema('execution'),
    lensers: client.schema('lensers'),
    lenses: client.schema('lenses'),
    ratings: client.schema('ratings'),
    webhooks: client.schema('webhooks'),
  }
}

export type Connection = ReturnType<typeof connect>

interface Answer {
  data: unknown
  error: { code?: string; message: string } | null
}

/** Awaits an RPC and parses what it returned. Every `{ error }` becomes a coded error; nothing is thrown. */
export async function call<T>(name: string, rpc: PromiseLike<Answer>, shape: ZodType<T>): Promise<Result<T, StepError>> {
  let answer: Answer
  try {
    answer = await rpc
  } catch (error) {
    return fail(stepError('store_unavailable', `${name}: ${error instanceof Error ? error.message : String(error)}`))
  }
  if (answer.error) {
    // A five-character SQLSTATE or a PGRST code is the database's own refusal: calling again would only repeat it. Classes 08,
    // 40, 53, 57 and a missing code are the connection, a deadlock or an overloaded server.
    const { code = '', message } = answer.error
    // What was asked for is no time, number or text that PostgreSQL can read, such as a made-up cursor: whoever asked can correct it.
    if (/^(22007|22008|22003|22P02|22P05|22021)$/.test(code)) return fail(stepError('invalid_request', `${message} (${code})`))
    const transient = !/^(PGRST|[0-9A-Z]{5}$)/.test(code) || /^(08|40|53|57|PGRST00)/.test(code)
    return fail(stepError(transient ? 'store_unavailable' : 'store_refused', `${name}: ${message}${code ? ` (${code})` : ''}`))
  }
  const parsed = shape.safeParse(answer.data)
  if (!parsed.success) return fail(stepError('store_refused', `${name} returned something unexpected: ${parsed.error.message}`))
  return ok(parsed.data)
}
