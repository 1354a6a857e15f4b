import { verifyAuth } from '@supabase/server/core'
import type { Context, MiddlewareHandler } from 'hono'
import { problem } from '../_shared/problem.ts'

export interface Env {
  Variables: {
    /** The signed-in user, or null for an application that only shows its publishable key. */
    userId: string | null
  }
}

/** Whoever reads: an application by its publishable key, or a user. */
export const anyCaller: MiddlewareHandler<Env> = async (c, next) =>
  identify(
    c,
    next,
    ['user', 'publishable:*', 'secret:*'],
    'Send the publishable key as the apikey header, or a user token as Authorization: Bearer.',
  )

/** Whoever changes something: a signed-in user. */
export const userOnly: MiddlewareHandler<Env> = async (c, next) =>
  identify(c, next, ['user'], 'Sign in with Supabase Auth and send the access token as Authorization: Bearer.')

async function identify(c: Context<Env>, next: () => Promise<void>, auth: Parameters<typeof verifyAuth>[1]['auth'], remedy: string) {
  const { data, error } = await verifyAuth(c.req.raw, { auth })
  if (error)
    return problem(error.status === 500 ? 'internal' : 'unauthenticated', `${error.message.replace('[@supabase/server] ', '')} ${remedy}`)
  c.set('userId', data.userClaims?.id ?? null)
  return next()
}
