import { z } from 'zod'
import { type StepError, stepError } from '../../errors.ts'
import type { OutboundResponse } from '../../ports/index.ts'
import { fail, ok, type Result } from '../../result.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { configured, oneLine } from './configured.ts'
import { openedCredential } from './credential.ts'
import { requestFollowing } from './follow-redirects.ts'
import { lacks } from './lacks.ts'
import { hostOf, refusal } from './received.ts'

/** What one node may read of an answer: an envelope holds it twice, as text and as data. */
const mostBytes = 200_000
const headers = z.record(z.string(), oneLine(8000)).default({})
/** Text goes as it is, anything else as JSON. */
const body = z.unknown().optional()

const httpRequest = z.object({
  url: z.string(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers,
  body,
  timeout_ms: z.number().positive().default(10_000),
  follow_redirects: z.boolean().default(true),
  response_encoding: z.enum(['utf-8', 'latin1', 'base64']).default('utf-8'),
  max_bytes: z.number().int().min(0).max(mostBytes).default(mostBytes),
  fail_on_error: z.boolean().default(false),
  auth: z.enum(['none', 'bearer', 'basic']).optional(),
})

const webhookSender = z.object({
  url: z.string(),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  headers,
  body,
  timeout_ms: z.number().positive().default(5_000),
  auth: z.enum(['none', 'bearer', 'basic', 'hmac']).optional(),
})

/** http_request: asks, and hands over what came back. Whatever was answered is an answer, unless fail_on_error makes it a failure from 400 on. */
export const httpRequestRunner: NodeRunner = async (context) => {
  const { world, signal, timeoutMs, idempotencyKey } = context
  const { outbound, clock } = world
  if (!outbound) return lacks('call addresses')
  const config = configured(httpRequest, context)
  if (!config.ok) return failed(config.error)
  const { url, method, follow_redirects, response_encoding, max_bytes, fail_on_error } = config.value
  const payload = payloadOf(config.value.body)
  const auth = await authorization(context, config.value.auth ?? defaultAuth(context), '')
  if (!auth.ok) return failed(auth.error)
  // A request that only reads may be repeated without anybody having to know.
  const marks: Record<string, string> = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? {} : { 'idempotency-key': idempotencyKey }
  const request = {
    url,
    method,
    headers: withDefaults(config.value.headers, { ...marks, ...payload.type, ...auth.value }),
    ...(payload.body !== undefined && { body: payload.body }),
  }
  const bounds = { signal, timeoutMs: Math.min(timeoutMs, config.value.timeout_ms), maxResponseBytes: max_bytes }
  const answer = await requestFollowing(request, { outbound, clock, mostHops: follow_redirects ? 5 : 0 }, bounds)
  if (!answer.ok) return failed(answer.error)
  const error = fail_on_error ? refusal(hostOf(url), answer.value) : undefined
  if (error) return failed(error)
  const { status, truncated, hops } = answer.value
  const { text, value } = bodyOf(answer.value, response_encoding)
  const envelope: NodeOutputEnvelope = {
    kind: 'json',
    artifact_kind: 'json',
    output: text,
    data: { status, headers: answer.value.headers, body: value, truncated },
    metadata: {
      status,
      bytes: answer.value.body.byteLength,
      ...(hops > 0 && { redirects: hops }),
    },
  }
  return { kind: 'completed', result: { envelope, ports: ['output'] } }
}

/** webhook_sender: tells a receiver, signed as Standard Webhooks says where it has a signing secret. Anything but a 2xx is a failure. */
export const webhookSenderRunner: NodeRunner = async (context) => {
  const { world, inputs, job, signal, timeoutMs, idempotencyKey } = context
  if (!world.outbound) return lacks('call addresses')
  const config = configured(webhookSender, context)
  if (!config.ok) return failed(config.error)
  const { url, method } = config.value
  const told = { run_id: job.runId, node_id: job.label, inputs }
  const payload = payloadOf(config.value.body ?? told)
  const text = payload.body ?? ''
  const auth = await authorization(context, config.value.auth ?? defaultAuth(context), text)
  if (!auth.ok) return failed(auth.error)
  const answer = await world.outbound.request(
    {
      url,
      method,
      headers: withDefaults(config.value.headers, { 'idempotency-key': idempotencyKey, ...payload.type, ...auth.value }),
      body: text,
    },
    { signal, timeoutMs: Math.min(timeoutMs, config.value.timeout_ms), maxResponseBytes: 2_000 },
  )
  if (!answer.ok) return failed(answer.error)
  const { status } = answer.value
  const host = hostOf(url)
  if (status >= 300) {
    const redirected = stepError(
      'receiver_rejected',
      `${host} answered ${status}: a webhook is not sent after a redirect, so give its new URL.`,
    )
    return failed(refusal(host, answer.value) ?? redirected)
  }
  const envelope: NodeOutputEnvelope = { kind: 'json', artifact_kind: 'json', output: String(status), data: { status, delivered: true } }
  return { kind: 'completed', result: { envelope, ports: ['output'] } }
}

const failed = (error: StepError): NodeOutcome => ({ kind: 'failed', error })

function payloadOf(given: unknown): { body?: string; type: Record<string, string> } {
  if (given === undefined || given === null || given === '') return { type: {} }
  if (typeof given !== 'string') return { body: JSON.stringify(given), type: { 'content-type': 'application/json' } }
  return { body: given, type: { 'content-type': isJson(given) ? 'application/json' : 'text/plain; charset=utf-8' } }
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** What the config says goes before what is added; but a credential is the node's, and no header takes its place. */
function withDefaults(given: Record<string, string>, added: Record<string, string>): Record<string, string> {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const own = Object.entries(added).filter(([name]) => isCredential(name) || !names.has(name))
  const kept = Object.entries(given).filter(([name]) => !(isCredential(name.toLowerCase()) && name.toLowerCase() in added))
  return Object.fromEntries([...kept, ...own])
}
/** A signing secret signs, a token opens. */
const defaultAuth = ({ job }: NodeContext) => (job.credential ? (job.credential.provider === 'webhook' ? 'hmac' : 'bearer') : 'none')

const isCredential = (name: string): boolean => name === 'authorization' || name.startsWith('webhook-')

async function authorization(
  context: NodeContext,
  how: 'none' | 'bearer' | 'basic' | 'hmac',
  body: string,
): Promise<Result<Record<string, string>, StepError>> {
  if (how === 'none') return ok({})
  const secret = await openedCredential(context, how === 'hmac' ? 'webhook' : 'http')
  if (!secret.ok) return secret
  if (how === 'bearer') return ok({ authorization: `Bearer ${secret.value}` })
  if (how === 'basic') {
    if (!secret.value.includes(':')) return fail(stepError('credential_invalid', 'For auth basic the credential is user:password.'))
    return ok({ authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(secret.value)))}` })
  }
  if (!context.world.signMessage) return fail(stepError('capability_missing', 'This driver cannot sign messages.'))
  return context.world.signMessage({ id: context.idempotencyKey, body, secret: secret.value })
}

function bodyOf({ headers, body }: OutboundResponse, encoding: 'utf-8' | 'latin1' | 'base64'): { text: string; value: unknown } {
  if (encoding === 'base64') {
    const text = base64(body)
    return { text, value: text }
  }
  const text = new TextDecoder(encoding).decode(body)
  if (!/^application\/(.+\+)?json\b/i.test(headers['content-type'] ?? '')) return { text, value: text }
  try {
    return { text, value: JSON.parse(text) }
  } catch {
    return { text, value: text }
  }
}

export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768))
  return btoa(text)
}
