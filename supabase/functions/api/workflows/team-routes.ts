import type { Route } from '../route.ts'
import { runKey } from './run-requests.ts'
import { startErrors } from './start-errors.ts'
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
    errors: ['workflow_invalid', ...startErrors],
  },
} as const satisfies Record<string, Route>
