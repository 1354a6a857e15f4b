import type { OperatorStore } from '@agon/store/operator-store'
import type { AskedWait, RunStore } from '@agon/store/run-store'
import { waitTokens } from '@agon/store/wait-token'
import { databaseKey, environment } from '../../_shared/environment.ts'
import { problem } from '../../_shared/problem.ts'
import type { VoteSource } from '../address-source.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { sha256 } from '../sha256.ts'
import { answerOutcome, undecided } from './run-handlers.ts'
import { waitPage } from './wait-page.ts'

/** Of one source in a minute. A token cannot be guessed; this bounds what trying costs. */
const most = 60
const windowMs = 60_000

/** Waits, for whoever has a token: nobody is signed in. The token itself is kept nowhere; the database knows its hash. */
export function waitHandlers(
  store: RunStore,
  { countRequest }: Pick<OperatorStore, 'countRequest'>,
  sourceOf: VoteSource,
): Handlers<'runWait' | 'getWait' | 'answerWait'> {
  async function limited(request: Request, token: string): Promise<Response | null> {
    // Where it comes from cannot be told here: each token has a limit of its own.
    const source = (await sourceOf(request)) ?? token
    const counted = await countRequest(`waits:${source}`, most, windowMs)
    if (!counted.ok) return problem(counted.error.code, counted.error.message)
    if (counted.value.allowed) return null
    const seconds = Math.max(1, Math.ceil(counted.value.reset_ms / 1000))
    const refused = problem('rate_limited', `${most} requests a minute; the next window begins in ${seconds} s.`)
    refused.headers.set('retry-after', String(seconds))
    return refused
  }
  const wantsPage = (request: Request) => /\btext\/html\b/.test(request.headers.get('accept') ?? '')
  const page = (asked: AskedWait, status = 200) =>
    new Response(waitPage(asked), {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        // The address has the token in it: it is kept nowhere, shown to nobody, and the page runs nothing.
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        'x-content-type-options': 'nosniff',
      },
    })

  const tokens = waitTokens(databaseKey)

  return {
    async runWait({ user, params: { run_id, node_id } }) {
      const found = await store.waitOf(run_id, user, node_id)
      if (!found.ok) return problem(found.error.code, found.error.message)
      if (found.value === null) return problem('wait_unknown', `No node ${node_id} of a run ${run_id} of yours waits for an answer.`)
      const { token_sha256, job_id, ...asked } = found.value
      // Drivers make the token of the same key; where it was rotated since, it cannot be said again.
      const { token, sha256: hash } = await tokens({ runId: run_id, nodeId: node_id, jobId: job_id })
      const url = hash === token_sha256 ? `${environment.SUPABASE_URL}/functions/v1/api/waits/${token}` : null
      return Response.json({ ...asked, url }, { headers: { 'cache-control': 'no-store' } })
    },

    async getWait({ params: { token }, request }) {
      const hash = await sha256(token)
      const refused = await limited(request, hash)
      if (refused) return refused
      const asked = await store.wait(hash)
      if (!asked.ok) return problem(asked.error.code, asked.error.message)
      if (asked.value === null) return problem('wait_unknown')
      return wantsPage(request) ? page(asked.value) : Response.json(asked.value, { headers: { 'cache-control': 'no-store' } })
    },

    async answerWait({ params: { token }, body, request }) {
      const hash = await sha256(token)
      const refused = await limited(request, hash)
      if (refused) return refused
      const asked = await store.wait(hash)
      if (!asked.ok) return problem(asked.error.code, asked.error.message)
      if (asked.value === null) return problem('wait_unknown')
      const undone = undecided(asked.value.for, body.decision)
      if (undone) return undone
      const outcome = await store.answerWait(hash, given(body))
      if (!outcome.ok) return problem(outcome.error.code, outcome.error.message)
      if (outcome.value === 'answered' && wantsPage(request)) return page({ ...asked.value, state: 'answered' })
      return answerOutcome(outcome.value)
    },
  }
}
