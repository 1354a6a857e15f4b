import { lensRuns } from '@agon/runner-core/lens-runs'
import { workflowMedia } from '@agon/runner-core/workflow-media'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { workflowPrograms } from '@agon/runner-core/workflow-programs'
import { workflowTools } from '@agon/runner-core/workflow-tools'
import { ffmpegCapability } from '../film-tools.ts'
import type { SubWorker } from './sub-worker.ts'

export const executionRuns: SubWorker = {
  name: 'execution-runs',
  does: 'runs lenses and the nodes of workflows: claim, key, template, call, result, artifacts',
  lines: ({ tools }) => [workflowNodes, lensRuns, workflowMedia, workflowTools, ...(tools ? [workflowPrograms(tools)] : [])],
  capabilities: ({ tools }) => (tools ? { [ffmpegCapability]: {} } : {}),
}
