import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import { fail, ok, type Result } from '../../result.ts'
import { renderTemplate } from '../../template.ts'
import type { NodeContext } from '../node-runner.ts'

export interface Reading {
  /** Keys that are no templates: code is full of braces. */
  raw?: readonly string[]
  /** What is done to every text of the inputs before it stands in a template: so a value stays a value in HTML, or at Slack. */
  escaped?: (text: string) => string
}

/**
 * The part of a node's config its runner knows, with the inputs in every text of it. A value is data: it is put in once and never
 * parsed. Errors: `template_invalid`; `node_config`, which names the key.
 */
export function configured<S extends z.ZodObject>(
  schema: S,
  { config, inputs, job }: Pick<NodeContext, 'config' | 'inputs' | 'job'>,
  { raw = [], escaped = (text) => text }: Reading = {},
): Result<z.output<S>, StepError> {
  const given = mapTexts({ ...inputs, inputs: job.runInputs, variables: job.variables }, escaped) as Record<string, unknown>
  const rendered: Record<string, unknown> = {}
  for (const key of Object.keys(schema.shape)) {
    if (!Object.hasOwn(config, key)) continue
    const value = raw.includes(key) ? ok(config[key]) : renderTexts(config[key], given)
    if (!value.ok) return fail({ ...value.error, message: `config.${key}: ${value.error.message}` })
    rendered[key] = value.value
  }
  const parsed = schema.safeParse(rendered)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail(stepError('node_config', `config.${issue!.path.join('.')}: ${issue!.message}.`))
}

/** Every text in a value, rendered; what it stands in stays as it is. */
function renderTexts(value: unknown, scope: Record<string, unknown>): Result<unknown, StepError> {
  if (typeof value === 'string') return value.includes('[[') || value.includes('{') ? renderTemplate(value, scope) : ok(value)
  if (typeof value !== 'object' || value === null) return ok(value)
  const entries: [string, unknown][] = []
  for (const [key, each] of Object.entries(value)) {
    const rendered = renderTexts(each, scope)
    if (!rendered.ok) return rendered
    entries.push([key, rendered.value])
  }
  return ok(Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries))
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]))
}

/** A line of text: what ends up in a header, a subject or a name, where a line break would begin another. */
export const oneLine = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u001f\u007f\u2028\u2029]*$/, 'it must be one line, without control characters')
