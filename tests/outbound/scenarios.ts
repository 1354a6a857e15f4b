import { allowedOrigins, createOutbound } from '@agon/outbound'
import type { OutboundBounds, OutboundRequest } from '@agon/runner-core'

// What is asked of the receivers, and what becomes of it: one list, run by Node and by Deno (scenarios.test.ts). Nothing of a test
// runner stands in here.

export interface Place {
  ports: { right: number; wrong: number; stranger: number; plain: number }
  authority: string
}

interface Scenario {
  /** Of the receiver: which, and how it behaves. */
  at?: [server: keyof Place['ports'], path: string]
  request?: Partial<OutboundRequest>
  bounds?: Partial<OutboundBounds>
  /** What the name resolves to, look by look; the last answer stays. */
  addresses?: string[][]
  /** Whether the operator opened the origin. */
  closed?: true
  abortAfterMs?: number
  trust?: 'nobody'
}

export const scenarios: Record<string, Scenario> = {
  'a receiver that accepts': { at: ['right', 'accept'] },
  'an answer with a length': { at: ['right', 'sized'] },
  'an answer in chunks': { at: ['right', 'chunked'] },
  'an answer that ends with its connection': { at: ['right', 'until-close'] },
  'hints before the answer': { at: ['right', 'hints'] },
  'plain http, opened by the operator': { at: ['plain', 'sized'] },
  'what was sent': { at: ['right', 'echo'], request: { method: 'POST', headers: { 'X-Own': 'yes' }, body: 'häll€' } },
  'a head alone': { at: ['right', 'sized'], request: { method: 'HEAD' } },
  'a redirect': { at: ['right', 'redirect'] },
  'a name that rebinds after the first look': { at: ['right', 'accept'], addresses: [['127.0.0.1'], ['127.0.0.2']] },
  'a first address that nobody answers at': { at: ['right', 'accept'], addresses: [['127.0.0.3', '127.0.0.1']] },
  'no address answers': { at: ['right', 'accept'], addresses: [['127.0.0.3', '127.0.0.4']] },
  'a name without an address': { at: ['right', 'accept'], addresses: [[]] },
  'a name of this machine': { at: ['right', 'accept'], closed: true, addresses: [['127.0.0.1']] },
  'a public name with an inner address': { at: ['right', 'accept'], closed: true, addresses: [['93.184.216.34', '10.0.0.1']] },
  'a name of the metadata service': { at: ['right', 'accept'], closed: true, addresses: [['169.254.169.254']] },
  'a name of the metadata service, in IPv6': { at: ['right', 'accept'], closed: true, addresses: [['fd00:ec2::254']] },
  'a name with a mapped address': { at: ['right', 'accept'], closed: true, addresses: [['::ffff:127.0.0.1']] },
  'plain http, not opened': { at: ['plain', 'accept'], closed: true },
  'a certificate of another name': { at: ['wrong', 'accept'] },
  'a certificate of nobody': { at: ['stranger', 'accept'] },
  'the right certificate, not trusted': { at: ['right', 'accept'], trust: 'nobody' },
  'a receiver that says nothing': { at: ['right', 'silent'] },
  'a head that drips': { at: ['right', 'drip-head'] },
  'a body that drips': { at: ['right', 'drip-body'] },
  'a body that drips, and is not wanted': { at: ['right', 'drip-body'], bounds: { maxResponseBytes: 0 } },
  'a body without end': { at: ['right', 'flood'] },
  'framing without end': { at: ['right', 'flood-of-framing'] },
  'a head without end': { at: ['right', 'endless-head'] },
  'something that is not HTTP': { at: ['right', 'nonsense'] },
  'an answer that is cut off': { at: ['right', 'cut'] },
  'a connection that is reset': { at: ['right', 'reset'] },
  'a resolver that hangs': { addresses: [] },
  'a driver that lost its lease': { at: ['right', 'silent'], abortAfterMs: 50 },
  'a header that writes a second one': { at: ['right', 'echo'], request: { headers: { 'x-own': 'a\r\nx-evil: b' } } },
  'a header that frames the message': { at: ['right', 'echo'], request: { headers: { 'Transfer-Encoding': 'chunked' } } },
  'a header for another host': { at: ['right', 'echo'], request: { headers: { HOST: 'inner.test' } } },
  'a method that is a request of its own': { at: ['right', 'echo'], request: { method: 'GET / HTTP/1.1\r\nX:' } },
}

export interface Outcome {
  status?: number
  headers?: Record<string, string>
  body?: string
  truncated?: boolean
  code?: string
  message?: string
  looks: number
  tookMs: number
}

export async function play({ ports, authority }: Place, name: string): Promise<Outcome> {
  const { at, request, bounds, addresses = [['127.0.0.1']], closed, abortAfterMs, trust } = scenarios[name]!
  let looks = 0
  const outbound = createOutbound({
    allow: closed ? [] : allowedOrigins('https://receiver.test:*, http://receiver.test:*'),
    resolve: async () =>
      addresses.length === 0 ? new Promise<never>(() => undefined) : addresses[Math.min(looks++, addresses.length - 1)]!,
    authorities: trust === 'nobody' ? [] : [authority],
  })
  const [server, path] = at ?? ['right', 'accept']
  const controller = new AbortController()
  if (abortAfterMs !== undefined) setTimeout(() => controller.abort(), abortAfterMs)
  const startedAt = performance.now()
  const answer = await outbound.request(
    { url: `${server === 'plain' ? 'http' : 'https'}://receiver.test:${ports[server]}/${path}?q=1`, ...request },
    { signal: controller.signal, timeoutMs: 700, maxResponseBytes: 1000, ...bounds },
  )
  const seen = { looks, tookMs: Math.round(performance.now() - startedAt) }
  if (!answer.ok) return { code: answer.error.code, message: answer.error.message, ...seen }
  const { status, headers, body, truncated } = answer.value
  return { status, headers, body: new TextDecoder().decode(body), truncated, ...seen }
}
