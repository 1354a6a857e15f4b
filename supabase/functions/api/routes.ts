import { boardRoutes } from './board-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { peopleRoutes } from './people-routes.ts'
import { battleId, createBattle, idempotencyKey, listQuery } from './requests.ts'
import type { Handler, Route } from './route.ts'

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
  },
  publishBattle: {
    method: 'post',
    path: '/battles/{battle_id}/publish',
    summary: 'Publish a draft: its contenders start to answer',
    caller: 'user',
    params: battleId,
    responses: { 200: ['The battle', 'battle'] },
  },
  cancelBattle: {
    method: 'post',
    path: '/battles/{battle_id}/cancel',
    summary: 'Cancel an unfinished battle: calls in flight are aborted, late answers refused',
    caller: 'user',
    params: battleId,
    responses: { 200: ['The battle', 'battle'] },
  },
  ...peopleRoutes,
  getBattle: {
    method: 'get',
    path: '/battles/{battle_id}',
    summary: 'One battle, whole: answers, verdicts, ratings, events',
    caller: 'any',
    params: battleId,
    responses: { 200: ['The battle', 'battle'] },
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
