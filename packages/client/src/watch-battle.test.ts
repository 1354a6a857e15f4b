import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silenceMs } from './event-blocks.ts'
import { type BattleEvent, transcriptOf, WatchError, type WatchOptions } from './index.ts'
import { watchBattle } from './watch-battle.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const event = (event_id: number, text = `word ${event_id} ü🌊\r\n`): BattleEvent => ({
  event_id,
  type: 'contender.delta',
  data: { slot: 'A', offset: 0, text },
  created_at: '2026-11-20T00:00:00Z',
})
const block = (one: BattleEvent) => `event: ${one.type}\ndata: ${JSON.stringify(one)}\nid: ${one.event_id}\n\n`
const hello = ': agon\nretry: 2000\n\n'
const end = 'event: end\ndata: {"status":"closed"}\nid: 9\n\n'

type Answer = Response | Error | ((signal: AbortSignal) => Response)

const streaming = (text: string | Uint8Array, { breaks = false, hangs = false } = {}): Answer => {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return (signal) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7))
          signal.addEventListener('abort', () => controller.error(signal.reason))
          if (!breaks && !hangs) controller.close()
        },
        pull(controller) {
          if (breaks) controller.error(new Error('socket hang up'))
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    )
}

/** A server that gives one answer after another, and a watch of it. */
function watching(answers: Answer[] | ((last: number | undefined) => Answer), options: WatchOptions = {}) {
  const asked: (number | undefined)[] = []
  const open = async (last: number | undefined, signal: AbortSignal): Promise<Response> => {
    asked.push(last)
    const answer = typeof answers === 'function' ? answers(last) : answers.shift()
    if (answer === undefined) throw new Error('asked once too often')
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer(signal) : answer
  }
  const seen: number[] = []
  const events: BattleEvent[] = []
  const watch = watchBattle('https://project.test', open, options)
  const finished = (async () => {
    for await (const one of watch) {
      seen.push(one.event_id)
      events.push(one)
    }
    return 'ended' as const
  })().catch((error: unknown) => error)
  return { asked, seen, events, finished, watch }
}

async function settled<T>(promise: Promise<T>, withinMs = 3_600_000): Promise<T> {
  let done = false
  const finish = promise.finally(() => {
    done = true
  })
  for (let passed = 0; !done; passed += 250) {
    if (passed > withinMs) throw new Error('it never ended')
    await vi.advanceTimersByTimeAsync(250)
  }
  return finish
}

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: 't', title: 'T', status, code, detail: 'd' }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

