import { nodeLine } from './node-step.ts'
import { textRunners } from './runners/text-runners.ts'

/** Workflow nodes that ask a text model. */
export const lensRuns = nodeLine('lens_run', textRunners)
