import type { Outbound } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { FetchMedia } from './create-media-tools.ts'

const mostHops = 3

/**
 * Fetches by the guard of outbound requests, each redirect through the guard anew. `own`: where the project keeps its files, and the way
 * there, which may be an address that the guard lets nobody else reach.
 */
export function fetchThrough(outbound: Outbound, own?: { prefix: string; outbound: Outbound }): FetchMedia {
  return async ({ url }, { signal, timeoutMs, maxInputBytes }) => {
    let at = url
    for (let hop = 0; hop <= mostHops; hop++) {
      const isOwn = own !== undefined && at.startsWith(own.prefix)
      const answer = await (isOwn ? own.outbound : outbound).request({ url: at }, { signal, timeoutMs, maxResponseBytes: maxInputBytes })
      if (!answer.ok) return answer
      const { status, headers, body, truncated } = answer.value
      const host = new URL(at).host
      if (status >= 300 && status < 400 && headers.location !== undefined && URL.canParse(headers.location, at)) {
        at = new URL(headers.location, at).href
        continue
      }
      if (status !== 200) return unfetched(status, host)
      if (truncated) return fail(stepError('media_refused', `What ${host} gives weighs more than ${maxInputBytes} bytes.`))
      if (body.byteLength === 0) return fail(stepError('media_unavailable', `${host} gave an empty file.`))
      return ok(body)
    }
    return fail(stepError('media_refused', `The URL of the file redirects more than ${mostHops} times.`))
  }
}

function unfetched(status: number, host: string): Result<never, StepError> {
  const isGone = [401, 403, 404, 410].includes(status)
  return fail(stepError(isGone ? 'media_expired' : 'media_unavailable', `${host} answered ${status} for the file.`))
}
