import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import type { Log } from './log.ts'
import { PlatformError } from './platform-error.ts'
import { refusal, refuse } from './stopping.ts'

export interface GatewayRoutes {
  functions(request: IncomingMessage, response: ServerResponse): Promise<void>
  api(request: Request): Promise<Response>
}

export interface Gateway {
  port: number
  /** Refuses, with an answer, whatever is asked from now on, and ends every connection once nothing is owed to it or `patienceMs` are over. */
  close(patienceMs?: number): Promise<void>
}

/**
 * The one HTTP address of the platform, on the loopback interface: functions are proxied as streams, all else is the REST service's.
 * It listens before its routes exist, because the address is needed to make them; requests wait for `open`.
 */
export async function startGateway(port: number, log: Log): Promise<Gateway & { open(routes: GatewayRoutes): void }> {
  const { promise: opened, resolve: open } = Promise.withResolvers<GatewayRoutes>()
  const api = getRequestListener(async (request) => (await opened).api(request), { overrideGlobalObjects: false })
  let closing = false
  const server = createServer((request, response) => {
    if (closing) response.shouldKeepAlive = false
    answer(request, response).catch((error: Error) => {
      log({ source: 'platform', level: 'error', message: `${request.method} ${request.url}: ${error.stack ?? error.message}` })
      if (!response.headersSent) response.writeHead(500).end()
      else response.destroy()
    })
  })
  // Answers may stream for as long as a function lives.
  server.requestTimeout = 0
  const debts = countDebts(server)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (path.startsWith('/functions/v1/')) return (await opened).functions(request, response)
    if (path === '/' || path === '/health') {
      await opened
      if (closing) return refuse(response)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}')
      return
    }
    await api(request, response)
  }

  const bound = await listen(server, port)
  return {
    port: bound,
    open,
    async close(patienceMs = 1000) {
      closing = true
      // For a start that failed: what waited for it is answered too.
      open({ api: async () => refusal(), functions: async (_, response) => refuse(response) })
      await debts.paid(patienceMs)
      await close(server)
    },
  }
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

/** One turn of the event loop with a look at every socket in it, however long that turn takes. */
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))

/** How many connections the system takes at most before this process does: Node's own default for `listen`. */
const backlog = 511

/**
 * What the server owes: an answer to each request, and a hearing to each connection that has not asked yet. A connection that the system has
 * taken and this process has not is not counted, but shows itself in the next turns, one in each; closing before that would reset it. So there
 * are as many turns as that takes, also where the machine is so busy that the patience is over after a few.
 */
function countDebts(server: Server) {
  let arrived = 0
  const silent = new Set<Socket>()
  const unanswered = new Set<ServerResponse>()
  server.on('connection', (socket: Socket) => {
    arrived += 1
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    arrived += 1
    silent.delete(request.socket)
    unanswered.add(response)
    response.once('close', () => unanswered.delete(response))
  })
  return {
    async paid(patienceMs: number): Promise<void> {
      const end = performance.now() + patienceMs
      const patient = () => performance.now() < end
      let seen = -1
      for (let turns = 0; seen < arrived ? turns < backlog || patient() : silent.size + unanswered.size > 0 && patient(); turns++) {
        if (seen === arrived) await delay(5)
        seen = arrived
        await turn()
      }
      for (const response of unanswered) refuse(response, true)
      await turn()
    },
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
