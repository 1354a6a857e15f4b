import { stepError } from '../../errors.ts'
import type { NodeRunner } from '../node-runner.ts'

/** A lens, by what it is for, among the kinds that a driver does. */
export function lensOf(byKind: Readonly<Record<string, NodeRunner>>): NodeRunner {
  return async (context) => {
    const kind = String(context.job.lens?.kind)
    const runner = Object.hasOwn(byKind, kind) ? byKind[kind] : undefined
    if (runner) return runner(context)
    const does = Object.keys(byKind).join(', ')
    return { kind: 'failed', error: stepError('node_unknown', `A lens of kind ${kind} is none of those that this driver does: ${does}.`) }
  }
}
