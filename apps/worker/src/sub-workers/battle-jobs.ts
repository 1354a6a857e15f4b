import { asyncExecutions, battleAnalyses, battleJobs as battleJobLine, battleJudgings, workflowContenders } from '@agon/runner-core'
import { battleKeyframes } from '@agon/runner-core/keyframes-step'
import { ffmpegCapability } from '../film-tools.ts'
import type { SubWorker } from './sub-worker.ts'

export const battleJobs: SubWorker = {
  name: 'battle-jobs',
  does: 'lets contenders answer, workflows among them, asks providers for the tasks they keep, judges, and analyses',
  lines: ({ tools, frames }) => [
    battleJobLine,
    asyncExecutions,
    battleJudgings,
    battleAnalyses,
    workflowContenders,
    ...(tools ? [battleKeyframes(frames, tools)] : []),
  ],
  capabilities: ({ tools }) => (tools ? { [ffmpegCapability]: {} } : {}),
}
