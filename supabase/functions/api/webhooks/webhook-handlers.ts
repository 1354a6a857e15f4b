import type { ErrorCode, StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { WebhookStore } from '@agon/store/webhook-store'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'
import type { webhookRoutes } from './webhook-routes.ts'

// Loaded by the first request that gives a URL or makes a secret: who reads battles does not wait for it.
const loadGuard = async () => {
  const [{ allowedOrigins }, { parseTarget }] = await Promise.all([
    import('@agon/outbound/allowed-origins'),
    import('@agon/outbound/target'),
  ])
  const allow = allowedOrigins(Deno.env.get('AGON_OUTBOUND_ALLOW'))
  return (url: string) => parseTarget(url, allow)
}
const loadSecrets = async () => {
  const [{ newWebhookSecret }, { webhookKeyName }, { keyringOf, seal }] = await Promise.all([
    import('@agon/outbound/webhook-secret'),
    import('@agon/outbound/webhook-key-name'),
    import('@agon/providers/sealed-keys'),
  ])
  const keyring = keyringOf(Deno.env.toObject())
  return async (owner: string, webhook: string) => {
    if (!keyring.ok) return keyring
    const secret = newWebhookSecret()
    return { ok: true as const, value: { secret, sealed: await seal(secret, webhookKeyName(owner, webhook), keyring.value) } }
  }
}

/** An owner's webhooks. The database decides; these check the URL, make the secrets and turn refusals into problems. */
export function webhookHandlers(store: WebhookStore): Handlers<keyof typeof webhookRoutes> {
  let guard: ReturnType<typeof loadGuard> | undefined
  let secrets: ReturnType<typeof loadSecrets> | undefined
  const none = (id: string) => problem('not_found', `You have no webhook ${id}.`)

  /** What is wrong with a URL; null when it may be given. Its name is resolved when it is called, and then the addresses are looked at. */
  async function urlProblem(url: string): Promise<Response | null> {
    guard ??= loadGuard()
    const target = (await guard)(url)
    return target.ok ? null : problem(target.error.code, target.error.message, [{ path: '/url', message: target.error.message }])
  }
  const newSecret = async (owner: string, webhook: string) => {
    secrets ??= loadSecrets()
    return (await secrets)(owner, webhook)
  }

  async function show<T>(found: Result<T | null, StepError>, id: string, more: object = {}): Promise<Response> {
    if (!found.ok) return problem(found.error.code, found.error.message)
    return found.value === null ? none(id) : Response.json({ ...found.value, ...more })
  }
  const accepted = (answer: Result<{ refused: ErrorCode } | object, StepError>, id: string): Response => {
    if (!answer.ok) return problem(answer.error.code, answer.error.message)
    if (!('refused' in answer.value)) return Response.json(answer.value, { status: 202 })
    return answer.value.refused === 'not_found' ? none(id) : problem(answer.value.refused)
  }

  return {
    async createWebhook({ user, body }) {
      const refused = await urlProblem(body.url)
      if (refused) return refused
      const webhook_id = crypto.randomUUID()
      const made = await newSecret(user, webhook_id)
      if (!made.ok) return problem(made.error.code, made.error.message)
      const stored = await store.create(user, { ...body, webhook_id, sealed_secret: made.value.sealed })
      if (!stored.ok) return problem(stored.error.code, stored.error.message)
      if ('refused' in stored.value) return problem('webhook_limit')
      return Response.json({ ...stored.value, secret: made.value.secret }, { status: 201 })
    },

    async listWebhooks({ user }) {
      const found = await store.list(user)
      return found.ok ? Response.json({ webhooks: found.value }) : problem(found.error.code, found.error.message)
    },

    getWebhook: async ({ user, params: { webhook_id } }) => show(await store.get(webhook_id, user), webhook_id),

    async updateWebhook({ user, params: { webhook_id }, body }) {
      const refused = body.url === undefined ? null : await urlProblem(body.url)
      return refused ?? show(await store.update(webhook_id, user, body), webhook_id)
    },

    async deleteWebhook({ user, params: { webhook_id } }) {
      const removed = await store.remove(webhook_id, user)
      if (!removed.ok) return problem(removed.error.code, removed.error.message)
      return removed.value ? Response.json({ webhook_id, removed: true }) : none(webhook_id)
    },

    testWebhook: async ({ user, params: { webhook_id } }) => accepted(await store.test(webhook_id, user), webhook_id),

    async rotateWebhookSecret({ user, params: { webhook_id } }) {
      const made = await newSecret(user, webhook_id)
      if (!made.ok) return problem(made.error.code, made.error.message)
      return show(await store.rotateSecret(webhook_id, user, made.value.sealed), webhook_id, { secret: made.value.secret })
    },

    async listWebhookDeliveries({ user, params: { webhook_id }, query: { status, limit, cursor } }) {
      const query = { webhook_id, owner_id: user, most: limit, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) }
      return show(await store.deliveries(query), webhook_id)
    },

    redriveWebhookDelivery: async ({ user, params: { webhook_id, delivery_id } }) =>
      accepted(await store.redrive(webhook_id, user, delivery_id), webhook_id),

    redriveWebhook: async ({ user, params: { webhook_id } }) => accepted(await store.redrive(webhook_id, user), webhook_id),
  }
}
