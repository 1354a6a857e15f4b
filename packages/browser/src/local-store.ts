import { type BattleJob, type Claim, fail, ok, type Result, type StepError, type Store, stepError } from '@agon/runner-core'
import { battleClaim } from '@agon/store/driver-answers'
import { errorRow, progressRow, submissionRow } from '@agon/store/driver-rows'
import { z } from 'zod'
import { browserClock } from './browser-clock.ts'

/** What a battle's text step asks of its store. */
export type LocalStore = Pick<
  Store,
  | 'heartbeat'
  | 'showProgress'
  | 'completeBattleJob'
  | 'checkpointBattleJob'
  | 'requeueBattleJob'
  | 'deadLetterBattleJob'
  | 'reportRateLimit'
  | 'wake'
> & {
  claim(driver: string, providers: string[], most: number): Promise<Result<Claim<BattleJob>, StepError>>
  /** Lets another page take these: at once, and to the end even where this page is closing. */
  giveBack(leaseTokens: number[]): Promise<void>
}

export interface LocalStoreOptions {
  /** The Supabase project, such as https://abcd.supabase.co. */
  agonUrl: string
  token: () => string | Promise<string>
  /** How long an answer that cannot be handed in is held on to, in milliseconds: it is paid for, and a train leaves its tunnel. */
  patienceMs?: number
}

const requestMs = 15_000
const outcome = z.object({ outcome: z.string() })
const problem = z.object({ code: z.string(), detail: z.string() })

/** runner-core's store for one page: the routes under /local-executions, with the owner's token. It never sees a provider key. */
export function createLocalStore({ agonUrl, token, patienceMs = 60_000 }: LocalStoreOptions): LocalStore {
  const base = `${agonUrl.replace(/\/+$/, '')}/functions/v1/api/local-executions`
  /** A lease is of one job. */
  const jobs = new Map<number, number>()
  let latestToken = ''

  async function post<T>(path: string, body: object, shape: z.ZodType<T>): Promise<Result<T | 'lost', StepError>> {
    try {
      latestToken = await token()
      const response = await send(path, body, { signal: AbortSignal.timeout(requestMs) })
      const answer: unknown = await response.json().catch(() => null)
      if (response.ok) {
        const parsed = shape.safeParse(answer)
        return parsed.success ? ok(parsed.data) : fail(stepError('store_refused', `${path} answered with something unexpected.`))
      }
      if (response.status === 404 || response.status === 409) return ok('lost')
      const said = problem.safeParse(answer)
      const why = said.success ? `${said.data.code}: ${said.data.detail}` : `status ${response.status}`
      // A token that has run out is renewed by whoever gives it: asking again may do.
      const mayPass = response.status >= 500 || [401, 408, 429].includes(response.status)
      return fail(stepError(mayPass ? 'store_unavailable' : 'store_refused', `${path}: ${why}`))
    } catch (error) {
      return fail(stepError('store_unavailable', `${path}: ${error instanceof Error ? error.message : String(error)}`))
    }
  }
  const send = (path: string, body: object, init: RequestInit) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${latestToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // The token is all that says who asks.
      credentials: 'omit',
      ...init,
    })

  const act = (jobId: number, lease_token: number, what: string, body: object = {}) =>
    post(`/${jobId}/${what}`, { lease_token, ...body }, outcome)
  const held = ({ ok: done, ...rest }: Awaited<ReturnType<typeof act>>): Result<boolean, StepError> =>
    done ? ok((rest as { value: unknown }).value !== 'lost') : fail((rest as { error: StepError }).error)
  async function over(ended: ReturnType<typeof act>, leaseToken: number) {
    const answer = await ended
    if (answer.ok) jobs.delete(leaseToken)
    return answer
  }

  async function failed(jobId: number, leaseToken: number, backoff_ms: number | null, error: StepError) {
    const { code, message, ...cost } = errorRow(error) as { code: string; message: string }
    const row = { code, message: message.slice(0, 2000), ...cost }
    const answer = await over(act(jobId, leaseToken, 'fail', { error: row, backoff_ms: backoff_ms && Math.round(backoff_ms) }), leaseToken)
    if (!answer.ok) return answer
    return ok(answer.value === 'lost' ? ('lost' as const) : (answer.value.outcome as 'requeued' | 'dead_lettered'))
  }

  const store: LocalStore = {
    async claim(driver, providers, most) {
      const claimed = await post('/claim', { driver, providers, most }, battleClaim)
      if (!claimed.ok) return claimed
      if (claimed.value === 'lost') return fail(stepError('store_refused', `${base} is no Agon that knows local executions.`))
      for (const { leaseToken, jobId } of claimed.value.jobs) jobs.set(leaseToken, jobId)
      return ok(claimed.value)
    },
    async heartbeat(leaseToken) {
      const jobId = jobs.get(leaseToken)
      if (jobId === undefined) return ok([])
      const ours = held(await act(jobId, leaseToken, 'heartbeat'))
      return ours.ok ? ok(ours.value ? [jobId] : []) : ours
    },
    showProgress: async (jobId, leaseToken, progress) =>
      held(await act(jobId, leaseToken, 'heartbeat', { progress: progressRow(progress) })),
    async completeBattleJob(jobId, leaseToken, output) {
      for (let waitedMs = 0, waitMs = 500; ; waitedMs += waitMs, waitMs = Math.min(2 * waitMs, 8000)) {
        const done = held(await over(act(jobId, leaseToken, 'complete', { output: submissionRow(output) }), leaseToken))
        if (done.ok || done.error.code !== 'store_unavailable' || waitedMs >= patienceMs) return done
        await browserClock.sleep(waitMs)
      }
    },
    async checkpointBattleJob(jobId, leaseToken, progress) {
      const shown = await store.showProgress(jobId, leaseToken, progress)
      return shown.ok && shown.value ? held(await over(act(jobId, leaseToken, 'give-back'), leaseToken)) : shown
    },
    requeueBattleJob: (jobId, leaseToken, backoffMs, error) => failed(jobId, leaseToken, backoffMs, error),
    deadLetterBattleJob: (jobId, leaseToken, error) => failed(jobId, leaseToken, null, error),
    // The user's own limit: the backoff of the attempt says how long it is waited for, and nobody else draws on the key.
    reportRateLimit: async () => ok(undefined),
    wake: async () => ok(false),
    async giveBack(leaseTokens) {
      await Promise.all(
        leaseTokens.map((lease_token) => {
          const jobId = jobs.get(lease_token)
          jobs.delete(lease_token)
          return jobId === undefined ? undefined : send(`/${jobId}/give-back`, { lease_token }, { keepalive: true }).catch(() => undefined)
        }),
      )
    },
  }
  return store
}
