import { type StepError, stepError } from '../errors.ts'
import type { NodeJob } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { bindInputs } from './bind-inputs.ts'
import type { InputContract } from './contract-schema.ts'
import { contractError, inputViolations } from './contracts.ts'
import { isObject } from './document.ts'
import { nodeTypes } from './node-types/index.ts'
import { templateScope } from './run-inputs.ts'

/** What goes into a node, as JSON in UTF-8. */
export const mostInputBytes = 512 * 1024

export interface PreparedNode {
  inputs: Record<string, unknown>
  prompt: string
}

/**
 * What a node works with: its inputs, bound and held against the contract of its lens, and its prompt. Errors: those of binding;
 * `context_too_large`; `input_contract_violation`; `template_invalid`.
 */
export async function prepareNode(job: NodeJob): Promise<Result<PreparedNode, StepError>> {
  const bound = bindInputs(job)
  if (!bound.ok) return bound
  const large = tooLarge(bound.value, 'inputs')
  if (large) return fail(large)
  const inputs = bound.value
  // Parsed when the lens was saved.
  const contract = job.lens?.input_contract as InputContract | undefined
  const violations = contract ? inputViolations(contract, inputs) : []
  if (violations.length > 0) return fail(contractError('input', violations))
  const prompt = await promptOf(job, inputs)
  if (!prompt.ok) return prompt
  const long = tooLarge(prompt.value, 'prompt')
  return long ? fail(long) : ok({ inputs, prompt: prompt.value })
}

function tooLarge(value: unknown, what: string): StepError | undefined {
  const bytes = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)).length
  return bytes > mostInputBytes
    ? stepError('context_too_large', `The ${what} of the node are ${bytes} bytes of JSON; ${mostInputBytes} are allowed.`)
    : undefined
}

/** What makes the prompt: the config's own template where the type has one, else that of the lens. */
async function promptOf(job: NodeJob, inputs: Record<string, unknown>): Promise<Result<string, StepError>> {
  const { config, lens, nodeType } = job
  const key = nodeTypes.get(nodeType)?.promptKey
  const template = (key === undefined ? undefined : config[key]) ?? lens?.template
  if (typeof template !== 'string' || template === '') return ok('')
  const { renderTemplate } = await import('../template.ts')
  const more = isObject(config.variables) ? config.variables : {}
  return renderTemplate(template, { ...templateScope(job, inputs), ...more, ...inputs }, { lists: 'json' })
}
