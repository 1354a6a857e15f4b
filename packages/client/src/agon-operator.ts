import createClient from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import { retrying } from './retrying.ts'
import type { components, paths } from './schema.ts'

export type DeadLetterPage = components['schemas']['DeadLetterPage']
export type Redriven = components['schemas']['Redriven']
export type Status = components['schemas']['Status']
export type Workers = components['schemas']['Workers']
export type DeadLetterQuery = NonNullable<paths['/api/dead-letters']['get']['parameters']['query']>
export type RedriveFilter = components['schemas']['Redrive']
export type HeldVotePage = components['schemas']['HeldVotePage']
export type HeldVoteQuery = NonNullable<paths['/api/votes/held']['get']['parameters']['query']>
export type DecidedVotes = components['schemas']['DecidedVotes']
/** Which votes: one by its id, or those of a voter. */
export type VoteFilter = { vote_id: string } | { voter_id: string; battle_id?: string; reason?: string }
export interface VoteRemarks {
  /** Who decides, and why, for the record. */
  by?: string
  note?: string
}
type Acted = components['schemas']['Acted']

export interface AgonOperatorOptions {
  /** The Supabase project, such as https://abcd.supabase.co. */
  url: string
  /** A secret key of the project. Never in a browser. */
  secretKey: string
  fetch?: (request: Request) => Promise<Response>
}

interface CallOptions {
  signal?: AbortSignal
}

/** What whoever runs the project asks and does, one method a route. None throws, and each may be repeated. */
export interface AgonOperator {
  status(options?: CallOptions): Promise<Outcome<Status>>
  /** The workers heard of within a day, last heard first. */
  workers(options?: CallOptions): Promise<Outcome<Workers>>
  deadLetters(query?: DeadLetterQuery, options?: CallOptions): Promise<Outcome<DeadLetterPage>>
  redrive(deadLetterId: number, options?: CallOptions): Promise<Outcome<Acted>>
  /** One page of what matches; `next_after` is where the next call goes on. */
  redriveMany(filter?: RedriveFilter, options?: CallOptions): Promise<Outcome<Redriven>>
  /** Without a provider, the whole system. */
  switchOff(provider?: string, reason?: string, options?: CallOptions): Promise<Outcome<Acted>>
  switchOn(provider?: string, options?: CallOptions): Promise<Outcome<Acted>>
  hold(battleId: string, reason?: string, options?: CallOptions): Promise<Outcome<Acted>>
  release(battleId: string, options?: CallOptions): Promise<Outcome<Acted>>
  /** Votes that are not counted, last decided first. */
  heldVotes(query?: HeldVoteQuery, options?: CallOptions): Promise<Outcome<HeldVotePage>>
  /** Held votes count. Of a closed battle the tally changes, and no rating. */
  releaseVotes(filter: VoteFilter, remarks?: VoteRemarks, options?: CallOptions): Promise<Outcome<DecidedVotes>>
  /** Votes leave the tally for good; of a voter, all of them, while `more` says so. */
  rejectVotes(filter: VoteFilter, remarks?: VoteRemarks, options?: CallOptions): Promise<Outcome<DecidedVotes>>
}

/**
 * A client for whoever runs a project.
 *
 * @example
 * const operator = createAgonOperator({ url, secretKey })
 * const sent = await operator.redriveMany({ error_code: 'provider_auth' })
 * if (sent.ok) console.log(sent.value.outcomes)
 */
export function createAgonOperator({ url, secretKey, fetch }: AgonOperatorOptions): AgonOperator {
  const base = url.replace(/\/+$/, '')
  const send = retrying(fetch ?? ((request) => globalThis.fetch(request)), { repeatable: () => true })
  const api = createClient<paths>({ baseUrl: `${base}/functions/v1`, fetch: send, headers: { apikey: secretKey } })
  const aborted = (signal: AbortSignal | undefined) => signal && { signal }
  const battle = (battle_id: string) => ({ params: { path: { battle_id } } })
  const named = (provider: string | undefined) => (provider === undefined ? {} : { provider })
  const one = (vote_id: string) => ({ params: { path: { vote_id } } })

  return {
    status: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/status', { ...aborted(signal) })),
    workers: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/workers', { ...aborted(signal) })),
    deadLetters: (query = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/dead-letters', { params: { query }, ...aborted(signal) })),
    redrive: (id, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/dead-letters/{dead_letter_id}/redrive', { params: { path: { dead_letter_id: id } }, ...aborted(signal) }),
      ),
    redriveMany: (body = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/dead-letters/redrive', { body, ...aborted(signal) })),
    switchOff: (provider, reason = '', { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/switches/off', { body: { ...named(provider), reason }, ...aborted(signal) })),
    switchOn: (provider, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/switches/on', { body: named(provider), ...aborted(signal) })),
    hold: (id, reason = '', { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/hold', { ...battle(id), body: { reason }, ...aborted(signal) })),
    release: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/release', { ...battle(id), ...aborted(signal) })),
    heldVotes: (query = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/votes/held', { params: { query }, ...aborted(signal) })),
    releaseVotes: (filter, remarks = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        'vote_id' in filter
          ? api.POST('/api/votes/{vote_id}/release', { ...one(filter.vote_id), body: remarks, ...aborted(signal) })
          : api.POST('/api/votes/release', { body: { ...filter, ...remarks }, ...aborted(signal) }),
      ),
    rejectVotes: (filter, remarks = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        'vote_id' in filter
          ? api.POST('/api/votes/{vote_id}/reject', { ...one(filter.vote_id), body: remarks, ...aborted(signal) })
          : api.POST('/api/votes/reject', { body: { ...filter, ...remarks }, ...aborted(signal) }),
      ),
  }
}
