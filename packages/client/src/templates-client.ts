import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'
import type { Workflow } from './workflows-client.ts'

type Schemas = components['schemas']
export type WorkflowTemplate = Schemas['WorkflowTemplate']
export type WorkflowTemplates = Schemas['WorkflowTemplates']
export type ForkTemplate = Schemas['ForkTemplate']

interface CallOptions {
  signal?: AbortSignal
}

/** Workflows to begin with, which come with Agon. */
export interface TemplatesClient {
  list(options?: CallOptions): Promise<Outcome<WorkflowTemplates>>
  /** By its slug, its number or its name: 09-media-router, 9, media-router. */
  get(slug: string, options?: CallOptions): Promise<Outcome<WorkflowTemplate>>
  /** A workflow of the signed-in user's own that begins as the template is; `models` by kind, or by the id of a node. */
  fork(slug: string, fork?: ForkTemplate, options?: CallOptions): Promise<Outcome<Workflow>>
}

export function createTemplatesClient(base: string, api: Client<paths>): TemplatesClient {
  const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {})
  const path = (slug: string) => ({ path: { slug } })
  return {
    list: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/workflow-templates', withSignal(signal))),
    get: (slug, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/workflow-templates/{slug}', { params: path(slug), ...withSignal(signal) })),
    fork: (slug, body = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/workflow-templates/{slug}/fork', { params: path(slug), body, ...withSignal(signal) })),
  }
}
