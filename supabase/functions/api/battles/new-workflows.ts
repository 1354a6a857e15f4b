import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { WorkflowContender } from '@agon/runner-core/workflow'
import type { BattleStore } from '@agon/store/battle-store'
import type { z } from 'zod'
import type { FieldError } from '../../_shared/problem.ts'
import type { createBattle } from '../requests.ts'
import { loadRules } from '../workflows/workflow-compiler.ts'
import { isWorkflow } from './people-requests.ts'

/**
 * The contenders of a request that are workflows, each pinned to a version and checked, at their places. All that keeps them from
 * contending is told at once: `not_found`, `workflow_unpublished`, `workflow_takes_no_task`, `capability_missing`, `input_contract_violation`.
 */
export async function newWorkflows(
  { contenders, prompt }: z.output<typeof createBattle>,
  owner: string,
  store: Pick<BattleStore, 'contendingVersions'>,
): Promise<Result<(WorkflowContender | undefined)[], StepError & { errors?: FieldError[] }>> {
  const wanted = contenders.filter(isWorkflow)
  if (wanted.length === 0) return ok([])
  const versions = await store.contendingVersions(
    owner,
    wanted.map(({ workflow_id, workflow_version_id: version_id }) => (version_id === undefined ? { workflow_id } : { version_id })),
  )
  if (!versions.ok) return versions
  const { contendingWorkflow } = await loadRules()
  const errors: FieldError[] = []
  const rows = contenders.map((contender, nth) => {
    const version = versions.value[wanted.indexOf(contender)]
    if (!isWorkflow(contender) || !version) return undefined
    const read = contendingWorkflow(version, contender.inputs ?? {}, prompt)
    if ('contender' in read) return read.contender
    const field = contender.workflow_id === undefined ? '/workflow_version_id' : '/workflow_id'
    errors.push(...read.problems.map(({ code, path, message }) => ({ path: `/contenders/${nth}${path || field}`, message, code })))
    return undefined
  })
  if (errors.length === 0) return ok(rows)
  const [first] = errors as [FieldError & { code: Parameters<typeof stepError>[0] }]
  return fail({ ...stepError(first.code, `${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`), errors })
}
