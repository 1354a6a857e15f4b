import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { waitTokens } from '@agon/store/wait-token'
import { drainLine } from '../_shared/drain-line.ts'
import { databaseKey } from '../_shared/environment.ts'

/** Runs the workflow nodes that need the database alone: logic, data, waits, children and battles. Woken by the database; the body is ignored. */
export const handler = drainLine(workflowNodes, {
  providers: (id) => fail(stepError('internal', `run-workflows calls no provider, not ${id} either.`)),
  waitToken: waitTokens(databaseKey),
})

Deno.serve(handler)
