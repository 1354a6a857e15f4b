import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type Lens = Schemas['Lens']
export type LensPage = Schemas['LensPage']
export type LensVersions = Schemas['LensVersions']
export type CreateLens = Schemas['CreateLens']
export type SaveLens = Schemas['SaveLens']
export type StartLensRun = Schemas['StartLensRun']
export type Changes = Schemas['Changes']
export type RunStarted = Schemas['RunStarted']
type ListQuery = NonNullable<paths['/api/lenses']['get']['parameters']['query']>

interface CallOptions {
  signal?: AbortSignal
}

/** Lenses, one method a route: the signed-in user's own, and what others have published. */
export interface LensesClient {
  create(lens: CreateLens, options?: CallOptions): Promise<Outcome<Lens>>
  list(query?: ListQuery, options?: CallOptions): Promise<Outcome<LensPage>>
  /** At a version; without its number at the latest that you see. */
  get(lensId: string, version?: number, options?: CallOptions): Promise<Outcome<Lens>>
  /** A document that says something else is the next version; what is left out stays. */
  save(lensId: string, changes: SaveLens, options?: CallOptions): Promise<Outcome<Lens>>
  versions(lensId: string, options?: CallOptions): Promise<Outcome<LensVersions>>
  publish(lensId: string, version?: number, options?: CallOptions): Promise<Outcome<Lens>>
  fork(lensId: string, fork?: { version?: number; title?: string }, options?: CallOptions): Promise<Outcome<Lens>>
  diff(lensId: string, from: number, to: number, options?: CallOptions): Promise<Outcome<Changes>>
  archive(lensId: string, options?: CallOptions): Promise<Outcome<Schemas['LensArchived']>>
  /** Runs it alone. With an idempotency key, a repeated call returns the first run. */
  run(lensId: string, start?: StartLensRun, options?: CallOptions & { idempotencyKey?: string }): Promise<Outcome<RunStarted>>
}

export function createLensesClient(base: string, api: Client<paths>): LensesClient {
  const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {})
  const path = (lens_id: string) => ({ path: { lens_id } })
  return {
    create: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/lenses', { body, ...withSignal(signal) })),
    list: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/lenses', { params: { query }, ...withSignal(signal) })),
    get: (id, version, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/lenses/{lens_id}', {
          params: { ...path(id), query: version === undefined ? {} : { version } },
          ...withSignal(signal),
        }),
      ),
    save: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/lenses/{lens_id}', { params: path(id), body, ...withSignal(signal) })),
    versions: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/lenses/{lens_id}/versions', { params: path(id), ...withSignal(signal) })),
    publish: (id, version, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/lenses/{lens_id}/publish', {
          params: path(id),
          body: version === undefined ? {} : { version },
          ...withSignal(signal),
        }),
      ),
    fork: (id, body = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/lenses/{lens_id}/fork', { params: path(id), body, ...withSignal(signal) })),
    diff: (id, from, to, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/lenses/{lens_id}/diff', { params: { ...path(id), query: { from, to } }, ...withSignal(signal) }),
      ),
    archive: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.DELETE('/api/lenses/{lens_id}', { params: path(id), ...withSignal(signal) })),
    run: (id, body = {}, { signal, idempotencyKey = body.idempotency_key ?? crypto.randomUUID() } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/lenses/{lens_id}/runs', {
          params: { ...path(id), header: { 'idempotency-key': idempotencyKey } },
          body,
          ...withSignal(signal),
        }),
      ),
  }
}
