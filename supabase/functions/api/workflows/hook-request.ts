import { fail, ok, type Result } from '@agon/runner-core/result'
import type { HookDocument } from '@agon/store/triggers-store'
import { boundedBody } from '../../_shared/bounded-body.ts'
import { problem } from '../../_shared/problem.ts'
import { isOneOf } from '../../_shared/shown-key.ts'
import { unstorableText } from '../request-rules.ts'
import { sha256 } from '../sha256.ts'

/** A request to a webhook trigger: read before anything is known of who sends it, believed after. */

const mostBytes = 512 * 1024

export interface HookBody {
  text: string
  sha256: string
}

/** The body as it came. What is wrong with it is said to everybody: it tells nothing of the trigger. */
export async function hookBody(request: Request): Promise<Result<HookBody, Response>> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim()
  if (type !== 'application/json')
    return fail(problem('unsupported_media_type', `Got ${type ?? 'no content type'}; send Content-Type: application/json.`))
  const bytes = await boundedBody(request, mostBytes)
  if (!bytes) return fail(problem('payload_too_large'))
  try {
    return ok({ text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), sha256: await sha256(bytes) })
  } catch {
    return fail(problem('invalid_json', 'The body is not UTF-8.'))
  }
}

/** What an unknown trigger is checked against, so that it takes as long as a known one. */
const nobody = { sha256: '0'.repeat(64), secret: `whsec_${btoa('nobody has this secret, whoever asks')}` }

/** Opens the sealed secret of a trigger; null when this project cannot. */
export type OpenSecret = (sealed: string, owner: string) => Promise<string | null>

/**
 * Whether the request may start the trigger's workflow, and the id under which it is known. A bearer token is compared by its digest, a signature
 * as Standard Webhooks says, within five minutes of its timestamp.
 */
export async function hookSender(
  request: Request,
  { text }: HookBody,
  hook: HookDocument | null,
  openSecret: OpenSecret,
  now: number,
): Promise<{ messageId: string | undefined } | null> {
  const header = (name: string) => request.headers.get(name)?.trim() ?? ''
  if (hook?.sealed_secrets.length || (!hook && header('webhook-signature'))) {
    const opened = await Promise.all((hook?.sealed_secrets ?? []).map((sealed) => openSecret(sealed, hook!.owner_id)))
    const secrets = opened.filter((secret) => secret !== null)
    const { expectedSignature } = await import('@agon/outbound/webhook-signature')
    const id = header('webhook-id')
    const given = header('webhook-signature').split(' ')
    let holds = false
    for (const secret of secrets.length === 0 ? [nobody.secret] : secrets) {
      const expected = expectedSignature({ id, timestamp: header('webhook-timestamp'), body: text }, secret, now)
      if (expected !== null && (await isOneOf(expected, given)) && secret !== nobody.secret) holds = true
    }
    return holds && id.length >= 1 && id.length <= 200 ? { messageId: id } : null
  }
  const token = /^Bearer (\S+)$/i.exec(header('authorization'))?.[1] ?? ''
  const shown = await sha256(token)
  const holds = await isOneOf(shown, hook?.secret_sha256s ?? [nobody.sha256])
  const messageId = (header('idempotency-key') || header('webhook-id')).slice(0, 200)
  return hook && holds ? { messageId: messageId || undefined } : null
}

/** The inputs in a body: an object is them, anything else is one of them. */
export function hookInputs({ text }: HookBody, { input_path, input_label }: HookDocument): Result<Record<string, unknown>, Response> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail(problem('invalid_json', 'The body is not JSON. Send a JSON object.'))
  }
  const unstorable = unstorableText(value)
  if (unstorable) return fail(problem('invalid_request', `${unstorable.path}: ${unstorable.message}`, [unstorable]))
  for (const part of input_path?.split('.') ?? []) {
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as Record<string, unknown>)[part] : undefined
  }
  if (value === undefined) return fail(problem('inputs_missing', `The body has nothing at ${input_path}, where this trigger looks.`))
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return ok(isObject ? (value as Record<string, unknown>) : { [input_label ?? 'body']: value })
}
