import { type StepError, stepError } from '../../errors.ts'
import type { Clock, Outbound, OutboundBounds, OutboundRequest, OutboundResponse } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'

/** What tells who asks: it goes to the origin it was meant for, and no further. */
const ofTheCaller = /^(authorization|cookie|proxy-authorization|idempotency-key|x-api-key|apikey|api-key|webhook-.*)$/i
const ofTheBody = /^content-/i

/**
 * Asks, and goes where it is sent, as fetch does: 303 asks with GET, 301 and 302 turn a POST into one, 307 and 308 repeat it. Every hop
 * goes through the guard, and all of them share one time. With no hops to go, a redirect is the answer.
 */
export async function requestFollowing(
  request: OutboundRequest & { method: string },
  { outbound, clock, mostHops = 5 }: { outbound: Outbound; clock: Clock; mostHops?: number },
  bounds: OutboundBounds,
): Promise<Result<OutboundResponse & { url: string; hops: number }, StepError>> {
  const until = clock.now() + bounds.timeoutMs
  let next = request
  for (let hops = 0; ; hops++) {
    const answer = await outbound.request(next, { ...bounds, timeoutMs: until - clock.now() })
    if (!answer.ok) return answer
    const { status, headers } = answer.value
    const location = headers.location
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !URL.canParse(location, next.url) || mostHops === 0)
      return ok({ ...answer.value, url: next.url, hops })
    if (hops === mostHops)
      return fail(stepError('receiver_rejected', `${new URL(request.url).host} redirects more than ${mostHops} times.`))
    const to = new URL(location, next.url)
    const sameOrigin = to.origin === new URL(next.url).origin
    const becomesGet = status === 303 ? !['GET', 'HEAD'].includes(next.method) : status < 303 && next.method === 'POST'
    const kept = Object.entries(next.headers ?? {}).filter(
      ([name]) => (sameOrigin || !ofTheCaller.test(name)) && !(becomesGet && ofTheBody.test(name)),
    )
    const { body, ...rest } = next
    next = {
      ...rest,
      url: to.href,
      headers: Object.fromEntries(kept),
      ...(becomesGet ? { method: 'GET' } : body !== undefined && { body }),
    }
  }
}
