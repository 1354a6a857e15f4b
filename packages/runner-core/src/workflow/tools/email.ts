import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import type { MailMessage, MailServer } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeRunner } from '../node-runner.ts'
import { configured, oneLine } from './configured.ts'
import { openedCredential } from './credential.ts'
import { lacks } from './lacks.ts'

/** One node is no mailing list. */
const mostRecipients = 50

const address = z.email('expected addresses as name@example.com, between commas').max(254)
/** A list, or a text with commas: so a template can make one. Names beside addresses are not taken, because a name could hide one. */
const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((given) =>
    [given]
      .flat()
      .flatMap((text) => text.split(/[,;]/))
      .map((text) => text.trim())
      .filter(Boolean),
  )
  .pipe(z.array(address).max(mostRecipients))

const email = z.object({
  to: addresses.refine((list) => list.length > 0, 'nobody is named'),
  cc: addresses.default([]),
  bcc: addresses.default([]),
  subject: oneLine(500),
  body: z.string().max(1_000_000),
  body_format: z.enum(['text', 'html']).default('text'),
  reply_to: address.optional(),
  from_name: oneLine(100).optional(),
  fail_on_error: z.boolean().default(true),
})

const server = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  user: z.string().max(320).optional(),
  password: z.string().max(1000).optional(),
  from: address,
})

const asHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')

export const emailSendRunner: NodeRunner = async (context) => {
  const { world, job, signal, timeoutMs, idempotencyKey, config: given } = context
  if (!world.mail) return lacks('send mail')
  const plain = configured(email, context)
  // A value in an HTML body is text there; in a subject it would be seen escaped.
  const body = given.body_format === 'html' ? configured(email.pick({ body: true }), context, { escaped: asHtml }) : plain
  if (!plain.ok) return { kind: 'failed', error: plain.error }
  if (!body.ok) return { kind: 'failed', error: body.error }
  const { to, cc, bcc, subject, body_format, reply_to, from_name, fail_on_error } = plain.value
  if (to.length + cc.length + bcc.length > mostRecipients)
    return { kind: 'failed', error: stepError('node_config', `config.to, cc and bcc: ${mostRecipients} recipients in all are the most.`) }
  const secret = await openedCredential(context, 'smtp')
  if (!secret.ok) return { kind: 'failed', error: secret.error }
  const parsed = serverOf(secret.value)
  if (!parsed.ok) return { kind: 'failed', error: parsed.error }
  const message: MailMessage = {
    from: { address: parsed.value.from, ...(from_name && { name: from_name }) },
    to,
    cc,
    bcc,
    subject,
    ...(reply_to && { replyTo: reply_to }),
    ...(body_format === 'html' ? { html: body.value.body } : { text: body.value.body }),
    id: idempotencyKey,
  }
  const sent = await world.mail.send(parsed.value, message, { signal, timeoutMs: Math.min(timeoutMs, 30_000) })
  if (!sent.ok && (fail_on_error || sent.error.code === 'lease_lost')) return { kind: 'failed', error: sent.error }
  const data = sent.ok
    ? { sent: true, message_id: sent.value.messageId, accepted: sent.value.accepted, refused: sent.value.refused }
    : { sent: false, error: { code: sent.error.code, message: sent.error.message } }
  if (sent.ok && sent.value.refused.length > 0)
    context.note({ type: 'node.log', data: { node: job.label, refused_recipients: sent.value.refused.length } })
  const envelope: NodeOutputEnvelope = { kind: 'json', artifact_kind: 'json', output: sent.ok ? sent.value.messageId : '', data }
  return { kind: 'completed', result: { envelope, ports: ['output'] } }
}

function serverOf(text: string): Result<MailServer & { from: string }, StepError> {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return fail(
      stepError('credential_invalid', 'The credential of a mail server is JSON: {"host":…,"port":465,"user":…,"password":…,"from":…}.'),
    )
  }
  const parsed = server.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return fail(
      stepError(
        'credential_invalid',
        `The credential of the mail server: ${issue!.path.join('.') || 'it'} is not as it must be (${issue!.code}).`,
      ),
    )
  }
  const { host, port, user, password, from } = parsed.data
  return ok({ host, port, from, ...(user !== undefined && { user }), ...(password !== undefined && { password }) })
}
