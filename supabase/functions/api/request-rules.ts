import type { HonoRequest, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ZodError } from 'zod'
import { type FieldError, problem } from '../_shared/problem.ts'
import type { Env } from './caller.ts'

/** A prompt of 32,000 characters, 26 system prompts and a rubric fit; nothing honest is larger. */
export const smallBytes = 512 * 1024
export const bodyOf = (maxSize = smallBytes) => bodyLimit({ maxSize, onError: () => problem('payload_too_large') })

export const formType = 'application/x-www-form-urlencoded'
const typeOf = (header: string | undefined) => header?.split(';', 1)[0]?.trim()

/** As jsonBody, or the fields of a form. */
export const jsonOrForm: MiddlewareHandler<Env> = (c, next) =>
  typeOf(c.req.header('content-type')) === formType ? next() : jsonBody(c, next)

/** What was sent, once it is known to be JSON or a form. */
export async function sentBody(request: HonoRequest): Promise<unknown> {
  return typeOf(request.header('content-type')) === formType
    ? Object.fromEntries(new URLSearchParams(await request.text()))
    : await request.json()
}

/** A request with a body must say that it is JSON, and be it. */
export const jsonBody: MiddlewareHandler<Env> = async (c, next) => {
  const type = typeOf(c.req.header('content-type'))
  if (type !== 'application/json')
    return problem('unsupported_media_type', `Got ${type ?? 'no content type'}; send Content-Type: application/json.`)
  try {
    await c.req.json()
  } catch (error) {
    // The parser quotes the body, in which there may be a secret: of its message, only the place is kept.
    const place = /position \d+|line \d+ column \d+|end of JSON input/i.exec(String(error))?.[0]
    return problem('invalid_json', `The body is not JSON${place ? `: see ${place}` : ''}. Send a JSON object.`)
  }
  return next()
}

/** What zod found wrong, as a problem that names every field. */
export function invalidRequest({ issues }: ZodError): Response {
  const errors = issues.flatMap((issue) => {
    const path = issue.path.map((part) => `/${String(part)}`).join('')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: `${path}/${key}`, message: 'unknown field; remove it or correct its name' }))
    return [{ path: path || '/', message: issue.message }]
  })
  const contenders = issues.find(
    (issue) => issue.path.length === 1 && issue.path[0] === 'contenders' && (issue.code === 'too_small' || issue.code === 'too_big'),
  )
  if (contenders)
    return problem(
      'contender_count',
      contenders.code === 'too_small' ? 'Add at least one more object to contenders.' : 'Remove objects from contenders: 26 is the most.',
      errors,
    )
  return problem('invalid_request', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors)
}

/** PostgreSQL's text and jsonb hold any character but NUL, and no half of a surrogate pair: found here, it is the caller's to correct. */
export function unstorableText(value: unknown, path = ''): FieldError | undefined {
  if (typeof value === 'string') {
    return value.includes('\0') || !value.isWellFormed()
      ? { path: path || '/', message: 'contains a NUL character or half of a surrogate pair, which text cannot hold' }
      : undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, part] of Object.entries(value)) {
    const found = unstorableText(name, path) ?? unstorableText(part, `${path}/${name}`)
    if (found) return found
  }
  return undefined
}
