import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { OutboundResponse } from '@agon/runner-core'
import { HTTPParser } from 'http-parser-js'

/** Longest head of an answer: as Node's own client. */
const maxHeadBytes = 16 * 1024

export interface Exchange {
  /** The request, whole. */
  bytes: Uint8Array
  withoutBody: boolean
  maxResponseBytes: number
}

/**
 * One request and its answer over one connection, which is closed afterwards. Rejects when what comes back is not HTTP or ends too soon.
 * The answer is read as far as the bound; with a bound of 0 its status is enough.
 */
export function exchange(
  socket: Socket,
  { bytes, withoutBody, maxResponseBytes }: Exchange,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let head: { status: number; headers: Record<string, string> } | undefined
    let received = 0
    let kept = 0
    let settled = false

    const settle = (end: () => void) => {
      if (settled) return
      settled = true
      signal.removeEventListener('abort', aborted)
      socket.destroy()
      end()
    }
    const aborted = () => settle(() => reject(signal.reason))
    const broken = (what: string) => settle(() => reject(new Error(what)))
    const answer = (truncated: boolean) =>
      settle(() => resolve({ ...head!, body: Buffer.concat(chunks).subarray(0, maxResponseBytes), truncated }))

    const parser = new HTTPParser(HTTPParser.RESPONSE)
    parser.maxHeaderSize = maxHeadBytes
    parser[HTTPParser.kOnHeadersComplete] = ({ statusCode, headers, upgrade }) => {
      if (statusCode < 200 && !upgrade) return // 100, 102, 103: the answer is still to come
      head = { status: statusCode, headers: joined(headers) }
      if (withoutBody || upgrade || maxResponseBytes === 0) answer(!withoutBody)
      return withoutBody ? 1 : undefined
    }
    parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
      if (settled) return
      chunks.push(chunk.subarray(offset, offset + length))
      kept += length
      if (kept > maxResponseBytes) answer(true)
    }
    parser[HTTPParser.kOnMessageComplete] = () => {
      if (head) answer(false)
    }

    socket.on('data', (data: Uint8Array) => {
      if (settled) return
      received += data.byteLength
      const problem = parser.execute(Buffer.from(data))
      if (problem instanceof Error) return broken('the answer is not HTTP')
      // Framing may outweigh what it frames, but not without end.
      if (received > maxHeadBytes * 4 + maxResponseBytes * 8) broken('the answer has no end')
    })
    socket.on('end', () => {
      parser.finish() // a body without a length ends with its connection
      broken('the connection was closed before the answer was whole')
    })
    socket.on('error', (error: Error) => settle(() => reject(error)))
    socket.on('close', () => broken('the connection was closed before the answer was whole'))
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    socket.write(bytes)
  })
}

function joined(list: string[]): Record<string, string> {
  const headers = new Map<string, string>()
  for (let nth = 0; nth + 1 < list.length; nth += 2) {
    const name = list[nth]!.toLowerCase()
    const before = headers.get(name)
    headers.set(name, before === undefined ? list[nth + 1]! : `${before}, ${list[nth + 1]}`)
  }
  return Object.fromEntries(headers)
}
