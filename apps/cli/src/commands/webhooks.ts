import { setTimeout as delay } from 'node:timers/promises'
import { problemError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface WebhookOptions {
  json?: true
  url?: string
  publishableKey?: string
  accessToken?: string
}

export interface AddWebhookOptions extends WebhookOptions {
  event?: string[]
  description?: string
}

/** How long a test waits for the receiver: its 15 seconds, and the time to pick the delivery up. */
const testMs = 20_000

async function inSession(options: WebhookOptions, context: Context, act: (agon: Session['agon']) => Promise<ExitCode>): Promise<ExitCode> {
  const session = await openSession(context, remoteOf(options, context.variables), true)
  try {
    return await act(session.agon)
  } finally {
    await closeSession(context, session)
  }
}

/** Makes a webhook and shows its secret, which nobody is shown again. */
export const addWebhookCommand = (url: string, options: AddWebhookOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const { event = ['*'], description } = options
    const made = await agon.webhooks.create({ url, event_types: event, ...(description === undefined ? {} : { description }) })
    if (!made.ok) throw problemError(made.problem)
    if (options.json) context.print(JSON.stringify(made.value))
    else {
      context.print(`${made.value.webhook_id}\n${made.value.secret}`)
      context.tell('The second line is the signing secret; it is not shown again. docs/webhooks.md has a receiver.')
    }
    return exitCodes.done
  })

export const listWebhooksCommand = (options: WebhookOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const found = await agon.webhooks.list()
    if (!found.ok) throw problemError(found.problem)
    const { webhooks } = found.value
    if (options.json) context.print(JSON.stringify(webhooks))
    else if (webhooks.length === 0) context.print('No webhook yet: npm run agon -- webhooks add <url>')
    else {
      const state = ({ status, disabled_reason }: (typeof webhooks)[0]) =>
        status === 'enabled' ? context.out.good('enabled') : context.out.bad(`disabled: ${disabled_reason}`)
      context.print(
        table(webhooks.map((webhook) => [webhook.webhook_id, state(webhook), printable(webhook.url), webhook.event_types.join(' ')])),
      )
    }
    return exitCodes.done
  })

export const removeWebhookCommand = (id: string, options: WebhookOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const removed = await agon.webhooks.remove(id)
    if (!removed.ok) throw problemError(removed.problem)
    if (options.json) context.print(JSON.stringify(removed.value))
    else context.tell(`${id} is removed, with what was still to be delivered to it.`)
    return exitCodes.done
  })

/** Delivers a ping, and says what became of its first attempt. */
export const testWebhookCommand = (id: string, options: WebhookOptions, context: Context): Promise<ExitCode> =>
  inSession(options, context, async (agon) => {
    const sent = await agon.webhooks.test(id)
    if (!sent.ok) throw problemError(sent.problem)
    for (const end = performance.now() + testMs; ; await delay(200, undefined, { signal: context.interrupt.signal })) {
      const found = await agon.webhooks.deliveries(id, { limit: 20 })
      if (!found.ok) throw problemError(found.problem)
      const delivery = found.value.deliveries.find(({ delivery_id }) => delivery_id === sent.value.delivery_id)
      const attempt = delivery?.attempts[0]
      if (!attempt && performance.now() < end) continue
      const arrived = delivery?.status === 'delivered'
      if (options.json) context.print(JSON.stringify(delivery ?? sent.value))
      else if (arrived) context.print(`${context.out.good('delivered')} ${delivery.response_status} in ${attempt?.latency_ms} ms`)
      else
        context.print(
          `${context.out.bad('not delivered')} ${printable(attempt?.error?.message ?? 'Nothing has tried yet: does deliver-webhooks or a worker run?')}`,
        )
      return arrived ? exitCodes.done : exitCodes.failed
    }
  })
