import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as a wire server sees it, whole. */
export interface WireRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
  json(): Record<string, unknown>
}

export interface WireServer {
  /** Origin, without a path. */
  url: string
  stop(): Promise<void>
}

/** An HTTP server on a free port of 127.0.0.1, every byte of which the test decides. What throws becomes a 500 with the message. */
export async function startWireServer(answer: (request: WireRequest, response: ServerResponse) => unknown): Promise<WireServer> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    const body = Buffer.concat(chunks)
    const request = {
      method: incoming.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body,
      json: () => JSON.parse(body.toString() || '{}') as Record<string, unknown>,
    }
    response.on('error', () => {})
    try {
      await answer(request, response)
    } catch (error) {
      if (!response.headersSent) json(response, 500, { error: { message: String(error) } })
      else response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export function events(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers })
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
