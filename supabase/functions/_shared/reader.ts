import { environment } from './environment.ts'
import { problem } from './problem.ts'
import { isOneOf, showsKey } from './shown-key.ts'
import { shownToken, userOf } from './user.ts'

const publishableKeys = Object.values(environment.SUPABASE_PUBLISHABLE_KEYS)
const secretKeys = Object.values(environment.SUPABASE_SECRET_KEYS)

/** Who reads: a signed-in user, or null for an application that only shows its key. */
export interface Reader {
  user: string | null
  /** Shows a secret key: who runs the project. */
  operator: boolean
}

export interface ReaderRules {
  /**
   * A publishable key in the URL, for a browser's EventSource, which cannot send headers. It is public; a secret key or a token is
   * not, URLs end up in logs, and neither is ever read from one.
   */
  keyInUrl?: string | undefined
}

/** Settles who reads. A token that is shown and not valid is refused, whatever key comes with it. */
export async function readerOf(request: Request, { keyInUrl }: ReaderRules = {}): Promise<Reader | Response> {
  const token = shownToken(request)
  const user = token === null ? null : await userOf(token)
  if (token !== null && user === null) {
    return problem(
      'unauthenticated',
      'The token in Authorization is not valid now. Sign in again, or send only the publishable key as apikey.',
    )
  }
  const operator = await showsKey(request, secretKeys)
  if (user !== null || operator || (await showsKey(request, publishableKeys))) return { user, operator }
  if (keyInUrl !== undefined && (await isOneOf(keyInUrl, publishableKeys))) return { user: null, operator: false }
  return problem('unauthenticated', 'Send the publishable key as the apikey header, or a user token as Authorization: Bearer.')
}
