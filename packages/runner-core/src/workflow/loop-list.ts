import { overrideReference } from './edge-values.ts'

/**
 * The labels under which the list of a loop reaches it: that of items_path, and the run's input that an override takes it from. Its items
 * do without them: a thousand would each carry a thousand.
 */
export function listLabels(config: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const [label = 'items'] = (typeof config.items_path === 'string' ? config.items_path : 'items').split('.')
  const overrides = config.param_overrides as Readonly<Record<string, unknown>> | undefined
  const from = overrides && Object.hasOwn(overrides, label) ? overrideReference(overrides[label]) : undefined
  return new Set(from?.node === 'inputs' ? [label, from.path.split('.')[0]!] : [label])
}
