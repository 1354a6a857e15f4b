import { z } from 'zod'

/** What fn_contending_versions answers, parsed. */
export const contendingVersions = z.array(
  z.union([
    z.object({ refused: z.enum(['not_found', 'workflow_unpublished']) }),
    z.object({
      version_id: z.string(),
      workflow_id: z.string(),
      inputs: z.record(z.string(), z.unknown()),
      missing: z.array(z.string()),
      makes: z.string(),
      simulated: z.boolean(),
    }),
  ]),
)
