import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'

interface LocalUser {
  email: string
  password: string
}

function localUser(home: string): LocalUser {
  const path = join(home, 'user.json')
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LocalUser
  } catch {
    // None yet, or unreadable: another user is made, and the battles of the first stay.
  }
  const user = { email: `player-${randomBytes(4).toString('hex')}@agon.example`, password: randomBytes(24).toString('base64url') }
  writeFileSync(path, JSON.stringify(user, null, 2), { mode: 0o600 })
  return user
}

/** Signs this machine's own user in through Supabase Auth, and up before that the first time. Returns the access token. */
export async function signIn(home: string, { url, publishableKey }: { url: string; publishableKey: string }): Promise<string> {
  const { createClient } = await import('@supabase/supabase-js')
  const { auth } = createClient(url, publishableKey, { auth: { persistSession: false, autoRefreshToken: false } })
  const user = localUser(home)
  const known = await auth.signInWithPassword(user)
  if (known.data.session) return known.data.session.access_token
  const made = await auth.signUp(user)
  if (made.data.session) return made.data.session.access_token
  const again = await auth.signInWithPassword(user)
  if (again.data.session) return again.data.session.access_token
  throw new CliError(`The local user could not sign in: ${(made.error ?? again.error)?.message ?? 'no session was given'}.`, {
    remedy: `Remove ${join(home, 'user.json')} to make a new one.`,
  })
}
