import type { OperatorStore } from '@agon/store/operator-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import type { voteRoutes } from './vote-routes.ts'

/** Votes that are held, and what a moderator decides about them. */
export function voteHandlers(store: OperatorStore): Handlers<keyof typeof voteRoutes> {
  async function decide(
    decision: 'released' | 'rejected',
    filter: { vote_id: string } | { voter_id: string; battle_id?: string; reason?: string },
    by: string,
    note: string,
    most?: number,
  ): Promise<Response> {
    const decided = await store.decideVotes(decision, filter, by, note, most)
    if (!decided.ok) return problem(decided.error.code, decided.error.message)
    return 'refused' in decided.value ? problem('not_found', 'There is no such vote.') : Response.json(decided.value)
  }

  return {
    async listHeldVotes({ query: { status, limit, cursor, ...filter } }) {
      const found = await store.heldVotes({ status, ...given(filter) }, limit, cursor)
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },
    releaseVote: ({ params, body: { by, note } }) => decide('released', params, by, note),
    rejectVote: ({ params, body: { by, note } }) => decide('rejected', params, by, note),
    releaseVotes: ({ body: { by, note, limit, voter_id, ...filter } }) =>
      decide('released', { voter_id, ...given(filter) }, by, note, limit),
    rejectVotes: ({ body: { by, note, limit, voter_id, ...filter } }) =>
      decide('rejected', { voter_id, ...given(filter) }, by, note, limit),
  }
}
