import { createModeration } from '@agon/providers/moderation'
import { createTextProviders } from '@agon/providers/text-providers'
import { battleJobs } from '@agon/runner-core'
import { lensRuns } from '@agon/runner-core/lens-runs'
import { createSearch } from '@agon/tools/search'
import { drainFunction } from '../_shared/drain-function.ts'

const variables = Deno.env.toObject()

/** Lets contenders answer, and lenses of workflows, until the slice is spent. Woken by the database when a job is ready; the body is ignored. */
export const handler = drainFunction([battleJobs, lensRuns], createTextProviders, {
  search: createSearch(variables),
  moderation: createModeration(variables),
})

Deno.serve(handler)
