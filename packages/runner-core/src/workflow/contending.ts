import { type ErrorCode, type StepError, stepError } from '../errors.ts'
import type { ContendingVersion } from '../ports/index.ts'
import { type ContractField, contractField } from './contract-schema.ts'
import { inputViolations } from './contracts.ts'

export interface WorkflowContender {
  version_id: string
  workflow_id: string
  inputs: Record<string, unknown>
  makes: string
  simulated: boolean
  /** Keys of the owner that pay for its run, by provider. */
  byok_keys?: Record<string, string> | undefined
}

export interface ContendingProblem {
  code: ErrorCode
  /** Within the contender, as a JSON pointer. */
  path: string
  message: string
}

/** Inputs of a workflow that are the task of the battle it contends in. */
const taskLabels = ['prompt', 'task']

/**
 * A workflow as a contender of a battle with this task: what else it is given, with defaults; or everything that keeps it from contending.
 *
 * @example contendingWorkflow({ refused: 'not_found' }, {}, 'A haiku') // one problem: not_found
 */
export function contendingWorkflow(
  version: ContendingVersion,
  given: Record<string, unknown>,
  task: string,
): { contender: WorkflowContender } | { problems: ContendingProblem[] } {
  if ('refused' in version)
    return {
      problems: [
        {
          code: version.refused,
          path: '',
          message: version.refused === 'not_found' ? 'there is no such workflow that you may run' : 'the workflow has no published version',
        },
      ],
    }
  const parameters: Record<string, ContractField> = {}
  for (const [label, field] of Object.entries(version.inputs)) parameters[label] = contractField.parse(field)
  const takes = taskLabels.filter((label) => Object.hasOwn(parameters, label))
  const problems: ContendingProblem[] = []
  if (takes.length === 0) problems.push({ code: 'workflow_takes_no_task', path: '', message: 'the workflow has no input prompt or task' })
  if (version.missing.length > 0)
    problems.push({
      code: 'capability_missing',
      path: '',
      message: `the workflow needs ${version.missing.join(', ')}, and no worker that can do it was heard of in ten minutes`,
    })
  const inputs: Record<string, unknown> = {}
  for (const [label, value] of Object.entries(given)) {
    if (takes.includes(label))
      problems.push({ code: 'input_contract_violation', path: `/inputs/${label}`, message: `${label} is the battle’s task: leave it out` })
    else inputs[label] = value
  }
  for (const [label, field] of Object.entries(parameters))
    if (inputs[label] === undefined && field.default !== undefined && !takes.includes(label)) inputs[label] = field.default
  const whole = { ...inputs, ...Object.fromEntries(takes.map((label) => [label, task])) }
  for (const { path, message } of inputViolations({ parameters, strict: true }, whole))
    problems.push({ code: 'input_contract_violation', path: `/inputs${path}`, message })
  if (problems.length > 0) return { problems }
  const { version_id, workflow_id, makes, simulated } = version
  return { contender: { version_id, workflow_id, inputs, makes, simulated } }
}

/** All of it as one error, under the code of the first. */
export const contendingError = (problems: readonly (ContendingProblem & { at: string })[]): StepError =>
  stepError(problems[0]!.code, `${problems.map(({ at, path, message }) => `${at}${path}: ${message}`).join('; ')}.`)
