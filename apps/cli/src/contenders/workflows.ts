import type { AgonClient, CreateBattle } from '@agon/client'
import { problemError, usageError } from '../cli-error.ts'
import { readDocument } from '../workflow/documents.ts'
import type { Contender } from './lineup.ts'
import { workflowOf } from './named.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The documents of contenders that are files, read before anything is started for them. */
export function workflowFiles(contenders: readonly Contender[]): Map<string, Record<string, unknown>> {
  const names = contenders.flatMap((contender) => workflowOf(contender) ?? []).filter((name) => !uuid.test(name))
  return new Map([...new Set(names)].map((name) => [name, readDocument(name)]))
}

/** The contenders as the API takes them. A workflow from a file is saved first, and that version contends. */
export async function sentContenders(
  contenders: readonly Contender[],
  documents: ReadonlyMap<string, Record<string, unknown>>,
  agon: AgonClient,
): Promise<CreateBattle['contenders']> {
  const versions = new Map<string, string>()
  for (const [name, document] of documents) {
    const saved = await agon.workflows.create({ document })
    if (!saved.ok)
      throw saved.problem.code === 'workflow_invalid'
        ? usageError(`${name}: ${saved.problem.detail ?? saved.problem.title}`)
        : problemError(saved.problem)
    versions.set(name, saved.value.version_id)
  }
  return contenders.map(({ model, identity, ...rest }) => {
    const name = workflowOf({ model })
    if (name === undefined) return { model, ...(identity && { identity }), ...rest }
    const version = versions.get(name)
    return { ...(version === undefined ? { workflow_id: name } : { workflow_version_id: version }), ...(identity && { identity }) }
  })
}
