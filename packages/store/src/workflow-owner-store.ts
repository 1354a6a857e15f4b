import type { NamedThings } from '@agon/runner-core/workflow'
import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'
import type { Listing } from './lens-store.ts'

/** What is to be kept of a workflow besides its document; on a save, what is left out stays. */
export interface KeptWorkflow {
  title?: string | undefined
  description?: string | undefined
  visibility?: 'private' | 'public' | undefined
  tags?: string[] | undefined
  note?: string | undefined
  forked_from_version_id?: string
}

const document = z.record(z.string(), z.unknown())
/** A workflow at one of its versions. */
const workflow = z.looseObject({
  workflow_id: z.string(),
  title: z.string(),
  version_id: z.string(),
  number: z.number(),
  tags: z.array(z.string()),
  document,
})
export type StoredWorkflow = z.output<typeof workflow>
const saved = z.object({ workflow_id: z.string(), version_id: z.string(), number: z.number() })
const refused = z.object({ refused: z.literal('not_found') })
const known = z.object({
  lenses: z.record(z.string(), document),
  /** The version of each that would run now. */
  workflows: z.record(z.string(), z.string()),
  /** Of the versions that were named: whose they are. */
  versions: z.record(z.string(), z.string()),
  connections: z.record(z.string(), z.string()),
  capabilities: z.array(z.string()),
})
/** Of what a document names, what its owner may use. */
export type KnownThings = z.output<typeof known>

/** What the api needs of workflows as people keep them, one method an RPC. null is what a viewer does not see. */
export function createWorkflowOwnerStore({ lenses }: Connection) {
  const numbered = (number?: number) => (number === undefined ? {} : { number })
  return {
    known: (owner_id: string, named: NamedThings) =>
      call('fn_workflows_known', lenses.rpc('fn_workflows_known', { owner_id, named: named as unknown as Json }), known),
    /** The version of what a lens alone, or the body of a loop, compiles to. */
    storeNested: (compiled: object) =>
      call('fn_versions_store_nested', lenses.rpc('fn_versions_store_nested', { compiled: compiled as Json }), z.string()),
    create: (owner_id: string, kept: KeptWorkflow, compiled: object) =>
      call(
        'fn_workflows_create',
        lenses.rpc('fn_workflows_create', { owner_id, workflow: kept as unknown as Json, compiled: compiled as Json }),
        saved,
      ),
    save: (workflow_id: string, owner_id: string, kept: KeptWorkflow, compiled?: object) =>
      call(
        'fn_workflows_save',
        lenses.rpc('fn_workflows_save', {
          workflow_id,
          owner_id,
          workflow: kept as unknown as Json,
          ...(compiled && { compiled: compiled as Json }),
        }),
        z.union([refused, saved]),
      ),
    get: (workflow_id: string, viewer_id: string, number?: number) =>
      call('fn_workflows_get', lenses.rpc('fn_workflows_get', { workflow_id, viewer_id, ...numbered(number) }), workflow.nullable()),
    list: (viewer_id: string, { filter, most, cursor }: Listing) =>
      call(
        'fn_workflows_list',
        lenses.rpc('fn_workflows_list', { viewer_id, filter: filter as Json, most, ...(cursor === undefined ? {} : { cursor }) }),
        document,
      ),
    versions: (workflow_id: string, viewer_id: string) =>
      call('fn_workflows_versions', lenses.rpc('fn_workflows_versions', { workflow_id, viewer_id }), z.array(document).nullable()),
    publish: (workflow_id: string, owner_id: string, number?: number) =>
      call('fn_workflows_publish', lenses.rpc('fn_workflows_publish', { workflow_id, owner_id, ...numbered(number) }), workflow.nullable()),
    archive: (workflow_id: string, owner_id: string) =>
      call('fn_workflows_archive', lenses.rpc('fn_workflows_archive', { workflow_id, owner_id }), z.boolean()),
  }
}

export type WorkflowOwnerStore = ReturnType<typeof createWorkflowOwnerStore>
