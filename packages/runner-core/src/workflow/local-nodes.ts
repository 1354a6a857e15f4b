import { nodeStep } from './node-step.ts'
import { routingLens, validationLens } from './runners/deciding-lenses.ts'
import { lensOf } from './runners/lens-of.ts'
import { textLens } from './runners/text-lens.ts'

/** What a page of a run's owner does of its nodes (lenses.answered_locally): what one text of one model is. */
export const localNodeStep = nodeStep({
  lens: lensOf({ text: textLens, transform: textLens, validation: validationLens, routing: routingLens }),
})
