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
