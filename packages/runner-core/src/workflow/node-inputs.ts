import { type StepError, stepError } from '../errors.ts'
import type { NodeJob } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { bindInputs } from './bind-inputs.ts'
import type { InputContract } from './contract-schema.ts'
import { contractError, inputViolations } from './contracts.ts'
import { isObject } from './document.ts'

/** What goes into a node, as JSON in UTF-8. */
export const mostInputBytes = 512 * 1024

export interface PreparedNode {
  inputs: Record<string, unknown>
  prompt: string
}

/** What a template may say: labels at the top, the run's inputs and its variables under their names. */
export const scopeOf = (job: Pick<NodeJob, 'runInputs' | 'variables'>, inputs: Record<string, unknown>): Record<string, unknown> => ({
  ...inputs,
  inputs: job.runInputs,
  variables: job.variables,
})

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

/** The template of the lens, or of the config of a node that has one in its place. */
async function promptOf(job: NodeJob, inputs: Record<string, unknown>): Promise<Result<string, StepError>> {
  const { config, lens } = job
  const template = lens?.template ?? config.template ?? config.prompt ?? config.text
  if (typeof template !== 'string' || template === '') return ok('')
  const more = isObject(config.variables) ? config.variables : {}
  return rendered(template, scopeOf(job, { ...more, ...inputs }))
}

/** Renders a template of a node. Liquid is loaded where there is one. */
export async function rendered(template: string, scope: Record<string, unknown>): Promise<Result<string, StepError>> {
  const { renderTemplate } = await import('../template.ts')
  return renderTemplate(template, scope)
}
