import { battleId, repeatKey } from '../requests.ts'
import type { Route } from '../route.ts'
import { promotion, submission, vote, voters } from './people-requests.ts'

const battle = { 200: ['The battle', 'battle'] } as const

/** Routes of those who contend in person, vote, and keep a battle's clock. */
export const peopleRoutes = {
  joinBattle: {
    method: 'post',
    path: '/battles/{battle_id}/join',
    summary: 'Take an open seat of a battle',
    caller: 'user',
    params: battleId,
    responses: battle,
    errors: ['not_found', 'battle_state', 'battle_held', 'submissions_ended', 'no_open_seat'],
  },
  submit: {
    method: 'put',
    path: '/battles/{battle_id}/submission',
    summary: 'Write or revise your answer, or hand it in for good when final is true',
    caller: 'user',
    params: battleId,
    body: submission,
    responses: battle,
    errors: ['not_found', 'not_contending', 'battle_state', 'battle_held', 'submissions_ended', 'submission_final'],
  },
  withdraw: {
    method: 'delete',
    path: '/battles/{battle_id}/submission',
    summary: 'Withdraw from a battle: your answer is deleted, and the battle goes on without you',
    caller: 'user',
    params: battleId,
    responses: battle,
    errors: ['not_found', 'not_contending', 'battle_state'],
  },
  vote: {
    method: 'put',
    path: '/battles/{battle_id}/vote',
    summary: 'Vote, or change your vote, while the window is open',
    caller: 'user',
    params: battleId,
    body: vote,
    responses: battle,
    errors: ['not_found', 'own_battle', 'is_contender', 'not_voting', 'not_eligible', 'unknown_choice', 'vote_rate'],
  },
  closeVoting: {
    method: 'post',
    path: '/battles/{battle_id}/close-voting',
    summary: 'End the voting of your battle before its window does',
    caller: 'user',
    params: battleId,
    headers: repeatKey,
    responses: battle,
    errors: ['not_found', 'battle_state', 'battle_held'],
  },
  setVoters: {
    method: 'put',
    path: '/battles/{battle_id}/voters',
    summary: 'Say who may vote in your battle, when its voters are invited',
    caller: 'user',
    params: battleId,
    body: voters,
    responses: battle,
    errors: ['not_found', 'battle_state'],
  },
  setPromotion: {
    method: 'put',
    path: '/battles/{battle_id}/promotion',
    summary: 'Set when your draft publishes itself, or that it does not',
    caller: 'user',
    params: battleId,
    body: promotion,
    responses: battle,
    errors: ['not_found', 'battle_state'],
  },
  publishResults: {
    method: 'post',
    path: '/battles/{battle_id}/publish-results',
    summary: 'Show everybody how your closed battle ended, when it keeps its results',
    caller: 'user',
    params: battleId,
    headers: repeatKey,
    responses: battle,
    errors: ['not_found', 'battle_state'],
  },
} as const satisfies Record<string, Route>
