import type { Route } from '../route.ts'
import { addKey, keyId, ownerId, rotateKey, setBudget } from './funding-requests.ts'

/** Users' own provider keys, and what may be spent. */
export const fundingRoutes = {
  addKey: {
    method: 'post',
    path: '/keys',
    summary: 'Add a provider key of your own, to pay for contenders and judges with',
    caller: 'user',
    body: addKey,
    responses: { 201: ['The key as it is shown', 'key'] },
    errors: ['byok_key_limit', 'sealing_key_missing'],
  },
  listKeys: {
    method: 'get',
    path: '/keys',
    summary: 'Your provider keys, newest first, revoked ones included',
    caller: 'user',
    responses: { 200: ['The keys', 'keys'] },
  },
  rotateKey: {
    method: 'post',
    path: '/keys/{key_id}/rotate',
    summary: 'Give a provider key another secret: battles that name it go on with that',
    caller: 'user',
    params: keyId,
    body: rotateKey,
    responses: { 200: ['The key as it is shown', 'key'] },
    errors: ['not_found', 'byok_key_revoked', 'sealing_key_missing'],
  },
  revokeKey: {
    method: 'delete',
    path: '/keys/{key_id}',
    summary: 'Revoke a provider key: it is erased, and no call begins with it any more',
    caller: 'user',
    params: keyId,
    responses: { 200: ['The key as it is shown', 'key'] },
    errors: ['not_found'],
  },
  budget: {
    method: 'get',
    path: '/budget',
    summary: 'What your battles may cost on the platform’s keys, and what is spent of it',
    caller: 'user',
    responses: { 200: ['The budget', 'budget'] },
  },
  getBudget: {
    method: 'get',
    path: '/budgets/{owner_id}',
    summary: 'The budget of a user',
    caller: 'operator',
    params: ownerId,
    responses: { 200: ['The budget', 'budget'] },
  },
  setBudget: {
    method: 'put',
    path: '/budgets/{owner_id}',
    summary: 'Limit what a user’s battles may cost on the platform’s keys, or lift the limit',
    caller: 'operator',
    params: ownerId,
    body: setBudget,
    responses: { 200: ['The budget', 'budget'] },
  },
} as const satisfies Record<string, Route>
