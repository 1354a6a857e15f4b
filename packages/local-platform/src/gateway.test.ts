import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type GatewayRoutes, startGateway } from './gateway.ts'

const routes = (over: Partial<GatewayRoutes> = {}): GatewayRoutes => ({
  api: async () => new Response('served'),
  functions: async (_: IncomingMessage, response: ServerResponse) => void response.end('served'),
  ...over,
})

let agent: Agent
afterEach(() => agent?.destroy())

async function opened(over?: Partial<GatewayRoutes>) {
  const gateway = await startGateway(0, () => undefined)
  gateway.open(routes(over))
  return gateway
}

interface Answer {
  status: number | undefined
  body: string
  connection: string | undefined
}

/** One request on a connection of its own, unless `agent` keeps one. What was cut is an error's code. */
function ask(port: number, path: string, how: { agent?: Agent } = {}): Promise<Answer | string> {
  return new Promise((resolve) => {
    const asked = request({ port, path, host: '127.0.0.1', agent: how.agent ?? false }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, body, connection: response.headers.connection }))
      response.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
    asked.end()
  })
}

const status = (answer: Answer | string) => (typeof answer === 'string' ? answer : answer.status)

describe('a gateway that closes', () => {
  it('answers every connection that was made before, also those it has not taken yet', async () => {
    const gateway = await opened({ api: async () => new Response('refused', { status: 503 }) })
    const answers = Array.from({ length: 40 }, () => ask(gateway.port, '/rest/v1/x'))
    await new Promise<void>((resolve) => process.nextTick(resolve)) // now all are connected, as far as the system is concerned
    await gateway.close(0)
    expect((await Promise.all(answers)).map(status)).toEqual(Array(40).fill(503))
  })

  it('hears a connection out that has not asked yet', async () => {
    const gateway = await opened()
    const socket = connect(gateway.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    const ended = new Promise((resolve) => socket.once('close', resolve))
    await new Promise((resolve) => socket.once('connect', resolve))
    const closed = gateway.close(60_000)
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
    await closed
    await ended
    expect(heard).toMatch(/^HTTP\/1.1 503 [\s\S]*"code":"platform_stopping"/)
  })

  it('refuses a request that outlasts its patience, and cuts an answer that was half given', async () => {
    const gateway = await opened({
      functions: async (incoming, response) => {
        if (incoming.url?.endsWith('/half')) response.write('half')
      },
    })
    const silent = ask(gateway.port, '/functions/v1/silent')
    const half = ask(gateway.port, '/functions/v1/half')
    await gateway.close(50)
    expect(await silent).toMatchObject({ status: 503, body: expect.stringContaining('whether it was done is not known') })
    expect(await half).toBe('ECONNRESET')
  })

  it('serves what is under way to its end, and tells a kept connection that it was the last', async () => {
    const { promise: may, resolve: finish } = Promise.withResolvers<void>()
    const gateway = await opened({
      functions: async (incoming, response) => {
        if (incoming.url?.endsWith('/slow')) await may
        response.end('served')
      },
    })
    agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const slow = ask(gateway.port, '/functions/v1/slow')
    expect(await ask(gateway.port, '/functions/v1/quick', { agent })).toMatchObject({ status: 200, connection: 'keep-alive' })
    const closed = gateway.close(60_000)
    expect(await ask(gateway.port, '/health', { agent })).toMatchObject({ status: 503, connection: 'close' })
    finish()
    expect(await slow).toMatchObject({ status: 200, body: 'served' })
    await closed
    expect(await ask(gateway.port, '/health')).toBe('ECONNREFUSED')
  })

  it('refuses what waited for a start that failed', async () => {
    const gateway = await startGateway(0, () => undefined)
    const answers = ['/health', '/rest/v1/x', '/functions/v1/x'].map((path) => ask(gateway.port, path))
    await gateway.close(60_000)
    expect((await Promise.all(answers)).map(status)).toEqual([503, 503, 503])
  })
})
