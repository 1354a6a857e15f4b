import type { Outcome } from '@agon/client'
import { problemError } from '../cli-error.ts'
import type { ExitCode } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface PersonSessionOptions {
  json?: true
  as?: string
  url?: string
  publishableKey?: string
  accessToken?: string
}

/** Does something as somebody: a user of the project the options name, or of the platform on this machine. */
export async function asPerson(
  options: PersonSessionOptions,
  context: Context,
  act: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(options, context.variables), options.as ?? true)
  try {
    return await act(session)
  } finally {
    await closeSession(context, session)
  }
}

export async function valueOrProblem<T>(asked: Promise<Outcome<T>>): Promise<T> {
  const outcome = await asked
  if (!outcome.ok) throw problemError(outcome.problem)
  return outcome.value
}
