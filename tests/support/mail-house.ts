import { createServer } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { createAuthority } from './certificates.ts'

export interface Letter {
  secure: boolean
  user: string
  from: string
  to: string[]
  /** By lower-case name, unfolded. */
  headers: Record<string, string>
  body: string
}

/** A mail server on this machine: with STARTTLS, without TLS, and one that says nothing. nobody@ is unknown there, later@ is too early. */
export async function startMailHouse() {
  const authority = createAuthority()
  const { key, certificate } = authority.issue('mail.test')
  const letters: Letter[] = []
  const said: string[] = []
  const serve = (tls: boolean) =>
    new SMTPServer({
      ...(tls ? { key, cert: certificate } : { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
      logger: false,
      authOptional: true,
      onAuth({ username, password }, _session, done) {
        said.push(`AUTH ${username} ${password} ${btoa(`\0${username}\0${password}`)}`)
        if (password === 'the password') done(null, { user: username })
        else done(Object.assign(new Error(`535 no such password: ${password}`), { responseCode: 535 }))
      },
      onRcptTo({ address }, _session, done) {
        if (address.startsWith('nobody@')) return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
        if (address.startsWith('later@')) return done(Object.assign(new Error('try again'), { responseCode: 451 }))
        done()
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n')
          const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
          letters.push({
            secure: session.secure,
            user: String(session.user ?? ''),
            from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
            to: session.envelope.rcptTo.map(({ address }) => address),
            headers: Object.fromEntries(
              lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
            ),
            body: rest.join('\r\n\r\n'),
          })
          done()
        })
      },
    })
  const servers = { starttls: serve(true).on('error', () => undefined), plain: serve(false).on('error', () => undefined) }
  const silent = createServer((socket) => socket.on('error', () => undefined))
  const port = (server: { listen(port: number, host: string, listening: () => void): unknown; address?: () => unknown }, from = server) =>
    new Promise<number>((listening) => server.listen(0, '127.0.0.1', () => listening((from.address!() as { port: number }).port)))
  const ports = {
    starttls: await port(servers.starttls, servers.starttls.server as never),
    plain: await port(servers.plain, servers.plain.server as never),
    silent: await port(silent),
  }
  return {
    ports,
    letters,
    /** What was said to any of them about who it is. */
    said,
    authority: authority.certificate,
    async stop() {
      await Promise.all([servers.starttls, servers.plain].map((server) => new Promise<void>((closed) => server.close(() => closed()))))
      silent.close()
    },
  }
}

export type MailHouse = Awaited<ReturnType<typeof startMailHouse>>
