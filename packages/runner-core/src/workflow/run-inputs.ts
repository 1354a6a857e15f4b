import type { NodeJob } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { contractOf } from './bind-inputs.ts'
import type { ContractField } from './contract-schema.ts'
import { type ContractViolation, inputViolations } from './contracts.ts'

/**
 * The inputs a run starts with: what was given, defaults where nothing was, and null for what may be left out, so that a template which
 * names it prints nothing. Errors: every violation, with its path. `strict: false` takes labels that the workflow does not declare, as
 * the body of somebody else's webhook has them.
 */
export function runInputs(
  parameters: Readonly<Record<string, ContractField>>,
  given: Readonly<Record<string, unknown>>,
  { strict = true }: { strict?: boolean } = {},
): Result<Record<string, unknown>, ContractViolation[]> {
  const violations = inputViolations({ parameters: { ...parameters }, strict }, given)
  if (violations.length > 0) return fail(violations)
  const declared = Object.entries(parameters).map(([label, field]) => [
    label,
    Object.hasOwn(given, label) ? given[label] : (field.default ?? null),
  ])
  return ok({ ...given, ...Object.fromEntries(declared) })
}

/**
 * What a node's templates may say: its inputs by label, the run's as inputs.name, its variables as variables.name. Parameters that may be
 * left out, and were, print nothing.
 */
export const templateScope = (
  job: Pick<NodeJob, 'nodeType' | 'lens' | 'config' | 'runInputs' | 'variables'>,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> => ({
  ...Object.fromEntries(Object.keys(contractOf(job).parameters).map((label) => [label, null])),
  ...inputs,
  inputs: job.runInputs,
  variables: job.variables,
})
