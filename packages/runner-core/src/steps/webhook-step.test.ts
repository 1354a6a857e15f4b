import { describe, expect, test } from 'vitest'
import { stepError } from '../errors.ts'
import type { Outbound, OutboundBounds, OutboundRequest, OutboundResponse } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { fakeStore } from '../testing/fake-store.ts'
import { bounds, testWorld, webhookDelivery } from '../testing/samples.ts'
import { afterWebhookFailure, webhookBackoffMs, webhookScheduleMs } from './webhook-backoff.ts'
import { webhookStep } from './webhook-step.ts'

const answered = (status: number, headers: Record<string, string> = {}): Result<OutboundResponse, never> =>
  ok({ status, headers, body: new Uint8Array(), truncated: false })

function stage(answer: Awaited<ReturnType<Outbound['request']>> = answered(200)) {
  const sent: { request: OutboundRequest; bounds: OutboundBounds }[] = []
  const { world, store, clock } = testWorld({ store: fakeStore() })
  const outbound: Outbound = {
    async request(request, within) {
      sent.push({ request, bounds: within })
      return answer
    },
  }
  const signWebhook = async () => ok({ 'webhook-id': 'd', 'webhook-signature': 'v1,x' })
  return { sent, store, clock, world: { ...world, outbound, signWebhook } }
}
const outcome = ({ store }: ReturnType<typeof stage>) =>
  store.calls.map(({ method, args }) => [
    method,
    method === 'failWebhookDelivery' ? [args[2], (args[3] as { code: string }).code] : args[2],
  ])

test('a delivery is posted as signed JSON, within 15 seconds, and the answer is not read', async () => {
  const { sent, world, ...rest } = stage(answered(204))
  await webhookStep(webhookDelivery(), world, bounds)
  expect(sent).toMatchObject([
    {
      request: {
        url: 'https://receiver.example/hook',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-id': 'd', 'webhook-signature': 'v1,x' },
        body: '{"type":"battle.closed"}',
      },
      bounds: { timeoutMs: 15_000, maxResponseBytes: 0 },
    },
  ])
  expect(outcome({ sent, world, ...rest })).toEqual([['completeWebhookDelivery', { responseStatus: 204, latencyMs: 0 }]])
})

test('with less of the slice left, the receiver has less time', async () => {
  const { sent, world } = stage()
  await webhookStep(webhookDelivery(), world, { ...bounds, timeoutMs: 4000 })
  expect(sent[0]!.bounds.timeoutMs).toBe(4000)
})

test.each([300, 301, 302, 307, 308, 400, 401, 403, 404, 408, 413, 422, 425, 429, 500, 502, 503])(
  'a receiver that answers %i is asked again',
  async (status) => {
    const scene = stage(answered(status, { location: 'https://elsewhere.example' }))
    expect(await webhookStep(webhookDelivery(), scene.world, bounds)).toEqual({ dueInMs: 5500 })
    expect(outcome(scene)).toEqual([['failWebhookDelivery', [5500, 'webhook_rejected']]])
    expect((scene.store.calls[0]!.args[3] as { message: string }).message).toContain(String(status))
    expect(scene.sent).toHaveLength(1)
  },
)

test('a receiver that is gone is never asked again', async () => {
  const scene = stage(answered(410))
  await webhookStep(webhookDelivery(), scene.world, bounds)
  expect(outcome(scene)).toEqual([['failWebhookDelivery', [null, 'webhook_gone']]])
})

test('a receiver may ask for more time, up to a day', async () => {
  for (const [asked, waits] of [
    ['60', 60_000],
    ['1', 5500],
    ['999999', 86_400_000],
    ['Fri, 20 Nov 2026 08:00:00 GMT', 5500],
    ['-5', 5500],
  ] as const) {
    const scene = stage(answered(503, { 'retry-after': asked }))
    expect(await webhookStep(webhookDelivery(), scene.world, bounds)).toEqual({ dueInMs: waits })
  }
})

test('an address that may not be called is not called again', async () => {
  const scene = stage(fail(stepError('outbound_refused', 'resolves to this machine itself')))
  await webhookStep(webhookDelivery(), scene.world, bounds)
  expect(outcome(scene)).toEqual([['failWebhookDelivery', [null, 'outbound_refused']]])
})

test('nothing is sent for a disabled subscription, nor without a signature', async () => {
  const disabled = stage()
  await webhookStep(webhookDelivery({ enabled: false }), disabled.world, bounds)
  expect([disabled.sent, outcome(disabled)]).toEqual([[], [['failWebhookDelivery', [null, 'webhook_disabled']]]])

  const unsigned = stage()
  const signWebhook = async () => fail(stepError('internal', 'no key'))
  await webhookStep(webhookDelivery(), { ...unsigned.world, signWebhook }, bounds)
  expect([unsigned.sent, outcome(unsigned)]).toEqual([[], [['failWebhookDelivery', [5500, 'internal']]]])
})

test('a lost lease records nothing', async () => {
  const scene = stage(fail(stepError('lease_lost', 'gone')))
  await webhookStep(webhookDelivery(), scene.world, bounds)
  expect(scene.store.calls).toEqual([])
})

describe('the schedule', () => {
  test('is 8 attempts over more than a day, each wait longer than the one before or equal, with up to a fifth more drawn', () => {
    const waits = webhookScheduleMs.map((_, nth) => webhookBackoffMs(nth, () => 0))
    expect(waits).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000])
    expect(waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000).toBeCloseTo(27.58, 2)
    expect(webhookBackoffMs(2, () => 0.999)).toBeLessThan(1_800_000 * 1.2)
    expect(webhookBackoffMs(99, () => 0)).toBe(36_000_000)
  })

  test('ends in the dead letters with the eighth failure', () => {
    const error = stepError('webhook_rejected', 'answered 500')
    expect(afterWebhookFailure({ attempts: 6, maxAttempts: 8 }, error, () => 0)).toEqual({ kind: 'retry', backoffMs: 36_000_000 })
    expect(afterWebhookFailure({ attempts: 7, maxAttempts: 8 }, error, () => 0)).toEqual({ kind: 'dead_letter' })
  })

  test('waits for a master key that a driver lacks, and for nothing else that cannot mend itself', () => {
    const after = (code: 'sealing_key_missing' | 'sealed_unreadable') =>
      afterWebhookFailure({ attempts: 0, maxAttempts: 8 }, stepError(code, 'x'), () => 0).kind
    expect([after('sealing_key_missing'), after('sealed_unreadable')]).toEqual(['retry', 'dead_letter'])
  })
})
