import { createModeration } from '@agon/providers/moderation'
import { workflowContenders } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { teamRuns } from '@agon/runner-core/team-runs'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { createCallableRpcs } from '@agon/store/callable-rpc-store'
import { connect } from '@agon/store/connection'
import { createMediaStore } from '@agon/store/media-store'
import { waitTokens } from '@agon/store/wait-token'
import { drainLine } from '../_shared/drain-line.ts'
import { databaseKey, environment } from '../_shared/environment.ts'

/**
 * Runs the workflow nodes that need the database alone: logic, data, waits, children, battles and teams; and lets workflows answer as contenders. Woken
 * by the database; the body is ignored.
 */
export const handler = drainLine([workflowNodes, teamRuns, workflowContenders], {
  media: createMediaStore({ url: environment.SUPABASE_URL, secretKey: databaseKey }),
  providers: (id) => fail(stepError('internal', `run-workflows calls no provider, not ${id} either.`)),
  waitToken: waitTokens(databaseKey),
  rpcs: createCallableRpcs(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })),
  moderation: createModeration(Deno.env.toObject()),
})

Deno.serve(handler)
