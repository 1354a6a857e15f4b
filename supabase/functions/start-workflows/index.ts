import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { scheduleRefills, workflowTriggers } from '@agon/runner-core/triggers'
import { connect } from '@agon/store/connection'
import { createTriggerDriverStore } from '@agon/store/trigger-driver-store'
import { drainLine } from '../_shared/drain-line.ts'
import { databaseKey, environment } from '../_shared/environment.ts'

const triggers = createTriggerDriverStore(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey }))

/** Starts workflows of events that were matched, and computes when schedules are due next. Woken by the database; the body is ignored. */
export const handler = drainLine([workflowTriggers(triggers), scheduleRefills(triggers)], {
  providers: (id) => fail(stepError('internal', `start-workflows calls no provider, not ${id} either.`)),
})

Deno.serve(handler)
