import { z } from 'zod'

/** The secrets of this function, apart from those every function has. */
const schema = z.object({
  /** fal's public keys (https://fal.ai/docs/documentation/model-apis/inference/webhooks). */
  FAL_JWKS_URL: z.url().default('https://rest.fal.ai/.well-known/jwks.json'),
  /** The signing secret of the project's webhook at OpenAI; without it OpenAI's callbacks are refused. */
  OPENAI_WEBHOOK_SECRET: z.string().min(1).optional(),
})
export const signing = Object.freeze(schema.parse(Deno.env.toObject()))

/** A callback whose signature holds. */
export interface Signal {
  /** Told apart from a repeat by it. */
  eventId: string
  /** The provider's task; null: the event is of something else. */
  taskId: string | null
  /** When the event happened, in milliseconds; undefined: it is not said. */
  happenedAt?: number
}

/** Why a callback is not believed. */
export interface Doubt {
  code: 'callback_refused' | 'invalid_json' | 'provider_unavailable'
  message: string
}
