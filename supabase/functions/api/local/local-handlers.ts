import type { StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { LocalStore } from '@agon/store/local-store'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'
import type { localRoutes } from './local-routes.ts'

/** A user's own contenders and nodes, in the hands of a page of theirs. The database says whose a job is, and whether the lease still holds. */
export function localHandlers(store: LocalStore): Handlers<keyof typeof localRoutes> {
  async function told(job_id: number, written: Promise<Result<string, StepError>>): Promise<Response> {
    const outcome = await written
    if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
    switch (outcome.value) {
      case 'not_found':
        return problem('not_found', `Nothing of job ${job_id} is yours to answer in a page.`)
      case 'lost':
        return problem('lease_lost', 'Its lease has run out, what it is for is over, or its time is: stop working on it.')
      case 'gap': {
        const message = 'begins behind the text that is held: send it from there on'
        return problem('invalid_request', `/progress/delta/offset: ${message}`, [{ path: '/progress/delta/offset', message }])
      }
      default:
        return Response.json({ outcome: outcome.value })
    }
  }

  type Claim = typeof store.claim
  async function claimed(claim: Claim, user: string, { driver, providers, most }: { driver: string; providers: string[]; most: number }) {
    const jobs = await claim(user, `page:${driver}`, [...new Set(providers)], most)
    return jobs.ok ? Response.json(jobs.value) : problem(jobs.error.code, jobs.error.message)
  }

  return {
    claimLocalExecutions: ({ user, body }) => claimed(store.claim, user, body),
    heartbeatLocalExecution: ({ user, params: { job_id }, body: { lease_token, progress } }) =>
      told(job_id, store.heartbeat(user, { job_id, lease_token }, progress)),
    completeLocalExecution: ({ user, params: { job_id }, body: { lease_token, output } }) =>
      told(job_id, store.complete(user, { job_id, lease_token }, output)),
    failLocalExecution: ({ user, params: { job_id }, body: { lease_token, error, backoff_ms } }) =>
      told(job_id, store.fail(user, { job_id, lease_token }, error, backoff_ms)),
    giveBackLocalExecution: ({ user, params: { job_id }, body: { lease_token } }) =>
      told(job_id, store.giveBack(user, { job_id, lease_token })),

    claimLocalNodes: ({ user, body }) => claimed(store.nodes.claim, user, body),
    heartbeatLocalNode: ({ user, params: { job_id }, body: { lease_token, progress } }) =>
      told(job_id, store.nodes.heartbeat(user, { job_id, lease_token }, progress)),
    completeLocalNode: ({ user, params: { job_id }, body: { lease_token, result } }) =>
      told(job_id, store.nodes.complete(user, { job_id, lease_token }, result)),
    failLocalNode: ({ user, params: { job_id }, body: { lease_token, error, backoff_ms, notes } }) =>
      told(job_id, store.nodes.fail(user, { job_id, lease_token }, error, backoff_ms, notes)),
    giveBackLocalNode: ({ user, params: { job_id }, body: { lease_token } }) =>
      told(job_id, store.nodes.giveBack(user, { job_id, lease_token })),
  }
}
