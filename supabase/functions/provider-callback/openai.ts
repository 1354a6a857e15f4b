import { fail, ok, type Result } from '@agon/runner-core/result'
import { z } from 'zod'
import { type Doubt, type Signal, signing } from './signals.ts'

const event = z.object({ type: z.string(), created_at: z.number().optional(), data: z.object({ id: z.string().min(1).max(200) }) })

/** OpenAI's webhook, by its own SDK, which is loaded by the first: Standard Webhooks, five minutes of leeway. */
export async function openaiSignal(raw: Uint8Array<ArrayBuffer>, headers: Headers): Promise<Result<Signal, Doubt>> {
  const secret = signing.OPENAI_WEBHOOK_SECRET
  if (secret === undefined)
    return fail({ code: 'callback_refused', message: 'OPENAI_WEBHOOK_SECRET is not set, so no signature can hold.' })
  const { OpenAI } = await import('openai')
  const { webhooks } = new OpenAI({ apiKey: 'none', organization: null, project: null, adminAPIKey: null, webhookSecret: secret })
  let unwrapped: unknown
  try {
    unwrapped = await webhooks.unwrap(new TextDecoder().decode(raw), headers)
  } catch (error) {
    const isJson = error instanceof SyntaxError
    return fail({
      code: isJson ? 'invalid_json' : 'callback_refused',
      message: error instanceof Error ? error.message : 'The signature does not hold.',
    })
  }
  const parsed = event.safeParse(unwrapped)
  const eventId = headers.get('webhook-id')!.slice(0, 200)
  if (!parsed.success || !/^(response|video)\./.test(parsed.data.type)) return ok({ eventId, taskId: null })
  const { created_at, data } = parsed.data
  return ok({ eventId, taskId: data.id, ...(created_at !== undefined && { happenedAt: created_at * 1000 }) })
}
