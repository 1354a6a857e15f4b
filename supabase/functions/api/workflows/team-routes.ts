import type { Route } from '../route.ts'
import { runKey } from './run-requests.ts'
import { startTeamRun } from './team-requests.ts'

/** Routes of teams. What they come to is a run: GET /runs/{run_id}, and its transcript. */
export const teamRoutes = {
  startTeam: {
    method: 'post',
    path: '/team-runs',
    summary: 'Let several models work on a task in rounds, as a workflow of one node',
    caller: 'user',
    headers: runKey,
    body: startTeamRun,
    responses: { 201: ['The run has begun', 'runStarted'], 200: ['It had begun before', 'runStarted'] },
    errors: [
      'not_found',
      'workflow_invalid',
      'input_contract_violation',
      'idempotency_conflict',
      'capability_missing',
      'pin_required',
      'byok_key_not_found',
      'byok_key_expired',
      'byok_key_revoked',
    ],
  },
} as const satisfies Record<string, Route>
