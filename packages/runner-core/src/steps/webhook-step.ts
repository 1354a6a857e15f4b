import { persist } from '../engine/persist.ts'
import type { ActBounds, StepReport, StepWorld } from '../engine/step.ts'
import type { StepError } from '../errors.ts'
import { stepError } from '../errors.ts'
import type { OutboundResponse, WebhookAttempt, WebhookDelivery } from '../ports/index.ts'
import type { Result } from '../result.ts'
import { fail } from '../result.ts'
import { afterWebhookFailure } from './webhook-backoff.ts'

/** What a receiver has to answer. Standard Webhooks recommends 15 to 30 s; the shorter leaves a slice room for more of them. */
export const webhookTimeoutMs = 15_000

/** Sends one event to one subscription, and records what the receiver said. */
export async function webhookStep(job: WebhookDelivery, world: StepWorld, bounds: ActBounds): Promise<StepReport> {
  const { store, clock, log } = world
  const startedAt = clock.now()
  const answer = await send(job, world, bounds)
  const attempt: WebhookAttempt = {
    latencyMs: Math.round(clock.now() - startedAt),
    ...(answer.ok ? { responseStatus: answer.value.status } : {}),
  }
  const refusal = answer.ok ? refusalOf(answer.value) : answer.error
  if (refusal !== null) return settle(job, refusal, attempt, world)
  const recorded = await persist(clock, () => store.completeWebhookDelivery(job.jobId, job.leaseToken, attempt))
  if (!recorded.ok) log({ level: 'error', event: 'delivery_not_recorded', job_id: job.jobId, message: recorded.error.message })
  else log({ level: 'info', event: recorded.value ? 'webhook_delivered' : 'lease_lost', job_id: job.jobId, latency_ms: attempt.latencyMs })
  return {}
}

async function send(
  job: WebhookDelivery,
  { outbound, signWebhook }: StepWorld,
  bounds: ActBounds,
): Promise<Result<OutboundResponse, StepError>> {
  if (!job.enabled) return fail(stepError('webhook_disabled', 'The webhook was disabled before this event could be delivered.'))
  if (!outbound || !signWebhook) return fail(stepError('internal', 'This driver was started without what delivers webhooks.'))
  const signature = await signWebhook(job)
  if (!signature.ok) return signature
  return outbound.request(
    { url: job.url, method: 'POST', headers: { 'content-type': 'application/json', ...signature.value }, body: job.body },
    // The status says all: what else the receiver writes is nobody's to keep.
    { signal: bounds.signal, timeoutMs: Math.min(bounds.timeoutMs, webhookTimeoutMs), maxResponseBytes: 0 },
  )
}

/**
 * Why an answer is no acceptance; null when it is one. Whatever is not 2xx is tried again, 4xx too: a receiver that lost its route or its
 * secret is mended within hours, and its events should still arrive. 410 alone means never.
 */
function refusalOf({ status, headers }: OutboundResponse): StepError | null {
  if (status >= 200 && status <= 299) return null
  if (status === 410) return stepError('webhook_gone', 'The receiver answered 410: it wants no more events.')
  if (status >= 300 && status <= 399)
    return stepError(
      'webhook_rejected',
      `The receiver answered ${status}, a redirect, which is not followed: give the webhook its new URL.`,
    )
  return stepError('webhook_rejected', `The receiver answered ${status}.`, retryAfterMs(headers['retry-after']))
}

/** Seconds only: a date would need a clock that agrees with the receiver's. */
const retryAfterMs = (header: string | undefined) =>
  header !== undefined && /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : undefined

async function settle(
  job: WebhookDelivery,
  error: StepError,
  attempt: WebhookAttempt,
  { store, clock, random, log }: StepWorld,
): Promise<StepReport> {
  if (error.code === 'lease_lost') {
    log({ level: 'info', event: 'lease_lost', job_id: job.jobId })
    return {}
  }
  const decision = afterWebhookFailure(job, error, random)
  const backoffMs = decision.kind === 'retry' ? decision.backoffMs : null
  const recorded = await persist(clock, () => store.failWebhookDelivery(job.jobId, job.leaseToken, backoffMs, error, attempt))
  log({
    level: 'warn',
    event: recorded.ok ? `delivery_${recorded.value}` : 'attempt_not_recorded',
    job_id: job.jobId,
    subscription_id: job.subscriptionId,
    code: error.code,
    message: error.message,
    ...(recorded.ok ? {} : { store_error: recorded.error.message }),
  })
  return backoffMs !== null && recorded.ok && recorded.value === 'requeued' ? { dueInMs: backoffMs } : {}
}
