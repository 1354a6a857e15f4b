import { allowedOrigins } from '@agon/outbound'
import { z } from 'zod'

const milliseconds = (otherwise: number) => z.coerce.number().int().positive().default(otherwise)

const secretKey = 'must be a secret key of the project (sb_secret_…), best the one named worker'

const schema = z.object({
  SUPABASE_URL: z.url('must be the URL of the project, e.g. https://<ref>.supabase.co'),
  AGON_WORKER_KEY: z.string(secretKey).regex(/^sb_secret_/, secretKey),
  /** A direct connection, for LISTEN: pickup in milliseconds instead of at the next poll. */
  AGON_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be postgresql://…')
    .optional(),
  AGON_WORKER_ID: z.string().min(1).default(`worker-${process.pid}`),
  AGON_SLOTS: z.coerce.number().int().min(1).max(1000).default(50),
  AGON_POLL_MS: milliseconds(2000),
  AGON_SWEEP_MS: milliseconds(5000),
  /** How long jobs in hand may take after SIGTERM. */
  AGON_DRAIN_MS: milliseconds(120_000),
  /** The longest provider call; a stream that takes longer is paused, and goes on in another. */
  AGON_PROVIDER_TIMEOUT_MS: milliseconds(240_000),
  /** Where providers post that a task is done; by default the project's provider-callback, where it is public. */
  AGON_CALLBACK_URL: z.url().optional(),
  /** The ffmpeg to use. By default the one on the PATH, else the one that npm brought. */
  AGON_FFMPEG: z.string().min(1).optional(),
  /** The file that says which commands contend in coding battles, on which repositories. Without it this worker runs none. */
  AGON_BACKENDS: z.string().min(1).optional(),
  /** Where mirrors and worktrees of repositories are kept, and runs that are not over. */
  AGON_CODING_DIR: z.string().min(1).default('.agon/coding'),
  /** Where the results of coding battles are put for people. Default: results in AGON_CODING_DIR. */
  AGON_RESULTS: z.string().min(1).optional(),
  /** Origins that webhooks may reach although they are not public, or not https. */
  AGON_OUTBOUND_ALLOW: z
    .string()
    .optional()
    .transform((text, context) => {
      try {
        return allowedOrigins(text)
      } catch (error) {
        context.addIssue((error as Error).message.replace('AGON_OUTBOUND_ALLOW: ', ''))
        return z.NEVER
      }
    }),
})

export type WorkerConfiguration = Readonly<z.output<typeof schema>>

/** The worker's one configuration, parsed once. Throws with every bad variable named. docs/operating.md lists the defaults. */
export function workerConfiguration(environment: Record<string, string | undefined>): WorkerConfiguration {
  const parsed = schema.safeParse(environment)
  if (parsed.success) return Object.freeze(parsed.data)
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
}
