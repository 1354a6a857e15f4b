import { stepError } from '../../errors.ts'
import type { NodeRunner } from '../node-runner.ts'
import type { NodeRunners } from '../node-step.ts'
import { routingLens, validationLens } from './deciding-lenses.ts'
import { orchestrationLens } from './orchestration-lens.ts'
import { researchLens } from './research-lens.ts'
import { contenderRun, textLens } from './text-lens.ts'

const byKind: Record<string, NodeRunner> = {
  text: textLens,
  transform: textLens,
  research: researchLens,
  orchestration: orchestrationLens,
  validation: validationLens,
  routing: routingLens,
}

/** A lens, by what it is for. Kinds that make something other than text are jobs of other drivers. */
const lens: NodeRunner = async (context) => {
  const kind = String(context.job.lens?.kind)
  const runner = Object.hasOwn(byKind, kind) ? byKind[kind] : undefined
  if (runner) return runner(context)
  return { kind: 'failed', error: stepError('node_unknown', `A lens of kind ${kind} is no text, and this is a queue of text.`) }
}

/** Nodes that ask a text model: job kind `lens_run`. */
export const textRunners: NodeRunners = { lens, contender_run: contenderRun }
