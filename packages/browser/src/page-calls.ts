import { fail, ok, type Result, type StepError, stepError } from '@agon/runner-core'
import { errorRow } from '@agon/store/driver-rows'
import { z } from 'zod'
import { browserClock } from './browser-clock.ts'

export interface PageOptions {
  /** The Supabase project, such as https://abcd.supabase.co. */
  agonUrl: string
  token: () => string | Promise<string>
  /** How long an answer that cannot be handed in is held on to, in milliseconds: it is paid for, and a train leaves its tunnel. */
  patienceMs?: number
}

const requestMs = 15_000
const outcome = z.object({ outcome: z.string() })
const problem = z.object({ code: z.string(), detail: z.string() })

/** A claim, as its route answers it. */
interface Claimed {
  jobs: { leaseToken: number; jobId: number }[]
}

/** What a page says of the jobs in its hands, over the routes below `path`, with the owner's token. It never sees a provider key. */
export function createPageCalls(path: string, { agonUrl, token, patienceMs = 60_000 }: PageOptions) {
  const base = `${agonUrl.replace(/\/+$/, '')}/functions/v1/api${path}`
  /** A lease is of one job. */
  const jobs = new Map<number, number>()
  let latestToken = ''

  async function post<T>(route: string, body: object, shape: z.ZodType<T>): Promise<Result<T | 'lost', StepError>> {
    try {
      latestToken = await token()
      const response = await send(route, body, { signal: AbortSignal.timeout(requestMs) })
      const answer: unknown = await response.json().catch(() => null)
      if (response.ok) {
        const parsed = shape.safeParse(answer)
        return parsed.success ? ok(parsed.data) : fail(stepError('store_refused', `${route} answered with something unexpected.`))
      }
      if (response.status === 404 || response.status === 409) return ok('lost')
      const said = problem.safeParse(answer)
      const why = said.success ? `${said.data.code}: ${said.data.detail}` : `status ${response.status}`
      // A token that has run out is renewed by whoever gives it: asking again may do.
      const mayPass = response.status >= 500 || [401, 408, 429].includes(response.status)
      return fail(stepError(mayPass ? 'store_unavailable' : 'store_refused', `${route}: ${why}`))
    } catch (error) {
      return fail(stepError('store_unavailable', `${route}: ${error instanceof Error ? error.message : String(error)}`))
    }
  }
  const send = (route: string, body: object, init: RequestInit) =>
    fetch(`${base}${route}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${latestToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // The token is all that says who asks.
      credentials: 'omit',
      ...init,
    })

  const act = (jobId: number, lease_token: number, what: string, body: object = {}) =>
    post(`/${jobId}/${what}`, { lease_token, ...body }, outcome)
  const held = (answer: Awaited<ReturnType<typeof act>>): Result<boolean, StepError> =>
    answer.ok ? ok(answer.value !== 'lost') : fail(answer.error)
  async function over(ended: ReturnType<typeof act>, leaseToken: number) {
    const answer = await ended
    if (answer.ok) jobs.delete(leaseToken)
    return answer
  }

  return {
    async claim<T extends Claimed>(driver: string, providers: string[], most: number, shape: z.ZodType<T>): Promise<Result<T, StepError>> {
      const claimed = await post('/claim', { driver, providers, most }, shape)
      if (!claimed.ok) return claimed
      if (claimed.value === 'lost') return fail(stepError('store_refused', `${base} is no Agon that knows it.`))
      for (const { leaseToken, jobId } of claimed.value.jobs) jobs.set(leaseToken, jobId)
      return ok(claimed.value)
    },
    holds: (leaseToken: number) => jobs.has(leaseToken),
    async heartbeat(leaseToken: number): Promise<Result<number[], StepError>> {
      const jobId = jobs.get(leaseToken)
      if (jobId === undefined) return ok([])
      const ours = held(await act(jobId, leaseToken, 'heartbeat'))
      return ours.ok ? ok(ours.value ? [jobId] : []) : ours
    },
    show: async (jobId: number, leaseToken: number, progress: object) => held(await act(jobId, leaseToken, 'heartbeat', { progress })),
    /** Hands in what was paid for, and goes on trying for a while. */
    async complete(jobId: number, leaseToken: number, body: object): Promise<Result<boolean, StepError>> {
      for (let waitedMs = 0, waitMs = 500; ; waitedMs += waitMs, waitMs = Math.min(2 * waitMs, 8000)) {
        const done = held(await over(act(jobId, leaseToken, 'complete', body), leaseToken))
        if (done.ok || done.error.code !== 'store_unavailable' || waitedMs >= patienceMs) return done
        await browserClock.sleep(waitMs)
      }
    },
    async fail(jobId: number, leaseToken: number, backoff_ms: number | null, error: StepError, more: object = {}) {
      const { code, message, ...cost } = errorRow(error) as { code: string; message: string }
      const row = { code, message: message.slice(0, 2000), ...cost }
      const body = { error: row, backoff_ms: backoff_ms && Math.round(backoff_ms), ...more }
      const answer = await over(act(jobId, leaseToken, 'fail', body), leaseToken)
      if (!answer.ok) return answer
      return ok(answer.value === 'lost' ? ('lost' as const) : (answer.value.outcome as 'requeued' | 'dead_lettered'))
    },
    /** What was shown is where another goes on from. */
    yield: async (jobId: number, leaseToken: number) => held(await over(act(jobId, leaseToken, 'give-back'), leaseToken)),
    /** Lets another page take these: at once, and to the end even where this page is closing. */
    async giveBack(leaseTokens: number[]): Promise<void> {
      await Promise.all(
        leaseTokens.map((lease_token) => {
          const jobId = jobs.get(lease_token)
          jobs.delete(lease_token)
          return jobId === undefined ? undefined : send(`/${jobId}/give-back`, { lease_token }, { keepalive: true }).catch(() => undefined)
        }),
      )
    },
  }
}

export type PageCalls = ReturnType<typeof createPageCalls>
