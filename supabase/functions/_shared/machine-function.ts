import { verifyAuth } from '@supabase/server/core'
import { problem } from './problem.ts'

/** What the platform adds to Deno's globals. */
declare const EdgeRuntime: { waitUntil<T>(promise: Promise<T>): void }

/**
 * A function that only Agon's own machinery may call: the database's wake and the sweep, with the secret key named `worker`
 * (or `worker_next`, while it is being rotated). It answers at once; the work goes on in the background.
 */
export function machineFunction(work: () => Promise<unknown>): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'POST') return problem('method_not_allowed', 'POST an empty body to wake this function.')
    const { error } = await verifyAuth(request, { auth: ['secret:worker', 'secret:worker_next'] })
    if (error) return problem(error.status === 500 ? 'internal' : 'unauthenticated', machineRemedy(error.message))
    EdgeRuntime.waitUntil(work())
    return Response.json({ status: 'accepted' }, { status: 202 })
  }
}

const machineRemedy = (cause: string) =>
  `${cause} Only the secret key named worker opens this function, sent as the apikey header; see docs/operating.md.`
