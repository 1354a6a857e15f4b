import type { ContractViolation, WorkflowProblem } from '@agon/runner-core/workflow'
import { type FieldError, problem } from '../../_shared/problem.ts'

const most = 5

/**
 * What keeps a document from being saved, all of it, as a problem; with the warnings, that are to be seen then too. `placed`: where a place
 * of the document stands in what was sent.
 */
export function documentRefused(
  code: 'workflow_invalid' | 'lens_invalid',
  problems: readonly WorkflowProblem[],
  placed: (path: string) => string = (path) => `/document${path}`,
): Response {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const told = errors
    .slice(0, most)
    .map(({ node_id, message }) => (node_id === undefined || code === 'lens_invalid' ? '' : `${node_id}: `) + message.replace(/\.$/, ''))
  const more = errors.length > most ? `; and ${errors.length - most} more` : ''
  return problem(
    code,
    `${told.join('; ')}${more}`.replace(/\.?$/, '.'),
    problems.map(({ path = '', ...rest }): FieldError => ({ ...rest, path: placed(path) })),
  )
}

/** What is wrong with what a run was given. */
export function inputsRefused(violations: readonly ContractViolation[]): Response {
  return problem(
    'input_contract_violation',
    `${violations.map(({ message }) => message).join('; ')}.`,
    violations.map(({ path, message, reason }) => ({ path: `/inputs${path}`, message, code: reason })),
  )
}
