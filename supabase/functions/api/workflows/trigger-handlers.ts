import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { triggerConfigs } from '@agon/runner-core/trigger-config'
import type { OperatorStore } from '@agon/store/operator-store'
import type { ShownTrigger, TriggersStore } from '@agon/store/triggers-store'
import { environment } from '../../_shared/environment.ts'
import { problem } from '../../_shared/problem.ts'
import { invalidRequest } from '../request-rules.ts'
import type { Handlers } from '../routes.ts'
import { sha256 } from '../sha256.ts'
import { hookBody, hookInputs, hookSender } from './hook-request.ts'
import type { triggerRoutes } from './trigger-routes.ts'

// Loaded by the first request that needs it: the rules of time zones, and what opens secrets.
const loadDues = () => import('@agon/runner-core/due-times')
const loadSeals = async () => {
  const [{ webhookKeyName }, { keyringOf, seal, open }] = await Promise.all([
    import('@agon/outbound/webhook-key-name'),
    import('@agon/providers/sealed-keys'),
  ])
  return { webhookKeyName, seal, open, keyring: keyringOf(Deno.env.toObject()) }
}

type Schedule = Parameters<Awaited<ReturnType<typeof loadDues>>['scheduleDues']>[0]

/** How often a caller that waits looks, in milliseconds: soon at first, for a workflow that takes no time. */
const lookAfter = (look: number) => Math.min(1000, 100 * 2 ** look)
const hooksPerMinute = environment.AGON_WRITES_PER_MINUTE

