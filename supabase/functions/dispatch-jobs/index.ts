import { createTextProviders } from '@agon/providers/text-providers'
import { battleJobs } from '@agon/runner-core'
import { drainFunction } from '../_shared/drain-function.ts'

/** Lets contenders answer until the slice is spent. Woken by the database when a job is ready; the body is ignored. */
export const handler = drainFunction(battleJobs, createTextProviders)

Deno.serve(handler)
