import { createCallbackStore } from '@agon/store/callback-store'
import { connect } from '@agon/store/connection'
import { boundedBody } from '../_shared/bounded-body.ts'
import { databaseKey, environment } from '../_shared/environment.ts'
import { problem } from '../_shared/problem.ts'
import { falSignal } from './fal.ts'
import { openaiSignal } from './openai.ts'

const store = createCallbackStore(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey }))
const signals = { fal: falSignal, openai: openaiSignal }

/** A callback carries at most what was made, as text; what is larger is not read. */
const mostBytes = 1024 * 1024

/** For so long a task may be done before the driver that submitted it has written it down. */
const notYetMs = 300_000

/**
 * Takes a provider's word that a task is done, where the provider signed it, and makes the task's next poll due. What else it says is
 * not read: who polls asks the provider itself.
 */
export async function handler(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.split('/').at(-1) ?? ''
  if (!Object.hasOwn(signals, name)) return problem('not_found', 'Callbacks go to /provider-callback/fal or /provider-callback/openai.')
  if (request.method !== 'POST') return problem('method_not_allowed', 'A callback is a POST.')
  const raw = await boundedBody(request, mostBytes)
  if (!raw) return problem('payload_too_large', `A callback has at most ${mostBytes} bytes.`)
  const signal = await signals[name as keyof typeof signals](raw, request.headers, Date.now())
  if (!signal.ok) {
    console.warn(
      JSON.stringify({ level: 'warn', event: 'callback_refused', provider: name, code: signal.error.code, message: signal.error.message }),
    )
    return problem(signal.error.code, signal.error.message)
  }
  const { eventId, taskId, happenedAt } = signal.value
  if (taskId === null) return Response.json({ status: 'ignored' })
  const noted = await store.callBack(name, taskId, eventId)
  if (!noted.ok) return problem(noted.error.code, noted.error.message)
  if (noted.value !== 'unknown_task') return Response.json({ status: noted.value })
  // A project's webhook also tells of what others asked for; that is not to be told again and again.
  if (happenedAt !== undefined && Date.now() - happenedAt > notYetMs) return Response.json({ status: 'ignored' })
  return problem('not_found', 'No task of this id is recorded, perhaps not yet: call again.')
}

Deno.serve(handler)
