import { usageError } from '../cli-error.ts'
import { type Context, closeSession, openSession } from '../commands/context.ts'

export interface ProjectOptions {
  url?: string
  secretKey?: string
  json?: true
}

export interface Project {
  url: string
  secretKey: string
}

/** The project whose database is worked on with a secret key: the one the options or the variables name; else the platform on this machine. */
export async function inProject<T>(options: ProjectOptions, context: Context, work: (project: Project) => Promise<T>): Promise<T> {
  const url = options.url ?? context.variables.AGON_URL
  if (url) {
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw usageError(`--url is ${url}: expected the URL of a Supabase project.`, 'For example --url https://abcd.supabase.co')
    const secretKey = options.secretKey ?? context.variables.AGON_SECRET_KEY
    if (!secretKey) throw usageError('--url needs a secret key of that project.', 'Give --secret-key, or set AGON_SECRET_KEY.')
    return work({ url, secretKey })
  }
  const session = await openSession(context, undefined, false)
  try {
    return await work({ url: session.url, secretKey: session.local!.secretKeys.default! })
  } finally {
    await closeSession(context, session)
  }
}
