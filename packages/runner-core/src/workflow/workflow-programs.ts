import type { MediaTools } from '../ports/index.ts'
import { nodeLine } from './node-step.ts'
import { programRunners } from './runners/program-runners.ts'

/** Workflow nodes that need programs of the machine: of a worker alone. */
export const workflowPrograms = (tools: Pick<MediaTools, 'convert'>) => nodeLine('workflow_program', programRunners(tools))
