import { createMediaProviders } from '@agon/providers/media-providers'
import { createModeration } from '@agon/providers/moderation'
import { asyncExecutions } from '@agon/runner-core'
import { workflowMedia } from '@agon/runner-core/workflow-media'
import { connect } from '@agon/store/connection'
import { createHousekeepingStore } from '@agon/store/housekeeping-store'
import { createMediaStore } from '@agon/store/media-store'
import { drainFunction } from '../_shared/drain-function.ts'
import { databaseKey, environment } from '../_shared/environment.ts'
import { callbackUrl, localOrigins } from '../_shared/reachable.ts'

/** What the platform adds to Deno's globals. */
declare const EdgeRuntime: { waitUntil<T>(promise: Promise<T>): void }

/** A film is read in pieces, but some providers hand theirs over whole: so many fit into the memory of one isolate. */
const mostAtOnce = 6

const project = { url: environment.SUPABASE_URL, secretKey: databaseKey }
const drain = drainFunction([asyncExecutions, workflowMedia], createMediaProviders, {
  slots: Math.min(environment.AGON_SLOTS, mostAtOnce),
  media: createMediaStore({ ...project, localOrigins }),
  moderation: createModeration(Deno.env.toObject()),
  ...(callbackUrl && { callbackUrl }),
})
const housekeeping = createHousekeepingStore(connect(project), project)

/** Submits tasks to providers, asks for those that are due and copies what was made. Woken by the database; the body is ignored. */
export const handler = async (request: Request): Promise<Response> => {
  const response = await drain(request)
  // Files that no submission names are deleted by who makes files; the database has it look once an hour, however often this runs.
  if (response.status === 202) EdgeRuntime.waitUntil(deleteOrphans())
  return response
}

async function deleteOrphans(): Promise<void> {
  const deleted = await housekeeping.deleteOrphans()
  if (!deleted.ok) console.log(JSON.stringify({ level: 'warn', event: 'housekeeping_failed', message: deleted.error.message }))
}

Deno.serve(handler)
