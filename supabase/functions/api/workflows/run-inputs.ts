import type { ContractField, ContractViolation } from '@agon/runner-core/workflow'
import { sha256 } from '../sha256.ts'
import { loadRules } from './workflow-compiler.ts'

export interface RunInputs {
  inputs: Record<string, unknown>
  /** SHA-256, hex, of the inputs as canonical JSON: the same inputs are the same, however they were written. */
  hash: string
  violations: ContractViolation[]
}

/**
 * What a run is given, held against what its workflow declares, with the defaults of what was left out. A name that is not declared is
 * refused: it would reach nobody, and most often it is misspelt. `of` goes into the hash: what else the run depends on.
 */
export async function runInputs(declared: unknown, given: Record<string, unknown>, of?: unknown): Promise<RunInputs> {
  const { canonicalJson, contractField, runInputs: boundInputs } = await loadRules()
  const parameters: Record<string, ContractField> = {}
  for (const [label, field] of Object.entries((declared ?? {}) as Record<string, unknown>)) parameters[label] = contractField.parse(field)
  const bound = boundInputs(parameters, given)
  const inputs = bound.ok ? bound.value : given
  return {
    inputs,
    hash: await sha256(canonicalJson(of === undefined ? inputs : { of, inputs })),
    violations: bound.ok ? [] : bound.error,
  }
}
