import type { CompiledNode, CompiledWorkflow } from './compile.ts'
import type { WorkflowProblem } from './problems.ts'

/** What there is of the workflows and versions that a document names, as its owner may run them. */
interface KnownVersions {
  /** The version each workflow has now, by the workflow's id. */
  workflows: Record<string, string>
  /** The workflow of each version, by the version's id. */
  versions: Record<string, string>
}

/** A version that is pinned, also in a body, must be one of that workflow, and one its owner sees: it will run as theirs. */
export function pinnedProblems({ nodes }: CompiledWorkflow, things: KnownVersions): WorkflowProblem[] {
  return nodes.flatMap(({ node_id, node_type, ordinal, config, bodies }): WorkflowProblem[] => {
    const path = `/nodes/${ordinal}/config`
    const within = Object.values(bodies).flatMap((body) => pinnedProblems(body, things))
    // Whichever body it is in, this node is the one its author finds.
    const told = within.map((each) => ({ ...each, node_id, path }))
    const version = node_type === 'sub_workflow' ? config.version_id : undefined
    if (typeof version !== 'string' || things.versions[version.toLowerCase()] === String(config.workflow_id).toLowerCase()) return told
    return [
      {
        code: 'unknown_workflow',
        severity: 'error',
        node_id,
        path: `${path}/version_id`,
        message: 'the workflow has no version of that id that you may run',
        remedy: 'Name one of GET /api/workflows/{workflow_id}/versions, or leave version and version_id out.',
      },
      ...told,
    ]
  })
}

/** The workflows that a node names, each in the version that is pinned or that it has now: `config.version_ids` as the runners read it. */
export function versionsBegun(
  { node_type, config }: Pick<CompiledNode, 'node_type' | 'config'>,
  { workflows }: Pick<KnownVersions, 'workflows'>,
): Record<string, string> {
  const { workflow_id, version_id, body, lenses } = config as {
    workflow_id?: string
    version_id?: string
    body?: { workflow_id?: string }
    lenses?: { name: string; workflow_id?: string }[]
  }
  const now = (name: string, id: string | undefined): [string, string][] => {
    const version = id === undefined ? undefined : workflows[id.toLowerCase()]
    return version === undefined ? [] : [[name, version]]
  }
  if (node_type === 'sub_workflow')
    return Object.fromEntries(version_id === undefined ? now('workflow', workflow_id) : [['workflow', version_id]])
  if (node_type === 'loop_map') return Object.fromEntries(now('body', body?.workflow_id))
  if (node_type === 'lens') return Object.fromEntries((lenses ?? []).flatMap((each) => now(each.name, each.workflow_id)))
  return {}
}
