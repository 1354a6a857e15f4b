import { allowedOrigins, createHostGuard, createMessageSigner, createOutbound } from '@agon/outbound'
import { createModeration } from '@agon/providers/moderation'
import { keyOpener } from '@agon/providers/sealed-keys'
import { stepError } from '@agon/runner-core/errors'
import { fail } from '@agon/runner-core/result'
import { workflowTools } from '@agon/runner-core/workflow-tools'
import { createDocuments } from '@agon/tools/documents'
import { createWorkflowFiles } from '@agon/tools/files'
import { closedToEdge, createMail } from '@agon/tools/mail'
import { createSandbox } from '@agon/tools/sandbox'
import { drainLine } from '../_shared/drain-line.ts'
import { databaseKey, environment } from '../_shared/environment.ts'

/** A file and a document stand in memory whole, and code computes in this thread: so many at once. */
const mostAtOnce = 6

/** Of the two seconds of processor time a request has. */
const mostComputingMs = 1_000

const variables = Deno.env.toObject()
const allow = allowedOrigins(variables.AGON_OUTBOUND_ALLOW)

/** Runs the workflow nodes that need the outside, or a sandbox. Woken by the database; the body is ignored. */
export const handler = drainLine(
  workflowTools,
  {
    providers: (id) => fail(stepError('internal', `run-tools calls no provider, not ${id} either.`)),
    openKey: keyOpener(variables),
    outbound: createOutbound({ allow }),
    signMessage: createMessageSigner(),
    mail: createMail({ guard: createHostGuard({ allow }), closedPorts: closedToEdge }),
    files: createWorkflowFiles({ url: environment.SUPABASE_URL, secretKey: databaseKey }),
    documents: createDocuments(),
    sandbox: createSandbox({ mostMs: mostComputingMs }),
    moderation: createModeration(variables),
  },
  Math.min(environment.AGON_SLOTS, mostAtOnce),
)

Deno.serve(handler)
