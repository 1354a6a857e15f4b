import { createServer as createPlainServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { createAuthority } from '../support/certificates.ts'

/** What a hostile or a broken receiver writes when it is asked; by the path it is asked at. */
const behaviours: Record<string, (socket: Socket, request: string) => void> = {
  accept: (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'),
  sized: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nx-two: b\r\n\r\nhello'),
  chunked: (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;note=1\r\nlo\r\n0\r\nTrailer: x\r\n\r\n'),
  'until-close': (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'),
  hints: (socket) =>
    socket.write(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ),
  redirect: (socket) =>
    socket.write('HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data/\r\nContent-Length: 0\r\n\r\n'),
  silent: () => undefined,
  'drip-head': (socket) => drip(socket, `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(10_000)}`),
  'drip-body': (socket) => drip(socket, 'x'.repeat(10_000), 'HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n'),
  flood: (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${'x'.repeat(0x10000)}\r\n`),
  'flood-of-framing': (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `1;${'x'.repeat(1000)}\r\nx\r\n`),
  'endless-head': (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n', `X-Header: ${'x'.repeat(1000)}\r\n`),
  nonsense: (socket) => socket.write('220 mail.example ESMTP\r\n'),
  cut: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
  reset: (socket) => socket.destroy(),
  echo: (socket, request) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(request)}\r\n\r\n${request}`),
}

function drip(socket: Socket, text: string, head = ''): void {
  socket.write(head)
  let at = 0
  const timer = setInterval(() => socket.write(text[at++] ?? 'x'), 20)
  socket.on('close', () => clearInterval(timer))
}

function flood(socket: Socket, head: string, piece: string): void {
  socket.write(head)
  const pour = () => {
    while (!socket.destroyed && socket.write(piece)) {}
  }
  socket.on('drain', pour)
  pour()
}

/** Servers whose bytes are written by hand, with and without TLS, on addresses of this machine. */
export async function startReceivers() {
  const authority = createAuthority()
  const asked: { server: string; path: string }[] = []
  const sockets = new Set<Socket>()
  const serve = (server: string) => (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let request = ''
    const read = (data: Buffer) => {
      request += data.toString()
      const [head, body = ''] = request.split('\r\n\r\n')
      const length = Number(/content-length: (\d+)/.exec(head!)?.[1] ?? 0)
      if (!request.includes('\r\n\r\n') || Buffer.byteLength(body) < length) return
      socket.off('data', read)
      socket.resume()
      const path = request.split(' ', 2)[1]!.slice(1).split('?', 1)[0]!
      asked.push({ server, path })
      behaviours[path]?.(socket, request)
    }
    socket.on('data', read)
  }
  const right = authority.issue('receiver.test')
  const wrong = authority.issue('other.test')
  const stranger = createAuthority('Nobody').issue('receiver.test')
  const secure = (name: string, { key, certificate }: typeof right) => createSecureServer({ key, cert: certificate }, serve(name))
  const servers = {
    right: secure('right', right),
    wrong: secure('wrong', wrong),
    stranger: secure('stranger', stranger),
    plain: createPlainServer(serve('plain')),
  }
  const ports: Record<string, number> = {}
  for (const [name, server] of Object.entries(servers)) {
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    ports[name] = (server.address() as { port: number }).port
  }
  return {
    ports: ports as Record<keyof typeof servers, number>,
    authority: authority.certificate,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(Object.values(servers).map((server) => new Promise((closed) => server.close(closed))))
    },
  }
}

export type Receivers = Awaited<ReturnType<typeof startReceivers>>
