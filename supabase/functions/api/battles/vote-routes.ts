import type { Route } from '../route.ts'
import { decideVote, decideVotes, heldVotesQuery, voteId } from './vote-requests.ts'

const decided = { 200: ['What changed; unchanged when it was so already', 'decidedVotes'] } as const

/** Routes of whoever decides about votes that a rule has held. A decision may be repeated. */
export const voteRoutes = {
  listHeldVotes: {
    method: 'get',
    path: '/votes/held',
    summary: 'Votes that are not counted, with the reason, last decided first',
    caller: 'operator',
    query: heldVotesQuery,
    responses: { 200: ['A page', 'heldVotes'] },
  },
  releaseVotes: {
    method: 'post',
    path: '/votes/release',
    summary: 'Count every held vote of a voter',
    caller: 'operator',
    body: decideVotes,
    responses: decided,
  },
  rejectVotes: {
    method: 'post',
    path: '/votes/reject',
    summary: 'Take every vote of a voter out of the tally for good, counted ones too',
    caller: 'operator',
    body: decideVotes,
    responses: decided,
  },
  releaseVote: {
    method: 'post',
    path: '/votes/{vote_id}/release',
    summary: 'Count a vote that is held, or was rejected; no rule holds it again',
    caller: 'operator',
    params: voteId,
    body: decideVote,
    responses: decided,
    errors: ['not_found'],
  },
  rejectVote: {
    method: 'post',
    path: '/votes/{vote_id}/reject',
    summary: 'Take a vote out of the tally for good; it is not deleted',
    caller: 'operator',
    params: voteId,
    body: decideVote,
    responses: decided,
    errors: ['not_found'],
  },
} as const satisfies Record<string, Route>
