import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { CallOptions, Provider } from '@agon/runner-core'
import { afterEach, describe, expect, test } from 'vitest'
import { createProviders, providerConfiguration } from '../../packages/providers/src/index.ts'

/** What a server does once a request has come in, on a real socket. */
type Behaviour = (socket: Socket) => void

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const hangInBody: Record<string, Behaviour> = {
  'of a known length': (socket) => socket.write(`${head}content-length: 900\r\n\r\n{"id":`),
  'in chunks': (socket) => socket.write(`${head}transfer-encoding: chunked\r\n\r\n6\r\n{"id":\r\n`),
  'that ends with the connection': (socket) => socket.write(`${head}connection: close\r\n\r\n{"id":`),
}
const breakInBody: Record<string, Behaviour> = {
  'of a known length': (socket) => socket.end(`${head}content-length: 900\r\n\r\n{"id":`),
  'in chunks': (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n6\r\n{"id":\r\n`),
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serving(behaviour: Behaviour): Promise<{ port: number; asked: Promise<unknown>; closed: Promise<unknown> }> {
  const sockets = new Set<Socket>()
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', closed.resolve)
    socket.once('data', () => {
      behaviour(socket)
      asked.resolve()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { port: (server.address() as AddressInfo).port, asked: asked.promise, closed: closed.promise }
}

const wires = {
  openai: (port: number) => ({ SPARRING_BASE_URL: `http://127.0.0.1:${port}/v1` }),
  anthropic: (port: number) => ({ SPARRING_ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` }),
}

describe.each(Object.entries(wires))('on the %s wire', (wire, environment) => {
  const ask = (port: number, options: Partial<CallOptions> = {}) => {
    const found = createProviders(providerConfiguration(environment(port)))(wire === 'openai' ? 'sparring' : 'sparring-anthropic')
    if (!found.ok) throw new Error(found.error.message)
    const provider: Provider = found.value
    const call = { signal: new AbortController().signal, timeoutMs: 10_000, idempotencyKey: 'job-7', ...options }
    return provider.generateText({ wireModel: 'm', prompt: 'Write a haiku.', maxTokens: 64 }, call)
  }

  describe.each(Object.entries(hangInBody))('an answer %s that never ends', (_framing, behaviour) => {
    test('is a timeout, and the connection is given up', async () => {
      const { port, closed } = await serving(behaviour)
      expect(await ask(port, { timeoutMs: 150 })).toMatchObject({ ok: false, error: { code: 'provider_timeout' } })
      await closed
    }, 10_000)

    test('is a lost lease when the signal aborts, and the connection is given up', async () => {
      const { port, asked, closed } = await serving(behaviour)
      const lease = new AbortController()
      const result = ask(port, { signal: lease.signal })
      await asked
      lease.abort()
      expect(await result).toMatchObject({ ok: false, error: { code: 'lease_lost' } })
      await closed
    }, 10_000)
  })

  test.each(Object.entries(breakInBody))('an answer %s that breaks off is unavailable, not malformed', async (_framing, behaviour) => {
    const { port } = await serving(behaviour)
    expect(await ask(port)).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
  })

  test('an answer cut where the connection ends cannot be told from a whole one, and is malformed', async () => {
    const { port } = await serving((socket) => socket.end(`${head}connection: close\r\n\r\n{"id":`))
    expect(await ask(port)).toMatchObject({ ok: false, error: { code: 'provider_malformed' } })
  })

  test('a reset before the answer is unavailable', async () => {
    const { port } = await serving((socket) => socket.resetAndDestroy())
    expect(await ask(port)).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
  })

  test('a port where nothing listens is unavailable, and the message says where', async () => {
    const { port } = await serving(() => {})
    for (const close of closing.splice(0)) await close()
    const result = await ask(port)
    expect(result).toMatchObject({ ok: false, error: { code: 'provider_unavailable' } })
    expect(result).toHaveProperty('error.message', expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*ECONNREFUSED`)))
  })

  test('a failed request whose explanation breaks off keeps its status', async () => {
    const unauthorized = 'HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"er'
    const { port } = await serving((socket) => socket.end(unauthorized))
    expect(await ask(port)).toMatchObject({ ok: false, error: { code: 'provider_auth' } })
  })
})
