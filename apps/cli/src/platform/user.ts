import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CliError, usageError } from '../cli-error.ts'

interface LocalUser {
  email: string
  password: string
}

/** Refuses what cannot be the name of a user of this machine (it names a file). */
export function checkUserName(name: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name))
    throw usageError(`--as ${name} is no name for a user.`, 'Use up to 31 lower-case letters, digits and dashes, for example --as ada')
}

/** Where a user of this machine is kept: its own one, or one of those that a person plays besides (--as). */
function userFile(home: string, name: string | undefined): string {
  if (name === undefined) return join(home, 'user.json')
  checkUserName(name)
  return join(home, 'users', `${name}.json`)
}

function localUser(path: string, name = 'player'): LocalUser {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LocalUser
  } catch {
    // None yet, or unreadable: another user is made, and the battles of the first stay.
  }
  const user = { email: `${name}-${randomBytes(4).toString('hex')}@agon.example`, password: randomBytes(24).toString('base64url') }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, JSON.stringify(user, null, 2), { mode: 0o600 })
  return user
}

/** Signs this machine's own user, or another of the given name, in through Supabase Auth, and up before that the first time. Returns the access token. */
export async function signIn(
  home: string,
  { url, publishableKey }: { url: string; publishableKey: string },
  name?: string,
): Promise<string> {
  const path = userFile(home, name)
  const { createClient } = await import('@supabase/supabase-js')
  const { auth } = createClient(url, publishableKey, { auth: { persistSession: false, autoRefreshToken: false } })
  const user = localUser(path, name)
  const known = await auth.signInWithPassword(user)
  if (known.data.session) return known.data.session.access_token
  const made = await auth.signUp(user)
  if (made.data.session) return made.data.session.access_token
  const again = await auth.signInWithPassword(user)
  if (again.data.session) return again.data.session.access_token
  throw new CliError(`The local user could not sign in: ${(made.error ?? again.error)?.message ?? 'no session was given'}.`, {
    remedy: `Remove ${path} to make a new one.`,
  })
}
