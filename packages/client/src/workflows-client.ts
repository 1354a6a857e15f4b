import type { Client } from 'openapi-fetch'
import type { Changes, RunStarted } from './lenses-client.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type Workflow = Schemas['Workflow']
export type WorkflowDocument = Schemas['WorkflowDocument']
export type WorkflowPage = Schemas['WorkflowPage']
export type WorkflowVersions = Schemas['WorkflowVersions']
export type WorkflowValidation = Schemas['WorkflowValidation']
export type WorkflowProblem = Schemas['WorkflowProblem']
export type CreateWorkflow = Schemas['CreateWorkflow']
export type SaveWorkflow = Schemas['SaveWorkflow']
export type StartRun = Schemas['StartRun']
type ListQuery = NonNullable<paths['/api/workflows']['get']['parameters']['query']>

interface CallOptions {
  signal?: AbortSignal
}

/** Workflows, one method a route: the signed-in user's own, and what others have published. */
export interface WorkflowsClient {
  create(workflow: CreateWorkflow, options?: CallOptions): Promise<Outcome<Workflow>>
  list(query?: ListQuery, options?: CallOptions): Promise<Outcome<WorkflowPage>>
  /** Every problem of a document, with nothing kept. */
  validate(document: Record<string, unknown>, options?: CallOptions): Promise<Outcome<WorkflowValidation>>
  /** At a version; without its number at the latest that you see. */
  get(workflowId: string, version?: number, options?: CallOptions): Promise<Outcome<Workflow>>
  /** A document that says something else is the next version; what is left out stays. */
  save(workflowId: string, changes: SaveWorkflow, options?: CallOptions): Promise<Outcome<Workflow>>
  versions(workflowId: string, options?: CallOptions): Promise<Outcome<WorkflowVersions>>
  publish(workflowId: string, version?: number, options?: CallOptions): Promise<Outcome<Workflow>>
  fork(workflowId: string, fork?: { version?: number; title?: string }, options?: CallOptions): Promise<Outcome<Workflow>>
  diff(workflowId: string, from: number, to: number, options?: CallOptions): Promise<Outcome<Changes>>
  /** The document alone. */
  export(workflowId: string, version?: number, options?: CallOptions): Promise<Outcome<WorkflowDocument>>
  /** The graph as a Mermaid flowchart. */
  diagram(workflowId: string, version?: number, options?: CallOptions): Promise<Outcome<string>>
  archive(workflowId: string, options?: CallOptions): Promise<Outcome<Schemas['WorkflowArchived']>>
  /** Begins a run. With an idempotency key, a repeated call returns the first. */
  start(workflowId: string, start?: StartRun, options?: CallOptions & { idempotencyKey?: string }): Promise<Outcome<RunStarted>>
}

export function createWorkflowsClient(base: string, api: Client<paths>): WorkflowsClient {
  const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {})
  const path = (workflow_id: string) => ({ path: { workflow_id } })
  const at = (workflow_id: string, version: number | undefined) => ({
    ...path(workflow_id),
    query: version === undefined ? {} : { version },
  })
  return {
    create: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/workflows', { body, ...withSignal(signal) })),
    list: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/workflows', { params: { query }, ...withSignal(signal) })),
    validate: (document, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/workflows/validate', { body: { document }, ...withSignal(signal) })),
    get: (id, version, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/workflows/{workflow_id}', { params: at(id, version), ...withSignal(signal) })),
    save: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/workflows/{workflow_id}', { params: path(id), body, ...withSignal(signal) })),
    versions: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/workflows/{workflow_id}/versions', { params: path(id), ...withSignal(signal) })),
    publish: (id, version, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/workflows/{workflow_id}/publish', {
          params: path(id),
          body: version === undefined ? {} : { version },
          ...withSignal(signal),
        }),
      ),
    fork: (id, body = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/workflows/{workflow_id}/fork', { params: path(id), body, ...withSignal(signal) })),
    diff: (id, from, to, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/workflows/{workflow_id}/diff', { params: { ...path(id), query: { from, to } }, ...withSignal(signal) }),
      ),
    export: (id, version, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/workflows/{workflow_id}/export', { params: at(id, version), ...withSignal(signal) })),
    diagram: (id, version, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/workflows/{workflow_id}/diagram', { params: at(id, version), parseAs: 'text', ...withSignal(signal) }),
      ),
    archive: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.DELETE('/api/workflows/{workflow_id}', { params: path(id), ...withSignal(signal) })),
    start: (id, body = {}, { signal, idempotencyKey = body.idempotency_key ?? crypto.randomUUID() } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/workflows/{workflow_id}/runs', {
          params: { ...path(id), header: { 'idempotency-key': idempotencyKey } },
          body,
          ...withSignal(signal),
        }),
      ),
  }
}
