import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  /** The URL without its origin. */
  url: URL
  headers: Headers
  body: Buffer
}

export interface Listener {
  url: string
  close(): Promise<void>
}

/** An HTTP server on a free port of 127.0.0.1. An answer that throws becomes a 500 with the message, so that the caller's log names it. */
export async function listen(answer: (request: Received) => Response | Promise<Response>): Promise<Listener> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const response = await Promise.resolve({
      method: incoming.method ?? '',
      url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
      headers: new Headers(Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values!.join(', ')])),
      body: Buffer.concat(chunks),
    })
      .then(answer)
      .catch((error) => Response.json({ message: String(error) }, { status: 500 }))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
