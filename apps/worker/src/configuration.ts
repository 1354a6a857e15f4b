import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { readCodingConfiguration } from '@agon/coding'
import { allowedOrigins, parseTarget } from '@agon/outbound'
import { providerConfiguration } from '@agon/providers'
import { createModeration } from '@agon/providers/moderation'
import { keyringOf } from '@agon/providers/sealed-keys'
import { type ErrorCode, errorTable } from '@agon/runner-core/errors'
import { createSearch } from '@agon/tools/search'
import { z } from 'zod'
import { modelGlobs } from './bridge/model-globs.ts'
import { telemetrySettings } from './operating/telemetry-settings.ts'
import { namedSubWorkers, subWorkersOf } from './sub-workers/index.ts'
import { weightsOf } from './weights.ts'

/** A day at most: a timer of more than 24 days would go off at once. */
const milliseconds = (otherwise: number) => z.coerce.number().int().min(1).max(86_400_000).default(otherwise)

const secretKey = 'must be a secret key of the project (sb_secret_…), best the one named worker'

/** A text that something of ours reads, and refuses with an error that says why. */
const readBy = <T>(read: (text: string | undefined) => T) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      try {
        return read(text)
      } catch (error) {
        context.addIssue((error as Error).message)
        return z.NEVER
      }
    })

const schema = z.object({
  SUPABASE_URL: z.url({ protocol: /^https?$/, error: 'must be the URL of the project, e.g. https://<ref>.supabase.co' }),
  AGON_WORKER_KEY: z.string(secretKey).regex(/^sb_secret_/, secretKey),
  AGON_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be postgresql://…')
    .optional(),
  AGON_WORKER_ID: z.string().min(1).max(200).default(`worker-${hostname()}-${process.pid}`),
  AGON_WORKERS: readBy(subWorkersOf),
  AGON_SLOTS: z.coerce.number().int().min(1).max(1000).default(50),
  AGON_WEIGHTS: readBy(weightsOf),
  AGON_POLL_MS: milliseconds(2000),
  AGON_SWEEP_MS: milliseconds(5000),
  AGON_HEARTBEAT_MS: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  AGON_DRAIN_MS: milliseconds(120_000),
  AGON_PROVIDER_TIMEOUT_MS: milliseconds(240_000),
  AGON_CALLBACK_URL: z.url().optional(),
  AGON_FFMPEG: z.string().min(1).optional(),
  AGON_BACKENDS: z.string().min(1).optional(),
  AGON_CODING_DIR: z.string().min(1).default('.agon/coding'),
  AGON_RESULTS: z.string().min(1).optional(),
  AGON_OUTBOUND_ALLOW: readBy((text) => {
    try {
      return allowedOrigins(text)
    } catch (error) {
      throw new Error((error as Error).message.replace('AGON_OUTBOUND_ALLOW: ', ''))
    }
  }),
  CHAINABIT_EXECUTION_ENABLED: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true'),
  AGON_BRIDGE_URL: z.url('must be the URL of the execution bridge').optional(),
  AGON_BRIDGE_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word of ASCII')
    .optional(),
  AGON_BRIDGE_MODELS: readBy(modelGlobs),
  AGON_LOG_LEVEL: z.enum(['info', 'warn', 'error', 'silent'], 'must be info, warn, error or silent').default('info'),
  AGON_HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  AGON_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
})

export type WorkerConfiguration = Readonly<z.output<typeof schema>>

type Environment = Record<string, string | undefined>

/**
 * The worker's one configuration, parsed once; settings.ts says what each variable means. A variable without a value is one that is not set,
 * as files of environments write it. Throws with every bad variable named.
 */
export function workerConfiguration(environment: Environment): WorkerConfiguration {
  const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value?.trim() || undefined]))
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'))
  const wrong = [...withoutBackends(parsed.data, given), ...withoutBridge(parsed.data), ...unread(parsed.data, given)]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return Object.freeze(parsed.data)
}

/** What the variables say that others read: what they would refuse once it runs is refused here, where `--print-config` tells of it. */
function* unread({ AGON_BACKENDS }: WorkerConfiguration, environment: Environment): Generator<string> {
  const reads: (() => unknown)[] = [
    () => providerConfiguration(environment),
    () => createSearch(environment),
    () => createModeration(environment),
    () => telemetrySettings(environment),
    () => AGON_BACKENDS !== undefined && readCodingConfiguration(resolve(AGON_BACKENDS)),
  ]
  const said = new Set<string>() // moderation reads the providers' variables too
  for (const read of reads) {
    try {
      read()
    } catch (error) {
      said.add((error as Error).message)
    }
  }
  yield* said
  const keyring = keyringOf(environment)
  if (environment.AGON_SEALING_KEYS !== undefined && !keyring.ok) yield keyring.error.message
}

const coded = (code: ErrorCode, what: string): string => `${what} (${code}) ${errorTable[code].remedy}`

/** Named by its name, coding is meant to run: that nothing would come of it is said before anybody waits. */
function* withoutBackends({ AGON_BACKENDS }: WorkerConfiguration, { AGON_WORKERS }: Environment): Generator<string> {
  if (AGON_BACKENDS === undefined && namedSubWorkers(AGON_WORKERS).on.has('coding'))
    yield coded('coding_backends_missing', 'AGON_WORKERS names coding, and AGON_BACKENDS is not set.')
}

function* withoutBridge(configuration: WorkerConfiguration): Generator<string> {
  if (!configuration.CHAINABIT_EXECUTION_ENABLED) return
  const { AGON_BRIDGE_URL: url, AGON_OUTBOUND_ALLOW: allow } = configuration
  const wrong = (what: string) => coded('bridge_unconfigured', what)
  for (const name of ['AGON_BRIDGE_URL', 'AGON_BRIDGE_TOKEN'] as const)
    if (configuration[name] === undefined) yield wrong(`CHAINABIT_EXECUTION_ENABLED is true, and ${name} is not set.`)
  if (url === undefined) return
  const target = parseTarget(url, allow)
  if (!target.ok) yield wrong(`AGON_BRIDGE_URL cannot be called: ${target.error.message}`)
  else if (target.value.url.search !== '' || target.value.url.hash !== '')
    yield wrong('AGON_BRIDGE_URL ends with a query or a fragment, and paths are put behind it.')
}

/** The variables it parses itself; the others are read by what they configure. */
export const parsedHere = Object.keys(schema.shape)
