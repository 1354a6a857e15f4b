import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { WebhookDelivery } from './jobs.ts'

/** A request to an address that a user gave. */
export interface OutboundRequest {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

export interface OutboundBounds {
  signal: AbortSignal
  /** From the first look at the name to the last byte of the answer, in milliseconds. */
  timeoutMs: number
  /** The answer is read this far. 0: its status and headers are enough. */
  maxResponseBytes: number
}

export interface OutboundResponse {
  status: number
  /** By lower-case name. */
  headers: Record<string, string>
  body: Uint8Array
  /** The answer may go on beyond what was read. */
  truncated: boolean
}

/** Calls public addresses and no others, whatever the URL says. Redirects are answers. Never throws: every failure is a coded error. */
export interface Outbound {
  request(request: OutboundRequest, bounds: OutboundBounds): Promise<Result<OutboundResponse, StepError>>
}

/** The signature headers of a delivery, by every secret of its subscription that is valid now. */
export type SignWebhook = (
  delivery: Pick<WebhookDelivery, 'deliveryId' | 'ownerId' | 'subscriptionId' | 'sealedSecrets' | 'body'>,
) => Promise<Result<Record<string, string>, StepError>>
