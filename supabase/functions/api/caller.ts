import type { MiddlewareHandler } from 'hono'
import { environment } from '../_shared/environment.ts'
import { problem } from '../_shared/problem.ts'
import { readerOf } from '../_shared/reader.ts'
import { showsKey } from '../_shared/shown-key.ts'
import { shownToken, userOf } from '../_shared/user.ts'

export interface Env {
  Variables: {
    /** The signed-in user, or null for an application that only shows its key. */
    userId: string | null
    /** Whether the request shows a secret key of the project. */
    operator: boolean
  }
}

/** Whoever reads: a user, or an application by its key. */
export const anyCaller: MiddlewareHandler<Env> = async (c, next) => {
  const reader = await readerOf(c.req.raw)
  if (reader instanceof Response) return reader
  c.set('userId', reader.user)
  c.set('operator', reader.operator)
  return next()
}

/** Whoever changes something: a signed-in user. */
export const userOnly: MiddlewareHandler<Env> = async (c, next) => {
  const token = shownToken(c.req.raw)
  const user = token === null ? null : await userOf(token)
  if (user === null) return problem('unauthenticated', 'Sign in with Supabase Auth and send the access token as Authorization: Bearer.')
  c.set('userId', user)
  return next()
}

const secretKeys = Object.values(environment.SUPABASE_SECRET_KEYS)

/** Whoever runs the project: by one of its secret keys, which no browser ever holds. */
export const operatorOnly: MiddlewareHandler<Env> = async (c, next) => {
  if (!(await showsKey(c.req.raw, secretKeys)))
    return problem('unauthenticated', 'Only who runs the project may do that: send one of its secret keys as the apikey header.')
  return next()
}
