import { judgeRoutes } from './battles/judge-routes.ts'
import { peopleRoutes } from './battles/people-routes.ts'
import { voteRoutes } from './battles/vote-routes.ts'
import { boardRoutes } from './boards/board-routes.ts'
import { exportRoutes } from './boards/export-routes.ts'
import { fundingRoutes } from './funding/funding-routes.ts'
import { localRoutes } from './local/local-routes.ts'
import { operatorRoutes } from './operating/operator-routes.ts'
import { battleId, createBattle, eventsQuery, idempotencyKey, listQuery, repeatKey } from './requests.ts'
import type { Handler, Route } from './route.ts'
import { webhookRoutes } from './webhooks/webhook-routes.ts'
import { lensRoutes } from './workflows/lens-routes.ts'
import { runRoutes } from './workflows/run-routes.ts'
import { teamRoutes } from './workflows/team-routes.ts'
import { templateRoutes } from './workflows/template-routes.ts'
import { triggerRoutes } from './workflows/trigger-routes.ts'
import { workflowRoutes } from './workflows/workflow-routes.ts'

/** Every route of the API. The OpenAPI document is made of this table, and `createApi` serves it. */
export const routes = {
  createBattle: {
    method: 'post',
    path: '/battles',
    summary: 'Create a battle, and publish it at once when publish is true',
    caller: 'user',
    headers: idempotencyKey,
    body: createBattle,
    responses: { 201: ['The battle', 'battle'], 200: ['The battle this idempotency key made before', 'battle'] },
    errors: [
      'contender_count',
      'workflow_unpublished',
      'workflow_takes_no_task',
      'input_contract_violation',
      'model_unknown',
      'local_execution_unsupported',
      'adapter_missing',
      'duplicate_contender',
      'duplicate_judge',
      'judge_recused',
      'judge_weight_unlearned',
      'accounts_unknown',
      'mixed_kinds',
      'judge_cannot_see',
      'capability_missing',
      'model_retired',
      'idempotency_conflict',
      'not_found',
      'byok_key_not_found',
      'byok_key_expired',
      'byok_key_revoked',
      'price_unknown',
      'budget_spent',
    ],
  },
  publishBattle: {
    method: 'post',
    path: '/battles/{battle_id}/publish',
    summary: 'Publish a draft: its contenders start to answer',
    caller: 'user',
    params: battleId,
    headers: repeatKey,
    responses: { 200: ['The battle', 'battle'] },
    errors: ['not_found', 'battle_state'],
  },
  cancelBattle: {
    method: 'post',
    path: '/battles/{battle_id}/cancel',
    summary: 'Cancel an unfinished battle: calls in flight are aborted, late answers refused',
    caller: 'user',
    params: battleId,
    headers: repeatKey,
    responses: { 200: ['The battle', 'battle'] },
    errors: ['not_found', 'battle_state'],
  },
  ...peopleRoutes,
  ...judgeRoutes,
  getBattle: {
    method: 'get',
    path: '/battles/{battle_id}',
    summary: 'One battle, whole: answers, verdicts, ratings, events',
    caller: 'any',
    params: battleId,
    responses: { 200: ['The battle', 'battle'] },
    errors: ['not_found'],
  },
  battleEvents: {
    method: 'get',
    path: '/battles/{battle_id}/events',
    summary: 'What happened to a battle since an event, as this reader may see it; the function battle-events streams the same',
    caller: 'any',
    params: battleId,
    query: eventsQuery,
    responses: { 200: ['A page, oldest first', 'eventPage'] },
    errors: ['not_found'],
  },
  listBattles: {
    method: 'get',
    path: '/battles',
    summary: 'Battles, newest first',
    caller: 'any',
    query: listQuery,
    responses: { 200: ['A page', 'battlePage'] },
  },
  ...boardRoutes,
  ...exportRoutes,
  ...fundingRoutes,
  ...lensRoutes,
  ...localRoutes,
  ...operatorRoutes,
  ...triggerRoutes,
  ...runRoutes,
  ...teamRoutes,
  ...templateRoutes,
  ...voteRoutes,
  ...webhookRoutes,
  ...workflowRoutes,
  models: {
    method: 'get',
    path: '/models',
    summary: 'The models a contender or a judge can be',
    responses: { 200: ['The registry', 'models'] },
  },
  errors: {
    method: 'get',
    path: '/errors',
    summary: 'Every error code, what it means and what to do',
    responses: { 200: ['The table', 'errors'] },
  },
} as const satisfies Record<string, Route>

type Name = keyof typeof routes

export type Handlers<Names extends Name = Name> = { [N in Names]: Handler<(typeof routes)[N]> }
