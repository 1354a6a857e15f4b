import type { NodeRunners } from '../node-step.ts'
import { routingLens, validationLens } from './deciding-lenses.ts'
import { lensOf } from './lens-of.ts'
import { orchestrationLens } from './orchestration-lens.ts'
import { researchLens } from './research-lens.ts'
import { contenderRun, textLens } from './text-lens.ts'

/** Nodes that ask a text model: job kind `lens_run`. Kinds that make something other than text are jobs of other drivers. */
export const textRunners: NodeRunners = {
  lens: lensOf({
    text: textLens,
    transform: textLens,
    research: researchLens,
    orchestration: orchestrationLens,
    validation: validationLens,
    routing: routingLens,
  }),
  contender_run: contenderRun,
}
