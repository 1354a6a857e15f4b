import type { SignMessage } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'
import { webhookHeaders } from './webhook-signature.ts'

/** Signs what a workflow sends by a secret of the user's own, which any library of Standard Webhooks verifies. */
export const createMessageSigner =
  (wallClock: () => number = Date.now): SignMessage =>
  ({ id, body, secret }) => {
    try {
      return ok(webhookHeaders({ id, body, at: wallClock(), secrets: [secret] }))
    } catch {
      return fail(stepError('credential_invalid', 'The signing secret is not as Standard Webhooks writes them: whsec_ and base64.'))
    }
  }
