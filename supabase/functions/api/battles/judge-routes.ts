import { battleId } from '../requests.ts'
import type { Route } from '../route.ts'
import { analysis, learnedWeights, override } from './judge-requests.ts'

/** Routes of what comes after a verdict. */
export const judgeRoutes = {
  overrideWinner: {
    method: 'post',
    path: '/battles/{battle_id}/winner',
    summary: 'Say who should have won your closed battle, and why; its outcome and the ratings stay',
    caller: 'user',
    params: battleId,
    body: override,
    responses: { 200: ['The battle', 'battle'] },
    errors: ['not_found', 'battle_state', 'unknown_choice'],
  },
  analyse: {
    method: 'post',
    path: '/battles/{battle_id}/analyses',
    summary: 'Let a model analyse or cross-examine your closed battle; it decides nothing',
    caller: 'user',
    params: battleId,
    body: analysis,
    responses: { 202: ['The analyses; the new one is the last', 'analyses'] },
    errors: [
      'not_found',
      'battle_state',
      'battle_held',
      'analysis_limit',
      'model_unknown',
      'judge_cannot_see',
      'byok_key_not_found',
      'byok_key_expired',
      'byok_key_revoked',
      'price_unknown',
    ],
  },
  analyses: {
    method: 'get',
    path: '/battles/{battle_id}/analyses',
    summary: 'What models made of a battle, oldest first',
    caller: 'any',
    params: battleId,
    responses: { 200: ['The analyses', 'analyses'] },
    errors: ['not_found'],
  },
  judgeWeights: {
    method: 'get',
    path: '/judge-weights',
    summary: 'What you have learned of judges from gold pairs, the weightiest first',
    caller: 'user',
    responses: { 200: ['The weights', 'judgeWeights'] },
  },
  setJudgeWeights: {
    method: 'put',
    path: '/judge-weights',
    summary: 'Keep what you have learned of judges, all of it: a new battle takes it for judges of weight "learned"',
    caller: 'user',
    body: learnedWeights,
    responses: { 200: ['The weights', 'judgeWeights'] },
    errors: ['model_unknown'],
  },
} as const satisfies Record<string, Route>
