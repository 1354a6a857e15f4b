import { type AgonClient, createAgonClient } from '@agon/client'
import type { LogEntry } from '@agon/local-platform'
import { usageError } from '../cli-error.ts'
import type { Variables } from '../settings.ts'
import { type Closing, type LocalPlatform, openLocalPlatform } from './local-platform.ts'
import { signIn } from './user.ts'

/** Where the commands speak to: a project somewhere, or the platform on this machine. */
export interface Session {
  agon: AgonClient
  url: string
  publishableKey: string
  local?: LocalPlatform
  close(closing: Closing): Promise<void>
}

export interface Remote {
  url: string
  publishableKey: string
  accessToken?: string
}

/** The remote project the options or the variables name; undefined: the platform on this machine. */
export function remoteOf(
  options: { url?: string | undefined; publishableKey?: string | undefined; accessToken?: string | undefined },
  variables: Variables,
): Remote | undefined {
  const url = options.url ?? variables.AGON_URL
  if (!url) return undefined
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw usageError(`--url is ${url}: expected the URL of a Supabase project.`, 'For example --url https://abcd.supabase.co')
  const publishableKey = options.publishableKey ?? variables.AGON_PUBLISHABLE_KEY
  if (!publishableKey)
    throw usageError('--url needs the publishable key of that project.', 'Give --publishable-key, or set AGON_PUBLISHABLE_KEY.')
  const accessToken = options.accessToken ?? variables.AGON_ACCESS_TOKEN
  return { url, publishableKey, ...(accessToken && { accessToken }) }
}

export function openRemote({ url, publishableKey, accessToken }: Remote): Session {
  return {
    agon: createAgonClient({ url, publishableKey, accessToken: () => accessToken }),
    url,
    publishableKey,
    close: async () => undefined,
  }
}

/** The platform on this machine, with this machine's user signed in when the command changes something. */
export async function openLocal(options: {
  home: string
  variables: Variables
  /** Whether to sign in, and as whom: this machine's own user, or another by name. */
  user: boolean | string
  log?: (entry: LogEntry) => void
  signal: AbortSignal
}): Promise<Session> {
  const local = await openLocalPlatform(options)
  try {
    const { url, publishableKey } = local
    const accessToken =
      options.user === false ? undefined : await signIn(options.home, local, options.user === true ? undefined : options.user)
    return {
      agon: createAgonClient({ url, publishableKey, accessToken: () => accessToken }),
      url,
      publishableKey,
      local,
      close: (closing) => local.close(closing),
    }
  } catch (error) {
    await local.close({ signal: options.signal })
    throw error
  }
}
