import type { Outbound, OutboundBounds, OutboundRequest, OutboundResponse } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { AllowedOrigin } from './allowed-origins.ts'
import { checkedAddresses } from './checked-addresses.ts'
import { openConnection } from './connection.ts'
import { exchange } from './exchange.ts'
import { reason } from './reason.ts'
import { requestBytes } from './request-head.ts'
import { type Resolve, resolveBySystem } from './resolve.ts'
import { parseTarget } from './target.ts'

export interface OutboundOptions {
  /** Origins that may be called although they are plain, or not public. */
  allow?: readonly AllowedOrigin[]
  resolve?: Resolve
  /** PEM certificates to trust instead of the system's: for tests, and for a network with an authority of its own. */
  authorities?: string[]
}

/**
 * Calls addresses that users gave. A URL is refused by its shape; then its name is resolved once, every address it has is checked, and the
 * connection goes to one of those that were checked. Redirects are answers, and never followed. Nothing here throws.
 *
 * @example
 * const outbound = createOutbound()
 * await outbound.request({ url: 'https://example.com/hook', method: 'POST', body: '{}' }, { signal, timeoutMs: 15_000, maxResponseBytes: 0 })
 */
export function createOutbound({ allow = [], resolve = resolveBySystem, authorities }: OutboundOptions = {}): Outbound {
  async function call(
    request: OutboundRequest,
    maxResponseBytes: number,
    signal: AbortSignal,
  ): Promise<Result<OutboundResponse, StepError>> {
    const target = parseTarget(request.url, allow)
    if (!target.ok) return target
    const bytes = requestBytes(target.value.url, request)
    if (!bytes.ok) return bytes
    const addresses = await checkedAddresses(target.value, resolve)
    if (!addresses.ok) return addresses
    let unreachable: unknown
    for (const address of addresses.value) {
      let socket: Awaited<ReturnType<typeof openConnection>>
      try {
        socket = await openConnection(target.value, address, { signal, authorities })
      } catch (error) {
        unreachable = error
        if (signal.aborted) break
        continue
      }
      try {
        return ok(await exchange(socket, { bytes: bytes.value, withoutBody: request.method === 'HEAD', maxResponseBytes }, signal))
      } catch (error) {
        // From here on the receiver may have acted: no other address is tried.
        return fail(stepError('outbound_unreachable', `${target.value.hostname} gave no answer${reason(error)}.`))
      }
    }
    return fail(stepError('outbound_unreachable', `${target.value.hostname} could not be reached${reason(unreachable)}.`))
  }

  return {
    request: (request, { signal, timeoutMs, maxResponseBytes }: OutboundBounds) =>
      new Promise((settle) => {
        const ending = new AbortController()
        const end = (result: Result<OutboundResponse, StepError>) => {
          clearTimeout(timer)
          signal.removeEventListener('abort', abandon)
          settle(result)
          ending.abort()
        }
        const abandon = () => end(fail(stepError('lease_lost', 'The request was abandoned: the driver no longer owns the job.')))
        // Its own clock over the whole: resolving, connecting, and every byte of the answer.
        const timer = setTimeout(
          () => end(fail(stepError('outbound_timeout', `No whole answer within ${Math.round(timeoutMs)} ms.`))),
          Math.min(Math.max(0, timeoutMs), 2 ** 31 - 1),
        )
        if (signal.aborted) return abandon()
        signal.addEventListener('abort', abandon, { once: true })
        call(request, maxResponseBytes, ending.signal).then(end, (bug: unknown) =>
          end(fail(stepError('internal', `The outbound request failed: ${bug instanceof Error ? bug.name : typeof bug}.`))),
        )
      }),
  }
}
