import type { CallableRpcs } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

const answer = z.union([
  z.object({ rows: z.array(z.unknown()), truncated: z.boolean() }),
  z.object({ error: z.object({ code: z.enum(['rpc_not_allowed', 'rpc_failed']), message: z.string() }) }),
])

/** Calls functions of the project's database that an operator allowed, as the owner of a run. */
export function createCallableRpcs({ lenses }: Pick<Connection, 'lenses'>): CallableRpcs {
  return {
    async call({ ownerId, name, params }, { signal, timeoutMs }): Promise<Result<{ rows: unknown[]; truncated: boolean }, StepError>> {
      const late = AbortSignal.timeout(Math.max(1, Math.min(Math.ceil(timeoutMs), 2 ** 31 - 1)))
      const rpc = lenses.rpc('fn_call_allowed', { owner_id: ownerId, name, params: params as never })
      const called = await call('fn_call_allowed', rpc.abortSignal(AbortSignal.any([signal, late])), answer)
      if (signal.aborted) return fail(stepError('lease_lost', 'The call was abandoned: the driver no longer owns the job.'))
      // The database's own clock, which the function has from PostgREST, or the node's.
      if (!called.ok && (late.aborted || called.error.message.includes('57014')))
        return fail(stepError('rpc_failed', `${name} took longer than it may: 10 s, or the timeout_ms of the node.`))
      if (!called.ok) return called
      return 'error' in called.value ? fail(stepError(called.value.error.code, called.value.error.message)) : ok(called.value)
    },
  }
}
