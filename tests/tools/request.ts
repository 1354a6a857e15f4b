import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'

export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** An HTTP server on this machine that answers as told, by path. */
export async function startSite(pages: Record<string, (received: Received, response: ServerResponse) => void>) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { method: request.method!, path: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString() }
      received.push(one)
      const page = pages[new URL(request.url!, 'http://x').pathname]
      if (page) page(one, response)
      else response.writeHead(404).end('nothing here')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    async stop() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
