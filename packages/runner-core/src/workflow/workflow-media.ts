import { nodeLine } from './node-step.ts'
import { mediaRunners } from './runners/media-runners.ts'

/** Workflow nodes that ask a media model. */
export const workflowMedia = nodeLine('workflow_media', mediaRunners)
