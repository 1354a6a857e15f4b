import type { StepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { CompiledWorkflow, KnownWorld, LensDocument, WorkflowProblem } from '@agon/runner-core/workflow'
import type { KnownThings, WorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { environment } from '../../_shared/environment.ts'
import { sha256 } from '../sha256.ts'

/** The rules of documents, loaded by the first request that brings one: who reads battles does not wait for them. */
export const loadRules = () => import('@agon/runner-core/workflow')

/** A document as the database keeps it, and what might still be said of it. */
export interface Compiled {
  rows: Record<string, unknown>
  title: string
  description: string
  warnings: WorkflowProblem[]
}

export type Faulty = { kind: 'faults'; problems: WorkflowProblem[] } | { kind: 'error'; error: StepError }

/** What there is besides the document, as its owner may use it. */
async function worldOf(
  store: WorkflowOwnerStore,
  ownerId: string,
  document: unknown,
): Promise<Result<{ known: KnownWorld; things: KnownThings }, StepError>> {
  const { lensDocument, namedIn } = await loadRules()
  const found = await store.known(ownerId, namedIn(document))
  if (!found.ok) return found
  const lenses = new Map<string, LensDocument>()
  for (const [id, kept] of Object.entries(found.value.lenses)) {
    const read = lensDocument.safeParse(kept)
    // A version that an older Agon kept and this one cannot read is one that there is not.
    if (read.success) lenses.set(id, read.data)
  }
  return ok({
    things: found.value,
    known: {
      lenses,
      workflows: new Set(Object.keys(found.value.workflows)),
      connections: new Map(Object.entries(found.value.connections)),
      defaultModels: environment.AGON_DEFAULT_MODELS,
      today: new Date().toISOString().slice(0, 10),
    },
  })
}

/** Every problem of a document, as its owner's. Capabilities are looked at when it runs: a worker may come until then. */
export async function problemsOf(
  store: WorkflowOwnerStore,
  ownerId: string,
  document: unknown,
): Promise<Result<WorkflowProblem[], StepError>> {
  const read = await checked(store, ownerId, document)
  if (read.ok) return ok(read.value.warnings)
  return read.error.kind === 'error' ? fail(read.error.error) : ok(read.error.problems)
}

/** A document that may be stored as a version: what it holds inline has been stored before it. */
export async function compileFor(store: WorkflowOwnerStore, ownerId: string, document: unknown): Promise<Result<Compiled, Faulty>> {
  const read = await checked(store, ownerId, document)
  if (!read.ok) return read
  const { workflow, warnings, things } = read.value
  const rows = await rowsOf(store, workflow, things)
  if (!rows.ok) return fail({ kind: 'error', error: rows.error })
  const { title, description = '' } = workflow.document
  return ok({ rows: rows.value, title, description: description.slice(0, 4000), warnings })
}

async function checked(
  store: WorkflowOwnerStore,
  ownerId: string,
  document: unknown,
): Promise<Result<{ workflow: CompiledWorkflow; warnings: WorkflowProblem[]; things: KnownThings }, Faulty>> {
  const world = await worldOf(store, ownerId, document)
  if (!world.ok) return fail({ kind: 'error', error: world.error })
  const { known, things } = world.value
  const { compileWorkflow, pinnedProblems } = await loadRules()
  const compiled = await compileWorkflow(document, { known, sha256 })
  if (!compiled.ok) return fail({ kind: 'faults', problems: compiled.error })
  const { workflow, warnings } = compiled.value
  const unseen = pinnedProblems(workflow, things)
  return unseen.length > 0 ? fail({ kind: 'faults', problems: [...unseen, ...warnings] }) : ok({ workflow, warnings, things })
}

/**
 * A workflow as rows. Bodies are versions of their own, and workflows that are named run in the version they have now: their ids go into the
 * config of the node that begins them (`version_ids`), and into the hash, so that a new version of what is named makes this another one too.
 */
async function rowsOf(
  store: WorkflowOwnerStore,
  workflow: CompiledWorkflow,
  things: KnownThings,
): Promise<Result<Record<string, unknown>, StepError>> {
  const { versionsBegun } = await loadRules()
  const nodes: Record<string, unknown>[] = []
  const pins: string[] = []
  for (const { bodies, ...node } of workflow.nodes) {
    const version_ids = versionsBegun(node, things)
    for (const [name, body] of Object.entries(bodies)) {
      const rows = await rowsOf(store, body, things)
      if (!rows.ok) return rows
      const stored = await store.storeNested(rows.value)
      if (!stored.ok) return stored
      version_ids[name] = stored.value
    }
    const begins = Object.entries(version_ids).toSorted()
    if (begins.length > 0) pins.push(JSON.stringify([node.node_id, begins]))
    nodes.push(begins.length > 0 ? { ...node, config: { ...node.config, version_ids } } : node)
  }
  return ok({
    ...workflow,
    content_hash: pins.length === 0 ? workflow.content_hash : await sha256([workflow.content_hash, ...pins].join('\n')),
    nodes,
    edges: workflow.edges.map(({ source, target, ...edge }) => ({ ...edge, source_node_id: source, target_node_id: target })),
  })
}
