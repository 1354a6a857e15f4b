import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type LocalExecution = Schemas['LocalExecution']
export type LocalExecutions = Schemas['LocalExecutions']
export type LocalExecutionOutcome = Schemas['LocalExecutionOutcome']
export type ClaimLocalExecutions = Schemas['ClaimLocalExecutions']
export type LocalNode = Schemas['LocalNode']
export type LocalNodes = Schemas['LocalNodes']

/** A local execution in hand, as its claim told it. */
export type HeldLocalExecution = Pick<LocalExecution, 'job_id' | 'lease_token'>

interface CallOptions {
  signal?: AbortSignal
}

/** Contenders that a page of the signed-in user answers, one method a route. `@agon/browser` drives them; this is for a driver of one's own. */
export interface LocalExecutionsClient {
  claim(wanted: ClaimLocalExecutions, options?: CallOptions): Promise<Outcome<LocalExecutions>>
  /** Every third of `lease_ms`; with what is new of a growing answer. `lease_lost`: stop working on it. */
  heartbeat(
    held: HeldLocalExecution,
    progress?: Schemas['HeartbeatLocalExecution']['progress'],
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  complete(
    held: HeldLocalExecution,
    output: Schemas['CompleteLocalExecution']['output'],
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  /** backoffMs null: it is not tried again. */
  fail(
    held: HeldLocalExecution,
    error: Schemas['FailLocalExecution']['error'],
    backoffMs: number | null,
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  giveBack(held: HeldLocalExecution, options?: CallOptions): Promise<Outcome<LocalExecutionOutcome>>
}

export function createLocalExecutionsClient(base: string, api: Client<paths>): LocalExecutionsClient {
  const at = ({ job_id }: HeldLocalExecution, signal?: AbortSignal) => ({ params: { path: { job_id } }, ...(signal && { signal }) })
  return {
    claim: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/local-executions/claim', { body, ...(signal && { signal }) })),
    heartbeat: (held, progress, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-executions/{job_id}/heartbeat', {
          body: { lease_token: held.lease_token, ...(progress && { progress }) },
          ...at(held, signal),
        }),
      ),
    complete: (held, output, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-executions/{job_id}/complete', { body: { lease_token: held.lease_token, output }, ...at(held, signal) }),
      ),
    fail: (held, error, backoff_ms, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-executions/{job_id}/fail', {
          body: { lease_token: held.lease_token, error, backoff_ms },
          ...at(held, signal),
        }),
      ),
    giveBack: (held, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-executions/{job_id}/give-back', { body: { lease_token: held.lease_token }, ...at(held, signal) }),
      ),
  }
}

/** Nodes of the signed-in user's runs (local_providers) that a page of theirs answers, one method a route. */
export interface LocalNodesClient {
  claim(wanted: ClaimLocalExecutions, options?: CallOptions): Promise<Outcome<LocalNodes>>
  /** Every third of `lease_ms`; with the text so far and what is new of it. `lease_lost`: stop working on it. */
  heartbeat(
    held: HeldLocalExecution,
    progress?: Schemas['HeartbeatLocalNode']['progress'],
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  complete(
    held: HeldLocalExecution,
    result: Schemas['CompleteLocalNode']['result'],
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  /** backoffMs null: it is not tried again. */
  fail(
    held: HeldLocalExecution,
    error: Schemas['FailLocalNode']['error'],
    backoffMs: number | null,
    options?: CallOptions,
  ): Promise<Outcome<LocalExecutionOutcome>>
  giveBack(held: HeldLocalExecution, options?: CallOptions): Promise<Outcome<LocalExecutionOutcome>>
}

export function createLocalNodesClient(base: string, api: Client<paths>): LocalNodesClient {
  const at = ({ job_id }: HeldLocalExecution, signal?: AbortSignal) => ({ params: { path: { job_id } }, ...(signal && { signal }) })
  return {
    claim: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/local-nodes/claim', { body, ...(signal && { signal }) })),
    heartbeat: ({ job_id, lease_token }, progress, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-nodes/{job_id}/heartbeat', {
          body: { lease_token, ...(progress && { progress }) },
          ...at({ job_id, lease_token }, signal),
        }),
      ),
    complete: ({ job_id, lease_token }, result, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-nodes/{job_id}/complete', { body: { lease_token, result }, ...at({ job_id, lease_token }, signal) }),
      ),
    fail: ({ job_id, lease_token }, error, backoff_ms, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-nodes/{job_id}/fail', { body: { lease_token, error, backoff_ms }, ...at({ job_id, lease_token }, signal) }),
      ),
    giveBack: ({ job_id, lease_token }, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/local-nodes/{job_id}/give-back', { body: { lease_token }, ...at({ job_id, lease_token }, signal) }),
      ),
  }
}
