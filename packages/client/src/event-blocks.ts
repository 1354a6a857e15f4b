import { createParser } from 'eventsource-parser'
import { type Problem, reason, refusal, unreachable } from './outcome.ts'

/** What one connection says, block by block; whatever goes wrong with it is its last block. */
export type Block =
  | { kind: 'message'; event: string; data: string }
  /** A comment: the server is there, and has nothing to tell. */
  | { kind: 'sign' }
  /** How soon to come back, in milliseconds, once the connection has ended. */
  | { kind: 'retry'; ms: number }
  /** The stream is over for good. */
  | { kind: 'over' }
  | { kind: 'failed'; problem: Problem }

/** Longer than the server's heartbeat by far: a stream that is silent for so long is dead, whatever the connection says. */
export const silenceMs = 45_000
/** Far above any event: what has no end is none. */
const maxEventChars = 16 * 1024 * 1024

/** Reads one connection to its end. Leaving the iteration closes it. */
export async function* readBlocks(url: string, open: (signal: AbortSignal) => Promise<Response>): AsyncGenerator<Block, void> {
  const connection = new AbortController()
  const failed = (why: string): Block => ({ kind: 'failed', problem: unreachable(url, why) })
  const hush = () => connection.abort(new Error(`it was silent for ${silenceMs / 1000} s`))
  let silence = setTimeout(hush, silenceMs)
  const heard: Block[] = []
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => heard.push({ kind: 'message', event, data }),
    onComment: () => heard.push({ kind: 'sign' }),
    onRetry: (ms) => heard.push({ kind: 'retry', ms }),
    maxBufferSize: maxEventChars,
  })
  try {
    let body: ReadableStreamDefaultReader<Uint8Array>
    try {
      const response = await open(connection.signal)
      if (response.status === 204) return yield { kind: 'over' }
      if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream'))
        return yield { kind: 'failed', problem: refusal(url, response.status, bodyOf(await response.text())) }
      body = response.body.getReader()
    } catch (error) {
      return yield failed(reason(error))
    }
    const decoder = new TextDecoder()
    for (;;) {
      try {
        const { done, value } = await body.read()
        if (done) return
        parser.feed(decoder.decode(value, { stream: true }))
      } catch (error) {
        return yield failed(reason(error))
      }
      clearTimeout(silence)
      yield* heard.splice(0)
      silence = setTimeout(hush, silenceMs)
    }
  } finally {
    clearTimeout(silence)
    connection.abort()
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
