import type { StepWorld } from '../engine/step.ts'
import { type StepError, stepError } from '../errors.ts'
import type { PaidJob, Provider } from '../ports/index.ts'
import { fail, type Result } from '../result.ts'

/**
 * The provider a job's calls go to, with the key that pays for them: the job's own where it names one, else the platform's. A job that
 * its key or its budget does not allow to run gets none, and neither does one whose key cannot be opened: nothing falls back to
 * another payer. Every step that calls a provider takes it from here.
 */
export async function providerFor(
  job: PaidJob,
  providerId: string,
  { providers, openKey }: Pick<StepWorld, 'providers' | 'openKey'>,
): Promise<Result<Provider, StepError>> {
  if (job.refused) return fail(job.refused)
  if (!job.byok) return providers(providerId)
  if (!openKey) return fail(stepError('sealing_key_missing', 'This driver was given no master key.'))
  if (job.byok.provider !== providerId) return fail(stepError('byok_key_not_found', `The provider key is not one of ${providerId}.`))
  const key = await openKey(job.byok)
  return key.ok ? providers(providerId, key.value) : key
}
