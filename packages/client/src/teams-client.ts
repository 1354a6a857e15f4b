import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type StartTeamRun = Schemas['StartTeamRun']

/** Teams of models. What one comes to is a run: runs.get, runs.watch, runs.transcript. */
export interface TeamsClient {
  /** Lets several models work on a task in rounds. With an idempotency key, a repeated call returns the first run. */
  start(team: StartTeamRun, options?: { signal?: AbortSignal; idempotencyKey?: string }): Promise<Outcome<Schemas['RunStarted']>>
}

export const createTeamsClient = (base: string, api: Client<paths>): TeamsClient => ({
  start: (body, { signal, idempotencyKey = body.idempotency_key ?? crypto.randomUUID() } = {}) =>
    outcomeOf(
      base,
      signal,
      api.POST('/api/team-runs', { params: { header: { 'idempotency-key': idempotencyKey } }, body, ...(signal && { signal }) }),
    ),
})
