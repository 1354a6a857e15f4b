import type { MediaResult } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { isPublicUrl } from './public-url.ts'

const mostHops = 3

export interface SourceOptions {
  /** Origins that are reached although they are not public: those of providers on the operator's own machine. */
  localOrigins: readonly string[]
  send: typeof fetch
}

/**
 * The bytes of what a provider made. A URL is fetched over https from a public address, redirects included, or from a local provider's own
 * origin: a server that calls itself compatible could name anything. Its headers go to the origin it names, and no further.
 */
export async function openSource(
  source: MediaResult['source'],
  { localOrigins, send }: SourceOptions,
  signal: AbortSignal,
): Promise<Result<ReadableStream<Uint8Array>, StepError>> {
  if ('bytes' in source) return ok(new Blob([source.bytes as Uint8Array<ArrayBuffer>]).stream())
  if (!URL.canParse(source.url)) return fail(stepError('media_refused', 'The provider named something that is no URL.'))
  let url = new URL(source.url)
  const named = url.origin
  for (let hop = 0; hop <= mostHops; hop++) {
    if (!localOrigins.includes(url.origin) && !isPublicUrl(url)) {
      return fail(stepError('media_refused', `The provider named ${url.origin}, which is no public address over https.`))
    }
    let response: Response
    try {
      const headers = url.origin === named ? source.headers : undefined
      response = await send(url, { redirect: 'manual', signal, ...(headers && { headers }) })
    } catch (error) {
      const why = error instanceof Error ? error.name : String(error)
      return fail(stepError('media_unavailable', `${url.host} could not be reached (${why}).`))
    }
    const location = response.headers.get('location')
    if (response.ok && response.body) return ok(response.body)
    await response.body?.cancel().catch(() => {})
    if (response.status >= 300 && response.status < 400 && location !== null && URL.canParse(location, url)) {
      url = new URL(location, url)
      continue
    }
    const said = `${url.host} answered ${response.status} for what was made.`
    const isGone = [401, 403, 404, 410].includes(response.status)
    return fail(stepError(isGone ? 'media_expired' : 'media_unavailable', said))
  }
  return fail(stepError('media_refused', `The URL of what was made redirects more than ${mostHops} times.`))
}
