import { createMediaProviders } from '@agon/providers/media-providers'
import { asyncExecutions } from '@agon/runner-core'
import { createMediaStore } from '@agon/store/media-store'
import { drainFunction } from '../_shared/drain-function.ts'
import { databaseKey, environment } from '../_shared/environment.ts'
import { callbackUrl, localOrigins } from '../_shared/reachable.ts'

/** A film is read in pieces, but some providers hand theirs over whole: so many fit into the memory of one isolate. */
const mostAtOnce = 6

/** Submits tasks to providers, asks for those that are due and copies what was made. Woken by the database; the body is ignored. */
export const handler = drainFunction(asyncExecutions, createMediaProviders, {
  slots: Math.min(environment.AGON_SLOTS, mostAtOnce),
  media: createMediaStore({ url: environment.SUPABASE_URL, secretKey: databaseKey, localOrigins }),
  ...(callbackUrl && { callbackUrl }),
})

Deno.serve(handler)
