import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import { ok, type Result } from '../../result.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { configured, oneLine } from './configured.ts'
import { openedCredential } from './credential.ts'
import { lacks } from './lacks.ts'
import { refusal } from './received.ts'

const failOnError = { fail_on_error: z.boolean().default(true) }

const slack = z.object({
  message: z.string().min(1).max(40_000),
  channel: oneLine(200).optional(),
  username: oneLine(80).optional(),
  icon_emoji: oneLine(80).optional(),
  icon_url: z.url({ protocol: /^https$/ }).optional(),
  unfurl_links: z.boolean().default(false),
  thread_ts: oneLine(40).optional(),
  ...failOnError,
})

const discord = z.object({
  content: z.string().min(1).max(2000, 'Discord takes 2000 characters of content'),
  username: oneLine(80).optional(),
  avatar_url: z.url({ protocol: /^https$/ }).optional(),
  embed_title: oneLine(256).optional(),
  embed_color: z.number().int().min(0).max(0xffffff).optional(),
  ...failOnError,
})

/** Slack reads <!channel>, <@user> and <link|text>: in the template they work, in a value they are text. */
const atSlack = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const slackNotifyRunner: NodeRunner = async (context) => {
  if (!context.world.outbound) return lacks('call addresses')
  const config = configured(slack, context, { escaped: atSlack })
  if (!config.ok) return { kind: 'failed', error: config.error }
  const { message, unfurl_links, fail_on_error, ...rest } = config.value
  return notified(context, 'slack', { text: message, unfurl_links, ...rest }, fail_on_error)
}

export const discordNotifyRunner: NodeRunner = async (context) => {
  if (!context.world.outbound) return lacks('call addresses')
  const config = configured(discord, context)
  if (!config.ok) return { kind: 'failed', error: config.error }
  const { content, username, avatar_url, embed_title, embed_color, fail_on_error } = config.value
  const embed = { ...(embed_title && { title: embed_title }), ...(embed_color !== undefined && { color: embed_color }) }
  const message = {
    content,
    ...(username && { username }),
    ...(avatar_url && { avatar_url }),
    ...(Object.keys(embed).length > 0 && { embeds: [embed] }),
    // Nobody is called by a text that a model wrote.
    allowed_mentions: { parse: [] },
  }
  return notified(context, 'discord', message, fail_on_error)
}

/** Posts to the incoming webhook that the credential is. The URL is the secret: it stands in no error and no log. */
async function notified(context: NodeContext, kind: 'slack' | 'discord', message: object, failOnError: boolean): Promise<NodeOutcome> {
  const { world, signal, timeoutMs, idempotencyKey } = context
  if (!world.outbound) return lacks('call addresses')
  const url = await webhookUrl(context, kind)
  if (!url.ok) return { kind: 'failed', error: url.error }
  const answer = await world.outbound.request(
    {
      url: url.value,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(message),
    },
    { signal, timeoutMs: Math.min(timeoutMs, 15_000), maxResponseBytes: 2_000 },
  )
  const error = answer.ok ? refusal(kind, answer.value) : answer.error
  if (error && (failOnError || error.code === 'lease_lost')) return { kind: 'failed', error }
  const data = error ? { delivered: false, error: { code: error.code, message: error.message } } : { delivered: true }
  const envelope: NodeOutputEnvelope = { kind: 'json', artifact_kind: 'json', output: error ? '' : 'ok', data }
  return { kind: 'completed', result: { envelope, ports: ['output'] } }
}

async function webhookUrl(context: NodeContext, kind: 'slack' | 'discord'): Promise<Result<string, StepError>> {
  const secret = await openedCredential(context, kind)
  if (!secret.ok) return secret
  if (URL.canParse(secret.value)) return ok(secret.value)
  return { ok: false, error: stepError('credential_invalid', `The credential is not the URL of an incoming webhook of ${kind}.`) }
}
