import { z } from 'zod'

const keyDictionary = z.string().transform((text, context) => {
  const parsed = z.record(z.string(), z.string()).safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  context.addIssue('expected a JSON object of named keys')
  return z.NEVER
})

const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** A model by the kind of what it makes. */
const modelsByKind = z.string().transform((text, context) => {
  const parsed = z.partialRecord(z.enum(['text', 'image', 'audio', 'video', 'music']), z.string()).safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  context.addIssue('expected a JSON object of model keys by kind, as {"text": "openai:gpt-5-mini"}')
  return z.NEVER
})

const milliseconds = (otherwise: number) => z.coerce.number().int().positive().default(otherwise)

/** The one configuration of a function, parsed once an isolate and frozen. docs/operating.md lists every name and default. */
const schema = z.object({
  SUPABASE_URL: z.url(),
  SUPABASE_SECRET_KEYS: keyDictionary,
  SUPABASE_PUBLISHABLE_KEYS: keyDictionary.default({}),
  /** The public keys that sign user tokens; without them they are fetched from Auth. */
  SUPABASE_JWKS: z
    .string()
    .transform((text) => jwks.parse(JSON.parse(text)))
    .optional(),
  /** Master keys that seal users' secrets, by id; without them no user can bring a key. Read where it is needed, and never shown. */
  AGON_SEALING_KEYS: z.string().optional(),
  /** Of what the day's salt is made under which a vote's source is kept. Default: the sealing keys; with neither, no source is kept. */
  AGON_VOTE_SALT: z.string().min(16, 'a secret of at least 16 characters').optional(),
  SUPABASE_FUNCTION_SLUG: z.string().default('function'),
  SB_EXECUTION_ID: z.string().default('local'),
  /** How long one invocation drains. A request is sure of half the wall clock: 75 s on the free plan. */
  AGON_SLICE_MS: z.coerce
    .number()
    .int()
    .min(20_000, 'below 20 s no call would be begun, and invocations would follow each other idle')
    .default(60_000),
  /** The longest provider call within a slice. */
  AGON_PROVIDER_TIMEOUT_MS: milliseconds(45_000),
  /** Jobs in flight per isolate. */
  AGON_SLOTS: milliseconds(32),
  /** Where providers post that a task is done; by default the project's own provider-callback, where it is public. */
  AGON_CALLBACK_URL: z.url().optional(),
  /** How many writes a user may ask for in a minute; 0: they are not counted. */
  AGON_WRITES_PER_MINUTE: z.coerce.number().int().min(0).max(1_000_000).default(120),
  /** The model of a lens or a node that names none, by kind. */
  AGON_DEFAULT_MODELS: modelsByKind.prefault('{}'),
  /** The most work one board may be to be computed here, in comparisons (200 competitors weigh as 27,000); a larger one is a worker's. */
  AGON_BOARD_LIMIT: z.coerce.number().int().positive().default(100_000),
  /** How long one stream of events lasts. Below the 75 s that a request is sure of on the free plan. */
  AGON_STREAM_MS: milliseconds(50_000),
  /** Streams of events at once per isolate. Each costs about 1 ms of its 2 s of CPU to open, and 0.03 ms an event. */
  AGON_STREAMS: milliseconds(250),
})

export const environment = Object.freeze(schema.parse(Deno.env.toObject()))

/** The key the functions reach the database with: the worker's own, so that it can be rotated alone. */
export const databaseKey = (environment.SUPABASE_SECRET_KEYS.worker ?? environment.SUPABASE_SECRET_KEYS.default)!
