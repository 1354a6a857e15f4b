import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { voteScans } from '@agon/runner-core/votes'
import { drainLine } from '../_shared/drain-line.ts'

/** Looks at the crowd's votes before they are counted, and every hour. Woken by the database; the body is ignored. */
export const handler = drainLine(voteScans, {
  providers: (id) => fail(stepError('internal', `scan-votes calls no provider, not ${id} either.`)),
})

Deno.serve(handler)