/** An owner's triggers, and the requests that start workflows. The database decides; these compute due times, make and check secrets. */
export function triggerHandlers(
  store: TriggersStore,
  { countRequest }: Pick<OperatorStore, 'countRequest'>,
): Handlers<keyof typeof triggerRoutes> {
  const none = (id: string) => problem('not_found', `You have no trigger ${id}.`)
  const failed = ({ code, message }: StepError) => problem(code, message)
  const url = (id: string) => `${environment.SUPABASE_URL}/functions/v1/api/hooks/${id}`
  const shown = (trigger: ShownTrigger) => (trigger.kind === 'webhook' ? { ...trigger, url: url(trigger.trigger_id) } : trigger)

  function refused(
    { refused: code, message, path }: { refused: Parameters<typeof problem>[0]; message?: string | undefined; path?: string | undefined },
    missing: string,
  ) {
    if (code === 'not_found') return problem('not_found', message ?? missing)
    return problem(code, message, path === undefined ? undefined : [{ path, message: message ?? code }])
  }

  /** When a schedule is due next, as the database keeps it. */
  async function duesOf(schedule: Schedule): Promise<Result<string[], StepError>> {
    const { scheduleDues } = await loadDues()
    const found = scheduleDues(schedule, { nowMs: Date.now() })
    if (!found.ok) return found
    if (found.value.dues.length === 0)
      return fail(stepError('schedule_never_due', 'Nothing fits its expression, its calendar, start_at and end_at.'))
    return ok(found.value.dues.map((due) => new Date(due).toISOString()))
  }

  async function newSecret(
    auth: unknown,
    owner: string,
    trigger: string,
  ): Promise<Result<{ secret: string; kept: Record<string, string> }, StepError>> {
    if (auth !== 'hmac') {
      const bytes = crypto.getRandomValues(new Uint8Array(32))
      const secret = `agon_hook_${btoa(String.fromCharCode(...bytes))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/=+$/, '')}`
      return ok({ secret, kept: { secret_sha256: await sha256(secret) } })
    }
    const [{ keyring, seal, webhookKeyName }, { newWebhookSecret }] = await Promise.all([
      loadSeals(),
      import('@agon/outbound/webhook-secret'),
    ])
    if (!keyring.ok) return keyring
    const secret = newWebhookSecret()
    return ok({ secret, kept: { sealed_secret: await seal(secret, webhookKeyName(owner, trigger), keyring.value) } })
  }

  const openSecret = (trigger: string) => async (sealed: string, owner: string) => {
    const { keyring, open, webhookKeyName } = await loadSeals()
    if (!keyring.ok) return null
    const opened = await open(sealed, webhookKeyName(owner, trigger), keyring.value)
    return opened.ok ? opened.value : null
  }

  /** The answer to who started a run and waits for its end, `wait` seconds at most. */
  async function outcome(trigger: string, run: { run_id: string; status: string; created: boolean }, wait: number): Promise<Response> {
    const until = Date.now() + wait * 1000
    for (let look = 0; wait > 0; look++) {
      const found = await store.hookResult(trigger, run.run_id)
      if (!found.ok || found.value === null) break
      const { status, ended, output, error } = found.value
      if (ended) return Response.json({ ...run, status, output, ...(error ? { error } : {}) })
      const left = until - Date.now()
      if (left <= 0) return Response.json({ ...run, status }, { status: 202 })
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, lookAfter(look))))
    }
    return Response.json(run, { status: 202 })
  }

  return {
    async createTrigger({ user, body }) {
      const trigger_id = crypto.randomUUID()
      const row: Record<string, unknown> = { ...body, trigger_id }
      let secret: string | undefined
      if (body.kind === 'schedule') {
        const dues = await duesOf(body.config)
        if (!dues.ok) return scheduleProblem(dues.error, '/config')
        row.dues = dues.value
      }
      if (body.kind === 'webhook') {
        const made = await newSecret(body.config.auth, user, trigger_id)
        if (!made.ok) return failed(made.error)
        secret = made.value.secret
        Object.assign(row, made.value.kept)
      }
      const stored = await store.create(user, row)
      if (!stored.ok) return failed(stored.error)
      if ('refused' in stored.value) return refused(stored.value as never, `You can run no workflow ${body.workflow_id} of that version.`)
      return Response.json({ ...shown(stored.value as ShownTrigger), ...(secret && { secret }) }, { status: 201 })
    },

    async listTriggers({ user, query: { workflow_id } }) {
      const found = await store.list(user, workflow_id)
      return found.ok ? Response.json({ triggers: found.value.map(shown) }) : failed(found.error)
    },

    async previewSchedule({ body: { from, count, ...schedule } }) {
      const { scheduleDues, localDues } = await loadDues()
      const found = scheduleDues(schedule, {
        nowMs: from === undefined ? Date.now() : Date.parse(from) - 1,
        most: count,
        horizonMs: Number.MAX_SAFE_INTEGER,
      })
      if (!found.ok) return scheduleProblem(found.error)
      const local = localDues(schedule, found.value.dues)
      if (!local.ok) return scheduleProblem(local.error)
      return Response.json({
        timezone: schedule.timezone,
        dues: local.value.map(({ due_ms, local }) => ({ due_at: new Date(due_ms).toISOString(), local })),
      })
    },

    async getTrigger({ user, params: { trigger_id } }) {
      const found = await store.get(trigger_id, user)
      if (!found.ok) return failed(found.error)
      return found.value === null ? none(trigger_id) : Response.json(shown(found.value))
    },

    async updateTrigger({ user, params: { trigger_id }, body }) {
      const row: Record<string, unknown> = { ...body }
      if (body.config || body.enabled) {
        const found = await store.get(trigger_id, user)
        if (!found.ok) return failed(found.error)
        if (found.value === null) return none(trigger_id)
        const { kind, enabled } = found.value
        const config = triggerConfigs[kind].safeParse(body.config ?? found.value.config)
        if (!config.success)
          return invalidRequest({
            ...config.error,
            issues: config.error.issues.map((issue) => ({ ...issue, path: ['config', ...issue.path] })),
          } as never)
        if (body.config) row.config = config.data
        if (kind === 'webhook' && (config.data as { auth: string }).auth !== found.value.config.auth)
          return problem('trigger_kind', 'How callers show who they are is settled when a trigger is made: make another one.')
        if (kind === 'schedule' && (body.enabled ?? enabled)) {
          const dues = await duesOf(config.data as Schedule)
          if (!dues.ok) return scheduleProblem(dues.error, '/config')
          row.dues = dues.value
        }
      }
      const stored = await store.update(trigger_id, user, row)
      if (!stored.ok) return failed(stored.error)
      if ('refused' in stored.value)
        return refused(
          stored.value as never,
          `You have no trigger ${trigger_id}${body.version_id ? `, or can run no version ${body.version_id} of its workflow` : ''}.`,
        )
      return Response.json(shown(stored.value as ShownTrigger))
    },

    async deleteTrigger({ user, params: { trigger_id } }) {
      const removed = await store.remove(trigger_id, user)
      if (!removed.ok) return failed(removed.error)
      return removed.value ? Response.json({ trigger_id, removed: true }) : none(trigger_id)
    },

    async fireTrigger({ user, params: { trigger_id }, body: { inputs } }) {
      const fired = await store.fire(trigger_id, user, inputs)
      if (!fired.ok) return failed(fired.error)
      return 'refused' in fired.value
        ? refused(fired.value as never, `You have no trigger ${trigger_id}.`)
        : Response.json(fired.value, { status: 202 })
    },

    async rotateTriggerSecret({ user, params: { trigger_id }, query: { old_valid_s } }) {
      const found = await store.get(trigger_id, user)
      if (!found.ok) return failed(found.error)
      if (found.value === null) return none(trigger_id)
      if (found.value.kind !== 'webhook') return problem('trigger_kind')
      const made = await newSecret(found.value.config.auth, user, trigger_id)
      if (!made.ok) return failed(made.error)
      const rotated = await store.rotateSecret(trigger_id, user, made.value.kept, old_valid_s)
      if (!rotated.ok) return failed(rotated.error)
      return rotated.value === null ? none(trigger_id) : Response.json({ ...shown(rotated.value), secret: made.value.secret })
    },

    async listTriggerFirings({ user, params: { trigger_id }, query: { limit, cursor } }) {
      const page = await store.firings(trigger_id, user, limit, cursor)
      if (!page.ok) return failed(page.error)
      return page.value === null ? none(trigger_id) : Response.json(page.value)
    },

    async fireHook({ request, params: { trigger_id }, query: { wait } }) {
      const body = await hookBody(request)
      if (!body.ok) return body.error
      const known = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(trigger_id)
      const hook = await store.openHook(known ? trigger_id : '00000000-0000-0000-0000-000000000000')
      if (!hook.ok) return failed(hook.error)
      const sender = await hookSender(request, body.value, hook.value, openSecret(trigger_id), Date.now())
      if (!sender || !hook.value) return problem('hook_refused')
      const inputs = hookInputs(body.value, hook.value)
      if (!inputs.ok) return inputs.error
      if (hooksPerMinute > 0) {
        const counted = await countRequest(`hook:${trigger_id}`, hooksPerMinute, 60_000)
        if (!counted.ok) return failed(counted.error)
        if (!counted.value.allowed) {
          const limited = problem('rate_limited', `A trigger takes ${hooksPerMinute} requests a minute.`)
          limited.headers.set('retry-after', String(Math.max(1, Math.ceil(counted.value.reset_ms / 1000))))
          return limited
        }
      }
      const fired = await store.fireHook(trigger_id, inputs.value, body.value.sha256, sender.messageId)
      if (!fired.ok) return failed(fired.error)
      if (!('refused' in fired.value)) return outcome(trigger_id, fired.value as never, wait)
      // Its workflow is its owner's business: who calls is told no more than that it does not work.
      return fired.value.refused === 'not_found' ? problem('hook_refused') : refused(fired.value as never, '')
    },
  }
}

/** The message begins with the field's name: said as a path, too. */
function scheduleProblem({ code, message }: StepError, under = ''): Response {
  const field = /^([a-z_]+): /.exec(message)
  return problem(code, message, field ? [{ path: `${under}/${field[1]}`, message: message.slice(field[0].length) }] : undefined)
}
