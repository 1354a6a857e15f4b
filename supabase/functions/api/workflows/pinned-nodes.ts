import type { WorkflowDocument } from '@agon/runner-core/workflow'
import type { z } from 'zod'
import { problem } from '../../_shared/problem.ts'
import type { startRun } from './run-requests.ts'
import { loadRules } from './workflow-compiler.ts'

type Pinned = NonNullable<z.output<typeof startRun>['pinned']>

/** What nodes come to, given beforehand, as the database keeps it; or which of them there are not. */
export async function pinnedNodes(pinned: Pinned, { nodes }: Pick<WorkflowDocument, 'nodes'>): Promise<Record<string, unknown> | Response> {
  const ids = new Set(nodes.map(({ id }) => id))
  const unknown = Object.keys(pinned).filter((id) => !ids.has(id))
  if (unknown.length > 0)
    return problem(
      'invalid_request',
      `The workflow has no node ${unknown.join(', ')}.`,
      unknown.map((id) => ({ path: `/pinned/${id}`, message: 'the workflow has no node of that id' })),
    )
  const { envelopeOf } = await loadRules()
  return Object.fromEntries(
    Object.entries(pinned).map(([id, { output, envelope, error, ports = ['output'] }]) => [
      id,
      error ? { error } : { envelope: envelope ?? envelopeOf(output), ports },
    ]),
  )
}
