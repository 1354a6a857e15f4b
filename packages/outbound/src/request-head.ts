import type { OutboundRequest } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'

/** The message's own: how it is framed, and whom it is for. */
const reserved = /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|accept-encoding|proxy-.*)$/
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The bytes of a request. A header that would write into its neighbours, or decide the framing, is refused. */
export function requestBytes(url: URL, { method = 'GET', headers = {}, body = '' }: OutboundRequest): Result<Uint8Array, StepError> {
  if (!methods.has(method))
    return fail(stepError('outbound_refused', `The method ${JSON.stringify(method)} is not among ${[...methods].join(', ')}.`))
  const content = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`]
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) || reserved.test(name.toLowerCase()) || !/^[\t\x20-\x7e]*$/.test(value))
      return fail(
        stepError(
          'outbound_refused',
          `The header ${JSON.stringify(name)} may not be sent: a name is a token, a value is one line of ASCII, and framing is ours.`,
        ),
      )
    lines.push(`${name.toLowerCase()}: ${value}`)
  }
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'user-agent')) lines.push('user-agent: Agon/0.1')
  lines.push('accept-encoding: identity', 'connection: close')
  if (content.byteLength > 0 || !['GET', 'HEAD', 'OPTIONS'].includes(method)) lines.push(`content-length: ${content.byteLength}`)
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`)
  const bytes = new Uint8Array(head.byteLength + content.byteLength)
  bytes.set(head)
  bytes.set(content, head.byteLength)
  return ok(bytes)
}
