import { z } from 'zod'
import { envelopeOf } from '../envelope.ts'
import type { NodeRunner } from '../node-runner.ts'
import { configured } from './configured.ts'
import { lacks } from './lacks.ts'

const query = z.object({
  rpc_name: z.string().regex(/^([a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,62}$/, 'expected a function, perhaps with its schema'),
  params: z.record(z.string(), z.unknown()).default({}),
})

/** supabase_query: calls a function of the database that an operator allowed, with the rights of who owns the run. */
export const supabaseQueryRunner: NodeRunner = async (context) => {
  const { job, world, signal, timeoutMs } = context
  if (!world.rpcs) return lacks('call functions of the database')
  const config = configured(query, context)
  if (!config.ok) return { kind: 'failed', error: config.error }
  const { rpc_name, params } = config.value
  const answer = await world.rpcs.call(
    { ownerId: job.ownerId, name: rpc_name.includes('.') ? rpc_name : `public.${rpc_name}`, params },
    { signal, timeoutMs },
  )
  if (!answer.ok) return { kind: 'failed', error: answer.error }
  const { rows, truncated } = answer.value
  return {
    kind: 'completed',
    result: { envelope: { ...envelopeOf({ rows, count: rows.length, truncated }), output: JSON.stringify(rows) }, ports: ['output'] },
  }
}
