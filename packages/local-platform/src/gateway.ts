import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Log } from './log.ts'
import { PlatformError } from './platform-error.ts'

export interface GatewayRoutes {
  functions(request: IncomingMessage, response: ServerResponse): Promise<void>
  api(request: Request): Promise<Response>
}

export interface Gateway {
  port: number
  close(): Promise<void>
}

/**
 * The one HTTP address of the platform, on the loopback interface: functions are proxied as streams, all else is the REST service's.
 * It listens before its routes exist, because the address is needed to make them; requests wait for `open`.
 */
export async function startGateway(port: number, log: Log): Promise<Gateway & { open(routes: GatewayRoutes): void }> {
  const { promise: opened, resolve: open } = Promise.withResolvers<GatewayRoutes>()
  const api = getRequestListener(async (request) => (await opened).api(request), { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      log({ source: 'platform', level: 'error', message: `${request.method} ${request.url}: ${error.stack ?? error.message}` })
      if (!response.headersSent) response.writeHead(500).end()
      else response.destroy()
    })
  })
  // Answers may stream for as long as a function lives.
  server.requestTimeout = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (path.startsWith('/functions/v1/')) return (await opened).functions(request, response)
    if (path === '/' || path === '/health') {
      await opened
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}')
      return
    }
    await api(request, response)
  }

  const bound = await listen(server, port)
  return { port: bound, open, close: () => close(server) }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message
      reject(
        new PlatformError(
          'invalid_option',
          `Port ${port} cannot be opened: ${reason}. Choose another with port (--port), or leave it out.`,
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

/** How long an answer that is complete may take to leave; by now everything that could answer has stopped. */
const flushMs = 100

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), flushMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
