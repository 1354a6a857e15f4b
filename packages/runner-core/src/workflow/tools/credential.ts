import { type StepError, stepError } from '../../errors.ts'
import { type ConnectionKind, connectionKinds } from '../../models/connections.ts'
import { fail, type Result } from '../../result.ts'
import type { NodeContext } from '../node-runner.ts'

/** Opens the secret a node names by `credential_id`, for the moment of its use. */
export async function openedCredential(
  { job, world }: Pick<NodeContext, 'job' | 'world'>,
  kind: ConnectionKind,
): Promise<Result<string, StepError>> {
  const { credential } = job
  if (!credential)
    return fail(
      stepError('credential_missing', `${job.nodeType} needs credential_id: a key of provider ${kind}, ${connectionKinds[kind]}.`),
    )
  if (credential.provider !== kind)
    return fail(
      stepError(
        'credential_invalid',
        `The credential is one of ${credential.provider}; ${job.nodeType} takes one of ${kind}: ${connectionKinds[kind]}.`,
      ),
    )
  if (!world.openKey) return fail(stepError('sealing_key_missing', 'This driver was given no master key, and opens no credential.'))
  return world.openKey(credential)
}
