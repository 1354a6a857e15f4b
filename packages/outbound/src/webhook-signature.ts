import { Webhook } from 'standardwebhooks'

export interface WebhookMessage {
  /** The same for every attempt at this message. */
  id: string
  /** Exactly what is sent. */
  body: string
  /** When this attempt is made, in milliseconds since 1970. */
  at: number
  /** Every secret that is valid now; a receiver needs one of them. */
  secrets: string[]
}

/** The headers of a message, as https://www.standardwebhooks.com says: a signature by each secret, between spaces. */
export function webhookHeaders({ id, body, at, secrets }: WebhookMessage): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body)).join(' '),
  }
}

/** What a receiver is shown of a message. */
export interface SignedMessage {
  id: string
  /** The webhook-timestamp header: seconds since 1970. */
  timestamp: string
  body: string
}

/** How far a message's clock may be from the receiver's, as the specification's libraries have it. */
const toleranceMs = 5 * 60_000

/**
 * The signature that a message must carry one of; null when it is too old, or from the future. The caller compares, in a time that tells nothing.
 */
export function expectedSignature({ id, timestamp, body }: SignedMessage, secret: string, now: number): string | null {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > toleranceMs) return null
  return new Webhook(secret).sign(id, new Date(Number(timestamp) * 1000), body)
}
