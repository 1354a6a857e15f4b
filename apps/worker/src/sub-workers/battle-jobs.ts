import { asyncExecutions, battleAnalyses, battleJobs as battleJobLine, battleJudgings } from '@agon/runner-core'
import { battleKeyframes } from '@agon/runner-core/keyframes-step'
import { ffmpegCapability } from '../film-tools.ts'
import type { SubWorker } from './sub-worker.ts'

export const battleJobs: SubWorker = {
  name: 'battle-jobs',
  does: 'lets contenders answer, asks providers for the tasks they keep, judges, and analyses',
  lines: ({ tools, frames }) => [
    battleJobLine,
    asyncExecutions,
    battleJudgings,
    battleAnalyses,
    ...(tools ? [battleKeyframes(frames, tools)] : []),
  ],
  capabilities: ({ tools }) => (tools ? { [ffmpegCapability]: {} } : {}),
}
