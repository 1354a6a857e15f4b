import type { StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { WorkflowDocument } from '@agon/runner-core/workflow'
import type { RunStore } from '@agon/store/run-store'
import type { StoredWorkflow, WorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { problem } from '../../_shared/problem.ts'
import { given } from '../given.ts'
import type { Handlers } from '../routes.ts'
import { pinnedNodes } from './pinned-nodes.ts'
import { runInputs } from './run-inputs.ts'
import { startRun } from './start-run.ts'
import { compileFor, type Faulty, loadRules, problemsOf } from './workflow-compiler.ts'
import { documentRefused, inputsRefused } from './workflow-problems.ts'
import type { workflowRoutes } from './workflow-routes.ts'

export const mermaidType = 'text/vnd.mermaid; charset=utf-8'

/** Workflows as people keep them. The database keeps them and says who sees what; these check documents and turn refusals into problems. */
export function workflowHandlers(store: WorkflowOwnerStore, runs: RunStore): Handlers<keyof typeof workflowRoutes> {
  const none = (id: string, version?: number) =>
    problem('not_found', `No workflow ${id}${version === undefined ? '' : ` with a version ${version}`} is visible to you.`)
  const broken = ({ code, message }: StepError) => problem(code, message)
  const refused = (error: Faulty) => (error.kind === 'error' ? broken(error.error) : documentRefused('workflow_invalid', error.problems))

  /** Reads a workflow, and answers with it or that there is none. */
  async function seen(
    id: string,
    found: Promise<Result<StoredWorkflow | null, StepError>>,
    answer: (workflow: StoredWorkflow) => Response | Promise<Response>,
    version?: number,
  ): Promise<Response> {
    const workflow = await found
    if (!workflow.ok) return broken(workflow.error)
    return workflow.value === null ? none(id, version) : answer(workflow.value)
  }

  async function create(
    user: string,
    document: unknown,
    kept: { tags?: string[] | undefined; note?: string | undefined; title?: string | undefined; forked_from_version_id?: string },
  ): Promise<Response> {
    const compiled = await compileFor(store, user, document)
    if (!compiled.ok) return refused(compiled.error)
    const { rows, title, description, warnings } = compiled.value
    const made = await store.create(user, { title, description, ...given(kept) }, rows)
    if (!made.ok) return broken(made.error)
    return seen('', store.get(made.value.workflow_id, user), (workflow) => Response.json({ ...workflow, warnings }, { status: 201 }))
  }

  return {
    createWorkflow: ({ user, body: { document, ...kept } }) => create(user, document, kept),

    async listWorkflows({ user, query: { mine, limit, cursor, ...filter } }) {
      const found = await store.list(user, { filter: given({ ...filter, mine: mine === 'true' }), most: limit, cursor })
      return found.ok ? Response.json(found.value) : broken(found.error)
    },

    async validateWorkflow({ user, body: { document } }) {
      const problems = await problemsOf(store, user, document)
      if (!problems.ok) return broken(problems.error)
      return Response.json({ valid: !problems.value.some(({ severity }) => severity === 'error'), problems: problems.value })
    },

    getWorkflow: ({ user, params: { workflow_id }, query: { version } }) =>
      seen(workflow_id, store.get(workflow_id, user, version), (workflow) => Response.json({ ...workflow, warnings: [] }), version),

    async saveWorkflow({ user, params: { workflow_id }, body: { document, ...kept } }) {
      const compiled = document === undefined ? undefined : await compileFor(store, user, document)
      if (compiled && !compiled.ok) return refused(compiled.error)
      const { rows, warnings = [], ...named } = compiled?.value ?? {}
      const saved = await store.save(workflow_id, user, { ...named, ...kept }, rows)
      if (!saved.ok) return broken(saved.error)
      if ('refused' in saved.value) return none(workflow_id)
      return seen(workflow_id, store.get(workflow_id, user), (workflow) => Response.json({ ...workflow, warnings }))
    },

    async archiveWorkflow({ user, params: { workflow_id } }) {
      const archived = await store.archive(workflow_id, user)
      if (!archived.ok) return broken(archived.error)
      return archived.value ? Response.json({ workflow_id, archived: true }) : none(workflow_id)
    },

    async workflowVersions({ user, params: { workflow_id } }) {
      const found = await store.versions(workflow_id, user)
      if (!found.ok) return broken(found.error)
      return found.value === null ? none(workflow_id) : Response.json({ versions: found.value })
    },

    publishWorkflow: ({ user, params: { workflow_id }, body: { version } }) =>
      seen(workflow_id, store.publish(workflow_id, user, version), (workflow) => Response.json({ ...workflow, warnings: [] }), version),

    forkWorkflow: ({ user, params: { workflow_id }, body: { version, title } }) =>
      seen(workflow_id, store.get(workflow_id, user, version), ({ document, tags, version_id }) =>
        // Compiled anew: what it names is looked at as its new owner may use it.
        create(user, title === undefined ? document : { ...document, title }, { tags, forked_from_version_id: version_id }),
      ),

    async diffWorkflow({ user, params: { workflow_id }, query: { from, to } }) {
      return seen(workflow_id, store.get(workflow_id, user, from), (older) =>
        seen(workflow_id, store.get(workflow_id, user, to), async (newer) => {
          const { changesBetween } = await loadRules()
          return Response.json({ from, to, changes: changesBetween(older.document, newer.document) })
        }),
      )
    },

    exportWorkflow: ({ user, params: { workflow_id }, query: { version } }) =>
      seen(workflow_id, store.get(workflow_id, user, version), ({ document }) => Response.json(document), version),

    workflowDiagram: ({ user, params: { workflow_id }, query: { version } }) =>
      seen(workflow_id, store.get(workflow_id, user, version), async ({ document }) => {
        const { mermaidOf } = await loadRules()
        const { nodes, edges } = document as unknown as WorkflowDocument
        return new Response(mermaidOf(nodes, edges), { headers: { 'content-type': mermaidType } })
      }),

    startRun: ({ user, params: { workflow_id }, headers, body: { version, inputs, pinned = {}, ...start } }) =>
      seen(
        workflow_id,
        store.get(workflow_id, user, version),
        async ({ version_id, document }) => {
          const pins = await pinnedNodes(pinned, document as unknown as WorkflowDocument)
          if (pins instanceof Response) return pins
          const bound = await runInputs(document.inputs, inputs)
          if (bound.violations.length > 0) return inputsRefused(bound.violations)
          return startRun(runs, user, `/workflows/${workflow_id}`, {
            version_id,
            inputs: bound.inputs,
            inputs_hash: bound.hash,
            pinned: pins,
            ...start,
            idempotency_key: headers['idempotency-key'] ?? start.idempotency_key,
          })
        },
        version,
      ),
  }
}
