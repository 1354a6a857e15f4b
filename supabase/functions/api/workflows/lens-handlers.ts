import type { StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { LensDocument, WorkflowProblem } from '@agon/runner-core/workflow'
import type { LensStore } from '@agon/store/lens-store'
import type { RunStore } from '@agon/store/run-store'
import type { WorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { sha256 } from '../sha256.ts'
import type { lensRoutes } from './lens-routes.ts'
import { runInputs } from './run-inputs.ts'
import { startRun } from './start-run.ts'
import { compileFor, loadRules } from './workflow-compiler.ts'
import { documentRefused, inputsRefused } from './workflow-problems.ts'

/** What the node that runs a lens says of it, and not the lens itself. */
const saidByNodes = new Set(['model_missing', 'routing_insufficient_routes', 'validation_missing_criteria', 'orchestration_missing_caps'])

/** Lenses. The database keeps them and says who sees what; these check what a lens says, and turn refusals into problems. */
export function lensHandlers(lenses: LensStore, workflows: WorkflowOwnerStore, runs: RunStore): Handlers<keyof typeof lensRoutes> {
  const none = (id: string) => problem('not_found', `No lens ${id} is visible to you.`)

  function show<T>(found: Result<T | null, StepError>, id: string, status = 200): Response {
    if (!found.ok) return problem(found.error.code, found.error.message)
    const { value } = found
    if (value === null || (typeof value === 'object' && 'refused' in value)) return none(id)
    return Response.json(value, { status })
  }

  return {
    async createLens({ user, body: { document, ...kept } }) {
      const read = await readLens(document)
      if ('problems' in read) return documentRefused('lens_invalid', read.problems)
      const made = await lenses.create(user, { ...kept, ...read })
      return show(made, '', 201)
    },

    async listLenses({ user, query: { mine, limit, cursor, ...filter } }) {
      const found = await lenses.list(user, { filter: given({ ...filter, mine: mine === 'true' }), most: limit, cursor })
      return found.ok ? Response.json(found.value) : problem(found.error.code, found.error.message)
    },

    getLens: async ({ user, params: { lens_id }, query: { version } }) => show(await lenses.get(lens_id, user, version), lens_id),

    async saveLens({ user, params: { lens_id }, body: { document, ...kept } }) {
      if (document === undefined) return show(await lenses.save(lens_id, user, kept), lens_id)
      const read = await readLens(document)
      if ('problems' in read) return documentRefused('lens_invalid', read.problems)
      return show(await lenses.save(lens_id, user, { ...kept, ...read }), lens_id)
    },

    async archiveLens({ user, params: { lens_id } }) {
      const archived = await lenses.archive(lens_id, user)
      if (!archived.ok) return problem(archived.error.code, archived.error.message)
      return archived.value ? Response.json({ lens_id, archived: true }) : none(lens_id)
    },

    async lensVersions({ user, params: { lens_id } }) {
      const found = await lenses.versions(lens_id, user)
      if (!found.ok) return problem(found.error.code, found.error.message)
      return found.value === null ? none(lens_id) : Response.json({ versions: found.value })
    },

    publishLens: async ({ user, params: { lens_id }, body: { version } }) => show(await lenses.publish(lens_id, user, version), lens_id),

    forkLens: async ({ user, params: { lens_id }, body: { version, title } }) =>
      show(await lenses.fork(lens_id, user, given({ number: version, title })), lens_id, 201),

    async diffLens({ user, params: { lens_id }, query: { from, to } }) {
      const [older, newer] = await Promise.all([lenses.get(lens_id, user, from), lenses.get(lens_id, user, to)])
      if (!older.ok) return problem(older.error.code, older.error.message)
      if (!newer.ok) return problem(newer.error.code, newer.error.message)
      if (older.value === null || newer.value === null) return none(lens_id)
      const { changesBetween } = await loadRules()
      return Response.json({ from, to, changes: changesBetween(older.value.document, newer.value.document) })
    },

    async runLens({ user, params: { lens_id }, headers, body: { version, config = {}, inputs, ...start } }) {
      const found = await lenses.get(lens_id, user, version)
      if (!found.ok) return problem(found.error.code, found.error.message)
      if (found.value === null) return none(lens_id)
      const { title, version_id, document } = found.value
      const { lensDocument, lensWorkflow } = await loadRules()
      const alone = lensWorkflow(lensDocument.parse(document), { title, lens_version_id: version_id, config })
      const compiled = await compileFor(workflows, user, alone)
      if (!compiled.ok) {
        if (compiled.error.kind === 'error') return problem(compiled.error.error.code, compiled.error.error.message)
        return documentRefused('lens_invalid', compiled.error.problems)
      }
      const stored = await workflows.storeNested(compiled.value.rows)
      if (!stored.ok) return problem(stored.error.code, stored.error.message)
      // One key must not be taken for a run of another lens that was given the same.
      const bound = await runInputs(alone.inputs, inputs, stored.value)
      if (bound.violations.length > 0) return inputsRefused(bound.violations)
      return startRun(runs, user, `/lenses/${lens_id}`, {
        version_id: stored.value,
        inputs: bound.inputs,
        inputs_hash: bound.hash,
        ...start,
        idempotency_key: headers['idempotency-key'] ?? start.idempotency_key,
      })
    },
  }
}

/** A lens as it is kept, with what tells it from another; or everything that is wrong with it. */
async function readLens(value: unknown): Promise<{ document: LensDocument; content_hash: string } | { problems: WorkflowProblem[] }> {
  const { canonicalJson, validateWorkflow } = await loadRules()
  const alone = { format: 'agon.workflow/v1', title: 'Lens', nodes: [{ id: 'lens', type: 'lens', lens: value }] }
  const { read, problems } = validateWorkflow(alone, {}, { depth: 0, base: '', openInputs: true })
  const faults = problems
    .filter(({ code }) => !saidByNodes.has(code))
    .map(({ node_id: _, path, ...rest }) => ({ ...rest, ...(path !== undefined && { path: path.replace('/nodes/0/lens', '') }) }))
  const lens = read.nodes[0]?.lens
  if (!lens || faults.some(({ severity }) => severity === 'error')) return { problems: faults }
  const { title: _, ...document } = lens
  return { document, content_hash: await sha256(canonicalJson(document)) }
}
