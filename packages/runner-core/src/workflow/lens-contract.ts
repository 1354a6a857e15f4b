import { templateVariables } from '../template.ts'
import { contractField, type InputContract, inputContract, labelPattern } from './contract-schema.ts'
import type { LensDocument } from './document.ts'

/**
 * What a lens takes. One that declares no parameters takes what its template names, all of it required: what it names only within
 * `{% if %}` has to be declared to be optional.
 */
export function lensContract(lens: LensDocument): InputContract {
  const declared = lens.input_contract ?? inputContract.parse({})
  if (Object.keys(declared.parameters).length > 0) return declared
  const read = templateVariables(lens.template)
  const names = read.ok ? read.value.flatMap(([name]) => (name !== undefined && labelPattern.test(name) ? [name] : [])) : []
  return { ...declared, parameters: Object.fromEntries([...new Set(names)].map((name) => [name, contractField.parse({})])) }
}

/** The lens with its contract whole, so that who runs it need not read its template. */
export const wholeLens = (lens: LensDocument): LensDocument => ({ ...lens, input_contract: lensContract(lens) })
