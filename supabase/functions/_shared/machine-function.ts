import { environment } from './environment.ts'
import { problem } from './problem.ts'
import { showsKey } from './shown-key.ts'

/** What the platform adds to Deno's globals. */
declare const EdgeRuntime: { waitUntil<T>(promise: Promise<T>): void }

/** `worker`, and any `worker_…` that stands beside it while the key is being rotated. */
const machineKeys = Object.entries(environment.SUPABASE_SECRET_KEYS).flatMap(([name, key]) =>
  name === 'worker' || name.startsWith('worker_') ? [key] : [],
)

/**
 * A function that only Agon's own machinery may call: the database's wake and the sweep, with the secret key named `worker`.
 * It answers at once; the work goes on in the background.
 */
export function machineFunction(work: () => Promise<unknown>): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'POST') return problem('method_not_allowed', 'POST an empty body to wake this function.')
    if (machineKeys.length === 0)
      return problem('internal', 'The project has no secret key named worker: create it, see docs/operating.md.')
    if (!(await showsKey(request, machineKeys))) {
      return problem(
        'unauthenticated',
        'Only the secret key named worker opens this function, sent as the apikey header; see docs/operating.md.',
      )
    }
    EdgeRuntime.waitUntil(work())
    return Response.json({ status: 'accepted' }, { status: 202 })
  }
}
