import { nodeLine } from './node-step.ts'
import { toolRunners } from './runners/tool-runners.ts'

/** Workflow nodes that need the outside, or a sandbox. */
export const workflowTools = nodeLine('workflow_tool', toolRunners)
