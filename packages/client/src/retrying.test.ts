import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { retrying } from './retrying.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** Answers in turn, and notes when and with what each request came. */
function server(...answers: [status: number, retryAfter?: string][]) {
  const came: { at: number; body: string }[] = []
  const began = Date.now()
  const send = async (request: Request) => {
    const [status, retryAfter] = answers[came.length]!
    came.push({ at: Date.now() - began, body: await request.text() })
    return new Response('{}', { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })
  }
  return { came, send }
}
const read = () => new Request('https://project.test/x')
const write = (headers: Record<string, string> = {}) => new Request('https://project.test/x', { method: 'POST', body: '{"a":1}', headers })

async function answered(call: Promise<Response>): Promise<number> {
  await vi.runAllTimersAsync()
  return (await call).status
}

test('a read is sent again after as long as the server asks, and no sooner', async () => {
  const { came, send } = server([429, '2'], [503, '1'], [200])
  expect(await answered(retrying(send)(read()))).toBe(200)
  expect(came.map(({ at }) => at)).toEqual([0, 2000, 3000])
})

test('a date is waited for as seconds are', async () => {
  vi.setSystemTime(new Date('2026-11-20T03:00:00Z'))
  const { came, send } = server([503, 'Fri, 20 Nov 2026 03:00:05 GMT'], [200])
  expect(await answered(retrying(send)(read()))).toBe(200)
  expect(came.map(({ at }) => at)).toEqual([0, 5000])
})

test('three times at most, and the last answer is handed on', async () => {
  const { came, send } = server([429, '1'], [429, '1'], [429, '1'])
  expect(await answered(retrying(send)(read()))).toBe(429)
  expect(came).toHaveLength(3)
})

test('a write is repeated when it carries a key, with the same body, and else never', async () => {
  const keyed = server([503, '1'], [201])
  expect(await answered(retrying(keyed.send)(write({ 'idempotency-key': 'k' })))).toBe(201)
  expect(keyed.came.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
  const bare = server([503, '1'], [201])
  expect(await answered(retrying(bare.send)(write()))).toBe(503)
  expect(bare.came).toHaveLength(1)
})

test.each([
  ['no Retry-After', [429]],
  ['a Retry-After that is none', [429, 'soon']],
  ['a wait longer than anybody waits', [429, '3600']],
  ['another refusal', [409, '1']],
  ['another failure', [500, '1']],
] as [string, [number, string?]][])('%s is handed on at once', async (_, answer) => {
  const { came, send } = server(answer)
  expect(await answered(retrying(send)(read()))).toBe(answer[0])
  expect(came).toHaveLength(1)
})

test('who gives up while it waits is told so by the next request', async () => {
  const controller = new AbortController()
  const came: Request[] = []
  const send = async (request: Request) => {
    came.push(request)
    request.signal.throwIfAborted()
    return new Response('{}', { status: 503, headers: { 'retry-after': '20' } })
  }
  const call = retrying(send)(new Request('https://project.test/x', { signal: controller.signal }))
  const ended = call.catch((error: Error) => error.name)
  await vi.advanceTimersByTimeAsync(10)
  controller.abort()
  expect(await ended).toBe('AbortError')
})