describe('a watch', () => {
  test('wherever connections are cut, in the middle of a character too, each event comes once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), async (cuts, count) => {
        const log = Array.from({ length: count }, (_, nth) => event(3 * nth + 1))
        const { events, finished } = watching((last) => {
          const rest = log.filter(({ event_id }) => event_id > (last ?? 0))
          const bytes = new TextEncoder().encode(hello + rest.map(block).join('') + end)
          const cut = cuts.shift()
          return cut === undefined ? streaming(bytes) : streaming(bytes.slice(0, cut), { breaks: cut % 2 === 0 })
        })
        expect(await settled(finished)).toBe('ended')
        expect(events).toEqual(log)
      }),
      { numRuns: 60 },
    )
  })

  test('comes back soon after a pause, with the id of the last event, and ends with 204', async () => {
    const onReconnect = vi.fn()
    const { asked, seen, finished } = watching(
      [streaming(`${hello}${block(event(4))}retry: 500\n\n`), new Response(null, { status: 204 })],
      { after: 3, onReconnect },
    )
    await vi.advanceTimersByTimeAsync(200)
    expect(asked).toEqual([3])
    await vi.advanceTimersByTimeAsync(400)
    expect(await finished).toBe('ended')
    expect([asked, seen]).toEqual([[3, 4], [4]])
    expect(onReconnect.mock.calls).toEqual([[undefined]])
  })

  test('repeats nothing, even of a server that does', async () => {
    const { seen, finished } = watching([streaming(hello + block(event(1)) + block(event(2)) + block(event(1)) + end)])
    expect(await settled(finished)).toBe('ended')
    expect(seen).toEqual([1, 2])
  })

  test('waits longer and longer for a server that is away, and starts afresh once it has been served', async () => {
    const waits: number[] = []
    let before = performance.now()
    let answers = 0
    const { finished } = watching(() => {
      waits.push(performance.now() - before)
      before = performance.now()
      answers++
      if (answers === 7) return streaming(hello + block(event(1)), { breaks: true })
      return answers < 10 ? new TypeError('fetch failed') : streaming(hello + end)
    })
    expect(await settled(finished)).toBe('ended')
    const [, ...rest] = waits
    for (const [nth, wait] of rest.entries()) {
      const doubled = 500 * 2 ** (nth < 6 ? nth : nth - 6)
      // What broke after it was served had asked for two seconds.
      const most = nth === 6 ? 2_000 : doubled
      expect(wait).toBeGreaterThanOrEqual(most / 2 - 1)
      expect(wait).toBeLessThanOrEqual(most + 1)
    }
  })

  test('gives up on a server that stays away, with the problem; and never, when it is told so', async () => {
    const { finished, asked } = watching(() => new TypeError('fetch failed'), { patienceMs: 20_000 })
    expect(await settled(finished)).toMatchObject({ name: 'WatchError', problem: { code: 'unreachable' } })
    expect(asked.length).toBeGreaterThan(4)
    let left = 60
    const patient = watching(() => (left-- > 0 ? problem(503, 'store_unavailable') : streaming(hello + end)), { patienceMs: Infinity })
    expect(await settled(patient.finished)).toBe('ended')
  })

  test('a stream that only sends it away is no service: patience ends there too', async () => {
    const { finished } = watching(() => streaming('retry: 2000\n\n'), { patienceMs: 20_000 })
    expect(await settled(finished)).toMatchObject({ problem: { code: 'unreachable', detail: expect.stringContaining('busy') } })
  })

  test.each([
    [404, 'not_found'],
    [401, 'unauthenticated'],
    [422, 'invalid_request'],
  ])('a refusal with %i ends it at once', async (status, code) => {
    const { finished, asked } = watching([problem(status, code)])
    const error = await settled(finished)
    expect(error).toBeInstanceOf(WatchError)
    expect((error as WatchError).problem).toMatchObject({ status, code })
    expect(asked.length).toBe(1)
  })

  test('something that is not the API is named', async () => {
    const { finished } = watching([new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } })])
    expect(await settled(finished)).toMatchObject({ problem: { code: 'unexpected_answer', detail: expect.stringContaining('<html>') } })
  })

  test('a stream that falls silent is dead: it is left for another', async () => {
    const { asked, seen, finished } = watching([streaming(hello + block(event(1)), { hangs: true }), streaming(hello + end)])
    await vi.advanceTimersByTimeAsync(silenceMs - 1)
    expect(asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await finished).toBe('ended')
    expect([asked, seen]).toEqual([[undefined, 1], [1]])
  })

  test('aborting ends it without an error, in a stream and in a wait', async () => {
    for (const answer of [streaming(hello, { hangs: true }), new TypeError('fetch failed')]) {
      const controller = new AbortController()
      const { finished, asked } = watching(() => answer, { signal: controller.signal })
      await vi.advanceTimersByTimeAsync(100)
      controller.abort()
      expect(await finished).toBe('ended')
      expect(asked.length).toBe(1)
    }
  })

  test('leaving the loop closes the connection', async () => {
    let closed = false
    const watch = watchBattle('https://project.test', async (_, signal) => {
      signal.addEventListener('abort', () => {
        closed = true
      })
      return (streaming(hello + block(event(1)), { hangs: true }) as (signal: AbortSignal) => Response)(signal)
    })
    for await (const _ of watch) break
    expect(closed).toBe(true)
  })

  test('an error of the application is its own', async () => {
    const onEvent = () => {
      throw new Error('mine')
    }
    const { finished, asked } = watching([streaming(hello + block(event(1)) + end)], { onEvent })
    expect(await settled(finished)).toMatchObject({ message: 'mine' })
    expect(asked.length).toBe(1)
  })
})

describe('a transcript', () => {
  const delta = (offset: number, text: string, slot = 'A'): BattleEvent => ({
    ...event(1),
    type: 'contender.delta',
    data: { slot, offset, text },
  })

  test('deltas make the text, slot by slot', () => {
    const transcript = transcriptOf()
    for (const one of [delta(0, 'The '), delta(0, 'Das ', 'B'), delta(4, 'sea 🌊'), delta(10, '.')]) expect(transcript.take(one)).toBe(true)
    expect([transcript.textOf('A'), transcript.textOf('B'), transcript.textOf('C')]).toEqual(['The sea 🌊.', 'Das ', ''])
  })

  test('a contender that begins again is shown from where it does', () => {
    const transcript = transcriptOf()
    for (const one of [delta(0, 'A first try'), delta(0, 'Again')]) transcript.take(one)
    expect(transcript.textOf('A')).toBe('Again')
  })

  test('it goes on from the battle as it was read, and shows no text with a hole in it', () => {
    const transcript = transcriptOf({
      contenders: [
        { slot: 'A', submission: { content_text: 'The sea' } },
        { slot: 'B', submission: null },
      ],
    })
    expect(transcript.take(delta(7, ' is'))).toBe(true)
    expect(transcript.textOf('A')).toBe('The sea is')
    expect(transcript.take(delta(5, 'hole', 'B'))).toBe(false)
    expect(transcript.textOf('B')).toBe('')
    expect(transcript.take({ ...event(2), type: 'contender.submitted', data: { slot: 'A' } })).toBe(false)
  })
})
