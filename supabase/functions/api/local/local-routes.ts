import type { Route } from '../route.ts'
import { answerBytes, claimLocal, completeLocal, failLocal, giveBackLocal, heartbeatLocal, localJobId } from './local-requests.ts'

const errors = ['not_found', 'lease_lost'] as const

/** Contenders that a page of their owner answers, with a provider key that Agon never sees. */
export const localRoutes = {
  claimLocalExecutions: {
    method: 'post',
    path: '/local-executions/claim',
    summary: 'Take contenders of yours to answer in this page, under a lease',
    caller: 'user',
    leased: true,
    body: claimLocal,
    responses: { 200: ['What to send to which model', 'localExecutions'] },
  },
  heartbeatLocalExecution: {
    method: 'post',
    path: '/local-executions/{job_id}/heartbeat',
    summary: 'Keep the lease, and show an answer while it grows',
    caller: 'user',
    leased: true,
    params: localJobId,
    body: heartbeatLocal,
    bodyBytes: answerBytes,
    responses: { 200: ['It is still yours', 'localOutcome'] },
    errors,
  },
  completeLocalExecution: {
    method: 'post',
    path: '/local-executions/{job_id}/complete',
    summary: 'Hand in what the model answered',
    caller: 'user',
    leased: true,
    params: localJobId,
    body: completeLocal,
    bodyBytes: answerBytes,
    responses: { 200: ['It is recorded', 'localOutcome'] },
    errors,
  },
  failLocalExecution: {
    method: 'post',
    path: '/local-executions/{job_id}/fail',
    summary: 'Say that an attempt failed, and whether to try again',
    caller: 'user',
    leased: true,
    params: localJobId,
    body: failLocal,
    responses: { 200: ['What became of it', 'localOutcome'] },
    errors,
  },
  giveBackLocalExecution: {
    method: 'post',
    path: '/local-executions/{job_id}/give-back',
    summary: 'Let another page of yours take it, as this one closes',
    caller: 'user',
    leased: true,
    params: localJobId,
    body: giveBackLocal,
    responses: { 200: ['It is ready again', 'localOutcome'] },
    errors,
  },
} as const satisfies Record<string, Route>
