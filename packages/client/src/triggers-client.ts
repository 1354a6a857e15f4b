import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { components, paths } from './schema.ts'

type Schemas = components['schemas']
export type Trigger = Schemas['Trigger']
export type TriggerMade = Schemas['TriggerMade']
export type TriggerWithSecret = Schemas['TriggerWithSecret']
export type TriggerWithDues = Schemas['TriggerWithDues']
export type CreateTrigger = Schemas['CreateTrigger']
export type UpdateTrigger = Schemas['UpdateTrigger']
export type PreviewSchedule = Schemas['PreviewSchedule']
export type SchedulePreview = Schemas['SchedulePreview']
export type TriggerFiringPage = Schemas['TriggerFiringPage']

interface CallOptions {
  signal?: AbortSignal
}

/** What starts the signed-in user's workflows, one method a route. */
export interface TriggersClient {
  /** The answer shows a webhook trigger's secret, once. */
  create(trigger: CreateTrigger, options?: CallOptions): Promise<Outcome<TriggerMade>>
  /** Of one workflow, or of all. */
  list(query?: { workflow_id?: string }, options?: CallOptions): Promise<Outcome<Schemas['Triggers']>>
  get(triggerId: string, options?: CallOptions): Promise<Outcome<TriggerWithDues>>
  update(triggerId: string, changes: UpdateTrigger, options?: CallOptions): Promise<Outcome<Trigger>>
  remove(triggerId: string, options?: CallOptions): Promise<Outcome<Schemas['TriggerRemoved']>>
  /** Starts its workflow now, by hand. */
  fire(triggerId: string, inputs?: Record<string, unknown>, options?: CallOptions): Promise<Outcome<Schemas['TriggerFired']>>
  /** The old secret opens nothing from now on, or for `old_valid_s` more seconds. */
  rotateSecret(triggerId: string, query?: { old_valid_s?: number }, options?: CallOptions): Promise<Outcome<TriggerWithSecret>>
  firings(triggerId: string, query?: { limit?: number; cursor?: number }, options?: CallOptions): Promise<Outcome<TriggerFiringPage>>
  /** When a schedule would be due; nothing is saved. */
  preview(schedule: PreviewSchedule, options?: CallOptions): Promise<Outcome<SchedulePreview>>
}

export function createTriggersClient(base: string, api: Client<paths>): TriggersClient {
  const aborted = (signal?: AbortSignal) => (signal ? { signal } : {})
  const at = (triggerId: string, signal?: AbortSignal) => ({ params: { path: { trigger_id: triggerId } }, ...aborted(signal) })
  return {
    create: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/triggers', { body, ...aborted(signal) })),
    list: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/triggers', { params: { query }, ...aborted(signal) })),
    get: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/triggers/{trigger_id}', at(id, signal))),
    update: (id, body, { signal } = {}) => outcomeOf(base, signal, api.PATCH('/api/triggers/{trigger_id}', { ...at(id, signal), body })),
    remove: (id, { signal } = {}) => outcomeOf(base, signal, api.DELETE('/api/triggers/{trigger_id}', at(id, signal))),
    fire: (id, inputs = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/triggers/{trigger_id}/fire', { ...at(id, signal), body: { inputs } })),
    rotateSecret: (id, query = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/triggers/{trigger_id}/rotate-secret', { params: { path: { trigger_id: id }, query }, ...aborted(signal) }),
      ),
    firings: (id, query = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/triggers/{trigger_id}/firings', { params: { path: { trigger_id: id }, query }, ...aborted(signal) }),
      ),
    preview: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/triggers/preview', { body, ...aborted(signal) })),
  }
}
