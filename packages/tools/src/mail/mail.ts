import type { HostGuard } from '@agon/outbound'
import type { Mail, MailMessage, MailServer } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'

export interface MailOptions {
  /** Says which address a server a user named may be reached at. */
  guard: HostGuard
  /** Ports this driver cannot reach: on the hosted platform 25 and 587. */
  closedPorts?: readonly number[]
  /** PEM certificates to trust instead of the system's: for tests, and for a network with an authority of its own. */
  authorities?: string[]
}

/** The ports edge functions cannot reach (https://supabase.com/docs/guides/functions/limits). */
export const closedToEdge: readonly number[] = [25, 587]

/**
 * Sends mail by SMTP, and by nothing but TLS: from the first byte at 465, elsewhere by STARTTLS before anything is said. The server's name
 * is resolved once and checked as every address of a user is; the certificate is checked against the name.
 */
export function createMail({ guard, closedPorts = [], authorities }: MailOptions): Mail {
  return {
    async send(server, message, { signal, timeoutMs }) {
      if (closedPorts.includes(server.port))
        return fail(stepError('mail_port_closed', `Port ${server.port} of ${server.host} is closed to edge functions; use 465 or 2525.`))
      const checked = await guard(server.host, server.port)
      if (!checked.ok) return checked
      if (signal.aborted) return fail(abandoned())
      const { createTransport } = await import('nodemailer')
      const { servername, addresses } = checked.value
      const late = AbortSignal.timeout(Math.max(1, Math.min(timeoutMs, 2 ** 31 - 1)))
      const transport = createTransport({
        host: addresses[0]!,
        port: server.port,
        secure: server.port === 465,
        requireTLS: true,
        ...(server.user !== undefined && { auth: { user: server.user, pass: server.password ?? '' } }),
        tls: { ...(servername && { servername }), ...(authorities && { ca: authorities }), rejectUnauthorized: true },
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        // A message is what its node says, and names no file and no address to fetch.
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        const { messageId, accepted, rejected } = await transport.sendMail({ ...letter(message), signal: AbortSignal.any([signal, late]) })
        return ok({ messageId, accepted, refused: rejected })
      } catch (error) {
        if (signal.aborted) return fail(abandoned())
        if (late.aborted)
          return fail(stepError('outbound_timeout', `${server.host} did not take the message within ${Math.round(timeoutMs)} ms.`))
        return fail(refusal(error, server))
      } finally {
        transport.close()
      }
    },
  }
}

const abandoned = () => stepError('lease_lost', 'The message was abandoned: the driver no longer owns the job.')

function letter({ from, to, cc, bcc, replyTo, subject, text, html, id }: MailMessage) {
  const domain = from.address.split('@').at(-1)!
  return {
    from: { name: from.name ?? '', address: from.address },
    // As objects: what looks like two addresses in one text is one that is refused, and no second recipient.
    to: to.map(addressed),
    cc: cc.map(addressed),
    bcc: bcc.map(addressed),
    ...(replyTo && { replyTo: addressed(replyTo) }),
    subject,
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    messageId: `<${id.replaceAll(/[^A-Za-z0-9.-]/g, '-')}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

const addressed = (address: string) => ({ name: '', address })

/** SMTP: 4xx passes by itself, 5xx does not. What the server says is shown without what we told it. */
function refusal(error: unknown, { host, user, password }: MailServer): StepError {
  const { code, responseCode, response } = error as { code?: unknown; responseCode?: unknown; response?: unknown }
  let said = typeof response === 'string' ? response.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 200) : ''
  for (const secret of [password, user && btoa(`\0${user}\0${password}`)]) if (secret) said = said.replaceAll(secret, '[redacted]')
  const detail = said === '' ? (typeof code === 'string' ? ` (${code})` : '') : `: ${said}`
  if (typeof responseCode === 'number' && responseCode >= 500) return stepError('mail_rejected', `${host} refused the message${detail}.`)
  if (code === 'EAUTH' && typeof responseCode !== 'number')
    return stepError('mail_rejected', `${host} takes none of the ways to log in${detail}.`)
  if (code === 'EENVELOPE' && typeof responseCode !== 'number')
    return stepError('mail_rejected', `The recipients are not as they must be${detail}.`)
  return stepError('mail_unavailable', `${host} did not take the message${detail}.`)
}
