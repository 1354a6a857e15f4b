import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A name that requests may use: of a backend, a repository or a check. */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, 'a name is 1 to 40 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit')
const named = <T extends z.ZodType>(shape: T) =>
  z.record(z.string(), shape).superRefine((given, context) => {
    for (const key of Object.keys(given)) {
      const read = name.safeParse(key)
      if (!read.success) context.addIssue({ code: 'custom', path: [key], message: read.error.issues[0]!.message })
    }
  })

/** The placeholders of a command line, each an argument of its own: no text of a request is ever part of a longer one. */
export const placeholders = ['{prompt_file}', '{result_file}', '{model}', '{worktree}'] as const

const argv = z
  .array(z.string().min(1))
  .min(1)
  .superRefine((words, context) => {
    for (const [nth, word] of words.entries()) {
      if (nth === 0 && word.startsWith('{'))
        context.addIssue({ code: 'custom', path: [nth], message: 'the program is named, not substituted' })
      const partial = placeholders.find((each) => word.includes(each) && word !== each)
      if (partial) context.addIssue({ code: 'custom', path: [nth], message: `${partial} stands alone, as an argument of its own` })
    }
  })

const milliseconds = (most: number) => z.number().int().min(100).max(most)
const variables = z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')).default([])

const pattern = z.string().superRefine((text, context) => {
  try {
    new RegExp(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})
const jsonPath = z.strictObject({
  json_path: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'expected keys with dots between them, e.g. usage.output_tokens'),
})

const backend = z
  .strictObject({
    command: argv,
    /** What {model} is where a contender names none. */
    model: z.string().min(1).optional(),
    /** The models that contenders may name; without it any of the form that the API accepts. */
    models: z.array(z.string().min(1)).min(1).optional(),
    /** What the program reads from its standard input. */
    stdin: z.enum(['prompt', 'nothing']).default('nothing'),
    lane: z
      .string()
      .regex(/^(cloud|local:[a-z0-9][a-z0-9._-]{0,39})$/, 'expected cloud, or local:<name>, of which one runs at a time')
      .default('cloud'),
    /** Variables of the worker that it sees; PATH and LANG are always among them. */
    env: variables,
    timeout_ms: milliseconds(6 * 3_600_000).default(1_800_000),
    max_output_bytes: z.number().int().min(1024).max(16_777_216).default(1_048_576),
    max_diff_bytes: z.number().int().min(1024).max(1_048_576).default(262_144),
    /** Where its answer is. Default: all of its standard output. */
    result: z.union([jsonPath, z.strictObject({ file: z.literal(true) })]).optional(),
    tokens: z.union([jsonPath, z.strictObject({ regex: pattern })]).optional(),
    /** A stand-in, labelled so wherever it is shown. */
    simulated: z.boolean().default(false),
  })
  .superRefine((each, context) => {
    const wants = (field: string) => each.command.includes(field)
    if (wants('{model}') && each.model === undefined)
      context.addIssue({
        code: 'custom',
        path: ['model'],
        message: 'the command has {model}: say which it is where a contender names none',
      })
    if (!wants('{model}') && (each.model ?? each.models) !== undefined)
      context.addIssue({ code: 'custom', path: ['command'], message: 'a model is given, and the command has no {model}' })
    if (each.stdin === 'nothing' && !wants('{prompt_file}'))
      context.addIssue({
        code: 'custom',
        path: ['command'],
        message: 'the program is never told its task: add {prompt_file}, or stdin: "prompt"',
      })
    if (each.result && 'file' in each.result && !wants('{result_file}'))
      context.addIssue({ code: 'custom', path: ['result'], message: 'the command has no {result_file} to write to' })
  })

const check = z.strictObject({
  command: argv.refine(
    (words) => !words.some((word) => placeholders.some((each) => word.includes(each))),
    'a check takes no placeholder; it runs in the worktree',
  ),
  weight: z.number().positive().max(100).default(1),
  timeout_ms: milliseconds(3_600_000).default(600_000),
  max_output_bytes: z.number().int().min(1024).max(1_048_576).default(16_384),
  env: variables,
})

const repository = z.strictObject({
  /** A path of this machine, or a URL that git can fetch without being asked for anything. */
  source: z
    .string()
    .min(1)
    .refine((text) => !text.startsWith('-') && !text.includes('::'), 'expected a path or a URL'),
  checks: named(check).default({}),
  /** Paths that are as they were at the pinned commit when the checks run, whatever a contender made of them. */
  restore: z.array(z.string().regex(/^[^-:/][^:]*$/, 'expected a path in the repository')).default([]),
})

const schema = z.strictObject({
  backends: named(backend).refine((all) => Object.keys(all).length > 0, 'expected at least one backend'),
  repositories: named(repository).refine((all) => Object.keys(all).length > 0, 'expected at least one repository'),
})

export type CodingConfiguration = z.output<typeof schema>
export type Backend = CodingConfiguration['backends'][string]
export type Repository = CodingConfiguration['repositories'][string]
export type Check = Repository['checks'][string]

/** What the file of backends says. Throws with every mistake named by its place in the file. */
export function codingConfiguration(text: string): CodingConfiguration {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    throw new Error(`is no JSON: ${(error as Error).message}`)
  }
  const read = schema.safeParse(given)
  if (read.success) return read.data
  throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

/** The same, of a file. */
export function readCodingConfiguration(path: string): CodingConfiguration {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    return codingConfiguration(text)
  } catch (error) {
    throw new Error(`${path} ${(error as Error).message}`)
  }
}

/** What a worker announces of its backends, by capability: names, and nothing of what they stand for. */
export function codingOffers({
  backends,
  repositories,
}: CodingConfiguration): Record<string, { lane: string; simulated: boolean; repositories: Record<string, string[]> }> {
  const offered = Object.fromEntries(Object.entries(repositories).map(([key, { checks }]) => [key, Object.keys(checks)]))
  return Object.fromEntries(
    Object.entries(backends).map(([key, { lane, simulated }]) => [`coding:${key}`, { lane, simulated, repositories: offered }]),
  )
}
